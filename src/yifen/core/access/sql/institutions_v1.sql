-- Institutions renamed, moved and closed: who sees whose rows follows from the tree, so two people say so.

-- What stands in the way of closing an institution: which kind of thing, and its name. A
-- partner that is shut, and a user who is, stays where he is for the books' sake.
CREATE OR REPLACE FUNCTION access_in_use_v1(p_institution bigint)
RETURNS TABLE (kind text, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'institution', i.code || ' ' || i.name FROM institution i
    WHERE i.parent_id = p_institution AND i.closed_at IS NULL
    UNION ALL SELECT 'user', u.login || ' ' || u.name FROM access_user u
    WHERE u.institution_id = p_institution AND u.is_active
    UNION SELECT 'user', u.login || ' ' || u.name FROM access_move m JOIN access_user u ON u.id = m.user_id
    WHERE m.state <> 'ended' AND p_institution IN (m.from_id, m.to_id) AND u.is_active -- who returns, or is to come
    UNION ALL SELECT 'partner', p.code || ' ' || p.name FROM partner p
    WHERE p.institution_id = p_institution AND NOT p.suspended AND p.sandbox_of_id IS NULL
    UNION ALL SELECT 'account', a.code || ' ' || a.name
    FROM partner p JOIN ledger_account a
        ON a.code IN ('1002.' || p.code, '1122.' || p.code, '1221.' || p.code, '2011.' || p.code, '2241.' || p.code)
        OR a.code LIKE '1121.%.' || p.code
    WHERE p.institution_id = p_institution AND p.sandbox_of_id IS NULL AND (
        SELECT sum(b.debit_posted_fen) <> sum(b.credit_posted_fen)
            OR sum(b.debit_pending_fen) + sum(b.credit_pending_fen) <> 0
        FROM ledger_balance b WHERE b.account_id = a.account_id)
    ORDER BY 1, 2;
$$;

-- As two people decided in this very transaction; what they said stands in their proposal. Codes:
-- AUTHORISATION_INVALID (nobody did), INSTITUTION_INVALID (below itself, below a lower or closed one, the top),
-- INSTITUTION_IN_USE.
CREATE OR REPLACE FUNCTION access_institution_v1(p_code text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation
                WHERE id = access_settled_v1('institutions.change', p_code));
    v_row institution;
    v_parent institution;
    v_order text[] := '{union,office,county,branch}';
BEGIN
    LOCK TABLE institution IN SHARE ROW EXCLUSIVE MODE; -- the tree stays one while a node of it moves
    SELECT * INTO v_row FROM institution WHERE code = p_code AND id = (v ->> 'institution')::bigint
    FOR UPDATE; -- who begins there just now has ended
    IF v_row.id IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    SELECT * INTO v_parent FROM institution WHERE id = (v ->> 'parent')::bigint;
    IF v_parent.id IS DISTINCT FROM v_row.parent_id AND (v_parent.id IS NULL OR v_row.parent_id IS NULL
        OR v_parent.closed_at IS NOT NULL
        OR array_position(v_order, v_parent.level::text) >= array_position(v_order, v_row.level::text))
        OR NOT (v ->> 'closed')::boolean AND v_parent.closed_at IS NOT NULL
    THEN
        RETURN @INSTITUTION_INVALID;
    ELSIF (v ->> 'closed')::boolean AND v_row.closed_at IS NULL AND (
        v_row.parent_id IS NULL OR EXISTS (SELECT FROM access_in_use_v1(v_row.id)))
    THEN
        RETURN @INSTITUTION_IN_USE;
    END IF;
    UPDATE institution SET name = v ->> 'name', parent_id = v_parent.id,
        closed_at = CASE WHEN (v ->> 'closed')::boolean THEN coalesce(closed_at, p_now) END
    WHERE id = v_row.id;
    RETURN 0;
END $$;

-- Nobody and nothing begins, or comes back, at an institution that is closed.
CREATE OR REPLACE FUNCTION access_open_institution_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint := CASE TG_TABLE_NAME WHEN 'institution' THEN to_jsonb(NEW) ->> 'parent_id'
                                      ELSE to_jsonb(NEW) ->> 'institution_id' END;
    v_closed_at timestamptz;
BEGIN
    SELECT closed_at INTO v_closed_at FROM institution WHERE id = v_id FOR SHARE; -- who closes it just now has ended
    IF v_closed_at IS NOT NULL THEN
        RAISE EXCEPTION 'institution % is closed', v_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER at_an_open_one BEFORE INSERT ON institution
    FOR EACH ROW EXECUTE FUNCTION access_open_institution_v1();
CREATE OR REPLACE TRIGGER at_an_open_one BEFORE INSERT ON partner
    FOR EACH ROW EXECUTE FUNCTION access_open_institution_v1();
CREATE OR REPLACE TRIGGER at_an_open_one BEFORE INSERT ON access_user
    FOR EACH ROW EXECUTE FUNCTION access_open_institution_v1();
CREATE OR REPLACE TRIGGER back_at_an_open_one BEFORE UPDATE ON access_user
    FOR EACH ROW WHEN (NEW.institution_id <> OLD.institution_id OR NEW.is_active AND NOT OLD.is_active)
    EXECUTE FUNCTION access_open_institution_v1();
CREATE OR REPLACE TRIGGER back_at_an_open_one BEFORE UPDATE ON partner
    FOR EACH ROW WHEN (NEW.institution_id <> OLD.institution_id OR OLD.suspended AND NOT NEW.suspended)
    EXECUTE FUNCTION access_open_institution_v1();
