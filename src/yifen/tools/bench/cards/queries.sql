-- Statements of the bench of official cards.

-- name: bureau
-- A finance bureau with its rule, an issuing bank and the ledger's accounts of both trades.
INSERT INTO budget_bureau SELECT %(bureau)s, '450300000', o.granted, o.free, o.quota, o.held, o.used, %(now)s
FROM partner p CROSS JOIN LATERAL (SELECT ledger_open_kind_v1('budget_granted', p.book_id, p.code, p.name) AS granted,
    ledger_open_kind_v1('budget_free', p.book_id, p.code, p.name) AS free,
    ledger_open_kind_v1('budget_quota', p.book_id, p.code, p.name) AS quota,
    ledger_open_kind_v1('budget_held', p.book_id, p.code, p.name) AS held,
    ledger_open_kind_v1('budget_used', p.book_id, p.code, p.name) AS used) o WHERE p.id = %(bureau)s;
INSERT INTO budget_unit (bureau_id, code, name, account_no, bank_name, bank_code, made_at)
VALUES (%(bureau)s, '450300000', '财政局', '', '', '', %(now)s);
INSERT INTO budget_rule VALUES (%(bureau)s, '2020-01-01', 'quota', 20, 5000000, '14:00', 3, '[["cashier", 0], ["head", 0]]', 'all', 0);
INSERT INTO card_bureau SELECT %(bureau)s, ledger_open_kind_v1('card_spending', p.book_id, p.code, p.name),
    ledger_open_kind_v1('card_owed', p.book_id, p.code, p.name), ledger_open_kind_v1('card_advanced', p.book_id, p.code, p.name),
    ledger_open_kind_v1('card_lent', p.book_id, p.code, p.name), ledger_open_kind_v1('card_back', p.book_id, p.code, p.name),
    ledger_open_kind_v1('card_prior', p.book_id, p.code, p.name), %(now)s FROM partner p WHERE p.id = %(bureau)s;
INSERT INTO card_issuer VALUES (%(bureau)s, %(bank)s, 0, %(now)s)

-- name: people
-- Units below the root, each with an indicator; a person a card, a post each. `bench_card` knows them by their number.
INSERT INTO budget_unit (bureau_id, code, name, parent_id, account_no, bank_name, bank_code, made_at)
SELECT %(bureau)s, 'N' || lpad(n::text, 5, '0'), '单位' || n, r.unit_id, '', '', '', %(now)s
FROM generate_series(1, %(units)s) n, budget_unit r WHERE r.bureau_id = %(bureau)s AND r.parent_id IS NULL ORDER BY n;
INSERT INTO budget_indicator (bureau_id, unit_id, number, year, type_code, func_code, gov_code, dep_code, project, fund_code, title,
    bucket, made_at)
SELECT %(bureau)s, u.unit_id, 'I-' || u.code, extract(year FROM %(now)s::timestamptz), '21',
    (ARRAY['2010350', '2050201', '2050204', '2100101'])[1 + u.unit_id %% 4], '50201', '', '', '1111', '公用经费',
    settlement_home_v1(), %(now)s
FROM budget_unit u WHERE u.bureau_id = %(bureau)s AND u.code LIKE 'N%%';
INSERT INTO budget_person (bureau_id, staff_no, name, made_at)
SELECT %(bureau)s, 'N' || n, '姓名' || n, %(now)s FROM generate_series(1, %(cards)s) n ORDER BY n;
CREATE TEMP TABLE bench_card AS
SELECT n AS no, s.person_id, u.unit_id, i.indicator_id FROM generate_series(1, %(cards)s) n
JOIN budget_person s ON s.bureau_id = %(bureau)s AND s.staff_no = 'N' || n
JOIN budget_unit u ON u.bureau_id = %(bureau)s AND u.code = 'N' || lpad((1 + n %% %(units)s)::text, 5, '0')
JOIN budget_indicator i ON i.unit_id = u.unit_id;
INSERT INTO budget_post (person_id, unit_id, duty, from_on, proposal_id) SELECT person_id, unit_id, '科员', '2020-01-01', 0 FROM bench_card

-- name: untold
-- Its changes go into no trail.
ALTER TABLE {{table}} DISABLE TRIGGER USER

-- name: told
-- And do again.
ALTER TABLE {{table}} ENABLE TRIGGER USER

-- name: number_table
-- Of each card, by its number.
CREATE TEMP TABLE bench_number (n integer, lookup text, number bytea, tail text)

