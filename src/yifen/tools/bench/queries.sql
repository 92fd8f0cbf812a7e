-- Statements of the benches.

-- name: network
-- One channel and one biller, and nothing else.
INSERT INTO institution (level, code, name) VALUES ('union', '00', '省联社');
SELECT ledger_open_book_v1(1, 'hub', '总账', '23:00', '2026-11-24');
INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json, encoding, unit)
SELECT c, c, i.id, 1, false, true, true, 'UTF-8', 'fen'
FROM institution i, unnest(ARRAY['WXPAY', 'HEAT01']) c;
INSERT INTO channel (partner_id) SELECT id FROM partner WHERE code = 'WXPAY'

-- name: payments
-- A channel's day, written straight into the table.
INSERT INTO payment (bucket, payment_id, channel_id, biller_id, account_no, serial, amount_fen,
    payer_state, biller_state, business_day, paid_at, booked_at)
SELECT 0, n * 1000, c.id, b.id, '31' || lpad((n %% 20000)::text, 8, '0'),
       'WX20261123' || lpad((n::bigint * 7919 %% 1000000007)::text, 12, '0'), 100 + n * 31 %% 49900,
       'taken', 'booked', DATE '2026-11-23',
       TIMESTAMPTZ '2026-11-23 00:00:00+08' + n %% 79000 * interval '1 second',
       TIMESTAMPTZ '2026-11-23 00:00:01+08' + n %% 79000 * interval '1 second'
FROM generate_series(1, %s) n, partner c, partner b WHERE c.code = 'WXPAY' AND b.code = 'HEAT01'

-- name: our_lines
-- As the daily file has them, without head and tail.
COPY (SELECT concat_ws('|', 'D', 'charge', serial, '', payment_id, 'HEAT01', account_no, amount_fen,
        to_char(paid_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDDHH24MISS'),
        to_char(booked_at AT TIME ZONE 'Asia/Shanghai', 'YYYYMMDDHH24MISS'), '')
      FROM payment ORDER BY payment_id) TO STDOUT

-- name: books
-- What the books add up to, before and after the load.
SELECT (SELECT count(*) FROM payment) AS payments,
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM payment) AS paid_fen,
       (SELECT coalesce(sum(amount_fen), 0)::bigint FROM ledger_transfer) AS moved_fen,
       (SELECT coalesce(sum(paid_fen), 0)::bigint FROM payable) AS settled_fen,
       (SELECT coalesce(sum(debit_posted_fen), 0)::bigint FROM ledger_balance) AS debit_fen,
       (SELECT coalesce(sum(credit_posted_fen), 0)::bigint FROM ledger_balance) AS credit_fen,
       (SELECT coalesce(sum(taken_fen), 0)::bigint FROM channel_usage) AS usage_fen
