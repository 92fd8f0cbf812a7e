-- The second person 复核: proposed by one, decided by another, done in the transaction of the decision.
--
-- Nobody tells these functions who he is: a session's key finds its user, on the spot a password's
-- proof does. What each may stands in access_permission, what an act asks in access_act. Rule: X2,
-- decision 0012.

-- What stands for a session's key; NULL for none.
CREATE OR REPLACE FUNCTION access_session_v1(p_session text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_session <> ''
        THEN encode(sha256(convert_to(p_session, 'UTF8')), 'hex') END;
$$;

-- Whose session this is, the one that counts; NULL: nobody's, or it lapsed. The user's row has the hash of its key, so
-- that who reads the table cannot give the key.
CREATE OR REPLACE FUNCTION access_who_v1(p_session text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM access_user
    WHERE session_key = access_session_v1(p_session) AND is_active AND session_until > now();
$$;

-- The human being behind a login: two logins of one are one.
CREATE OR REPLACE FUNCTION access_person_v1(p_user bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(nullif(lower(btrim(person)), ''), '@' || lower(login)) FROM access_user
    WHERE id = p_user;
$$;

-- May this user do this, to what belongs to this institution or partner?
CREATE OR REPLACE FUNCTION access_may_v1(
    p_user bigint, p_permission text, p_institution bigint, p_partner bigint
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT id, parent_id FROM institution WHERE id = p_institution
        UNION ALL
        SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id
    )
    SELECT EXISTS (
        SELECT FROM access_user u
        JOIN access_user_role r ON r.user_id = u.id
        JOIN access_permission m ON m.role = r.role AND m.permission = p_permission
        WHERE u.id = p_user AND u.is_active AND CASE
            WHEN u.partner_id IS NULL THEN u.institution_id IN (SELECT id FROM above)
            ELSE u.partner_id = p_partner OR u.partner_id = (
                SELECT sandbox_of_id FROM partner WHERE id = p_partner) END);
$$;

-- May this user decide it, as its act's permission and level say? Whether it is his own is another question.
CREATE OR REPLACE FUNCTION access_may_decide_v1(p_user bigint, p access_authorisation) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access_act t WHERE t.act = p.action
        AND access_may_v1(p_user, t.decide, p.institution_id, p.partner_id)
        AND (t.level = '' OR EXISTS (SELECT FROM access_user u JOIN institution i ON i.id = u.institution_id
                                     WHERE u.id = p_user AND i.level = t.level)));
$$;

-- An entry of the trail for a word of this machinery, in the name of who gave it.
CREATE OR REPLACE FUNCTION access_told_v1(
    p_word text, p_row access_authorisation, p_user bigint, p_note text
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT audit_draft_v1(p_word, p_row.action, p_row.subject_key,
        (SELECT jsonb_object_agg(x ->> 'field', x -> 'before')
         FROM jsonb_array_elements(p_row.changes) x),
        coalesce((SELECT jsonb_object_agg(x ->> 'field', x -> 'after')
                  FROM jsonb_array_elements(p_row.changes) x), '{}')
        || jsonb_build_object('proposal', p_row.id, 'maker', m.login, 'checker', c.login),
        p_note, u.login, u.id, u.institution_id)
    FROM access_user u
    JOIN access_user m ON m.id = p_row.maker_id
    LEFT JOIN access_user c ON c.id = p_row.checker_id
    WHERE u.id = p_user;
$$;

-- Codes: PERMISSION_MISSING, PROPOSAL_OPEN (one waits for this thing already; what has lapsed makes room).
CREATE OR REPLACE FUNCTION access_propose_v1(
    p_session text, p_act text, p_subject text, p_content jsonb, p_changes jsonb, p_shown bytea,
    p_institution bigint, p_partner bigint, p_reason text, p_now timestamptz,
    OUT code integer, OUT proposal bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := access_who_v1(p_session);
    v_row access_authorisation;
BEGIN
    v_row.action := p_act;
    v_row.subject_key := p_subject;
    v_row.content := p_content;
    v_row.maker_id := v_user;
    v_row.institution_id := p_institution;
    v_row.partner_id := p_partner;
    code := @PERMISSION_MISSING;
    IF EXISTS (SELECT FROM partner WHERE id = p_partner AND institution_id <> p_institution) THEN
        RETURN; -- a partner's thing is its institution's
    ELSIF (SELECT access_may_v1(v_user, a.propose, p_institution, p_partner) FROM access_act a
        WHERE a.act = p_act) IS NOT TRUE OR access_about_v1(v_row, NULL) = @PERMISSION_MISSING THEN
        RETURN;
    END IF;
    PERFORM access_lapse_v1(p_act, p_subject, '超过三十天，或提议人已无此权限'
        ' Thirty days are over, or its maker may no longer propose it', p_now)
    FROM access_authorisation a WHERE a.action = p_act AND a.subject_key = p_subject
        AND a.decided_at IS NULL AND access_lapsed_v1(a, p_now);
    INSERT INTO access_authorisation (action, subject_key, reason, maker_id, requested_at, content,
                                      changes, shown, institution_id, partner_id)
    VALUES (p_act, p_subject, p_reason, v_user, p_now, p_content, p_changes, p_shown, p_institution,
            p_partner)
    ON CONFLICT (action, subject_key) WHERE decided_at IS NULL DO NOTHING
    RETURNING * INTO v_row;
    code := CASE WHEN v_row.id IS NULL THEN @PROPOSAL_OPEN ELSE 0 END;
    proposal := v_row.id;
    PERFORM access_told_v1('proposed', v_row, v_user, p_reason);
END $$;

-- The checker's word, whoever proved that he is p_user. Codes in this order: AUTHORISATION_INVALID (no
-- such proposal), AUTHORISATION_USED, PROPOSAL_WITHDRAWN or PROPOSAL_LAPSED (as it ended), PERMISSION_MISSING,
-- CHECKER_IS_MAKER, PROPOSAL_CHANGED, PROPOSAL_LAPSED (by itself), and of a yes PERMISSION_MISSING, PROPOSAL_UNREADABLE
-- (`access_about_v1`).
CREATE OR REPLACE FUNCTION access_settle_v1(
    p_user bigint, p_proposal bigint, p_shown bytea, p_yes boolean, p_answer text,
    p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation;
    v_act access_act;
    v_code integer;
BEGIN
    SELECT * INTO v FROM access_authorisation WHERE id = p_proposal FOR UPDATE;
    SELECT * INTO v_act FROM access_act WHERE act = v.action;
    IF v_act.act IS NULL OR v.shown IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF v.decided_at IS NOT NULL THEN
        RETURN access_late_v1(v);
    ELSIF access_may_v1(p_user, v_act.decide, v.institution_id, v.partner_id) IS NOT TRUE THEN
        RETURN @PERMISSION_MISSING;
    ELSIF access_person_v1(p_user) = access_person_v1(v.maker_id) THEN
        RETURN @CHECKER_IS_MAKER;
    ELSIF p_shown IS DISTINCT FROM v.shown THEN
        RETURN @PROPOSAL_CHANGED;
    ELSIF p_yes AND access_lapsed_v1(v, p_now) THEN
        RETURN @PROPOSAL_LAPSED;
    END IF;
    v_code := access_about_v1(v, p_user);
    IF v_code <> 0 AND p_yes THEN
        RETURN v_code;
    END IF;
    UPDATE access_authorisation
    SET checker_id = p_user, granted = p_yes, decided_at = p_now, answer = p_answer,
        used_at = CASE WHEN p_yes THEN p_now END,
        settled_in = CASE WHEN p_yes THEN pg_current_xact_id()::text::bigint END
    WHERE id = p_proposal RETURNING * INTO v;
    PERFORM access_told_v1(CASE WHEN p_yes THEN 'approved' ELSE 'refused' END, v, p_user, p_answer);
    RETURN 0;
END $$;

-- By who is signed in.
CREATE OR REPLACE FUNCTION access_decide_v1(
    p_session text, p_proposal bigint, p_shown bytea, p_yes boolean, p_answer text,
    p_now timestamptz
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT access_settle_v1(access_who_v1(p_session), p_proposal, p_shown, p_yes, p_answer, p_now);
$$;

-- Is this the proof of the user's password? `password` ends with the SHA-256 of it, so that who reads the
-- table cannot give it.
CREATE OR REPLACE FUNCTION access_proved_v1(p_user bigint, p_proof text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM access_user WHERE id = p_user AND is_active
            AND starts_with(password, 'argon2proof$') AND p_proof <> ''
            AND right(password, 43)
                = rtrim(encode(sha256(convert_to(p_proof, 'UTF8')), 'base64'), '='));
$$;

-- Until when a session speaks that began then and was seen now: `p_idle_s` longer (NULL: no longer), at most a shift in
-- all. By the
-- database's clock, for whoever took the pages over says what he likes of the time.
CREATE OR REPLACE FUNCTION access_until_v1(p_began_at timestamptz, p_idle_s integer) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT least(now() + make_interval(secs => least(coalesce(p_idle_s, 0), 43200)), p_began_at + interval '12 hours');
$$;

-- A session begins 登录: of who proves his password; any other of his ends. Code: SIGN_IN_FAILED.
DROP FUNCTION IF EXISTS access_begin_v1(bigint, text, text, timestamptz);
CREATE OR REPLACE FUNCTION access_begin_v1(
    p_user bigint, p_proof text, p_session text, p_idle_s integer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_user;
BEGIN
    IF access_proved_v1(p_user, p_proof) IS NOT TRUE OR access_session_v1(p_session) IS NULL THEN
        RETURN @SIGN_IN_FAILED;
    END IF;
    UPDATE access_user SET session_key = access_session_v1(p_session), last_login = p_now, session_began_at = now(),
        session_until = access_until_v1(now(), p_idle_s)
    WHERE id = p_user RETURNING * INTO v;
    PERFORM audit_draft_v1('sign_in', 'access_user', v.id::text, NULL, NULL, '', v.login, v.id,
                           v.institution_id);
    RETURN 0;
END $$;

-- Its user did something: it speaks on. One that lapsed is not woken. Code: SIGN_IN_FAILED (it is nobody's).
CREATE OR REPLACE FUNCTION access_seen_v1(p_session text, p_idle_s integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_user SET session_until = access_until_v1(session_began_at, p_idle_s)
    WHERE id = access_who_v1(p_session);
    RETURN CASE WHEN FOUND THEN 0 ELSE @SIGN_IN_FAILED END;
END $$;

-- The same session under a new key. Code: SIGN_IN_FAILED (it is nobody's).
CREATE OR REPLACE FUNCTION access_keep_v1(p_before text, p_after text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_user SET session_key = access_session_v1(p_after)
    WHERE id = access_who_v1(p_before) AND access_session_v1(p_after) IS NOT NULL;
    RETURN CASE WHEN FOUND THEN 0 ELSE @SIGN_IN_FAILED END;
END $$;

-- Another password 修改密码, of who proves the old one in his own session. Code: SIGN_IN_FAILED.
CREATE OR REPLACE FUNCTION access_password_v1(
    p_session text, p_proof text, p_password text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := access_who_v1(p_session);
BEGIN
    IF access_proved_v1(v_user, p_proof) IS NOT TRUE OR NOT starts_with(p_password, 'argon2proof$')
    THEN
        RETURN @SIGN_IN_FAILED;
    END IF;
    UPDATE access_user SET password = p_password, must_change_password = false,
        password_changed_at = p_now WHERE id = v_user;
    RETURN 0;
END $$;

-- On the spot 现场授权: by who proves himself at the maker's screen; a first password, which somebody else
-- knows too, proves nobody. Codes: AUTHORISATION_INVALID, and as access_settle_v1 answers.
CREATE OR REPLACE FUNCTION access_sign_v1(
    p_user bigint, p_proof text, p_proposal bigint, p_shown bytea, p_answer text,
    p_now timestamptz
) RETURNS integer LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN access_proved_v1(p_user, p_proof)
            AND NOT (SELECT must_change_password FROM access_user WHERE id = p_user)
        THEN access_settle_v1(p_user, p_proposal, p_shown, true, p_answer, p_now)
        ELSE @AUTHORISATION_INVALID END;
$$;

-- Taken back by who proposed it. Codes: AUTHORISATION_INVALID, and as `access_late_v1` answers.
CREATE OR REPLACE FUNCTION access_withdraw_v1(
    p_session text, p_proposal bigint, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_user bigint := access_who_v1(p_session);
    v access_authorisation;
BEGIN
    SELECT * INTO v FROM access_authorisation WHERE id = p_proposal FOR UPDATE;
    IF v.maker_id IS DISTINCT FROM v_user OR v_user IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF v.decided_at IS NOT NULL THEN
        RETURN access_late_v1(v);
    END IF;
    UPDATE access_authorisation SET granted = false, decided_at = p_now WHERE id = p_proposal;
    PERFORM access_told_v1('withdrawn', v, v_user, '');
    RETURN 0;
END $$;

-- An account is shut 停用 by one person, at once: its session ends too. To let it in again takes two.
CREATE OR REPLACE FUNCTION access_shut_v1(
    p_session text, p_user bigint, p_reason text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_by access_user;
    v access_user;
BEGIN
    SELECT * INTO v_by FROM access_user WHERE id = access_who_v1(p_session);
    SELECT * INTO v FROM access_user WHERE id = p_user FOR UPDATE;
    IF v.id = v_by.id
        OR access_may_v1(v_by.id, 'users.edit', v.institution_id, v.partner_id) IS NOT TRUE
    THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    UPDATE access_user SET is_active = false, session_key = '' WHERE id = p_user;
    PERFORM audit_draft_v1('shut', 'access_user', v.id::text, NULL, jsonb_build_object(
        'login', v.login), p_reason, v_by.login, v_by.id, v_by.institution_id);
    RETURN 0;
END $$;

-- The proposal of this act on this thing (NULL: on any) that this very transaction decided; NULL: none.
-- Whoever moves money or rights by it asks here, for nothing else can be true only once.
CREATE OR REPLACE FUNCTION access_settled_v1(p_act text, p_subject text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM access_authorisation
    WHERE settled_in = pg_current_xact_id_if_assigned()::text::bigint AND granted
        AND action = p_act AND subject_key = coalesce(p_subject, subject_key)
    LIMIT 1;
$$;

-- On a table of rights or of where money goes: changed only by a proposal of one of these acts, decided
-- in this transaction, or by the owner and his functions: it runs with the caller's rights to see who
-- that is. Arguments: acts, columns that are not worth two people, the name of a function that tells
-- other changes that are not; for each act the function that tells which rows it is about: no other is
-- changed or removed by it, as it was or as it will be. Of a proposal whose content has `rows`, it allows
-- just the row, or one of the list of rows, that stands there under the table's name, and removes rows of
-- no table that it does not name.
CREATE OR REPLACE FUNCTION access_guard_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_old jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) END;
    v_new jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) END;
    v_acts text[] := TG_ARGV[0];
    v_free text[] := TG_ARGV[1];
    v_bound text[] := TG_ARGV[3];
    v_fits boolean := false;
    v record;
BEGIN
    IF TG_ARGV[2] <> '' THEN
        EXECUTE format('SELECT %I($1, $2, $3)', TG_ARGV[2]) INTO v_fits
        USING TG_TABLE_NAME::text, v_old, v_new;
    END IF;
    v_fits := v_fits IS TRUE
        OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
        OR TG_OP = 'UPDATE' AND v_old - v_free = v_new - v_free;
    IF v_fits THEN -- before it asks for acts: a process without them has no right to the functions there
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    FOR v IN
        SELECT a.action, a.content, array_position(v_acts, a.action::text) AS at
        FROM access_authorisation a
        WHERE a.settled_in = pg_current_xact_id_if_assigned()::text::bigint
            AND a.granted AND a.action = ANY (v_acts)
            AND access_theirs_v1(a.institution_id, a.partner_id, TG_TABLE_NAME, v_old, v_new)
            AND (a.content -> 'rows' IS NULL OR CASE TG_OP
                WHEN 'DELETE' THEN a.content -> 'rows' ? TG_TABLE_NAME
                ELSE EXISTS (
                    SELECT FROM jsonb_path_query(a.content -> 'rows' -> TG_TABLE_NAME, '$[*]') r
                    WHERE v_new @> r) END)
    LOOP
        EXECUTE format('SELECT %I($1, $2, $3, $4, $5)', v_bound[v.at]) INTO v_fits
        USING v.action::text, TG_TABLE_NAME::text, v_old, v_new, v.content;
        EXIT WHEN v_fits;
    END LOOP;
    IF v_fits THEN
        RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    RAISE EXCEPTION '% is changed by two people: %', TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'insufficient_privilege';
END $$;

-- An open proposal may be decided, once; a word stays as it was given.
CREATE OR REPLACE FUNCTION access_kept_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_open text[] := '{checker_id,granted,decided_at,used_at,answer,settled_in}';
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.decided_at IS NULL
        AND (to_jsonb(OLD) - v_open) = (to_jsonb(NEW) - v_open)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an authorisation is kept as it was given' USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OR DELETE ON access_authorisation
    FOR EACH ROW EXECUTE FUNCTION access_kept_v1();
CREATE OR REPLACE TRIGGER kept_whole BEFORE TRUNCATE ON access_authorisation
    FOR EACH STATEMENT EXECUTE FUNCTION access_kept_v1();

-- Is this the login that the act is about, or a role of it? A new one is not there yet.
CREATE OR REPLACE FUNCTION access_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT bool_and(coalesce(CASE p_table
        WHEN 'access_user' THEN CASE p_act
            WHEN 'users.new' THEN p_old IS NULL AND r -> 'login' = p_content #> '{rows,access_user,login}'
            ELSE r -> 'id' = p_content -> 'user' END
        WHEN 'access_user_role' THEN CASE p_act
            WHEN 'users.new' THEN p_old IS NULL AND EXISTS (
                SELECT FROM access_user u WHERE u.id = (r ->> 'user_id')::bigint
                    AND u.login = p_content #>> '{rows,access_user,login}')
            ELSE r -> 'user_id' = p_content -> 'user' END
        END, false))
    FROM unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL;
$$;

-- Of a second factor: one's own in one's own session, what was shown and not yet confirmed, and what a reset
-- that two people decided in this transaction takes away.
CREATE OR REPLACE FUNCTION access_own_v1(p_table text, p_old jsonb, p_new jsonb) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT bool_and((r ->> 'user_id')::bigint = access_who_v1(current_setting('yifen.session', true)))
        OR p_table = 'access_authenticator' AND bool_and(r -> 'confirmed' = 'false')
        OR p_new IS NULL AND EXISTS (
            SELECT FROM access_authorisation a
            WHERE a.id = access_settled_v1('users.reset', NULL) AND a.content -> 'user' = p_old -> 'user_id')
    FROM unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL;
$$;
