-- From prices to lines 计费: one way to compute, for runs, trials and corrections. Helpers with the caller's
-- rights, so that the planner sees through them; they write nothing.
--
-- Each part of a price is a line, rounded by itself half up to a fen (a negative one away from zero, so that what
-- is taken back mirrors what was asked for). No float anywhere.
--
-- Asked (`billing_asked`, each item once; what is NULL changes nothing):
--   qty, peak, valley  what was used, times `factor`, to a thousandth; 'flat' is what is neither peak nor valley
--   used               of the cycle before, as it was priced, so with the factor
--   persons, month     what limits may depend on: the household, the month of the year
--   months             of the cycle that count for the limits; NULL: all of it
--   billed_months      how many months 'month' and 'area_month' parts are for
--   share              of all that follows no quantity: area, month, fixed, minimum, cap (a basic fee: 0.2), taken
--                      as it stands; what is divided by days goes through billing_split_v1
--
-- Tiers 阶梯: an item goes from `used` to `used` + quantity; what lies between two limits is that tier's. A negative
-- quantity walks down (退补: a meter that ran fast), below zero still in tier 1. A limit is (its sum + what the
-- household adds) × months ÷ months of the cycle, to a thousandth, and never below the one before it: what is added
-- to tier 1 alone makes tier 2 shorter (Shandong 鲁发改价格〔2019〕509号). Without a row in that month a tier has no end.
-- Parts of a tier that is not touched have no line; nor has a tier without a part, as of a surcharge on the upper
-- tiers where the base price goes by the clock (Zhejiang).
--
-- Minimum 保底 and cap 封顶: one line of part_no 0, what is lacking or what is too much. The cap has the last word
-- (Harbin: metered heat costs at most what the area does); without an area there is none. An item of negative
-- quantity has neither: the one that it corrects had them.
--
-- Lines of 0 are left out where the item has a part's line that is not 0. `line_no` is the part's place in its
-- price, that of part_no 0 the last. Of an unknown price there is no line: that is the caller's to refuse.

