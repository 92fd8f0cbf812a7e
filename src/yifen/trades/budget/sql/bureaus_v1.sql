-- Bureaus and their rules; who may do what where.
--
-- Lock order of every function here: the bureau (advisory), ledger_head in bucket order, indicators, holds, balances.

-- The day that it is at a bureau by the database's clock: by it posts run, whatever a caller says of the time.
CREATE OR REPLACE FUNCTION budget_clock_v1(p_bureau integer) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (clock_timestamp() AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_bureau;
$$;

-- The day of a moment at a bureau; the moment is never far from the bureau's open day.
CREATE OR REPLACE FUNCTION budget_today_v1(p_bureau integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_moment_v1(p_bureau, p_now) AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_bureau;
$$;

-- A unit and all above it, up to the bureau.
CREATE OR REPLACE FUNCTION budget_above_v1(p_unit bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT u.unit_id, u.parent_id FROM budget_unit u WHERE u.unit_id = p_unit
        UNION SELECT u.unit_id, u.parent_id FROM budget_unit u JOIN above a ON u.unit_id = a.parent_id)
    SELECT a.unit_id FROM above a;
$$;

-- A unit and all below it.
CREATE OR REPLACE FUNCTION budget_below_v1(p_unit bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE below AS (
        SELECT p_unit AS unit_id
        UNION SELECT u.unit_id FROM budget_unit u JOIN below b ON u.parent_id = b.unit_id)
    SELECT b.unit_id FROM below b;
$$;

-- The civil servant behind a login of his bureau; NULL: none.
CREATE OR REPLACE FUNCTION budget_servant_v1(p_user bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.person_id FROM access_user u JOIN budget_person s
        ON s.bureau_id = u.partner_id AND lower(s.staff_no) = access_person_v1(u.id)
    WHERE u.id = p_user;
$$;

-- The civil servant whose session this is, while he has any running post; NULL: nobody's.
CREATE OR REPLACE FUNCTION budget_me_v1(p_session text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.person_id FROM budget_servant_v1(access_who_v1(p_session)) AS m (person_id) JOIN budget_person s USING (person_id)
    WHERE EXISTS (SELECT FROM budget_post t WHERE t.person_id = s.person_id
        AND budget_clock_v1(s.bureau_id) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'));
$$;

-- Has this login a running post at the unit, or above it?
CREATE OR REPLACE FUNCTION budget_stands_v1(p_user bigint, p_unit bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM budget_post t JOIN budget_unit u USING (unit_id)
        WHERE t.person_id = budget_servant_v1(p_user) AND t.unit_id IN (SELECT budget_above_v1(p_unit))
            AND budget_clock_v1(u.bureau_id) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'));
$$;

-- Who acts for a unit: the login behind the session. NULL: he is not of the bureau, lacks the permission, or has no running post
-- at the unit or above it.
CREATE OR REPLACE FUNCTION budget_who_v1(p_session text, p_permission text, p_unit bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.login FROM access_user u JOIN budget_unit n ON n.unit_id = p_unit JOIN partner p ON p.id = n.bureau_id
    WHERE u.id = access_who_v1(p_session) AND u.partner_id = p.id AND budget_stands_v1(u.id, p_unit)
        AND access_may_v1(u.id, p_permission, p.institution_id, p.id);
$$;

-- The units where a session's login may do this: those of its running posts and what is below them.
CREATE OR REPLACE FUNCTION budget_reach_v1(p_session text, p_permission text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT b FROM budget_post t JOIN budget_unit n USING (unit_id) CROSS JOIN LATERAL budget_below_v1(n.unit_id) b
    WHERE t.person_id = budget_me_v1(p_session) AND budget_who_v1(p_session, p_permission, n.unit_id) IS NOT NULL;
$$;

-- The units whose budget a login sees: of the bureau's people those of their running posts and below; of an institution's all.
CREATE OR REPLACE FUNCTION budget_sees_v1(p_user bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.unit_id FROM budget_unit n JOIN access_user u ON u.id = p_user AND u.partner_id IS NULL
    UNION SELECT b FROM budget_post t JOIN budget_unit n USING (unit_id) CROSS JOIN LATERAL budget_below_v1(n.unit_id) b
    WHERE t.person_id = budget_servant_v1(p_user)
        AND budget_clock_v1(n.bureau_id) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity');
$$;

-- May this login take part in what moves a bureau's budget? Its people, from a post at the root; who sets a bureau up
-- (an institution's administrators) only by acts that need no post.
CREATE OR REPLACE FUNCTION budget_fits_v1(p_user bigint, p_act text, p_bureau bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN u.partner_id IS NULL THEN p_act IN ('budget.rule', 'budget.list')
        ELSE u.partner_id = p_bureau AND coalesce((SELECT budget_stands_v1(u.id, n.unit_id) FROM budget_unit n
            WHERE n.bureau_id = p_bureau AND n.parent_id IS NULL), false) END
    FROM access_user u WHERE u.id = p_user;
$$;

-- Whose is what people decide about of a bureau's budget? Nobody's, so that it is refused, where its maker has no post for it.
CREATE OR REPLACE FUNCTION budget_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.institution_id, f.id FROM partner y JOIN biller b ON b.partner_id = y.id
    LEFT JOIN partner f ON f.id = y.id AND budget_fits_v1(p.maker_id, p.action, y.id)
    WHERE to_jsonb(y.id) = p.content -> 'bureau_id';
$$;

-- What two people agreed to in this very transaction, both of them with a post for it now; NULL: nobody did, or it is done already.
CREATE OR REPLACE FUNCTION budget_agreed_v1(p_act text, p_proposal bigint, OUT content jsonb, OUT bureau_id integer)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.content, a.partner_id FROM access_use_v1(p_act, p_proposal) a
    WHERE to_jsonb(a.partner_id) = a.content -> 'bureau_id' AND budget_fits_v1(a.maker_id, a.action, a.partner_id)
        AND budget_fits_v1(a.checker_id, a.action, a.partner_id);
$$;

-- The rule in force on a day.
CREATE OR REPLACE FUNCTION budget_rule_v1(p_bureau integer, p_day date) RETURNS budget_rule
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r FROM budget_rule r WHERE r.bureau_id = p_bureau AND r.valid_from <= p_day ORDER BY r.valid_from DESC LIMIT 1;
$$;

-- Who signs a claim of so much, of a kind (claim 报账, cash 现金上卡, advance 借款), in their order.
CREATE OR REPLACE FUNCTION budget_levels_v1(p_levels jsonb, p_kind text, p_fen bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(x.one ->> 0 ORDER BY x.n), '{}') FROM jsonb_array_elements(p_levels) WITH ORDINALITY AS x (one, n)
    WHERE (x.one ->> 1)::numeric <= p_fen AND coalesce(x.one -> 2 ? p_kind, true);
$$;

-- Do levels make sense? The least amount of each kind needs the cashier's check and another's approval.
CREATE OR REPLACE FUNCTION budget_levels_fit_v1(p_levels jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN jsonb_typeof(p_levels) IS DISTINCT FROM 'array' OR EXISTS (SELECT FROM jsonb_array_elements(p_levels) x
            WHERE (jsonb_typeof(x) = 'array' AND x ->> 0 IN ('cashier', 'head', 'bureau') AND (x ->> 1) ~ '^[0-9]{1,15}$'
                   AND (x -> 2 IS NULL OR x -> 2 <@ '["claim", "cash", "advance"]')) IS NOT TRUE) THEN false
        ELSE jsonb_array_length(p_levels) <= 20 AND NOT EXISTS (SELECT FROM unnest(ARRAY['claim', 'cash', 'advance']) k
            WHERE NOT 'cashier' = ANY (budget_levels_v1(p_levels, k, 1)) OR cardinality(budget_levels_v1(p_levels, k, 1)) < 2) END;
$$;

-- What speaks against a rule. Codes: BUREAU_REMOTE, BUDGET_RULE_WRONG, BUDGET_LEVELS_WRONG.
CREATE OR REPLACE FUNCTION budget_rule_against_v1(p_bureau integer, p_asked jsonb, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (
    SELECT CASE
        WHEN NOT EXISTS (SELECT FROM biller b WHERE b.partner_id = p_bureau AND b.endpoint = '') THEN @BUREAU_REMOTE
        WHEN (r.valid_from >= budget_today_v1(p_bureau, p_now) AND p_asked ->> 'code' ~ '^[0-9]{9}$'
              AND r.control IN ('indicator', 'quota') AND r.due_day BETWEEN 1 AND 28
              AND r.buy_fen BETWEEN 1 AND 999999999999999 AND r.cut_off IS NOT NULL AND r.return_days BETWEEN 1 AND 30
              AND r.year_end IN ('lapse', 'projects', 'all')) IS NOT TRUE
            OR EXISTS (SELECT FROM budget_rule x WHERE x.bureau_id = p_bureau AND x.valid_from = r.valid_from)
            OR EXISTS (SELECT FROM budget_bureau b WHERE (b.bureau_id = p_bureau) <> (b.code = p_asked ->> 'code'))
            THEN @BUDGET_RULE_WRONG
        WHEN budget_levels_fit_v1(r.levels) IS NOT TRUE THEN @BUDGET_LEVELS_WRONG
        ELSE 0 END
    FROM jsonb_populate_record(NULL::budget_rule, p_asked) r);
EXCEPTION WHEN data_exception THEN   -- a field of another type
    RETURN @BUDGET_RULE_WRONG;
END $$;

-- A rule of a bureau by two people; the first one makes it a bureau here, and the root of its units. Codes: BUDGET_NOT_AGREED, as
-- budget_rule_against_v1.
CREATE OR REPLACE FUNCTION budget_keep_rule_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    p partner;
    v_code integer;
    v_whose text;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('budget.rule', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9300, 0), pg_advisory_xact_lock(9300, v.bureau_id);   -- 0: codes of all bureaus
    v_code := budget_rule_against_v1(v.bureau_id, v.content, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    SELECT * INTO STRICT p FROM partner WHERE id = v.bureau_id;
    v_whose := p.code || ' ' || p.name;
    IF NOT EXISTS (SELECT FROM budget_bureau b WHERE b.bureau_id = v.bureau_id) THEN
        INSERT INTO budget_bureau
        SELECT v.bureau_id, v.content ->> 'code', ledger_open_kind_v1('budget_granted', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('budget_free', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('budget_quota', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('budget_held', p.book_id, p.code, v_whose),
            ledger_open_kind_v1('budget_used', p.book_id, p.code, v_whose), p_now;
        INSERT INTO budget_unit (bureau_id, code, name, account_no, bank_name, bank_code, made_at)
        VALUES (v.bureau_id, v.content ->> 'code', left(p.name, 100), '', '', '', p_now);
    END IF;
    PERFORM access_keep_rule_v1('budget_rule', 'bureau_id', v.bureau_id, p_proposal, v.content);
    RETURN 0;
END $$;