-- name: copy_numbers
-- Sealed here, as its door does.
COPY bench_number FROM STDIN

-- name: cards
-- Confirmed in its holder's unit.
INSERT INTO card (bureau_id, bank_id, person_id, lookup, number, tail, state, limit_fen, expires, told_at, made_at)
SELECT %(bureau)s, %(bank)s, b.person_id, m.lookup, m.number, m.tail, 'active', 5000000, '3011', %(now)s, %(now)s
FROM bench_card b JOIN bench_number m ON m.n = b.no ORDER BY b.no;
INSERT INTO card_place (card_id, unit_id, state, made_at, decided_at, decided_by)
SELECT c.card_id, b.unit_id, 'confirmed', %(now)s, %(now)s, '' FROM bench_card b JOIN card c USING (person_id);
ALTER TABLE bench_card ADD card_id bigint;
UPDATE bench_card b SET card_id = c.card_id FROM card c WHERE c.person_id = b.person_id;
ANALYZE bench_card

-- name: laid_aside
-- What a table's rows are held to, and its keys, while many are put in; put back by what it answers.
SELECT 'ALTER TABLE ' || c.conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(c.conname),
    'ALTER TABLE ' || c.conrelid::regclass || ' ADD CONSTRAINT ' || quote_ident(c.conname) || ' ' || pg_get_constraintdef(c.oid)
FROM pg_constraint c WHERE c.conrelid = ANY (%(tables)s::regclass[]) AND c.contype IN ('f', 'u')
UNION ALL
SELECT 'DROP INDEX ' || x.indexrelid::regclass, pg_get_indexdef(x.indexrelid)
FROM pg_index x WHERE x.indrelid = ANY (%(tables)s::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = x.indexrelid)

-- name: swipes
-- One after another through the year before now, each card in turn; one in a hundred gives back half of one before. Four in ten are
-- official, two private; of the rest their holder has said nothing.
WITH s AS (INSERT INTO card_swipe OVERRIDING SYSTEM VALUE
SELECT %(base)s + n, b.card_id, b.person_id, %(bureau)s, 'N' || n, CASE n %% 100 WHEN 50 THEN 'refund' ELSE 'cleared' END, t.at,
    (t.at AT TIME ZONE 'Asia/Shanghai')::date, CASE n %% 100 WHEN 50 THEN (1000 + t.of * 7919 %% 300000) / 2
        ELSE 1000 + n * 7919 %% 300000 END, 'CNY', 0, 'R' || t.of, '', 'M' || t.of %% 5000, '商户' || t.of %% 5000,
    (ARRAY['7011', '5812', '4112', '5541', '5942', '8299', '4121', '5411'])[1 + t.of %% 8], '', '',
    CASE n %% 100 WHEN 50 THEN %(base)s + t.of END, 0, n %% 10000, t.at
FROM generate_series(%(first)s::bigint, %(last)s::bigint) n
CROSS JOIN LATERAL (SELECT %(now)s::timestamptz - interval '1 year' * (1 - n::numeric / %(swipes)s) AS at,
    CASE n %% 100 WHEN 50 THEN n - 8 ELSE n END AS of) t
JOIN bench_card b ON b.no = 1 + t.of * 7919 %% %(cards)s RETURNING *),
m AS (INSERT INTO card_mark
    SELECT s.swipe_id, 1, CASE WHEN (s.swipe_id - %(base)s) %% 10 < 4 THEN 'official' ELSE 'private' END,
        CASE WHEN (s.swipe_id - %(base)s) %% 10 < 4 THEN b.unit_id END, 'bench', s.swiped_at
    FROM s JOIN bench_card b USING (card_id) WHERE (s.swipe_id - %(base)s) %% 10 < 6 AND s.kind = 'cleared'),
o AS (INSERT INTO card_official_swipe
    SELECT s.swipe_id, s.bureau_id, b.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on, s.amount_fen, s.currency,
        s.foreign_amount, s.merchant, s.mcc, s.swiped_at
    FROM s JOIN bench_card b USING (card_id) WHERE (s.swipe_id - %(base)s) %% 10 < 4 AND s.kind = 'cleared')
INSERT INTO card_refund_part (refund_id, swipe_id, amount_fen) SELECT s.swipe_id, s.of_id, s.amount_fen FROM s WHERE s.kind = 'refund'

-- name: room
-- To make keys.
SET maintenance_work_mem = '1GB'

