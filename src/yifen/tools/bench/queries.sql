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

-- name: pgledger_accounts
-- Accounts of pgledger that may go below zero, and a number for each.
CREATE TABLE bench_account AS
SELECT n, a.id FROM generate_series(1, %s) n, pgledger_create_account('bench ' || n, 'CNY') a

-- name: pgledger_transfer
-- What pgbench runs, between two of the accounts.
SELECT id FROM pgledger_create_transfer((SELECT id FROM bench_account WHERE n = :one),
    (SELECT id FROM bench_account WHERE n = :other), '1')

-- name: channel_id
-- The channel that charges.
SELECT id FROM partner WHERE code = %s

-- name: store_bills
-- Bills as the load generator's, whose numbers go on from `first`.
SELECT payments_import_payables_v1(0::smallint, array_agg(biller), array_agg(account_no), array_agg('B' || account_no),
    array_agg('压测账单'::text), array_agg('exact'::payable_mode), array_agg(fen), array_agg(1::bigint),
    array_agg(999999999999999), array_agg(NULL::date), array_agg(NULL::integer))
FROM (SELECT (%(billers)s::integer[])[1 + n %% cardinality(%(billers)s)] AS biller,
             lpad((n::numeric * 61803398874989484821 %% 10000000000)::bigint::text, 10, '0') AS account_no,
             1000 + n * 7919 %% 5000 AS fen
      FROM generate_series(%(first)s::bigint, %(first)s + %(count)s - 1) n ORDER BY hashint8(n)) b

-- name: store_charges
-- What was charged of them, by the function that every charge goes by; answers how many were booked.
SELECT count(*) FILTER (WHERE c.code = 0) FROM (
    SELECT array_agg(%(channel)s) AS partner, array_agg(serial) AS serial, array_agg(0::smallint) AS home,
           array_agg(md5(serial)::uuid) AS hash, array_agg(biller) AS biller, array_agg(account_no) AS account,
           array_agg(fen) AS amount, array_agg(NULL::text) AS quote, array_agg(%(day)s::date) AS day,
           array_agg(%(now)s - n %% 3600 * interval '1 second') AS paid_at, array_agg('T001'::text) AS operator,
           array_agg(item::integer) AS item, array_agg('B' || account_no) AS ref
    FROM (SELECT n, n - %(first)s + 1 AS item, (%(billers)s::integer[])[1 + n %% cardinality(%(billers)s)] AS biller,
                 lpad((n::numeric * 61803398874989484821 %% 10000000000)::bigint::text, 10, '0') AS account_no,
                 lpad((n::numeric * 61803398874989484821 %% 1e20)::numeric(20)::text, 20, '0') AS serial,
                 1000 + n * 7919 %% 5000 AS fen
          FROM generate_series(%(first)s::bigint, %(first)s + %(count)s - 1) n) b) a,
    payments_charge_v1(0::smallint, %(now)s, a.partner, a.serial, a.home, a.hash, a.biller, a.account, a.amount,
        a.quote, a.day, a.paid_at, a.operator, a.item, a.ref, a.amount) c

-- name: open_day
-- The business day that payments are booked on.
SELECT current_day FROM ledger_book WHERE book_id = 1

-- name: close_day
-- As the night does it: the day is cut, its figures are counted for good.
SELECT ledger_cut_day_v1(1, %(day)s), payments_figure_day_v1(1, %(day)s, %(now)s)

-- name: store_month
-- The next partition, as on the first of a month.
SELECT payments_begin_partition_v1(%s)

-- name: chain_rows
-- What a replay of the chain reads.
SELECT * FROM ledger_transfer ORDER BY bucket, transfer_no

