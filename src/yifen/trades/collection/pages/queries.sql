-- Statements of the pages of collection orders.

-- name: orders
-- With contract and biller.
FROM collection_order o JOIN collection_contract c USING (contract_id) JOIN partner p ON p.id = o.biller_id
JOIN ledger_book k USING (book_id)

-- name: contracts
-- With their billers.
FROM collection_contract c JOIN partner p ON p.id = c.biller_id

-- name: order
-- One of them, for its page.
SELECT o.order_id, o.number, o.serial, o.biller_id, p.code || ' ' || p.name AS biller, s.name AS institution, c.number AS contract,
    c.payer, c.account_no, c.account_shown, c.medium, o.kind, o.days, o.silence, o.part, o.amount_fen, o.taken_fen, o.state, o.code,
    o.reason, o.told_on, o.last_on, o.pay_at, o.agreed_at, o.payment_id, o.made_at, coalesce(n.state, '') AS sending, o.proposal_id,
    (o.last_on >= (%(now)s AT TIME ZONE k.time_zone)::date) IS TRUE AS is_in_time
FROM collection_order o JOIN collection_contract c USING (contract_id) JOIN partner p ON p.id = o.biller_id
JOIN ledger_book k USING (book_id) JOIN institution s ON s.id = o.institution_id LEFT JOIN notification n ON n.id = o.notification_id
WHERE {{which}} AND {{scope}}

-- name: lines
-- In their order.
SELECT place, ref, title, fen, state FROM collection_line WHERE order_id = %s ORDER BY place

-- name: words
-- From the first.
SELECT at, what, how, fen, code, note, encode(paper, 'hex') FROM collection_word WHERE order_id = %s ORDER BY word_id

-- name: in_force
-- Contracts that a demand may be made by today, in the asker's scope.
SELECT c.contract_id, c.payer || ' · ' || c.number || ' · ' || p.code || ' ' || p.name
FROM collection_contract c JOIN partner p ON p.id = c.biller_id JOIN ledger_book k USING (book_id)
WHERE collection_in_force_v1(c, (%(now)s AT TIME ZONE k.time_zone)::date) AND {{scope}} ORDER BY c.payer, c.number

-- name: pairs
-- Billers that have an account at a core, in the asker's scope.
SELECT p.id, p.code || ' ' || p.name FROM core_pair r JOIN partner p ON p.id = r.biller_id WHERE {{scope}} ORDER BY p.code

-- name: contract_of
-- In scope.
SELECT c.biller_id, c.number FROM collection_contract c WHERE c.contract_id = %(contract)s AND {{scope}}

-- name: kinds
-- What was agreed, the newest first.
SELECT kind, valid_from, days, silence, part, opens_at FROM collection_kind ORDER BY kind, valid_from DESC

-- name: paper
-- One that belongs to an order's words or contract.
SELECT kind, body FROM collection_paper WHERE biller_id = %s AND sha256 = decode(%s, 'hex')

-- name: contract_paper
-- Of the signed one.
SELECT encode(paper, 'hex') FROM collection_contract WHERE biller_id = %s AND number = %s
