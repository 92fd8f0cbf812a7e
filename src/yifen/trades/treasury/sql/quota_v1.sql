-- Quota that the treasury tells of 额度通知: kept as signed; each detail finds its indicator, or says for what it waits.

-- Bills of a message: [{number, year, month, day, account, in, adjusts, rows: [{seq, unit, func, eco, project, fen}]}]. All of it or nothing:
-- the same bill again is the same; Codes: TREASURY_UNKNOWN, QUOTA_NOT_OURS (another treasury or bureau: nothing is kept), QUOTA_OTHERWISE (message or bill
-- came with other content before: it is kept as signed, and moves nothing).
CREATE OR REPLACE FUNCTION treasury_take_quota_v1(p_bureau integer, p_house integer, p_kind text, p_number text, p_treasury text,
    p_org text, p_bills jsonb, p_sha bytea, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r treasury_rule;
    b jsonb;
    v_word bigint;
    v_quota bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, p_bureau);
    p_now := payments_moment_v1(p_bureau, p_now);
    r := treasury_rule_v1(p_bureau, budget_today_v1(p_bureau, p_now));
    IF r.bureau_id IS NULL THEN
        RETURN @TREASURY_UNKNOWN;
    ELSIF (r.treasury_id = p_house AND r.treasury_no = p_treasury AND EXISTS (SELECT FROM budget_bureau x WHERE x.bureau_id = p_bureau
            AND p_org IN (x.code, left(x.code, 6)))) IS NOT TRUE THEN
        RETURN @QUOTA_NOT_OURS;
    END IF;
    v_word := treasury_word_v1(p_bureau, p_house, 'in', p_kind, p_number, p_sha, p_sealed, p_now);
    IF EXISTS (SELECT FROM treasury_word w WHERE (w.house_id, w.way, w.kind, w.number) = (p_house, 'in', p_kind, p_number) AND w.word_id < v_word)
        OR EXISTS (SELECT FROM jsonb_array_elements(p_bills) n (bill) JOIN treasury_quota q ON q.bureau_id = p_bureau AND q.kind = p_kind
            AND q.year = (n.bill ->> 'year')::integer AND q.number = n.bill ->> 'number' WHERE q.content <> n.bill) THEN
        RETURN @QUOTA_OTHERWISE;
    END IF;
    FOR b IN SELECT n.bill FROM jsonb_array_elements(p_bills) n (bill) LOOP
        INSERT INTO treasury_quota (bureau_id, house_id, kind, number, year, month, on_day, account_no, in_budget, adjusts, content,
            word_id, at)
        VALUES (p_bureau, p_house, p_kind, b ->> 'number', (b ->> 'year')::integer, (b ->> 'month')::integer, (b ->> 'day')::date,
            b ->> 'account', (b ->> 'in')::boolean, (b ->> 'adjusts')::boolean, b, v_word, p_now)
        ON CONFLICT (bureau_id, kind, year, number) DO NOTHING RETURNING quota_id INTO v_quota;
        IF FOUND THEN
            INSERT INTO treasury_quota_row (quota_id, seq, doc_no, unit_code, func_code, eco_code, project, amount_fen, changed_at)
            SELECT v_quota, x.seq, p_kind || '-' || (b ->> 'number') || '-' || x.seq, x.unit, x.func, x.eco, x.project, x.fen, p_now
            FROM jsonb_to_recordset(b -> 'rows') AS x (seq integer, unit text, func text, eco text, project text, fen bigint);
        END IF;
    END LOOP;
    RETURN 0;
END $$;

