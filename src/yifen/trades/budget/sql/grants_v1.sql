-- Indicators granted and cut 下达、追加、追减, quota that arrives 额度到账, the year's end 年终结转; each by two people of the bureau.

-- Rows of a list of indicators, of quota, as their proposal has them. Of what becomes less the amount is below zero.
CREATE OR REPLACE FUNCTION budget_grant_rows_v1(p_rows jsonb)
RETURNS TABLE (n bigint, number text, unit text, year integer, type text, func text, gov text, dep text, project text, fund text,
    title text, doc_no text, fen bigint)
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.n, r.* FROM jsonb_array_elements(p_rows) WITH ORDINALITY AS x (one, n) CROSS JOIN LATERAL jsonb_to_record(x.one)
        AS r (number text, unit text, year integer, type text, func text, gov text, dep text, project text, fund text, title text,
              doc_no text, fen bigint);
$$;

-- Does the indicator alone control what is spent, today?
CREATE OR REPLACE FUNCTION budget_at_once_v1(p_bureau integer, p_now timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (budget_rule_v1(p_bureau, budget_today_v1(p_bureau, p_now))).control = 'indicator';
$$;

-- What speaks against rows of a list of indicators. Codes: BUDGET_LIST_ROW_TWICE, BUDGET_LIST_INDICATOR_WRONG, BUDGET_UNIT_UNKNOWN (or it has
-- ended), INDICATOR_OTHER (the number is one of other classes), BUDGET_YEAR_CLOSED, INDICATOR_UNKNOWN (what is cut is not there),
-- DOC_TWICE (this document changed it before), BUDGET_SHORT (less is left of it; where quota controls, less is not in quota yet).
CREATE OR REPLACE FUNCTION budget_grants_against_v1(p_bureau integer, p_rows jsonb, p_now timestamptz)
RETURNS TABLE (n bigint, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.n, f.code FROM (SELECT r.n, CASE
        WHEN count(*) OVER (PARTITION BY r.number) > 1 THEN @BUDGET_LIST_ROW_TWICE
        WHEN (r.number ~ '^[0-9A-Za-z-]{1,40}$' AND r.year BETWEEN 2000 AND 2999 AND r.type ~ '^[0-9]{2}$' AND r.func ~ '^[0-9]{7}$'
              AND r.gov ~ '^[0-9]{5}$' AND r.dep ~ '^([0-9]{5})?$' AND r.project ~ '^[0-9A-Za-z-]{0,40}$'
              AND r.fund ~ '^[0-9]{1,6}$' AND length(r.title) <= 200 AND length(r.doc_no) BETWEEN 1 AND 60
              AND abs(r.fen) BETWEEN 1 AND 999999999999999) IS NOT TRUE THEN @BUDGET_LIST_INDICATOR_WRONG
        WHEN u.unit_id IS NULL OR u.until_on < budget_today_v1(p_bureau, p_now) THEN @BUDGET_UNIT_UNKNOWN
        WHEN (i.unit_id, i.year, i.type_code, i.func_code, i.gov_code, i.dep_code, i.project, i.fund_code)
            <> (u.unit_id, r.year, r.type, r.func, r.gov, r.dep, r.project, r.fund) THEN @INDICATOR_OTHER
        WHEN i.closed_at IS NOT NULL OR r.year < extract(year FROM budget_today_v1(p_bureau, p_now)) THEN @BUDGET_YEAR_CLOSED
        WHEN i.indicator_id IS NULL AND r.fen < 0 THEN @INDICATOR_UNKNOWN
        WHEN EXISTS (SELECT FROM budget_entry e WHERE e.indicator_id = i.indicator_id AND e.doc_no = r.doc_no
                     AND e.kind = CASE WHEN r.fen > 0 THEN 'granted' ELSE 'cut' END) THEN @DOC_TWICE
        WHEN i.free_fen + CASE WHEN budget_at_once_v1(p_bureau, p_now) THEN i.quota_fen ELSE 0 END < -r.fen
            OR i.granted_fen + r.fen > 999999999999999 THEN @BUDGET_SHORT
        ELSE 0 END AS code
        FROM budget_grant_rows_v1(p_rows) r
        LEFT JOIN budget_unit u ON u.bureau_id = p_bureau AND u.code = r.unit
        LEFT JOIN budget_indicator i ON i.bureau_id = p_bureau AND i.number = r.number) f
    WHERE f.code <> 0;
$$;

-- What speaks against rows of quota. Codes: BUDGET_LIST_ROW_TWICE, BUDGET_LIST_QUOTA_WRONG, INDICATOR_UNKNOWN, BUDGET_YEAR_CLOSED, DOC_TWICE,
-- BUDGET_SHORT (more than waits for it; of what goes back: more than is in quota).
CREATE OR REPLACE FUNCTION budget_quota_against_v1(p_bureau integer, p_rows jsonb)
RETURNS TABLE (n bigint, code integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.n, f.code FROM (SELECT r.n, CASE
        WHEN count(*) OVER (PARTITION BY r.number) > 1 THEN @BUDGET_LIST_ROW_TWICE
        WHEN (length(r.doc_no) BETWEEN 1 AND 60 AND abs(r.fen) BETWEEN 1 AND 999999999999999) IS NOT TRUE THEN @BUDGET_LIST_QUOTA_WRONG
        WHEN i.indicator_id IS NULL THEN @INDICATOR_UNKNOWN
        WHEN i.closed_at IS NOT NULL THEN @BUDGET_YEAR_CLOSED
        WHEN EXISTS (SELECT FROM budget_entry e WHERE e.indicator_id = i.indicator_id AND e.doc_no = r.doc_no
                     AND e.kind = CASE WHEN r.fen > 0 THEN 'arrived' ELSE 'withdrawn' END) THEN @DOC_TWICE
        WHEN r.fen > i.free_fen OR -r.fen > i.quota_fen THEN @BUDGET_SHORT
        ELSE 0 END AS code
        FROM budget_grant_rows_v1(p_rows) r LEFT JOIN budget_indicator i ON i.bureau_id = p_bureau AND i.number = r.number) f
    WHERE f.code <> 0;
$$;

-- What speaks against a list of indicators or of quota as a whole: BUDGET_LIST_EMPTY, BUDGET_LIST_LONG, BUREAU_UNKNOWN; else the first code of its
-- rows; 0: nothing.
CREATE OR REPLACE FUNCTION budget_money_against_v1(p_bureau integer, p_kind text, p_rows jsonb, p_now timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (jsonb_typeof(p_rows) = 'array' AND p_kind IN ('indicators', 'quota') AND p_rows <> '[]') IS NOT TRUE THEN @BUDGET_LIST_EMPTY
        WHEN jsonb_array_length(p_rows) > 5000 THEN @BUDGET_LIST_LONG
        WHEN budget_at_once_v1(p_bureau, p_now) IS NULL THEN @BUREAU_UNKNOWN
        ELSE coalesce(CASE p_kind
            WHEN 'indicators' THEN (SELECT x.code FROM budget_grants_against_v1(p_bureau, p_rows, p_now) x ORDER BY x.n LIMIT 1)
            ELSE (SELECT x.code FROM budget_quota_against_v1(p_bureau, p_rows) x ORDER BY x.n LIMIT 1) END, 0) END;
$$;

-- An entry that two people agreed to; of nothing: none.
CREATE OR REPLACE FUNCTION budget_enter_agreed_v1(
    p_indicator bigint, p_kind text, p_fen bigint, p_doc_no text, p_proposal bigint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e budget_entry;
BEGIN
    IF p_fen > 0 THEN
        e.indicator_id := p_indicator; e.kind := p_kind; e.amount_fen := p_fen; e.doc_no := p_doc_no;
        e.proposal_id := p_proposal; e.at := p_now;
        PERFORM budget_enter_v1(e);
    END IF;
END $$;

-- In which bucket of the ledger an indicator lives.
CREATE OR REPLACE FUNCTION budget_bucket_v1(p_bureau integer, p_number text) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_crc_v1(convert_to(p_bureau || '|' || p_number, 'UTF8')) % (SELECT count(*) FROM ledger_head))::smallint;
$$;

-- A list of indicators counts: new ones, more, less. Where the indicator alone controls, it is in quota at once, and what is cut
-- comes out of quota. Codes: BUDGET_NOT_AGREED, as budget_money_against_v1.
CREATE OR REPLACE FUNCTION budget_grant_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r record;
    v_code integer;
    v_at_once boolean;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('budget.grant', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9300, v.bureau_id);
    p_now := payments_moment_v1(v.bureau_id, p_now);
    PERFORM budget_lock_v1(ARRAY(SELECT i.indicator_id FROM budget_indicator i WHERE i.bureau_id = v.bureau_id
        AND i.number IN (SELECT x ->> 'number' FROM jsonb_array_elements(v.content -> 'rows') x)));
    v_code := budget_money_against_v1(v.bureau_id, 'indicators', v.content -> 'rows', p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    v_at_once := budget_at_once_v1(v.bureau_id, p_now);
    INSERT INTO budget_indicator (bureau_id, unit_id, number, year, type_code, func_code, gov_code, dep_code, project, fund_code,
        title, bucket, made_at)
    SELECT v.bureau_id, u.unit_id, x.number, x.year, x.type, x.func, x.gov, x.dep, x.project, x.fund, x.title,
        budget_bucket_v1(v.bureau_id, x.number), p_now
    FROM budget_grant_rows_v1(v.content -> 'rows') x JOIN budget_unit u ON u.bureau_id = v.bureau_id AND u.code = x.unit
    ORDER BY x.n ON CONFLICT (bureau_id, number) DO NOTHING;
    PERFORM budget_lock_v1(ARRAY(SELECT i.indicator_id FROM budget_grant_rows_v1(v.content -> 'rows') x
        JOIN budget_indicator i ON i.bureau_id = v.bureau_id AND i.number = x.number));
    FOR r IN SELECT x.doc_no, x.fen, i.indicator_id, i.free_fen FROM budget_grant_rows_v1(v.content -> 'rows') x
             JOIN budget_indicator i ON i.bureau_id = v.bureau_id AND i.number = x.number ORDER BY x.n LOOP
        IF r.fen > 0 THEN
            PERFORM budget_enter_agreed_v1(r.indicator_id, 'granted', r.fen, r.doc_no, p_proposal, p_now);
            PERFORM budget_enter_agreed_v1(r.indicator_id, 'arrived', CASE WHEN v_at_once THEN r.fen END, NULL, p_proposal, p_now);
        ELSE
            PERFORM budget_enter_agreed_v1(r.indicator_id, 'withdrawn', -r.fen - r.free_fen, NULL, p_proposal, p_now);
            PERFORM budget_enter_agreed_v1(r.indicator_id, 'cut', -r.fen, r.doc_no, p_proposal, p_now);
        END IF;
    END LOOP;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- Quota arrives, or goes back. Codes: BUDGET_NOT_AGREED, as budget_money_against_v1.
CREATE OR REPLACE FUNCTION budget_quota_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r record;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('budget.quota', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9300, v.bureau_id);
    p_now := payments_moment_v1(v.bureau_id, p_now);
    PERFORM budget_lock_v1(ARRAY(SELECT i.indicator_id FROM budget_indicator i WHERE i.bureau_id = v.bureau_id
        AND i.number IN (SELECT x ->> 'number' FROM jsonb_array_elements(v.content -> 'rows') x)));
    v_code := budget_money_against_v1(v.bureau_id, 'quota', v.content -> 'rows', p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    FOR r IN SELECT x.doc_no, x.fen, i.indicator_id FROM budget_grant_rows_v1(v.content -> 'rows') x
             JOIN budget_indicator i ON i.bureau_id = v.bureau_id AND i.number = x.number ORDER BY x.n LOOP
        PERFORM budget_enter_agreed_v1(r.indicator_id, CASE WHEN r.fen > 0 THEN 'arrived' ELSE 'withdrawn' END, abs(r.fen),
            r.doc_no, p_proposal, p_now);
    END LOOP;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- The indicators of a year, what is left of each, and whether it is carried.
CREATE OR REPLACE FUNCTION budget_ending_v1(p_bureau integer, p_year integer)
RETURNS TABLE (indicator_id bigint, rest_fen bigint, held_fen bigint, carries boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.indicator_id, i.free_fen + i.quota_fen, i.held_fen, CASE r.year_end WHEN 'all' THEN true WHEN 'projects' THEN i.project <> ''
        ELSE false END
    FROM budget_indicator i CROSS JOIN (SELECT coalesce((budget_rule_v1(p_bureau, make_date(p_year, 12, 31))).year_end, 'lapse')
        AS year_end) r
    WHERE i.bureau_id = p_bureau AND i.year = p_year;
$$;

-- What a year's end would move, as things stand: of so many indicators what lapses, what is carried over; what claims still hold
-- stays where it is. By the rule of the year's last day.
CREATE OR REPLACE FUNCTION budget_year_end_figures_v1(
    p_bureau integer, p_year integer, OUT indicators bigint, OUT lapse_fen bigint, OUT carry_fen bigint, OUT held_fen bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FILTER (WHERE e.rest_fen > 0), coalesce(sum(e.rest_fen) FILTER (WHERE NOT e.carries), 0)::bigint,
        coalesce(sum(e.rest_fen) FILTER (WHERE e.carries), 0)::bigint, coalesce(sum(e.held_fen), 0)::bigint
    FROM budget_ending_v1(p_bureau, p_year) e;
$$;

-- The number of what is carried of an indicator: its own with the next year; where another has that (a list may have named it so), with a
-- count behind it, so that no number of a list ever stops a year's end.
CREATE OR REPLACE FUNCTION budget_next_number_v1(i budget_indicator) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT n.number FROM (SELECT t, CASE WHEN i.ori_id IS NULL THEN i.number ELSE regexp_replace(i.number, '-[0-9]{4}(-[0-9]+)?$', '') END
        || '-' || i.year + 1 || CASE t WHEN 1 THEN '' ELSE '-' || t END AS number FROM generate_series(1, 9999) t) n
    WHERE NOT EXISTS (SELECT FROM budget_indicator x WHERE x.bureau_id = i.bureau_id AND x.number = n.number)
    ORDER BY n.t LIMIT 1;
$$;

-- A year ends: what is left of each indicator lapses, and what the rule carries is an indicator of the next year, linked to its own.
-- Done again it moves what came free since. Codes: BUDGET_NOT_AGREED, BUREAU_UNKNOWN, YEAR_NOT_OVER, FIGURES_MOVED (they are not
-- what was agreed to), INDICATOR_OTHER (the number of what is carried is another's).
CREATE OR REPLACE FUNCTION budget_year_end_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    f record;
    t record;
    i budget_indicator;
    v_year integer;
    v_new bigint;
    v_number text;
    v_at_once boolean;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('budget.year_end', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @BUDGET_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9300, v.bureau_id);
    p_now := payments_moment_v1(v.bureau_id, p_now);
    v_year := (v.content ->> 'year')::integer;
    v_at_once := budget_at_once_v1(v.bureau_id, p_now);
    PERFORM settlement_lock_v1(ARRAY(SELECT h.bucket FROM ledger_head h));
    SELECT * INTO f FROM budget_year_end_figures_v1(v.bureau_id, v_year);
    IF v_at_once IS NULL THEN
        RETURN @BUREAU_UNKNOWN;
    ELSIF (v_year < extract(year FROM budget_today_v1(v.bureau_id, p_now))) IS NOT TRUE THEN
        RETURN @YEAR_NOT_OVER;
    ELSIF (v.content ->> 'indicators', v.content ->> 'lapse_fen', v.content ->> 'carry_fen')
        IS DISTINCT FROM (f.indicators::text, f.lapse_fen::text, f.carry_fen::text) THEN
        RETURN @FIGURES_MOVED;
    END IF;
    UPDATE budget_indicator x SET closed_at = p_now WHERE x.bureau_id = v.bureau_id AND x.year = v_year AND x.closed_at IS NULL;
    FOR t IN SELECT * FROM budget_ending_v1(v.bureau_id, v_year) e WHERE e.rest_fen > 0 ORDER BY e.indicator_id LOOP
        SELECT * INTO STRICT i FROM budget_indicator x WHERE x.indicator_id = t.indicator_id;
        PERFORM budget_enter_agreed_v1(i.indicator_id, 'withdrawn', i.quota_fen, NULL, p_proposal, p_now);
        PERFORM budget_enter_agreed_v1(i.indicator_id, 'lapsed', t.rest_fen, NULL, p_proposal, p_now);
        CONTINUE WHEN NOT t.carries;
        SELECT x.indicator_id INTO v_new FROM budget_indicator x WHERE x.ori_id = i.indicator_id;
        IF v_new IS NULL THEN
            v_number := budget_next_number_v1(i);
            INSERT INTO budget_indicator (bureau_id, unit_id, number, year, type_code, func_code, gov_code, dep_code, project,
                fund_code, title, ori_id, bucket, made_at)
            VALUES (i.bureau_id, i.unit_id, v_number, v_year + 1, '22', i.func_code, i.gov_code, i.dep_code, i.project,
                i.fund_code, i.title, i.indicator_id, budget_bucket_v1(i.bureau_id, v_number), p_now)
            ON CONFLICT (bureau_id, number) DO NOTHING RETURNING indicator_id INTO v_new;
        END IF;
        IF v_new IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @INDICATOR_OTHER::text;
        END IF;
        PERFORM budget_enter_agreed_v1(v_new, 'carried', t.rest_fen, NULL, p_proposal, p_now);
        PERFORM budget_enter_agreed_v1(v_new, 'arrived', CASE WHEN v_at_once THEN t.rest_fen END, NULL, p_proposal, p_now);
    END LOOP;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
