-- Tellers move 调动 and substitute 顶岗, as two people decided who reach both branches. A number is the institution's and
-- three digits (901041700-001). Who moves for good gets one of his new branch, and the old one is shut for ever; who
-- substitutes keeps his. What was done under a number stays where it was done.

-- The lowest number of an institution that nobody had, and none who is proposed; NULL: all 999 are used.
CREATE OR REPLACE FUNCTION access_next_number_v1(p_institution bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(i.code || '-' || to_char(n, 'FM000')) FROM institution i CROSS JOIN generate_series(1, 999) n
    WHERE i.id = p_institution
        AND NOT EXISTS (SELECT FROM access_user u WHERE upper(u.login) = upper(i.code || '-' || to_char(n, 'FM000')))
        AND NOT EXISTS (SELECT FROM access_authorisation p WHERE p.action = 'users.new' AND p.decided_at IS NULL
            AND upper(p.subject_key) = upper(i.code || '-' || to_char(n, 'FM000')));
$$;

-- Why this user may not go there; 0: he may. Codes: TELLER_MOVE_UNFIT (no teller at work, or no other open institution),
-- TELLER_AWAY (he substitutes, or is about to).
CREATE OR REPLACE FUNCTION access_move_unfit_v1(p_user bigint, p_to bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM access_user u JOIN access_user_role r ON r.user_id = u.id AND r.role = 'teller'
                JOIN institution t ON t.id = p_to AND t.closed_at IS NULL
                WHERE u.id = p_user AND u.is_active AND u.partner_id IS NULL AND u.institution_id <> p_to)
            THEN @TELLER_MOVE_UNFIT
        WHEN EXISTS (SELECT FROM access_move m WHERE m.user_id = p_user AND m.state <> 'ended') THEN @TELLER_AWAY
        ELSE 0 END;
$$;

-- As two people decided in this very transaction; neither is he himself under any login. Codes: AUTHORISATION_INVALID,
-- those of access_move_unfit_v1, of access_stays_v1 for who moves at once.
CREATE OR REPLACE FUNCTION access_move_v1(p_login text, p_today date, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p access_authorisation;
    u access_user;
    v_to bigint;
    v_code integer;
    v_new bigint;
BEGIN
    SELECT * INTO p FROM access_authorisation WHERE id = access_settled_v1('tellers.move', p_login);
    SELECT * INTO u FROM access_user WHERE login = p_login AND id = (p.content ->> 'user')::bigint FOR UPDATE;
    v_to := (p.content ->> 'to')::bigint;
    IF u.id IS NULL OR access_person_v1(u.id) IN (access_person_v1(p.maker_id), access_person_v1(p.checker_id)) THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    v_code := access_move_unfit_v1(u.id, v_to);
    IF v_code = 0 AND p.content ->> 'kind' = 'move' THEN
        v_code := access_stays_v1(u.id);
    END IF;
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    IF p.content ->> 'kind' = 'substitute' THEN
        INSERT INTO access_move (user_id, kind, from_id, to_id, from_on, until_on, state, proposal_id, changed_at)
        VALUES (u.id, 'substitute', u.institution_id, v_to, (p.content ->> 'from_on')::date,
                (p.content ->> 'until_on')::date, 'agreed', p.id, p_now);
        PERFORM access_moves_due_v1(p_today, p_now);
        RETURN 0;
    END IF;
    PERFORM pg_advisory_xact_lock(2141, v_to::integer); -- two do not get one number
    UPDATE access_user SET person = coalesce(nullif(btrim(person), ''), login), is_active = false, session_key = ''
    WHERE id = u.id RETURNING * INTO u;
    INSERT INTO access_user (login, name, person, institution_id, password, must_change_password, is_active, session_key,
                             created_at)
    VALUES (access_next_number_v1(v_to), u.name, u.person, v_to, u.password, true, true, '', p_now)
    RETURNING id INTO v_new;
    INSERT INTO access_user_role (user_id, role) SELECT v_new, r.role FROM access_user_role r WHERE r.user_id = u.id;
    INSERT INTO access_move (user_id, kind, from_id, to_id, from_on, state, successor_id, proposal_id, changed_at)
    VALUES (u.id, 'move', u.institution_id, v_to, p_today, 'ended', v_new, p.id, p_now);
    RETURN 0;
END $$;

-- Substitutes whose first day has come go, and those whose last day is over come back by themselves; who has an open
-- shift, cash in his drawer or papers in his hand does when he has not. Answers how many did.
CREATE OR REPLACE FUNCTION access_moves_due_v1(p_today date, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m access_move;
    v_count integer := 0;
BEGIN
    FOR m IN SELECT * FROM access_move x WHERE x.state = 'agreed' AND x.from_on <= p_today
            OR x.state = 'there' AND x.until_on < p_today ORDER BY x.move_id FOR UPDATE SKIP LOCKED LOOP
        PERFORM 1 FROM access_user WHERE id = m.user_id FOR UPDATE;
        IF m.state = 'agreed' AND (m.until_on < p_today OR EXISTS (
                SELECT FROM access_user u WHERE u.id = m.user_id AND NOT u.is_active)) THEN
            UPDATE access_move SET state = 'ended', changed_at = p_now WHERE move_id = m.move_id;
        ELSIF access_stays_v1(m.user_id) = 0 THEN
            UPDATE access_user SET institution_id = CASE m.state WHEN 'agreed' THEN m.to_id ELSE m.from_id END
            WHERE id = m.user_id;
            UPDATE access_move SET state = CASE m.state WHEN 'agreed' THEN 'there' ELSE 'ended' END, changed_at = p_now
            WHERE move_id = m.move_id;
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END $$;

-- A number whose owner moved on is not let in again: of one human being no two numbers live.
CREATE OR REPLACE FUNCTION access_moved_on_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM access_move m WHERE m.user_id = NEW.id AND m.kind = 'move') THEN
        RAISE EXCEPTION 'user % has another number now', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER moved_on BEFORE UPDATE ON access_user
    FOR EACH ROW WHEN (NEW.is_active AND NOT OLD.is_active) EXECUTE FUNCTION access_moved_on_v1();
