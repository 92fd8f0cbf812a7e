-- The steps of a move at a core. Each is committed before or after a call, never around one. Lock order: the move that is
-- undone, then the one that undoes it.

-- Where a move can go: asked or unknown → done or refused; done → undone, by a move of its own. What is decided stays.
CREATE OR REPLACE FUNCTION corebank_state_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (OLD.state IN ('asked', 'unknown') AND NEW.state IN ('unknown', 'done', 'refused')
            OR OLD.state <> 'refused' AND NEW.state = 'undone'
                AND EXISTS (SELECT FROM core_move u WHERE u.undoes = NEW.serial AND u.state = 'done')
            OR OLD.state = 'refused' AND OLD.owed AND NEW.state = 'done' AND NEW.by_hand) THEN
        RAISE EXCEPTION 'core_move %: % never becomes %', OLD.serial, OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER states BEFORE UPDATE OF state ON core_move
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION corebank_state_v1();

-- As core/facts/masking.py has it: the first four and the last four of a long number.
CREATE OR REPLACE FUNCTION corebank_masked_v1(p text) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN length(p) <= 4 THEN repeat('*', length(p))
        WHEN length(p) <= 8 THEN repeat('*', length(p) - 4) || right(p, 4)
        ELSE left(p, 4) || repeat('*', length(p) - 8) || right(p, 4) END;
$$;

-- Written down before the core is asked; each element of `p` has a move's columns by name. Its document asks for just this
-- (corebank_fits_v1): whoever calls is not believed. `p_told`: the sealed digest of what is asked. `p_pack`: they are asked
-- for at once, as a new pack of this serial. Answers of each `new`, the state of what is there already under its serial,
-- `clash` (that is another), or `unfit`; what is not new is in no pack.
CREATE OR REPLACE FUNCTION corebank_ask_v1(p jsonb, p_debit bytea[], p_credit bytea[], p_told bytea[], p_now timestamptz,
    p_look_at timestamptz, p_pack text)