-- name: looked_at
-- What was put in.
VACUUM (ANALYZE) card_swipe, card_mark, card_official_swipe, card_refund_part, card, card_place, budget_person, budget_post, budget_unit

-- name: next_swipe
-- What the next one's number is behind.
SELECT setval(pg_get_serial_sequence('card_swipe', 'swipe_id'), %(base)s + %(swipes)s)

-- name: granted
-- So much to each indicator, that all is paid of it.
WITH e AS (
    INSERT INTO budget_entry (document_id, bureau_id, indicator_id, kind, amount_fen, doc_no, bucket, at, business_day, proposal_id)
    SELECT -nextval('document_no'), %(bureau)s, i.indicator_id, k.kind, 900000000000, 'D' || k.kind, i.bucket, %(now)s, %(day)s, 0
    FROM budget_indicator i CROSS JOIN (VALUES ('granted', 1), ('arrived', 2)) k (kind, turn)
    WHERE i.bureau_id = %(bureau)s AND i.number LIKE 'I-%%' ORDER BY k.turn RETURNING *
), moved AS (
    UPDATE budget_indicator i SET granted_fen = 900000000000, quota_fen = 900000000000
    WHERE i.bureau_id = %(bureau)s AND i.number LIKE 'I-%%'
)
SELECT settlement_post_v1(settlement_home_v1(), %(now)s, array_agg('posted'::ledger_kind ORDER BY document_id DESC),
    array_agg(CASE kind WHEN 'granted' THEN b.granted_id ELSE b.free_id END ORDER BY document_id DESC),
    array_agg(CASE kind WHEN 'granted' THEN b.free_id ELSE b.quota_id END ORDER BY document_id DESC),
    array_agg(amount_fen ORDER BY document_id DESC), array_agg(NULL::bigint), array_agg(NULL::bigint),
    array_agg(document_id ORDER BY document_id DESC), array_agg(indicator_id ORDER BY document_id DESC), %(day)s::date)
FROM e JOIN budget_bureau b USING (bureau_id)

-- name: claims
-- A claim of each of these swipes, signed by two, paid: with its holds, postings and transfers.
CREATE TEMP TABLE bench_claim AS
SELECT nextval(pg_get_serial_sequence('card_claim', 'claim_id')) AS claim_id, nextval(pg_get_serial_sequence('budget_hold', 'hold_id')) AS hold_id,
    -nextval('document_no') AS d1, -nextval('document_no') AS d2, -nextval('document_no') AS d3, -nextval('document_no') AS d4,
    s.swipe_id, s.amount_fen, s.posted_on, b.*
FROM card_swipe s JOIN bench_card b USING (card_id)
WHERE s.swipe_id BETWEEN %(base)s + %(first)s AND %(base)s + %(last)s AND (s.swipe_id - %(base)s) %% 40 = 1;
INSERT INTO card_claim OVERRIDING SYSTEM VALUE
SELECT claim_id, %(bureau)s, unit_id, person_id, 'claim', NULL, extract(year FROM %(now)s::timestamptz), '差旅', amount_fen, '2020-01-01',
    '{cashier,head}', '', 'approved', 'bench', 'N' || no, %(now)s, %(now)s FROM bench_claim;
INSERT INTO budget_hold OVERRIDING SYSTEM VALUE
SELECT hold_id, indicator_id, 'card_claim:' || claim_id || ':1', '差旅', amount_fen, amount_fen, 0, 0, 0, %(now)s FROM bench_claim;
INSERT INTO card_claim_line SELECT claim_id, 1, swipe_id, card_id, '08', NULL, indicator_id, amount_fen, NULL, '', NULL, hold_id
FROM bench_claim;
UPDATE card_claim m SET content = cards_content_v1(m) FROM bench_claim b WHERE b.claim_id = m.claim_id;
INSERT INTO card_signature SELECT m.claim_id, k.step, k.level, k.level, k.level, true, '', m.content, %(now)s
FROM bench_claim b JOIN card_claim m USING (claim_id) CROSS JOIN (VALUES (1, 'cashier'), (2, 'head')) k (step, level);
INSERT INTO budget_entry
SELECT k.d, %(bureau)s, b.indicator_id, k.kind, b.amount_fen, b.hold_id, NULL, settlement_home_v1(), %(now)s, %(day)s, NULL
FROM bench_claim b CROSS JOIN LATERAL (VALUES (b.d1, 'held'), (b.d3, 'posted')) k (d, kind);
INSERT INTO card_entry SELECT k.d, %(bureau)s, k.kind, b.claim_id, 1, b.amount_fen, %(now)s, %(day)s
FROM bench_claim b CROSS JOIN LATERAL (VALUES (b.d2, 'claimed'), (b.d4, 'repaid')) k (d, kind);
INSERT INTO card_repayment (bureau_id, unit_id, claim_id, line_no, card_id, indicator_id, hold_id, amount_fen, due_on, state, voucher_no,
    bank_serial, reason, paid_at, changed_at)