-- By the prices that are written and by others that are not: a trial's, under a price_id that no written one has.
CREATE OR REPLACE FUNCTION billing_try_v1(
    p_asked billing_asked[], p_prices billing_price[], p_parts billing_part[], p_limits billing_limit[]
) RETURNS TABLE (
    item bigint, line_no smallint, price_id integer, part_no smallint, tier smallint, qty_milli bigint,
    price numeric, amount_fen bigint
) LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED ( -- beside a series, for the planner takes an array alone for ten rows
        SELECT a.item, a.price_id, coalesce(a.persons, 1) AS persons, coalesce(a.month, 1) AS month,
            coalesce(a.months, -1) AS months, a.area, coalesce(a.used, 0) AS used,
            coalesce(a.share, 1) AS share, coalesce(a.billed, 1) AS billed,
            CASE WHEN a.factor <> 1 THEN round(a.qty * a.factor)::bigint ELSE coalesce(a.qty, 0) END AS qty,
            CASE WHEN a.factor <> 1 THEN round(a.peak * a.factor)::bigint ELSE a.peak END AS peak,
            CASE WHEN a.factor <> 1 THEN round(a.valley * a.factor)::bigint ELSE a.valley END AS valley
        FROM ROWS FROM (unnest(p_asked), generate_series(1, cardinality(p_asked))) AS a (
            item, price_id, qty, peak, valley, area, factor, persons, month, months, used, share, billed, n)
    ), keys AS (
        SELECT DISTINCT a.price_id, a.persons, a.month, a.months FROM asked a
    ), prices AS (
        SELECT p.*, CASE f.cycle WHEN 'year' THEN 12 ELSE 1 END AS of_months
        FROM (SELECT * FROM billing_price UNION ALL SELECT * FROM unnest(p_prices)) p JOIN billing_fee f USING (fee_id)
    ), parts AS (
        SELECT *, row_number() OVER (PARTITION BY p.price_id ORDER BY p.part_no) AS place
        FROM (SELECT * FROM billing_part UNION ALL SELECT * FROM unnest(p_parts)) p
    ), limits AS (
        SELECT * FROM billing_limit UNION ALL SELECT * FROM unnest(p_limits)
    ), ways AS MATERIALIZED ( -- a part for a household, a month and months: from where to where its tier goes
        SELECT k.*, p.place, p.part_no, p.tier, p.basis, p.price, p.price * 0.1 AS fen_a_milli,
            p.basis IN ('area', 'area_month', 'month', 'fixed') AS shared,
            CASE WHEN p.tier <= 1 THEN -4e18 WHEN l.below = p.tier - 1 THEN l.low ELSE 4e18 END::bigint AS low,
            CASE WHEN l.own > 0 THEN l.high ELSE 4e18 END::bigint AS high
        FROM keys k JOIN prices c USING (price_id) JOIN parts p USING (price_id) CROSS JOIN LATERAL (
            SELECT count(DISTINCT l.tier) FILTER (WHERE l.tier < p.tier) AS below, max(e.ends) AS high,
                count(*) FILTER (WHERE l.tier = p.tier) AS own, max(e.ends) FILTER (WHERE l.tier < p.tier) AS low
            FROM limits l CROSS JOIN LATERAL (
                SELECT round((l.limit_milli + CASE WHEN k.persons <= l.persons_over OR l.persons_over IS NULL THEN 0
                        WHEN l.add_each THEN l.add_milli * (k.persons - l.persons_over) ELSE l.add_milli END)
                    * CASE WHEN k.months < 0 THEN c.of_months ELSE k.months END / c.of_months) AS ends) e
            WHERE l.price_id = k.price_id AND l.tier <= p.tier AND l.months >> k.month & 1 = 1) l
        UNION ALL
        SELECT k.*, 32767, 0, 0, 'bound', coalesce(c.cap_price, 0), c.cap_price * 0.1, true, c.minimum_fen, 0
        FROM keys k JOIN prices c USING (price_id) WHERE c.minimum_fen > 0 OR c.cap_price IS NOT NULL
    ), lines AS ( -- of 'bound' the cap
        SELECT t.*, (t.qty_milli * t.fen_a_milli * CASE WHEN t.shared THEN t.share ELSE 1 END)::bigint AS fen
        FROM (
            SELECT a.item, w.place, w.price_id, w.part_no, w.tier, w.price, w.fen_a_milli, w.shared, a.share,
                w.basis = 'bound' AS bound, w.low AS minimum_fen, a.qty,
                CASE w.basis
                    WHEN 'qty' THEN least(greatest(a.used + a.qty, w.low), w.high)
                        - least(greatest(a.used, w.low), w.high)
                    WHEN 'peak' THEN coalesce(a.peak, 0) WHEN 'valley' THEN coalesce(a.valley, 0)
                    WHEN 'flat' THEN a.qty - coalesce(a.peak, 0) - coalesce(a.valley, 0)
                    WHEN 'area' THEN coalesce(a.area, 0)
                    WHEN 'area_month' THEN coalesce(round(a.area * a.billed)::bigint, 0)
                    WHEN 'month' THEN round(1000 * a.billed)::bigint
                    WHEN 'fixed' THEN 1000 WHEN 'bound' THEN a.area
                    ELSE ('no basis of a price: ' || w.basis)::bigint END AS qty_milli  -- which fails
            FROM asked a JOIN ways w USING (price_id, persons, month, months)
            WHERE w.tier = 0 OR greatest(a.used, a.used + a.qty) >= w.low AND least(a.used, a.used + a.qty) < w.high
            OFFSET 0) t -- computed once
    ), summed AS (
        SELECT l.*, sum(CASE WHEN l.bound THEN 0 ELSE l.fen END) OVER whole AS sum_fen,
            bool_or(l.fen <> 0 AND NOT l.bound) OVER whole AS costs
        FROM lines l WINDOW whole AS (PARTITION BY l.item)
    ), bounded AS (
        SELECT s.*, CASE WHEN NOT s.bound THEN s.fen WHEN s.qty < 0 THEN 0
            ELSE least(greatest(s.sum_fen, round(s.minimum_fen * s.share)), s.fen) - s.sum_fen END::bigint AS amount_fen
        FROM summed s
    )
    SELECT b.item, b.place::smallint, b.price_id, b.part_no::smallint, b.tier::smallint,
        CASE WHEN b.bound AND b.amount_fen > 0 THEN 0 ELSE b.qty_milli END::bigint,
        CASE WHEN b.bound AND b.amount_fen > 0 THEN 0 ELSE b.price END, b.amount_fen
    FROM bounded b WHERE b.amount_fen <> 0 OR NOT b.bound AND NOT b.costs;
$$;

-- By the prices that are written.
CREATE OR REPLACE FUNCTION billing_rate_v1(p_asked billing_asked[]) RETURNS TABLE (
    item bigint, line_no smallint, price_id integer, part_no smallint, tier smallint, qty_milli bigint,
    price numeric, amount_fen bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM billing_try_v1(p_asked, '{}', '{}', '{}');
$$;

-- A quantity or an amount by days, as of a change of price or of holder inside a period: each part is rounded half
-- up where it ends, so the last one takes what is left and none is of the other sign.
CREATE OR REPLACE FUNCTION billing_split_v1(p_whole bigint, p_days integer[]) RETURNS bigint[]
LANGUAGE sql IMMUTABLE AS $$
    SELECT array_agg((round(p_whole * d.upto / d.days) - round(p_whole * (d.upto - d.own) / d.days))::bigint
        ORDER BY d.n)
    FROM (
        SELECT x.own, x.n, sum(x.own::numeric) OVER (ORDER BY x.n) AS upto, sum(x.own::numeric) OVER () AS days
        FROM unnest(p_days) WITH ORDINALITY x (own, n)) d;
$$;

-- 调尾: what is added to a bill to make it whole yuan, which the next one takes off (`p_before`): the customer pays
-- amount − before + this.
CREATE OR REPLACE FUNCTION billing_carried_v1(p_amount_fen bigint, p_before_fen bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT ((p_before_fen - p_amount_fen) % 100 + 100) % 100;
$$;