-- What a detail is: its indicator, or the code of why it has none yet. Codes: BUDGET_UNIT_UNKNOWN, BUDGET_NONE, BUDGET_MANY, QUOTA_PERIOD, QUOTA_MONTH,
-- QUOTA_ACCOUNT, QUOTA_IDLE.
CREATE OR REPLACE FUNCTION treasury_quota_finds_v1(q treasury_quota, r treasury_quota_row, p_today date, OUT code integer, OUT indicator bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    u budget_unit;
    f record;
BEGIN
    SELECT * INTO u FROM budget_unit x WHERE x.bureau_id = q.bureau_id AND x.code = r.unit_code;
    SELECT count(*) AS found, min(i.indicator_id) AS first INTO f FROM budget_indicator i
    WHERE i.bureau_id = q.bureau_id AND i.unit_id = u.unit_id AND i.year = q.year AND starts_with(i.func_code, r.func_code)
        AND (starts_with(i.gov_code, r.eco_code) OR starts_with(i.dep_code, r.eco_code)) AND r.project IN ('', i.project)
        AND (left(i.fund_code, 1) = '1') = q.in_budget;
    indicator := CASE WHEN f.found = 1 THEN f.first END;
    code := CASE
        WHEN (budget_rule_v1(q.bureau_id, p_today)).control = 'indicator' THEN @QUOTA_IDLE
        WHEN u.unit_id IS NULL THEN @BUDGET_UNIT_UNKNOWN
        WHEN q.adjusts AND q.year <> extract(year FROM p_today) - 1
            OR q.kind = '5101' AND NOT q.adjusts AND q.year < extract(year FROM p_today) THEN @QUOTA_PERIOD
        WHEN make_date(q.year, coalesce(q.month, 1), 1) > p_today THEN @QUOTA_MONTH
        WHEN q.kind = '5101' AND q.account_no IS DISTINCT FROM nullif(u.account_no, '') THEN @QUOTA_ACCOUNT
        WHEN f.found = 0 THEN @BUDGET_NONE
        WHEN f.found > 1 THEN @BUDGET_MANY ELSE 0 END;
END $$;

-- What waits is tried again, in the order of its days: by the rule it counts at once, or it is taken when two people's entry of its document
-- is there. Answers how many were taken.
CREATE OR REPLACE FUNCTION treasury_fit_quota_v1(p_bureau integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    f record;
    v record;
    e record;
    v_today date;
    v_at_once boolean;
    v_state text;
    v_taken integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(9450, p_bureau);
    p_now := payments_moment_v1(p_bureau, p_now);
    v_today := budget_today_v1(p_bureau, p_now);
    v_at_once := (treasury_rule_v1(p_bureau, v_today)).quota_at_once;
    FOR f IN SELECT q, r FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id)
             WHERE q.bureau_id = p_bureau AND r.state = 'waits' ORDER BY q.on_day, q.quota_id, r.seq LOOP
        SELECT * INTO v FROM treasury_quota_finds_v1(f.q, f.r, v_today);
        SELECT x.indicator_id, sum(CASE x.kind WHEN 'arrived' THEN x.amount_fen ELSE -x.amount_fen END) AS fen INTO e FROM budget_entry x
        WHERE x.bureau_id = p_bureau AND x.doc_no = (f.r).doc_no AND x.kind IN ('arrived', 'withdrawn') GROUP BY 1 ORDER BY 1 LIMIT 1;
        v_state := 'waits';
        IF e.indicator_id IS NOT NULL THEN
            v.indicator := e.indicator_id;
            v.code := CASE e.fen WHEN (f.r).amount_fen THEN 0 ELSE @QUOTA_OTHERWISE END;
            v_state := CASE v.code WHEN 0 THEN 'taken' ELSE 'waits' END;
        ELSIF v.code = 0 THEN
            v.code := budget_told_v1(p_bureau, v.indicator, (f.r).amount_fen, (f.r).doc_no,
                CASE WHEN v_at_once THEN 'treasury_quota ' || (f.q).quota_id END, p_now);
            v_state := CASE WHEN v.code = 0 AND v_at_once THEN 'taken' ELSE 'waits' END;
        END IF;
        UPDATE treasury_quota_row x SET indicator_id = v.indicator, code = v.code, state = v_state, changed_at = p_now
        WHERE x.quota_id = (f.r).quota_id AND x.seq = (f.r).seq
            AND (x.indicator_id, x.code, x.state) IS DISTINCT FROM (v.indicator, v.code, v_state);
        v_taken := v_taken + (v_state = 'taken')::integer;
    END LOOP;
    RETURN v_taken;
END $$;