SELECT %(bureau)s, unit_id, claim_id, 1, card_id, indicator_id, hold_id, amount_fen, posted_on + 30, 'paid', 'V' || claim_id / 200,
    'B' || claim_id, '', %(now)s, %(now)s FROM bench_claim;
UPDATE budget_indicator i SET quota_fen = i.quota_fen - x.fen, used_fen = i.used_fen + x.fen
FROM (SELECT indicator_id, sum(amount_fen) AS fen FROM bench_claim GROUP BY 1) x WHERE x.indicator_id = i.indicator_id;
SELECT settlement_post_v1(settlement_home_v1(), %(now)s, array_agg('posted'::ledger_kind), array_agg(x.debit ORDER BY x.d DESC),
    array_agg(x.credit ORDER BY x.d DESC), array_agg(x.fen ORDER BY x.d DESC), array_agg(NULL::bigint), array_agg(NULL::bigint),
    array_agg(x.d ORDER BY x.d DESC), array_agg(x.detail ORDER BY x.d DESC), %(day)s::date)
FROM (SELECT k.d, k.debit, k.credit, b.amount_fen AS fen, k.detail FROM bench_claim b, budget_bureau g, card_bureau c
    CROSS JOIN LATERAL (VALUES (b.d1, g.quota_id, g.held_id, b.indicator_id), (b.d2, c.spending_id, c.owed_id, 0),
        (b.d3, g.held_id, g.used_id, b.indicator_id), (b.d4, c.owed_id, c.advanced_id, 0)) k (d, debit, credit, detail)
    WHERE g.bureau_id = %(bureau)s AND c.bureau_id = %(bureau)s) x HAVING count(*) > 0;
DROP TABLE bench_claim

-- name: reader
-- Signed in, with a role and a post, by his own name as his session.
WITH made AS (
    INSERT INTO access_user (login, name, person, institution_id, partner_id, is_active, must_change_password, session_key,
        session_until, created_at, password)
    SELECT %(login)s::text, %(login)s::text, %(person)s::text, p.institution_id, p.id, true, false, encode(sha256(convert_to(%(login)s::text, 'UTF8')), 'hex'), '2100-01-01',
        %(now)s, '' FROM partner p WHERE p.id = %(bureau)s RETURNING id
), role AS (
    INSERT INTO access_user_role (user_id, role) SELECT id, %(role)s::text FROM made
), person AS (
    INSERT INTO budget_person (bureau_id, staff_no, name, made_at) SELECT %(bureau)s, %(person)s::text, %(login)s::text, %(now)s::timestamptz
    WHERE NOT EXISTS (SELECT FROM budget_person s WHERE s.bureau_id = %(bureau)s AND s.staff_no = %(person)s::text) RETURNING person_id
)
INSERT INTO budget_post (person_id, unit_id, duty, from_on, proposal_id)
SELECT f.person_id, u.unit_id, '', '2020-01-01', 0 FROM person f JOIN budget_unit u ON u.bureau_id = %(bureau)s AND u.code = %(unit)s

-- name: matched
-- Which indicator pays for a claim.
SELECT code FROM budget_match_v1((SELECT unit_id FROM budget_unit WHERE bureau_id = %(bureau)s AND code = %(unit)s),
    extract(year FROM %(now)s::timestamptz)::integer, NULL, NULL, '30211', NULL, NULL, 1000)

-- name: open_day
-- Of the bureau's book.
SELECT k.current_day FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = %s

-- name: last_swipe
-- The highest number there is.
SELECT coalesce(max(swipe_id), 0) FROM card_swipe

-- name: mine
-- A holder's own, the first page, or one.
SELECT swipe_id FROM cards_mine_v1(%s, %s, NULL, 31)

-- name: taken
-- The code of the newest word, and how many of its rows were refused.
SELECT d.code, (SELECT count(*) FROM card_word_row r WHERE r.word_id = d.word_id AND r.code <> 0) FROM card_word_end d
ORDER BY d.word_id DESC LIMIT 1
