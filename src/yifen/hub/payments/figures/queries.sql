-- Figures of days: keeping them, reading any period, and what verify asks.

-- name: days_not_kept
-- Closed days of a book whose figures do not stand: of before there were any, or cut without a night.
SELECT DISTINCT h.business_day FROM ledger_day_head h
WHERE h.book_id = %s AND h.business_day < %s AND NOT EXISTS (SELECT FROM figure_day d
    WHERE d.book_id = h.book_id AND d.business_day = h.business_day)
ORDER BY h.business_day DESC LIMIT %s

-- name: keep_day
-- Counted out of the payments.
SELECT payments_figure_day_v1(%s, %s, %s)

-- name: keep_traffic
-- Counted out of the minutes.
SELECT payments_traffic_day_v1(%s, %s)

-- name: figures_altered
-- Every row that is kept, against the payments of its day; and days that are not closed.
SELECT format('figure_hour day %s book %s hour %s channel %s biller %s', business_day, book_id,
    to_char(hour AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24'), channel_id, biller_id), CASE
    WHEN k IS NULL THEN 'is missing; the payments say ' || p.payments || ' of ' || p.amount_fen || ' fen'
    WHEN p IS NULL THEN 'says ' || k.payments || ' of ' || k.amount_fen || ' fen; there are no such payments'
    WHEN (k.payments, k.amount_fen) <> (p.payments, p.amount_fen)
        THEN 'says ' || k.payments || ' of ' || k.amount_fen || ' fen; the payments say ' || p.payments
             || ' of ' || p.amount_fen
    WHEN (k.returned, k.returned_fen) <> (p.returned, p.returned_fen)
        THEN 'says ' || k.returned || ' given back of ' || k.returned_fen || ' fen; the payments say '
             || p.returned || ' of ' || p.returned_fen
    END
FROM (SELECT * FROM figure_hour WHERE business_day > (SELECT until_day FROM ledger_archived)) k FULL JOIN (
    SELECT f.* FROM (SELECT book_id, array_agg(business_day) AS days FROM figure_day
                     WHERE business_day > (SELECT until_day FROM ledger_archived) GROUP BY book_id) d
    CROSS JOIN LATERAL payments_figures_of_v1(d.book_id, d.days) f) p
    USING (business_day, book_id, hour, channel_id, biller_id)
UNION ALL
SELECT format('figure_day book %s day %s', d.book_id, d.business_day), 'is of a day that is not closed'
FROM figure_day d WHERE NOT EXISTS (SELECT FROM ledger_day_head h
    WHERE h.book_id = d.book_id AND h.business_day = d.business_day)

-- name: totals
-- Payments of a period of business days by what is asked: kept days as they are kept, the others as they stand.
WITH open_day AS MATERIALIZED (
    SELECT k.book_id, array_agg(x.day::date) AS days
    FROM ledger_book k CROSS JOIN LATERAL generate_series(
        greatest(%(since)s::date, (SELECT min(h.business_day) FROM ledger_day_head h WHERE h.book_id = k.book_id)),
        least(%(until)s::date, k.current_day), interval '1 day') x (day)
    WHERE NOT EXISTS (SELECT FROM figure_day d WHERE d.book_id = k.book_id AND d.business_day = x.day::date)
    GROUP BY k.book_id),
part AS (
    SELECT f.* FROM figure_hour f JOIN figure_day d USING (book_id, business_day)
    WHERE f.business_day BETWEEN %(since)s AND %(until)s
    UNION ALL
    SELECT f.* FROM open_day o CROSS JOIN LATERAL payments_figures_of_v1(o.book_id, o.days) f)
SELECT {{group}}, sum(f.payments)::bigint, sum(f.amount_fen)::bigint, sum(f.returned)::bigint,
    sum(f.returned_fen)::bigint
FROM part f JOIN partner b ON b.id = f.biller_id
WHERE true {{more}}
GROUP BY {{places}} ORDER BY {{places}}

-- name: charges
-- Charges of a period of the clock's days by what is asked, in the same way.
WITH open_day AS MATERIALIZED (
    SELECT x.day::timestamp AT TIME ZONE 'Asia/Shanghai' AS since,
        (x.day + interval '1 day')::timestamp AT TIME ZONE 'Asia/Shanghai' AS until
    FROM generate_series(%(since)s::date, %(until)s::date, interval '1 day') x (day)
    WHERE NOT EXISTS (SELECT FROM traffic_day d WHERE d.day = x.day::date)),
part AS (
    SELECT * FROM traffic_hour t WHERE t.hour >= %(since)s::timestamp AT TIME ZONE 'Asia/Shanghai'
        AND t.hour < (%(until)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    UNION ALL
    SELECT t.* FROM open_day o CROSS JOIN LATERAL payments_traffic_of_v1(o.since, o.until) t)
SELECT {{group}}, sum(t.calls)::bigint, sum(t.taken)::bigint, sum(t.failed)::bigint, sum(t.ms_sum)::bigint,
    max(t.ms_max), {{counted}}
FROM part t LEFT JOIN partner b ON b.id = t.biller_id
WHERE true {{more}}
GROUP BY {{places}} ORDER BY {{places}}

-- name: buckets
-- What was booked of a business day, by five minutes.
SELECT date_bin('5 minutes', y.booked_at, timestamptz '2000-01-01 00:00Z'), count(*), sum(y.amount_fen)::bigint
FROM payment y WHERE y.business_day = %(day)s AND y.booked_at IS NOT NULL {{more}}
GROUP BY 1 ORDER BY 1

-- name: counted
-- How many rows of a trade were read, and their sum.
SELECT count(*), sum({{fen}})::bigint FROM {{table}} WHERE {{when}}
