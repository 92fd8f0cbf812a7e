-- What is agreed and what the books say, worked out where the money moves: yifen.settlement.rules says the
-- same, and a figure that is told must be this one. Rules: P10, P11, H7; issue of trust: decision 0014.

-- Who signed that this day, or a later one of its book, is closed with unproved money: the second of two people
-- (night.sign); NULL: did anybody? Whoever may become the owner asks nobody.
CREATE OR REPLACE FUNCTION settlement_signed_v1(p_book integer, p_day date, p_who text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_has_role(session_user, current_user, 'MEMBER') OR EXISTS (
        SELECT FROM access_authorisation a JOIN access_user u ON u.id = a.checker_id
        WHERE a.action = 'night.sign' AND a.granted AND a.content ->> 'book' = p_book::text
            AND (a.content ->> 'day')::date >= p_day AND u.login = coalesce(p_who, u.login));
$$;

-- Payments and fen of a biller's closed day, less what was taken back on it. Nothing comes to a closed day any
-- more: its billers are counted at once, and once.
CREATE OR REPLACE FUNCTION settlement_figures_v1(
    p_biller integer, p_day date, OUT payments bigint, OUT amount_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM settlement_figures f
                   WHERE f.biller_id = p_biller AND f.business_day = p_day) THEN
        INSERT INTO settlement_figures
        SELECT b.partner_id, p_day, coalesce(m.payments, 0), coalesce(m.fen, 0)
        FROM partner o JOIN partner p ON p.book_id = o.book_id JOIN biller b ON b.partner_id = p.id
        LEFT JOIN (SELECT biller_id, sum(sign) AS payments, sum(net_fen) AS fen FROM payment_movement
                   WHERE business_day = p_day GROUP BY 1) m ON m.biller_id = b.partner_id
        WHERE o.id = p_biller ON CONFLICT DO NOTHING;
    END IF;
    SELECT f.payments, f.amount_fen INTO payments, amount_fen FROM settlement_figures f
    WHERE f.biller_id = p_biller AND f.business_day = p_day;
END $$;

-- The commission up to a day of the period that it is in, by the agreement in force: measure and period_fen
-- with this day, fee_fen what of it is not charged yet. No row: no agreement. p_closing: a month's minimum counts.
CREATE OR REPLACE FUNCTION settlement_fee_v1(p_biller integer, p_day date, p_closing boolean)
RETURNS TABLE (mode text, fee_fen bigint, measure bigint, period_fen bigint, ends boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH agreed AS (
        SELECT a.*, CASE a.period WHEN 'day' THEN p_day
                ELSE greatest(date_trunc('month', p_day)::date, a.valid_from) END AS first
        FROM agreement_in_force a
        WHERE a.biller_id = p_biller AND a.valid_from <= p_day
            AND (a.next_valid_from IS NULL OR a.next_valid_from > p_day)
    ), days AS (
        SELECT business_day, payments, amount_fen FROM settlement WHERE biller_id = p_biller
        UNION ALL
        SELECT business_day, payments, amount_fen FROM settlement_figures f
        WHERE f.biller_id = p_biller AND f.business_day = p_day AND NOT EXISTS (
            SELECT FROM settlement s WHERE s.biller_id = p_biller AND s.business_day = p_day)
    ), reached AS (
        SELECT a.*, (SELECT coalesce(sum(CASE a.measure WHEN 'amount' THEN d.amount_fen
                                         ELSE d.payments END), 0)::bigint
                     FROM days d WHERE d.business_day BETWEEN a.first AND p_day) AS so_far,
               (SELECT coalesce(sum(c.fee_fen), 0)::bigint FROM commission c
                WHERE c.biller_id = p_biller AND c.business_day BETWEEN a.first AND p_day) AS charged
        FROM agreed a
    ), costs AS (
        SELECT r.*, least(r.cap_fen, coalesce((
            SELECT div(sum(greatest(least(r.so_far, t.until) - t.from_measure, 0)::numeric
                    * CASE r.measure WHEN 'amount' THEN t.rate_ppm ELSE t.each_fen * 1000000::numeric END)
                + 500000, 1000000)
            FROM (SELECT x.*, lead(x.from_measure) OVER (ORDER BY x.from_measure) AS until
                  FROM agreement_tier x WHERE x.agreement_id = r.agreement_id) t), 0))::bigint AS fee
        FROM reached r
    ), due AS (
        SELECT c.*, CASE WHEN (p_closing OR c.period = 'day') AND c.so_far > 0
            THEN greatest(c.fee, c.min_fen) ELSE c.fee END AS whole
        FROM costs c
    )
    SELECT d.mode, d.whole - d.charged, d.so_far, d.whole, d.period = 'month'
        AND (extract(day FROM p_day + 1) = 1 OR d.next_valid_from IS NOT DISTINCT FROM p_day + 1)
    FROM due d;
$$;

-- The working day on which a biller is paid what was paid on a day: T+N by its agreement. NULL: it stays.
CREATE OR REPLACE FUNCTION settlement_payout_on_v1(p_biller integer, p_day date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.day FROM agreement_in_force a CROSS JOIN LATERAL (
        SELECT d::date AS day, row_number() OVER (ORDER BY d) AS nth
        FROM generate_series(p_day + least(a.lag_days, 1), p_day + 60 + 2 * a.lag_days, interval '1 day') d
        LEFT JOIN calendar_day c ON c.day = d::date
        WHERE CASE c.kind WHEN 'holiday' THEN false WHEN 'make_up' THEN a.make_up_days
            OR extract(isodow FROM d) < 6 ELSE extract(isodow FROM d) < 6 END) w
    WHERE a.biller_id = p_biller AND a.payout AND a.valid_from <= p_day
        AND (a.next_valid_from IS NULL OR a.next_valid_from > p_day)
        AND w.nth = greatest(a.lag_days, 1);
$$;

-- Who gets what of a day's money, and when: first what the biller owes for refunds, its own; then the shares,
-- rounded down; the rest goes to the first above it, itself included, that is not pooled.
CREATE OR REPLACE FUNCTION settlement_parts_v1(
    p_biller integer, p_day date, p_moved bigint, p_netted bigint, p_owed bigint,
    OUT who integer[], OUT reason text[], OUT fen bigint[], OUT payout_on date[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above (biller_id, step) AS (
        SELECT p_biller::bigint, 0
        UNION ALL
        SELECT m.parent_id, a.step + 1 FROM above a JOIN merchant m ON m.biller_id = a.biller_id
        WHERE m.pooled AND m.parent_id IS NOT NULL AND a.step < 100
    ), left_over AS (
        SELECT least(p_owed, p_moved - p_netted) AS kept,
               p_moved - p_netted - least(p_owed, p_moved - p_netted) AS rest,
               (SELECT a.biller_id FROM above a ORDER BY a.step DESC LIMIT 1)::integer AS home
    ), shares AS (
        SELECT m.beneficiary_id::integer AS who, div(l.rest::numeric * m.share_ppm, 1000000)::bigint AS fen
        FROM merchant_split m CROSS JOIN left_over l WHERE m.merchant_id = p_biller
    ), parts (place, who, reason, fen) AS (
        SELECT 1, p_biller, 'own', l.kept FROM left_over l
        UNION ALL
        SELECT 2, s.who, 'split', s.fen FROM shares s
        UNION ALL
        SELECT 3, l.home, CASE WHEN l.home = p_biller THEN 'own' ELSE 'pooled' END,
               l.rest - coalesce((SELECT sum(s.fen) FROM shares s), 0)::bigint FROM left_over l
    )
    SELECT coalesce(array_agg(p.who ORDER BY p.place, p.who), '{}'),
           coalesce(array_agg(p.reason ORDER BY p.place, p.who), '{}'),
           coalesce(array_agg(p.fen ORDER BY p.place, p.who), '{}'),
           coalesce(array_agg(settlement_payout_on_v1(p.who, p_day) ORDER BY p.place, p.who), '{}')
    FROM parts p WHERE p.fen > 0;
$$;

-- The working day so many working days behind a day; 0: the day itself, or the next that works. NULL: of no such day.
CREATE OR REPLACE FUNCTION settlement_workday_v1(p_from date, p_days integer) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT w.day FROM (SELECT d::date AS day, row_number() OVER (ORDER BY d) AS n
        FROM generate_series(p_from + least(p_days, 1), p_from + p_days * 3 + 30, interval '1 day') d
        LEFT JOIN calendar_day c ON c.day = d::date
        WHERE c.kind IS DISTINCT FROM 'holiday' AND (extract(isodow FROM d) < 6 OR c.kind = 'make_up')) w
    WHERE w.n = greatest(p_days, 1);
$$;
