-- What the join left over, matched by more than the serial: across days, by rule, by sums.
--
-- Every pass works on open items of one partner, set by set, and closes what it explains: both sides
-- get one group number. What two items explain ambiguously stays for a person. A step of recon_run_v1.

-- Open one-sided items of a partner.
CREATE OR REPLACE FUNCTION recon_live_v1(p_partner integer)
RETURNS TABLE (item_id bigint, business_day date, serial text, class recon_class, account_no text,
               batch text, fen bigint, plus boolean, at timestamp, fee bigint, ref text)
LANGUAGE sql STABLE AS $$
    SELECT i.item_id, i.business_day, i.serial, i.class, i.account_no, i.batch,
           coalesce(i.ours_fen, i.theirs_fen), coalesce(i.ours_kind, i.theirs_kind) IN ('sale', 'in'),
           coalesce(i.ours_at, i.theirs_at), i.theirs_fee_fen, i.theirs_ref
    FROM recon_item i
    WHERE i.partner_id = p_partner AND i.state IN ('open', 'waiting')
        AND i.class IN ('ours_only', 'theirs_only')
$$;

-- The same serial on the other side of the cut (domain.md case 7).
CREATE OR REPLACE FUNCTION recon_cross_day_v1(p_partner integer) RETURNS SETOF bigint[]
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT ARRAY[o.item_id, t.item_id]
    FROM recon_live_v1(p_partner) o JOIN recon_live_v1(p_partner) t USING (serial, fen, plus)
    WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.business_day <> t.business_day
$$;

-- One of ours and one of theirs with the same account, amount and direction, near in time; of
-- several alike only as many as stand on both sides, in the order of time.
CREATE OR REPLACE FUNCTION recon_by_rule_v1(p_partner integer, p_window_s integer)
RETURNS SETOF bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH live AS (
        SELECT *, row_number() OVER w AS nth,
               count(*) FILTER (WHERE class = 'ours_only') OVER c AS ours,
               count(*) FILTER (WHERE class = 'theirs_only') OVER c AS theirs
        FROM recon_live_v1(p_partner)
        WINDOW c AS (PARTITION BY account_no, fen, plus),
               w AS (PARTITION BY account_no, fen, plus, class ORDER BY at, item_id))
    SELECT ARRAY[o.item_id, t.item_id]
    FROM live o JOIN live t USING (account_no, fen, plus, nth)
    WHERE o.class = 'ours_only' AND t.class = 'theirs_only' AND o.ours = o.theirs
        AND abs(extract(epoch FROM o.at - t.at)) <= p_window_s
$$;

-- Many of one side whose sum, fees netted, is one row of the other: a batch, or a day.
CREATE OR REPLACE FUNCTION recon_sums_v1(
    p_partner integer, p_many recon_class, p_one recon_class, p_by_day boolean, p_days integer
) RETURNS SETOF bigint[] LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    WITH live AS (
        SELECT *, CASE WHEN p_by_day THEN business_day::text ELSE batch END AS key
        FROM recon_live_v1(p_partner)
    ), sums AS (
        SELECT key, business_day, array_agg(item_id) AS items,
               sum(CASE WHEN plus THEN fen ELSE -fen END) AS gross,
               sum(CASE WHEN plus THEN fen ELSE -fen END + coalesce(fee, 0)) AS net
        FROM live WHERE class = p_many AND key IS NOT NULL
        GROUP BY key, business_day HAVING count(*) > 1
    ), pairs AS (
        SELECT s.key, s.items, o.item_id,
               count(*) OVER (PARTITION BY s.key, s.business_day) AS of_sum,
               count(*) OVER (PARTITION BY o.item_id) AS of_row
        FROM sums s JOIN live o ON o.class = p_one
            AND CASE WHEN o.plus THEN o.fen ELSE -o.fen END IN (s.gross, s.net)
            AND (s.key IN (o.serial, o.batch, o.ref)
                 OR s.key = s.business_day::text AND o.business_day - s.business_day
                    BETWEEN 0 AND p_days))
    SELECT item_id || items FROM pairs WHERE of_sum = 1 AND of_row = 1
$$;

-- Groups closed by each pass, and their numbers.
CREATE OR REPLACE FUNCTION recon_explain_v1(
    p_partner integer, p_by_rule boolean, p_window_s integer, p_by_group boolean, p_days integer,
    p_now timestamptz, OUT closed jsonb, OUT groups bigint[]
) LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    v_pass text;
    v_items bigint[];
    v_sets jsonb;
BEGIN
    closed := '{}';
    groups := '{}';
    FOREACH v_pass IN ARRAY ARRAY['cross_day', 'rule', 'batch ours', 'day ours', 'batch theirs',
                                  'day theirs'] LOOP
        CONTINUE WHEN v_pass = 'rule' AND NOT p_by_rule
            OR v_pass LIKE '% %' AND NOT p_by_group;
        v_sets := (SELECT jsonb_agg(to_jsonb(s)) FROM (
            SELECT recon_cross_day_v1(p_partner) AS s WHERE v_pass = 'cross_day'
            UNION ALL
            SELECT recon_by_rule_v1(p_partner, p_window_s) WHERE v_pass = 'rule'
            UNION ALL
            SELECT recon_sums_v1(p_partner, 'ours_only', 'theirs_only', v_pass LIKE 'day%', p_days)
            WHERE v_pass LIKE '% ours'
            UNION ALL
            SELECT recon_sums_v1(p_partner, 'theirs_only', 'ours_only', v_pass LIKE 'day%', p_days)
            WHERE v_pass LIKE '% theirs') u);
        v_pass := CASE WHEN v_pass LIKE '% %' THEN 'group' ELSE v_pass END;
        FOR v_items IN SELECT ARRAY(SELECT jsonb_array_elements_text(e)::bigint)
                       FROM jsonb_array_elements(coalesce(v_sets, '[]')) e LOOP
            groups := groups || nextval('recon_group_no');
            closed := jsonb_set(closed, ARRAY[v_pass],
                                to_jsonb(coalesce((closed ->> v_pass)::integer, 0) + 1));
            UPDATE recon_item SET state = 'closed', closed_at = p_now, closed_by = v_pass,
                group_no = groups[cardinality(groups)]
            WHERE item_id = ANY (v_items);
        END LOOP;
    END LOOP;
END $$;