-- name: bill_company
-- A biller that bills here, its accounts, a fee and a price.
WITH opened AS (
    SELECT k.kind, ledger_open_kind_v1(k.kind, 1, 'BENCH', 'bench') AS id
    FROM unnest('{bill_receivable,billed,bill_prepaid,bill_collected,bill_loss}'::text[]) AS k (kind)
), company AS (
    INSERT INTO billing_biller
    SELECT %(biller)s, true, max(id) FILTER (WHERE kind = 'bill_receivable'), max(id) FILTER (WHERE kind = 'billed'),
        max(id) FILTER (WHERE kind = 'bill_prepaid'), max(id) FILTER (WHERE kind = 'bill_collected'),
        max(id) FILTER (WHERE kind = 'bill_loss') FROM opened RETURNING biller_id
), fee AS (
    INSERT INTO billing_fee (biller_id, code, name, unit, metered, cycle, by_months, mode, due_days)
    SELECT biller_id, 'bench', '电费', 'kWh', true, CASE WHEN %(tiers)s THEN 'year' ELSE 'none' END, %(tiers)s, 'exact', 15
    FROM company RETURNING fee_id
), price AS (
    INSERT INTO billing_price (fee_id, class, name, valid_from)
    SELECT f.fee_id, 'residential', 'bench', d FROM fee f,
        unnest(ARRAY[DATE '2020-01-01'] || CASE WHEN %(tiers)s THEN ARRAY[DATE '2026-11-16'] END) d RETURNING price_id
), parts AS (
    INSERT INTO billing_part
    SELECT p.price_id, t, '电费', 'qty', CASE WHEN %(tiers)s THEN t ELSE 0 END, 0.5 + t * 0.05
    FROM price p, generate_series(1, CASE WHEN %(tiers)s THEN 3 ELSE 1 END) t
)
INSERT INTO billing_limit (price_id, tier, limit_milli, persons_over, add_milli)
SELECT p.price_id, t, 2400000 * t, 4, 1200000 FROM price p, generate_series(1, 2) t WHERE %(tiers)s

-- name: bill_customers
-- At one place: the tree of addresses is not what is measured.
WITH place AS (
    INSERT INTO billing_place (biller_id, name, path) VALUES (%(biller)s, 'bench', 'bench') RETURNING place_id
)
INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, opened_on)
SELECT 0, n * 1000, %(biller)s, lpad((n::numeric * 61803398874989484821 %% 10000000000)::bigint::text, 10, '0'), place_id,
    1 + n %% 6, DATE '2026-01-01'
FROM place, generate_series(1, %(bills)s) n

-- name: bill_services
-- One for each customer.
INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, from_on)
SELECT 0, c.customer_id, c.customer_id, f.fee_id, 'residential', DATE '2026-01-01'
FROM billing_customer c, billing_fee f ORDER BY c.customer_id

-- name: bill_uses
-- Of a month; where there are tiers, many lie across a limit.
INSERT INTO billing_usage (bucket, service_id, from_on, to_on, qty_milli)
SELECT 0, s.service_id, DATE '2026-11-01', DATE '2026-11-30', 100000 + s.service_id * 7919 %% 500000
FROM billing_service s ORDER BY s.service_id;
INSERT INTO billing_used SELECT 0, s.service_id, DATE '2026-01-01', s.service_id * 31 %% 4000000
FROM billing_service s WHERE (SELECT f.cycle = 'year' FROM billing_fee f)

-- name: bill_people
-- Who proposes and who decides.
INSERT INTO access_user (login, name, person, institution_id, is_active, must_change_password, session_key, created_at,
    password)
SELECT p, p, p, i.id, false, true, '', %(now)s, '' FROM institution i, unnest('{bench1,bench2}'::text[]) p
WHERE i.code = 'BENCH'

-- name: bill_fee
-- The only one.
SELECT fee_id FROM billing_fee

-- name: begin_bills
-- As the pages do, but for who asks.
SELECT code, run_id FROM billing_begin_by_v1(%(fee)s, NULL, %(from_on)s, %(to_on)s, %(to_on)s, 'bench1', %(now)s)

-- name: bill_pieces
-- In order.
SELECT piece FROM billing_piece WHERE run_id = %s ORDER BY piece

-- name: make_bills
-- As the worker does.
SELECT billing_make_v1(%s, %s, %s)

-- name: agree_to_bills
-- What two people's word leaves behind.
INSERT INTO access_authorisation (action, subject_key, content, partner_id, maker_id, checker_id, requested_at, decided_at,
    granted, reason)
SELECT 'billing.publish', %(run)s::text, jsonb_build_object('run', %(run)s, 'figures', billing_figures_v1(%(run)s)),
    %(biller)s, min(u.id), max(u.id), %(now)s, %(now)s, true, ''
FROM access_user u WHERE u.login IN ('bench1', 'bench2') RETURNING id

-- name: publish_bills
-- As the worker does.
SELECT billing_publish_v1(%s, %s, %s)

