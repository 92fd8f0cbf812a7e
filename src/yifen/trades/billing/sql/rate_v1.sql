-- From prices to lines 计费: one way to compute, for runs, trials and corrections.
--
-- Each part of a price is a line of its own, rounded half up to a fen by itself (a negative one away from
-- zero, so that what is taken back mirrors what was asked for). Nothing is ever a float.
--
-- What is asked (`billing_asked`, one row an item; what is NULL changes nothing):
--   qty, peak, valley  what was used; `factor` multiplies it before it is priced, rounded to a thousandth;
--                      `flat` is what is neither peak nor valley
--   used               the cycle before this item, of what was priced: with the factor
--   persons, month     what limits may depend on: the household, the month of the year
--   months             of the cycle that count for the limits; NULL: all of it
--   billed_months      how many months 'month' and 'area_month' parts are for
--   share              of what follows no quantity: area, month, fixed, minimum and cap (a part of a
--                      period, a basic fee of 20 %). It is exact as given: periods are better split by
--                      billing_split_v1
--
-- Tiers 阶梯. An item goes from `used` to used + quantity, and what lies between two limits is that tier's.
-- A negative quantity walks down by the same limits (退补: the last bought is given back first), also below
-- zero, which is tier 1. A limit is (limit + the household's addition) × months ÷ months of the cycle,
-- rounded to a thousandth; it never lies below the one before it, so an addition to the first tier alone
-- shortens the second (Shandong 鲁发改价格〔2019〕509号). A tier without a limit in that month has no end.
-- A component that has no part in a tier costs nothing there: a surcharge of the upper tiers on top of
-- peak and valley, where the base price goes by the clock (Zhejiang).
--
-- Minimum 保底 and cap 封顶 of an item are one line with part_no 0, of what is lacking or too much; the cap
-- has the last word (Harbin: metered heat is never dearer than by area). Not of an item of negative quantity:
-- it corrects another that had its own.
--
-- Lines of 0 are left out, unless the item has no other. `line_no` is the part's place in its price, the
-- line of part_no 0 the last; an item is asked for once. An unknown price gives no line.

-- By the prices that are written, and by those that are not yet: tried ones (price_id at will, as it is asked).
CREATE OR REPLACE FUNCTION billing_try_v1(
    p_asked billing_asked[], p_prices billing_price[], p_parts billing_part[], p_limits billing_limit[]
) RETURNS TABLE (
    item bigint, line_no smallint, price_id integer, part_no smallint, tier smallint, qty_milli bigint,
    price numeric, amount_fen bigint
) LANGUAGE sql STABLE AS $$
    WITH asked AS MATERIALIZED (
        SELECT a.item, a.price_id, coalesce(a.persons, 1) AS persons, coalesce(a.month, 1) AS month,
            coalesce(a.months, -1) AS months, coalesce(a.share, 1) AS share,
            CASE WHEN a.factor <> 1 THEN round(a.qty_milli * a.factor)::bigint ELSE a.qty_milli END AS qty,
            CASE WHEN a.factor <> 1 THEN round(a.peak_milli * a.factor)::bigint ELSE coalesce(a.peak_milli, 0) END AS peak,
            CASE WHEN a.factor <> 1 THEN round(a.valley_milli * a.factor)::bigint ELSE coalesce(a.valley_milli, 0) END AS valley,
            coalesce(a.area_milli, 0) AS area, coalesce(a.billed_months, 1) AS billed, coalesce(a.used_milli, 0) AS used
        FROM ROWS FROM (unnest(p_asked), generate_series(1, cardinality(p_asked))) AS
            a (item, price_id, qty_milli, peak_milli, valley_milli, area_milli, factor, persons, month, months, used_milli, share, billed_months, n)
    ), keys AS (
        SELECT DISTINCT a.price_id, a.persons, a.month, a.months FROM asked a
    ), priced AS (
        SELECT p.price_id, p.minimum_fen, p.cap_price, CASE f.cycle WHEN 'year' THEN 12 ELSE 1 END AS cycle_months
        FROM (SELECT x.* FROM billing_price x UNION ALL SELECT x.* FROM unnest(p_prices) x) p JOIN billing_fee f USING (fee_id)
    ), parts AS (
        SELECT x.price_id, x.part_no, x.basis, x.tier, x.price, row_number() OVER (PARTITION BY x.price_id ORDER BY x.part_no) AS place
        FROM (SELECT y.* FROM billing_part y UNION ALL SELECT y.* FROM unnest(p_parts) y) x
    ), limits AS (
        SELECT y.* FROM billing_limit y UNION ALL SELECT y.* FROM unnest(p_limits) y
    ), ways AS MATERIALIZED (
        SELECT k.*, p.place::smallint, p.part_no, p.basis, p.tier, p.price, p.price * 0.1 AS fen_a_milli,
            p.basis IN ('area', 'area_month', 'month', 'fixed') AS shared,
            CASE WHEN p.tier <= 1 THEN -4e18 WHEN l.below = p.tier - 1 THEN l.low ELSE 4e18 END::bigint AS low,
            CASE WHEN p.tier = 0 OR l.here = 0 THEN 4e18 ELSE l.high END::bigint AS high
        FROM keys k JOIN priced c USING (price_id) JOIN parts p USING (price_id)
        CROSS JOIN LATERAL (
            SELECT count(DISTINCT l.tier) FILTER (WHERE l.tier < p.tier) AS below,
                count(*) FILTER (WHERE l.tier = p.tier) AS here,
                max(e.ends) FILTER (WHERE l.tier < p.tier) AS low, max(e.ends) AS high
            FROM limits l CROSS JOIN LATERAL (
                SELECT round((l.limit_milli + CASE WHEN k.persons > l.persons_over THEN l.add_milli
                    * CASE WHEN l.add_each THEN k.persons - l.persons_over ELSE 1 END ELSE 0 END)
                    * CASE WHEN k.months < 0 THEN c.cycle_months ELSE k.months END / c.cycle_months) AS ends) e
            WHERE l.price_id = k.price_id AND l.tier <= p.tier AND l.months >> k.month & 1 = 1) l
    ), lines AS (
        SELECT a.item, w.place, w.price_id, w.part_no, w.tier, q.quantity, w.price, f.fen
        FROM asked a JOIN ways w USING (price_id, persons, month, months)
        CROSS JOIN LATERAL (SELECT CASE w.basis
            WHEN 'qty' THEN least(greatest(a.used + a.qty, w.low), w.high) - least(greatest(a.used, w.low), w.high)
            WHEN 'peak' THEN a.peak WHEN 'valley' THEN a.valley WHEN 'flat' THEN a.qty - a.peak - a.valley
            WHEN 'area' THEN a.area WHEN 'area_month' THEN (a.area * a.billed)::bigint
            WHEN 'month' THEN (1000 * a.billed)::bigint ELSE 1000 END AS quantity OFFSET 0) q
        CROSS JOIN LATERAL (SELECT (q.quantity * w.fen_a_milli * CASE WHEN w.shared THEN a.share ELSE 1 END)::bigint AS fen OFFSET 0) f
    ), asking AS MATERIALIZED (
        SELECT * FROM lines l WHERE l.fen <> 0
    )
    SELECT * FROM asking
    UNION ALL
    SELECT * FROM lines l WHERE l.fen = 0 AND l.item NOT IN (SELECT x.item FROM asking x)
$$;

-- By the prices that are written.
CREATE OR REPLACE FUNCTION billing_rate_v1(p_asked billing_asked[]) RETURNS TABLE (
    item bigint, line_no smallint, price_id integer, part_no smallint, tier smallint, qty_milli bigint,
    price numeric, amount_fen bigint
) LANGUAGE sql STABLE AS $$
    SELECT * FROM billing_try_v1(p_asked, '{}', '{}', '{}');
$$;