RETURNS text[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v core_move;
    v_state text;
    v_states text[] := '{}';
BEGIN
    IF p_pack IS NOT NULL THEN
        INSERT INTO core_pack (serial, core_id, items, amount_fen, made_at, changed_at, settle_at)
        SELECT p_pack, min((i ->> 'core_id')::integer), count(*), sum((i ->> 'amount_fen')::bigint), p_now, p_now, p_look_at
        FROM jsonb_array_elements(p) i HAVING count(DISTINCT i ->> 'core_id') = 1;
    END IF;
    FOR n IN 1 .. jsonb_array_length(p) LOOP
        v := jsonb_populate_record(NULL::core_move, p -> (n - 1));
        v_state := NULL;
        IF NOT EXISTS (SELECT FROM core_move m WHERE m.serial = v.serial) THEN
            v.undoes := NULL;
            v.pack := p_pack;
            IF corebank_fits_v1(v) IS NOT TRUE THEN
                v_state := 'unfit';
            ELSE
                INSERT INTO core_move (serial, core_id, what, document, biller_id, institution_id, teller, debit_sealed,
                    debit_lookup, debit_shown, credit_sealed, credit_lookup, credit_shown, amount_fen, kind, needs_pin, owed,
                    cheque_no, cheque_on, summary, day, told, made_at, changed_at, settle_at, pack,
                    pack_no)
                VALUES (v.serial, v.core_id, v.what, v.document, v.biller_id, v.institution_id, v.teller, p_debit[n],
                    v.debit_lookup, v.debit_shown, p_credit[n], v.credit_lookup, v.credit_shown, v.amount_fen, v.kind,
                    v.needs_pin, v.owed, v.cheque_no, v.cheque_on, v.summary, v.day, p_told[n], p_now, p_now,
                    CASE WHEN p_pack IS NULL THEN p_look_at END, p_pack,
                    CASE WHEN p_pack IS NOT NULL THEN n END)
                ON CONFLICT (serial) DO NOTHING;
                IF FOUND THEN
                    v_state := 'new';
                END IF;
            END IF;
        END IF;
        IF v_state IS NULL THEN
            SELECT m.state INTO v_state FROM core_move m WHERE m.serial = v.serial AND m.undoes IS NULL
                AND (m.core_id, m.what, m.document, m.amount_fen, m.debit_shown, m.credit_shown)
                    = (v.core_id, v.what, v.document, v.amount_fen, v.debit_shown, v.credit_shown);
        END IF;
        v_states := v_states || coalesce(v_state, 'clash');
    END LOOP;
    IF p_pack IS NOT NULL AND NOT 'new' = ALL (v_states) THEN
        RAISE EXCEPTION 'pack % has moves that are not new: %', p_pack, v_states;
    END IF;
    RETURN v_states;
END $$;

-- A move that takes another back, whole, under the serial that follows from its own; the accounts change sides. That it
-- goes back follows from its document (corebank_fits_v1). Answers `new`, the state of the one that is there, `gone` (there
-- is nothing to undo: no such move, refused), or `unfit` (its document stands).
CREATE OR REPLACE FUNCTION corebank_ask_undo_v1(
    p_original text, p_what text, p_document text, p_teller text, p_day date, p_told bytea, p_now timestamptz,
    p_look_at timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m core_move;
    v core_move;
    v_state text;
BEGIN
    SELECT * INTO m FROM core_move x WHERE x.serial = p_original AND x.undoes IS NULL FOR UPDATE;
    SELECT u.state INTO v_state FROM core_move u WHERE u.undoes = p_original;
    IF v_state IS NOT NULL THEN
        RETURN v_state;
    ELSIF m.serial IS NULL OR m.state = 'refused' THEN
        RETURN 'gone';
    END IF;
    v := m;
    v.serial := m.serial || 'U';
    v.undoes := m.serial;
    v.what := p_what;
    v.document := coalesce(p_document, m.document);
    v.teller := p_teller;
    v.day := p_day;
    IF corebank_fits_v1(v) IS NOT TRUE THEN
        RETURN 'unfit';
    END IF;
    INSERT INTO core_move (serial, core_id, what, document, biller_id, institution_id, teller, debit_sealed, debit_lookup,
        debit_shown, credit_sealed, credit_lookup, credit_shown, amount_fen, kind, needs_pin, owed, cheque_no, cheque_on, summary,
        day, undoes, told, made_at, changed_at, settle_at)
    VALUES (v.serial, m.core_id, v.what, v.document, m.biller_id, m.institution_id, v.teller, m.credit_sealed,
        m.credit_lookup, m.credit_shown, m.debit_sealed, m.debit_lookup, m.debit_shown, m.amount_fen, '', false, true,
        m.cheque_no, m.cheque_on, m.summary, v.day, m.serial, p_told, p_now, p_now, p_look_at);
    RETURN 'new';
END $$;

-- What a core's answer makes of a move: done, refused; NULL: it is none about just this move. An undo of what the core took
-- back by itself is done; what it reversed is refused, for nothing of it stands.
CREATE OR REPLACE FUNCTION corebank_word_v1(p_serial text, p_fen bigint, p_undoes text, p_said jsonb) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_said ->> 'serial' IS DISTINCT FROM p_serial THEN NULL
        WHEN p_said ->> 'state' IN ('done', 'reversed') AND (p_said ->> 'amount_fen')::bigint IS DISTINCT FROM p_fen THEN NULL
        WHEN p_said ->> 'state' = 'done' THEN 'done'
        WHEN p_said ->> 'state' = 'refused' AND p_undoes IS NOT NULL AND p_said ->> 'code' = 'already_reversed' THEN 'done'
        WHEN p_said ->> 'state' IN ('refused', 'reversed') THEN 'refused' END;
$$;

-- What the core's word of refusal is called here; `p_codes`: our numbers by its words.
CREATE OR REPLACE FUNCTION corebank_code_v1(p_codes jsonb, p_said jsonb) RETURNS integer LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE p_said ->> 'state' WHEN 'done' THEN 0
        ELSE coalesce((p_codes ->> CASE p_said ->> 'state' WHEN 'reversed' THEN 'blocked' ELSE p_said ->> 'code' END)::integer,
                      @CORE_REFUSED) END;
$$;

-- The core's word on a pack: it counts when it says of every move of it just one thing that a core can say of it. Answers the
-- pack's state.
CREATE OR REPLACE FUNCTION corebank_pack_said_v1(p core_pack, p_codes jsonb, p_answer jsonb, p_now timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_said jsonb := p_answer ->> 3;
    v_words integer;
BEGIN
    IF p.state = 'done' OR v_said ->> 'serial' IS DISTINCT FROM p.serial OR v_said ->> 'state' IS DISTINCT FROM 'done'
        OR jsonb_typeof(p_answer -> 2) IS DISTINCT FROM 'object'
        OR jsonb_array_length(v_said -> 'items') <> p.items THEN
        RETURN p.state;
    END IF;
    SELECT count(DISTINCT m.serial) INTO v_words FROM jsonb_array_elements(v_said -> 'items') i
    JOIN core_move m ON m.serial = i ->> 'serial' AND m.pack = p.serial
    WHERE corebank_word_v1(m.serial, m.amount_fen, NULL, i) IS NOT NULL;
    IF v_words <> p.items THEN
        RETURN p.state;
    END IF;
    INSERT INTO core_pack_answer VALUES (p.serial, (p_answer ->> 0)::integer, (p_answer ->> 1)::integer, p_answer -> 2,
                                         p_answer ->> 3, p_now);
    UPDATE core_move m SET state = corebank_word_v1(m.serial, m.amount_fen, NULL, i), code = corebank_code_v1(p_codes, i),
        core_serial = coalesce(i ->> 'core_serial', ''), changed_at = p_now,
        reason = left(coalesce(nullif(i ->> 'reason', ''), i ->> 'code', ''), 200)
    FROM jsonb_array_elements(v_said -> 'items') i
    WHERE m.serial = i ->> 'serial' AND m.pack = p.serial AND m.state IN ('asked', 'unknown');
    UPDATE core_pack SET state = 'done', code = 0, changed_at = p_now, settle_at = NULL, tries = 0 WHERE serial = p.serial;
    RETURN 'done';
END $$;

-- The core's word on a move or a pack, kept as it signed it: [version of the key, status, headers, body]. What it makes of
-- the move is read out of it here, not believed; whether the core signed it, `verify` and the night read again. What is
-- decided hears none. An undo that is done makes what it undoes undone. One whose original the core never had blocked it
-- there: an original that was not known is refused by that. Answers the state.
CREATE OR REPLACE FUNCTION corebank_said_v1(p_serial text, p_codes jsonb, p_answer jsonb, p_now timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_undoes text := (SELECT x.undoes FROM core_move x WHERE x.serial = p_serial);
    v_said jsonb := p_answer ->> 3;
    v_state text;
    k core_pack;
    m core_move;
BEGIN
    SELECT * INTO k FROM core_pack x WHERE x.serial = p_serial FOR UPDATE;
    IF FOUND THEN
        RETURN corebank_pack_said_v1(k, p_codes, p_answer, p_now);
    END IF;
    PERFORM FROM core_move x WHERE x.serial = v_undoes FOR UPDATE;
    SELECT * INTO STRICT m FROM core_move x WHERE x.serial = p_serial FOR UPDATE;
    v_state := corebank_word_v1(m.serial, m.amount_fen, m.undoes, v_said);
    IF m.state NOT IN ('asked', 'unknown') OR m.pack IS NOT NULL OR v_state IS NULL
        OR jsonb_typeof(p_answer -> 2) IS DISTINCT FROM 'object' THEN
        RETURN m.state;
    END IF;
    INSERT INTO core_answer (serial, version, status, headers, body, at)
    VALUES (p_serial, (p_answer ->> 0)::integer, (p_answer ->> 1)::integer, p_answer -> 2, p_answer ->> 3, p_now);
    UPDATE core_move SET state = v_state, code = CASE v_state WHEN 'done' THEN 0 ELSE corebank_code_v1(p_codes, v_said) END,
        core_serial = coalesce(v_said ->> 'core_serial', ''), changed_at = p_now, settle_at = NULL, tries = 0,
        reason = left(coalesce(nullif(v_said ->> 'reason', ''), v_said ->> 'code', ''), 200)
    WHERE serial = p_serial;
    IF v_state = 'done' THEN
        UPDATE core_move SET state = 'undone', changed_at = p_now, settle_at = NULL WHERE serial = v_undoes;
    ELSIF v_said ->> 'code' = 'original_missing' THEN
        UPDATE core_move SET state = 'refused', code = @CORE_NOT_POSTED, changed_at = p_now, settle_at = NULL, tries = 0
        WHERE serial = v_undoes AND state IN ('asked', 'unknown');
    END IF;
    RETURN v_state;
END $$;

-- Nobody knows what became of it, a move or a pack: it is asked again at `p_look_at`. Answers the state.
CREATE OR REPLACE FUNCTION corebank_unknown_v1(p_serial text, p_code integer, p_now timestamptz, p_look_at timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE core_pack SET state = 'unknown', code = p_code, changed_at = p_now, settle_at = p_look_at
    WHERE serial = p_serial AND state = 'asked';
    UPDATE core_move SET state = 'unknown', code = p_code, changed_at = p_now,
        settle_at = CASE WHEN pack IS NULL THEN p_look_at END
    WHERE (serial = p_serial AND pack IS NULL OR pack = p_serial) AND state = 'asked';
    RETURN coalesce((SELECT k.state FROM core_pack k WHERE k.serial = p_serial),
                    (SELECT m.state FROM core_move m WHERE m.serial = p_serial));
END $$;

-- A move whose accounts cannot be read was never sent, and never will be: it ends here. What was sent only the core ends.
CREATE OR REPLACE FUNCTION corebank_unread_v1(p_serial text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE core_move SET state = 'refused', code = @CORE_NOT_POSTED, changed_at = p_now, settle_at = NULL, tries = 0
    WHERE serial = p_serial AND state IN ('asked', 'unknown') AND sent_at IS NULL AND undoes IS NULL AND pack IS NULL;
$$;

-- It is sent now: for the first time, or once more when nothing of it is in flight, for it was last sent before `p_before`
-- (NULL: only for the first time). False: somebody else sends it, or it is decided.
CREATE OR REPLACE FUNCTION corebank_sending_v1(p_serial text, p_before timestamptz, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE core_pack SET sent_at = p_now
    WHERE serial = p_serial AND state IN ('asked', 'unknown') AND (sent_at IS NULL OR sent_at <= p_before);
    IF FOUND THEN
        UPDATE core_move SET sent_at = p_now WHERE pack = p_serial AND state IN ('asked', 'unknown');
        RETURN true;
    END IF;
    UPDATE core_move SET sent_at = p_now
    WHERE serial = p_serial AND pack IS NULL AND state IN ('asked', 'unknown') AND (sent_at IS NULL OR sent_at <= p_before);
    RETURN FOUND;
END $$;

-- Claims those that are due, later and later: another worker passes them by, and one that dies gets them again.
CREATE OR REPLACE FUNCTION corebank_due_v1(p_now timestamptz, p_waits integer[], p_most integer) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH packs AS (
        UPDATE core_pack k SET tries = k.tries + 1,
            settle_at = p_now + make_interval(secs => p_waits[least(k.tries + 1, cardinality(p_waits))])
        FROM (SELECT x.serial FROM core_pack x WHERE x.settle_at <= p_now
              ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
        WHERE t.serial = k.serial RETURNING k.serial
    ), moves AS (
        UPDATE core_move m SET tries = m.tries + 1,
            settle_at = p_now + make_interval(secs => p_waits[least(m.tries + 1, cardinality(p_waits))])
        FROM (SELECT x.serial FROM core_move x WHERE x.settle_at <= p_now
              ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
        WHERE t.serial = m.serial RETURNING m.serial
    ) SELECT serial FROM packs UNION ALL SELECT serial FROM moves;
$$;

-- Did the core refuse to give back what is owed, so that people must?
CREATE OR REPLACE FUNCTION corebank_owes_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.owed AND p.state = 'refused' AND (p.undoes IS NULL
        OR EXISTS (SELECT FROM core_move o WHERE o.serial = p.undoes AND o.state = 'done'));
$$;

-- Two people close a move by evidence, in this very transaction: one that nobody knew of for a quarter of an hour is done
-- or refused; what is owed and the core refused was done otherwise. Codes: AUTHORISATION_INVALID, CORE_NOT_OPEN.
CREATE OR REPLACE FUNCTION corebank_close_v1(p_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('corebank.close', p_serial));
    v_undoes text := (SELECT x.undoes FROM core_move x WHERE x.serial = p_serial);
    v_is_done boolean := v ->> 'outcome' = 'done';
BEGIN
    IF v ->> 'serial' IS DISTINCT FROM p_serial OR coalesce(v ->> 'evidence', '') = '' THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    p_now := coalesce(payments_moment_v1((SELECT m.biller_id FROM core_move m WHERE m.serial = p_serial), p_now),
                      clock_timestamp());
    PERFORM FROM core_move x WHERE x.serial = v_undoes FOR UPDATE;
    UPDATE core_move m SET state = CASE WHEN v_is_done THEN 'done' ELSE 'refused' END, by_hand = true,
        code = CASE WHEN v_is_done THEN 0 ELSE @CORE_REFUSED END, reason = v ->> 'evidence', changed_at = p_now,
        settle_at = NULL
    WHERE m.serial = p_serial AND (
        m.state IN ('asked', 'unknown') AND m.made_at < p_now - interval '15 minutes'
        OR v_is_done AND m.state = 'refused' AND corebank_owes_v1(m));
    IF NOT FOUND THEN
        RETURN @CORE_NOT_OPEN;
    ELSIF v_is_done THEN
        UPDATE core_move SET state = 'undone', changed_at = p_now, settle_at = NULL WHERE serial = v_undoes;
    END IF;
    RETURN 0;
END $$;
