-- Writing the trail: acts are drafted where they happen and sealed when their transaction commits.
--
-- Lock order: audit_head comes after everything else, and cannot come earlier: it is taken by a
-- trigger that is deferred to the commit, so a transaction may mix acts, master data and money in
-- any order. Writers must run READ COMMITTED. Rule: X2, decision 0006.

-- One draft. What the caller does not say of the actor comes from the settings that
-- yifen.audit.context put on the transaction; '' and NULL are the system. Of the pages' process nothing
-- is believed: the key of the session says who acts (decision 0012). The other processes act in nobody's
-- name: where a person asked for what they do, a trigger reads him out of that (console_ended_v1, eod_told_v1).
-- Which process wrote an entry, db_role says.
CREATE OR REPLACE FUNCTION audit_draft_v1(
    p_action text, p_subject text, p_subject_key text, p_before jsonb, p_after jsonb, p_note text,
    p_actor text DEFAULT NULL, p_actor_id bigint DEFAULT NULL,
    p_institution_id bigint DEFAULT NULL, p_address text DEFAULT NULL,
    p_request text DEFAULT NULL
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_actor IS NULL AND session_user = 'yifen_web' THEN
        SELECT u.login, u.id, u.institution_id INTO p_actor, p_actor_id, p_institution_id
        FROM access_user u
        WHERE u.session_key = access_session_v1(current_setting('yifen.session', true)) AND u.session_until > now();
    ELSIF p_actor IS NULL AND session_user NOT IN ('yifen_gateway', 'yifen_worker', 'yifen_night', 'yifen_pos') THEN
        p_actor := current_setting('yifen.actor', true);
        p_actor_id := nullif(current_setting('yifen.actor_id', true), '')::bigint;
        p_institution_id := nullif(current_setting('yifen.institution_id', true), '')::bigint;
    END IF;
    INSERT INTO audit_draft (db_role, actor, actor_id, institution_id, address, request, action,
                             subject, subject_key, before, after, note)
    VALUES (session_user, coalesce(p_actor, ''), p_actor_id, p_institution_id,
            coalesce(nullif(p_address, ''), current_setting('yifen.address', true), ''),
            coalesce(nullif(p_request, ''), current_setting('yifen.request', true), ''),
            p_action, p_subject, p_subject_key, p_before, p_after, p_note);
END $$;

-- A named act: sign_in, export, authorised … The words that only triggers and the cut may write
-- are refused, and so are words of the second person, which its functions alone write.
CREATE OR REPLACE FUNCTION audit_append_v1(
    p_action text, p_subject text, p_subject_key text, p_before jsonb, p_after jsonb, p_note text,
    p_actor text DEFAULT NULL, p_actor_id bigint DEFAULT NULL,
    p_institution_id bigint DEFAULT NULL, p_address text DEFAULT NULL,
    p_request text DEFAULT NULL
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF p_action IN ('insert', 'update', 'delete', 'truncate', 'cut', 'baseline', 'told', 'proposed',
                    'approved', 'refused', 'withdrawn', 'lapsed')
        OR p_action = 'sign_in' AND session_user = 'yifen_web'
    THEN
        RAISE EXCEPTION 'the action % is written by the database alone', p_action
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF session_user = 'yifen_web' THEN
        p_actor := NULL;
    ELSIF session_user IN ('yifen_gateway', 'yifen_worker', 'yifen_night', 'yifen_pos')
        AND (coalesce(p_actor, '') <> '' OR num_nonnulls(p_actor_id, p_institution_id) > 0)
    THEN
        RAISE EXCEPTION 'the process % acts in nobody''s name', session_user
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM audit_draft_v1(p_action, p_subject, p_subject_key, p_before, p_after, p_note, p_actor,
                           p_actor_id, p_institution_id, p_address, p_request);
END $$;

-- A closed business day, with the ledger's chain heads as [bucket, batch, hash]; sealing it keeps
-- the trail's own head of that day.
CREATE OR REPLACE FUNCTION audit_cut_v1(p_book_id integer, p_day date, p_heads jsonb)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_draft_v1('cut', 'ledger_book', p_book_id::text, NULL,
                          jsonb_build_object('business_day', p_day, 'heads', p_heads), '');
$$;

-- The canonical text of an entry: each field as length in bytes, colon, text; NULL as a hyphen.
-- yifen.audit.chain builds the same.
CREATE OR REPLACE FUNCTION audit_text_v1(e audit_entry) RETURNS bytea
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT string_agg(coalesce(convert_to(octet_length(f) || ':' || f, 'UTF8'), '-'::bytea),
                      '|'::bytea ORDER BY position)
    FROM unnest(ARRAY[
        e.entry_no::text, ((extract(epoch FROM e.at) * 1000000)::bigint)::text, e.db_role, e.actor,
        e.actor_id::text, e.institution_id::text, e.address, e.request, e.action, e.subject,
        e.subject_key, e.before::text, e.after::text, e.note
    ]) WITH ORDINALITY AS u (f, position);
$$;

-- At the commit: number and chain everything that this transaction drafted. The first call takes
-- all of it; the head is written once, however many entries there are.
CREATE OR REPLACE FUNCTION audit_seal_v1() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_head audit_head;
    v_entry audit_entry;
    v_draft audit_draft;
    v_at timestamptz;
BEGIN
    IF NOT EXISTS (SELECT FROM audit_draft WHERE draft_no = NEW.draft_no) THEN
        RETURN NULL;
    END IF;
    SELECT * INTO STRICT v_head FROM audit_head FOR UPDATE;
    v_at := greatest(clock_timestamp(),
                     (SELECT e.at FROM audit_entry e WHERE e.entry_no = v_head.entry_no));
    FOR v_draft IN SELECT * FROM audit_draft ORDER BY draft_no LOOP
        v_head.entry_no := v_head.entry_no + 1;
        v_entry := (v_head.entry_no, v_at, v_draft.db_role, v_draft.actor, v_draft.actor_id,
                    v_draft.institution_id, v_draft.address, v_draft.request, v_draft.action,
                    v_draft.subject, v_draft.subject_key, v_draft.before, v_draft.after,
                    v_draft.note, NULL);
        v_head.hash := sha256(v_head.hash || audit_text_v1(v_entry));
        v_entry.digest := v_head.hash;
        INSERT INTO audit_entry SELECT v_entry.*;
        IF v_draft.action = 'cut' THEN
            INSERT INTO audit_day_head VALUES (
                v_draft.subject_key::integer, (v_draft.after ->> 'business_day')::date,
                v_head.entry_no, v_head.hash);
        END IF;
    END LOOP;
    DELETE FROM audit_draft;
    UPDATE audit_head SET entry_no = v_head.entry_no, hash = v_head.hash;
    RETURN NULL;
END $$;

DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_trigger
                   WHERE tgrelid = 'audit_draft'::regclass AND tgname = 'audit_seal') THEN
        CREATE CONSTRAINT TRIGGER audit_seal AFTER INSERT ON audit_draft
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION audit_seal_v1();
    END IF;
END $$;

-- The last entry before a moment; 0 when there is none. Entries are numbered without gaps and time
-- never goes back along them, so halving finds it in some twenty steps, and no index on time is
-- needed.
CREATE OR REPLACE FUNCTION audit_number_before_v1(p_at timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_low bigint := 0;
    v_high bigint := (SELECT entry_no FROM audit_head);
    v_middle bigint;
BEGIN
    WHILE v_low < v_high LOOP
        v_middle := (v_low + v_high + 1) / 2;
        IF (SELECT at FROM audit_entry WHERE entry_no = v_middle) < p_at THEN
            v_low := v_middle;
        ELSE
            v_high := v_middle - 1;
        END IF;
    END LOOP;
    RETURN v_low;
END $$;
