-- Monitoring 消费监控: what rules find in official swipes. What is private is no row here: all is read from card_official.

-- The rule in force on a day.
CREATE OR REPLACE FUNCTION cards_watch_rule_v1(p_bureau integer, p_day date) RETURNS card_watch_rule
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r FROM card_watch_rule r WHERE r.bureau_id = p_bureau AND r.valid_from <= p_day ORDER BY r.valid_from DESC LIMIT 1;
$$;

-- What speaks against a rule. Code: WATCH_RULE_WRONG.
CREATE OR REPLACE FUNCTION cards_watch_against_v1(p_bureau integer, p_asked jsonb, p_now timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (r.valid_from >= budget_today_v1(p_bureau, p_now) AND EXISTS (SELECT FROM card_bureau b WHERE b.bureau_id = p_bureau)
            AND r.swipe_fen BETWEEN 0 AND 999999999999999 AND r.day_fen BETWEEN 0 AND 999999999999999
            AND r.month_fen BETWEEN 0 AND 999999999999999 AND r.warn_pct BETWEEN 0 AND 99 AND r.card_pct BETWEEN 0 AND 100
            AND r.bill_day BETWEEN 1 AND 28 AND r.free_days BETWEEN 15 AND 30 AND r.near_days BETWEEN 0 AND 20
            AND r.claim_days BETWEEN 0 AND 20 AND r.pay_days BETWEEN 0 AND r.claim_days AND r.rate_ppm BETWEEN 0 AND 10000
            AND r.split_pct BETWEEN 0 AND 99 AND r.night_from BETWEEN 0 AND 23 AND r.night_until BETWEEN 0 AND 23
            AND r.same_count BETWEEN 0 AND 99 AND r.same_count <> 1 AND r.same_days BETWEEN 1 AND 92 AND r.gap_days BETWEEN 0 AND 366
            AND cardinality(r.mccs) <= 100 AND (SELECT coalesce(bool_and(m ~ '^[0-9]{1,4}$'), true) FROM unnest(r.mccs) m)
            AND num_nulls(r.off_days, r.left_holder, r.seller, r.no_swipe) = 0) IS NOT TRUE
        OR EXISTS (SELECT FROM card_watch_rule x WHERE x.bureau_id = p_bureau AND x.valid_from = r.valid_from)
        THEN @WATCH_RULE_WRONG ELSE 0 END
    FROM jsonb_populate_record(NULL::card_watch_rule, p_asked) r;
$$;

-- A rule by two people. Codes: CARD_NOT_AGREED, WATCH_RULE_WRONG.
CREATE OR REPLACE FUNCTION cards_keep_watch_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_code integer;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('cards.watch_rule', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @CARD_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, v.bureau_id);
    v_code := cards_watch_against_v1(v.bureau_id, v.content, p_now);
    IF v_code = 0 THEN
        PERFORM access_keep_rule_v1('card_watch_rule', 'bureau_id', v.bureau_id, p_proposal, v.content);
    END IF;
    RETURN v_code;
END $$;

-- The bank's last day to repay what was posted on a day: so many days behind the next bill, 25 to 56 in all where they are 25.
CREATE OR REPLACE FUNCTION cards_last_day_v1(p_posted date, p_bill_day integer, p_free_days integer) RETURNS date
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (date_trunc('month', p_posted) + CASE WHEN extract(day FROM p_posted) > p_bill_day THEN interval '1 month' ELSE '0' END)::date
        + p_bill_day - 1 + p_free_days;
$$;

-- A name of a merchant or seller as it is compared: without what every company's name has.
CREATE OR REPLACE FUNCTION cards_named_v1(p_name text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT upper(regexp_replace(p_name, '有限责任公司|股份有限公司|有限公司|个体工商户|[[:space:]()（）*·]', '', 'g'));
$$;

-- What a rule finds around official swipes and cash claims of a bureau: each swipe by the rule of the day on which it was marked, or
-- by `p_rule`. Sums are of one holder in one unit, less refunds, whichever of his cards he used.
CREATE OR REPLACE FUNCTION cards_found_v1(p_bureau integer, p_swipes bigint[], p_claims bigint[], p_rule card_watch_rule, p_today date)
RETURNS TABLE (kind text, key text, unit_id bigint, person_id bigint, card_id bigint, rule_from date, swipes bigint[], claim_id bigint,
    amount_fen bigint, on_day date, facts jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
WITH zone AS MATERIALIZED (
    SELECT k.time_zone AS name FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_bureau),
s AS MATERIALIZED (
    SELECT o.swipe_id, o.unit_id, o.person_id, o.card_id, o.posted_on, o.merchant, o.mcc, o.amount_fen AS gross,
        o.amount_fen - o.refunded_fen AS fen, t.at, t.at::date AS day, extract(hour FROM t.at)::integer AS hour, r.*
    FROM unnest(p_swipes) x (swipe_id) JOIN card_official o USING (swipe_id) CROSS JOIN zone z
    CROSS JOIN LATERAL (SELECT o.swiped_at AT TIME ZONE z.name AS at) t
    CROSS JOIN LATERAL (
        (SELECT w.valid_from, w.swipe_fen, w.day_fen, w.month_fen, w.warn_pct, w.card_pct, w.bill_day, w.free_days, w.near_days,
            w.split_pct, w.night_from, w.night_until, w.off_days, w.mccs, w.same_count, w.same_days, w.left_holder, w.seller, w.gap_days
         FROM card_watch_rule w WHERE (p_rule).valid_from IS NULL AND w.bureau_id = p_bureau
            AND w.valid_from <= (o.marked_at AT TIME ZONE z.name)::date ORDER BY w.valid_from DESC LIMIT 1)
        UNION ALL SELECT (p_rule).valid_from, (p_rule).swipe_fen, (p_rule).day_fen, (p_rule).month_fen, (p_rule).warn_pct,
            (p_rule).card_pct, (p_rule).bill_day, (p_rule).free_days, (p_rule).near_days, (p_rule).split_pct, (p_rule).night_from,
            (p_rule).night_until, (p_rule).off_days, (p_rule).mccs, (p_rule).same_count, (p_rule).same_days, (p_rule).left_holder,
            (p_rule).seller, (p_rule).gap_days
        WHERE (p_rule).valid_from IS NOT NULL) r
    WHERE o.bureau_id = p_bureau AND o.amount_fen > o.refunded_fen),
-- A holder's day and month in a unit, each once, by its newest swipe's rule.
span AS (
    SELECT DISTINCT ON (s.unit_id, s.person_id, y.span, y.since) s.*, y.span, y.since, y.upto,
        CASE y.span WHEN 'day' THEN s.day_fen ELSE s.month_fen END AS most
    FROM s CROSS JOIN LATERAL (VALUES ('day', s.day::timestamp, s.day + interval '1 day'),
        ('month', date_trunc('month', s.at), date_trunc('month', s.at) + interval '1 month')) y (span, since, upto)
    ORDER BY s.unit_id, s.person_id, y.span, y.since, s.swipe_id DESC),
spent AS (
    SELECT a.*, n.ids, n.sum, n.under, n.count, c.limit_fen FROM span a CROSS JOIN zone z JOIN card c USING (card_id)
    CROSS JOIN LATERAL (SELECT array_agg(o.swipe_id ORDER BY o.swipe_id) AS ids, sum(o.amount_fen - o.refunded_fen)::bigint AS sum,
            count(*) AS count, array_agg(o.swipe_id ORDER BY o.swipe_id) FILTER (WHERE a.split_pct > 0 AND a.swipe_fen > 0
                AND o.amount_fen <= a.swipe_fen AND o.amount_fen * 100.0 >= a.swipe_fen * a.split_pct::numeric) AS under
        FROM card_official o WHERE o.person_id = a.person_id AND o.unit_id = a.unit_id AND o.amount_fen > o.refunded_fen
            AND o.swiped_at >= a.since AT TIME ZONE z.name AND o.swiped_at < a.upto AT TIME ZONE z.name) n),
-- The same merchant's swipes of a day.
parts AS (
    SELECT DISTINCT ON (s.unit_id, s.person_id, s.day, s.merchant) s.*, n.ids, n.sum, n.count FROM s CROSS JOIN zone z
    CROSS JOIN LATERAL (SELECT array_agg(o.swipe_id ORDER BY o.swipe_id) AS ids, sum(o.amount_fen - o.refunded_fen)::bigint AS sum,
            count(*) AS count, max(o.amount_fen) AS most
        FROM card_official o WHERE o.person_id = s.person_id AND o.unit_id = s.unit_id AND o.merchant = s.merchant
            AND o.amount_fen > o.refunded_fen AND o.swiped_at >= s.day::timestamp AT TIME ZONE z.name
            AND o.swiped_at < (s.day + 1)::timestamp AT TIME ZONE z.name) n
    WHERE s.split_pct > 0 AND s.swipe_fen > 0 AND s.merchant <> '' AND n.count > 1 AND n.sum > s.swipe_fen AND n.most <= s.swipe_fen
    ORDER BY s.unit_id, s.person_id, s.day, s.merchant, s.swipe_id DESC),
-- What of a swipe is to be repaid, as far as it came.
due AS (
    SELECT s.*, d.due, p.open, p.late
    FROM s CROSS JOIN LATERAL (SELECT cards_last_day_v1(s.posted_on, s.bill_day, s.free_days) AS due) d
    CROSS JOIN LATERAL (SELECT sum(x.amount_fen) FILTER (WHERE x.paid_on IS NULL)::bigint AS open,
            sum(x.amount_fen) FILTER (WHERE coalesce(x.paid_on, p_today) > d.due)::bigint AS late
        FROM card_part x WHERE x.swipe_id = s.swipe_id) p
    WHERE d.due - s.near_days <= p_today),
line AS (
    SELECT s.swipe_id, s.unit_id, s.person_id, s.card_id, s.day, s.merchant, s.valid_from, s.seller AS by_seller, s.gap_days,
        n.claim_id, n.line_no, n.amount_fen AS fen, v.seller, v.issued_on, (m.asked_at AT TIME ZONE z.name)::date AS filed_on
    FROM s CROSS JOIN zone z JOIN card_claim_line n USING (swipe_id) JOIN card_claim m ON m.claim_id = n.claim_id
        AND m.state IN ('asked', 'approved') LEFT JOIN card_invoice v USING (invoice_id))
SELECT f.kind, f.key, f.unit_id, f.person_id, f.card_id, f.valid_from, f.ids, f.claim_id, f.fen, f.day, f.facts FROM (
    SELECT CASE WHEN fen > swipe_fen THEN 'swipe_over' ELSE 'swipe_warn' END AS kind, swipe_id::text AS key, unit_id, person_id, card_id,
        valid_from, ARRAY[swipe_id] AS ids, NULL::bigint AS claim_id, fen, day, jsonb_build_object('limit', swipe_fen) AS facts
    FROM s WHERE swipe_fen > 0 AND (fen > swipe_fen OR warn_pct > 0 AND fen * 100.0 >= swipe_fen * warn_pct::numeric)
    UNION ALL
    SELECT span || CASE WHEN sum > most THEN '_over' ELSE '_warn' END, concat_ws(':', unit_id, person_id, since::date), unit_id,
        person_id, card_id, valid_from, ids, NULL, sum, day, jsonb_build_object('limit', most, 'count', count)
    FROM spent WHERE most > 0 AND (sum > most OR warn_pct > 0 AND sum * 100.0 >= most * warn_pct::numeric)
    UNION ALL
    SELECT 'share', concat_ws(':', unit_id, person_id, since::date), unit_id, person_id, card_id, valid_from, ids, NULL, sum, day,
        jsonb_build_object('limit', limit_fen, 'pct', card_pct)
    FROM spent WHERE span = 'month' AND card_pct > 0 AND limit_fen > 0 AND sum * 100.0 >= limit_fen * card_pct::numeric
    UNION ALL
    SELECT 'split', concat_ws(':', unit_id, person_id, day, md5(merchant)), unit_id, person_id, card_id, valid_from, ids, NULL, sum, day,
        jsonb_build_object('limit', swipe_fen, 'count', count, 'merchant', merchant) FROM parts
    UNION ALL
    SELECT 'under', concat_ws(':', unit_id, person_id, day), unit_id, person_id, card_id, valid_from, under, NULL,
        (SELECT sum(o.amount_fen - o.refunded_fen)::bigint FROM card_official o WHERE o.swipe_id = ANY (under)), day,
        jsonb_build_object('limit', swipe_fen, 'count', cardinality(under), 'pct', split_pct)
    FROM spent WHERE span = 'day' AND cardinality(under) > 1
    UNION ALL
    SELECT 'off_day', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, fen, day,
        jsonb_build_object('day', coalesce(c.kind, 'week_end'), 'merchant', merchant)
    FROM s LEFT JOIN calendar_day c USING (day)
    WHERE off_days AND (c.kind = 'holiday' OR c.kind IS DISTINCT FROM 'make_up' AND extract(isodow FROM day) > 5)
    UNION ALL
    SELECT 'night', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, fen, day,
        jsonb_build_object('at', to_char(at, 'HH24:MI'), 'merchant', merchant)
    FROM s WHERE CASE WHEN night_from <= night_until THEN hour >= night_from AND hour < night_until
        ELSE hour >= night_from OR hour < night_until END
    UNION ALL
    SELECT 'mcc', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, fen, day,
        jsonb_build_object('mcc', mcc, 'merchant', merchant)
    FROM s WHERE EXISTS (SELECT FROM unnest(mccs) m WHERE starts_with(mcc, m))
    UNION ALL
    SELECT DISTINCT ON (s.unit_id, s.person_id, s.gross, n.ids[1]) 'same', concat_ws(':', s.unit_id, s.person_id, s.gross, n.ids[1]),
        s.unit_id, s.person_id, s.card_id, s.valid_from, n.ids, NULL, n.sum, s.day,
        jsonb_build_object('count', cardinality(n.ids), 'fen', s.gross, 'days', s.same_days)
    FROM s CROSS JOIN zone z CROSS JOIN LATERAL (SELECT array_agg(o.swipe_id ORDER BY o.swiped_at, o.swipe_id) AS ids,
            sum(o.amount_fen - o.refunded_fen)::bigint AS sum
        FROM card_official o WHERE o.person_id = s.person_id AND o.unit_id = s.unit_id AND o.amount_fen = s.gross AND o.refunded_fen = 0
            AND o.swiped_at > (s.at - make_interval(days => s.same_days)) AT TIME ZONE z.name
            AND o.swiped_at <= s.at AT TIME ZONE z.name) n
    WHERE s.same_count > 1 AND cardinality(n.ids) >= s.same_count
    UNION ALL
    SELECT 'left', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, fen, day,
        jsonb_build_object('merchant', merchant)
    FROM s WHERE left_holder AND NOT EXISTS (SELECT FROM budget_post t WHERE t.person_id = s.person_id
        AND s.day BETWEEN t.from_on AND coalesce(t.until_on, 'infinity'))
    UNION ALL
    SELECT 'near_due', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, open, day,
        jsonb_build_object('due', due, 'merchant', merchant)
    FROM due WHERE near_days > 0 AND open > 0 AND p_today <= due
    UNION ALL
    SELECT 'overdue', swipe_id::text, unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], NULL, late, day,
        jsonb_build_object('due', due, 'merchant', merchant)
    FROM due WHERE late > 0
    UNION ALL
    SELECT 'seller', concat_ws(':', claim_id, line_no), unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], claim_id, fen, day,
        jsonb_build_object('seller', line.seller, 'merchant', merchant)
    FROM line CROSS JOIN LATERAL (SELECT cards_named_v1(line.seller) AS one, cards_named_v1(merchant) AS other) w
    WHERE by_seller AND w.one <> '' AND w.other <> '' AND strpos(w.one, w.other) = 0 AND strpos(w.other, w.one) = 0
    UNION ALL
    SELECT 'gap', concat_ws(':', claim_id, line_no), unit_id, person_id, card_id, valid_from, ARRAY[swipe_id], claim_id, fen, day,
        jsonb_build_object('days', greatest(filed_on - day, abs(issued_on - day)), 'filed', filed_on, 'issued', issued_on)
    FROM line WHERE gap_days > 0 AND greatest(filed_on - day, abs(issued_on - day)) > gap_days
    UNION ALL
    SELECT 'no_swipe', concat_ws(':', n.claim_id, n.line_no), m.unit_id, m.person_id, n.card_id, r.valid_from, '{}', n.claim_id, n.amount_fen,
        (m.asked_at AT TIME ZONE z.name)::date, jsonb_build_object('seller', v.seller)
    FROM unnest(p_claims) x (claim_id) JOIN card_claim m USING (claim_id) CROSS JOIN zone z JOIN card_claim_line n USING (claim_id)
    JOIN card_invoice v USING (invoice_id)
    CROSS JOIN LATERAL (
        (SELECT w.valid_from, w.no_swipe FROM card_watch_rule w WHERE (p_rule).valid_from IS NULL AND w.bureau_id = p_bureau
            AND w.valid_from <= (m.asked_at AT TIME ZONE z.name)::date ORDER BY w.valid_from DESC LIMIT 1)
        UNION ALL SELECT (p_rule).valid_from, (p_rule).no_swipe WHERE (p_rule).valid_from IS NOT NULL) r
    WHERE m.bureau_id = p_bureau AND m.kind = 'cash' AND m.state IN ('asked', 'approved') AND r.no_swipe
        AND v.seller ~ '^[一-龥]{2,4}$' AND v.seller !~ '[店馆部厂社行院校所局厅吧楼园司站城场]$|中心$|超市$') f;
$$;