-- name: bills_there
-- Bills and payables.
SELECT (SELECT count(*) FROM billing_bill WHERE run_id = %s), (SELECT count(*) FROM payable WHERE due_fen > 0)

-- name: bare_table
-- Of the same shape: columns, checks, indexes.
CREATE TABLE bench_{{name}} (LIKE {{name}} INCLUDING ALL)

-- name: bare_key
-- The one foreign key that rows of a run are held to.
ALTER TABLE bench_payable ADD FOREIGN KEY (credit_id) REFERENCES ledger_account

-- name: bare_insert
-- The same rows.
INSERT INTO bench_{{name}} SELECT * FROM {{name}}

-- name: agree_to_customers
-- What two people's word about a file leaves behind.
INSERT INTO access_authorisation (action, subject_key, content, partner_id, maker_id, checker_id, requested_at, decided_at,
    granted, reason)
SELECT 'billing.import', f.file_id::text, jsonb_build_object('file', f.file_id, 'sha256', encode(f.sha256, 'hex'),
    'pieces', billing_pieces_v1(f.file_id)), f.biller_id, min(u.id), max(u.id), %(now)s, %(now)s, true, ''
FROM billing_file f, access_user u WHERE f.file_id = %(file)s AND f.wrong = 0 AND u.login IN ('bench1', 'bench2')
GROUP BY f.file_id RETURNING id

-- name: customer_pieces
-- In order.
SELECT p FROM access_authorisation a, generate_series(0, jsonb_array_length(a.content -> 'pieces') - 1) p WHERE a.id = %s

-- name: import_customers
-- As the worker does.
SELECT billing_import_v1(%s, %s, %s)

-- name: customers_there
-- Customers and meters.
SELECT (SELECT count(*) FROM billing_customer), (SELECT count(*) FROM billing_meter)

-- name: copy_in
-- Rows, bare.
COPY {{table}} FROM STDIN

-- name: copy_out
-- The same rows, to be copied in.
COPY {{table}} TO STDOUT

-- name: pos_acquirer
-- The acquirer of the measure.
INSERT INTO pos_acquirer (code, institution_id, name, host, port, algorithm, sealed, timeout_s, enabled)
SELECT 'BENCH', min(id), '压测收单', '127.0.0.1', %(port)s, 'des-x919', %(sealed)s, 30, true FROM institution

-- name: pos_terminal
-- One of its terminals.
INSERT INTO pos_terminal (terminal_no, merchant_no, merchant_name, channel_id, biller_id, acquirer_id, algorithm, account_in, sealed, state)
SELECT %(no)s, %(merchant)s, '压测商户', p.id, %(biller)s, a.acquirer_id, 'des-ecb', '62', %(sealed)s, 'in_use'
FROM pos_acquirer a, partner p WHERE p.code = %(channel)s

-- name: pos_booked
-- How many sales stand, and what they paid.
SELECT count(*), sum(amount_fen)::bigint FROM pos_sale WHERE state = 'booked'

-- name: add_line
-- The channel's line of the TCP dialect; its number is its code.
INSERT INTO tcp_line (partner_id, inst_id, algorithm, sealed, is_yuan, enabled) VALUES (%s, %s, 'sm4-cbc', %s, false, true)

-- name: debit_items
-- What a biller asks to be debited, and an empty table for what became of it.
CREATE TABLE bench_debit AS SELECT n AS place, lpad(n::text, 10, '0') AS customer, '62220212' || lpad(n::text, 11, '0') AS account,
    '欧阳小明' AS name, 'B' || n AS ref, (n %% 50000 + 1)::bigint AS fen FROM generate_series(1, %s::integer) n

-- name: debit_tables
-- The same rows in again, and a result.
CREATE TABLE bench_debit_bare (LIKE bench_debit);
CREATE TABLE bench_debited (place text, kind text, fen bigint)

-- name: debit_back
-- Bare.
COPY bench_debit_bare FROM STDIN

-- name: debit_out
-- All of it.
COPY bench_debit TO STDOUT

-- name: debit_empty
-- For the next.
TRUNCATE bench_debited

-- name: debit_in
-- What the result says.
COPY bench_debited FROM STDIN

-- name: debit_count
-- How many it says something of.
SELECT count(*)::integer FROM bench_debited
