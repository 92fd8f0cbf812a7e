-- Statements of collection orders 托收.

-- name: place
-- Where a biller's demands are paid.
SELECT institution_id, core_id, channel_id, transit FROM collection_place_v1(%s)

-- name: paper
-- Kept by whose session this is.
SELECT collection_paper_v1(%s, %s, %s, %s, %s, %s)

-- name: contract_there
-- Is there one of this number, and which one of the account would end?
SELECT EXISTS (SELECT FROM collection_contract c WHERE c.biller_id = %(biller)s AND c.number = %(number)s),
    (SELECT string_agg(c.number, ' ' ORDER BY c.contract_id) FROM collection_contract c WHERE c.biller_id = %(biller)s
     AND c.account_no = %(account_no)s AND c.ended_on IS NULL)

-- name: contract_id
-- By its number.
SELECT contract_id FROM collection_contract WHERE biller_id = %s AND number = %s

-- name: contract_open
-- One that is not ended.
SELECT payer, account_shown FROM collection_contract WHERE biller_id = %s AND number = %s AND ended_on IS NULL

-- name: put_contract
-- As two people decided just now.
SELECT collection_contract_v1(%s, %s)

-- name: end_contract
-- Likewise.
SELECT collection_end_v1(%s, %s)

-- name: put_kind
-- Likewise.
SELECT collection_kind_v1(%s, %s)

-- name: kind_on
-- What counts on a day.
SELECT k.days, k.silence, k.part, k.opens_at FROM collection_rule_v1(%s, %s) k WHERE k.kind IS NOT NULL

-- name: contract
-- With its biller.
SELECT c.contract_id, c.biller_id, p.code || ' ' || p.name, c.number, c.account_no, c.payer, c.kind, c.account_shown
FROM collection_contract c JOIN partner p ON p.id = c.biller_id WHERE c.contract_id = %s

-- name: bills
-- Open ones of an account, the oldest first.
SELECT y.payable_id, y.ref, y.title, CASE y.mode WHEN 'open' THEN y.min_fen ELSE y.due_fen - y.paid_fen END, y.due_on, y.mode = 'open',
    num_nonnulls(y.held_by, y.kept_for) > 0
FROM ledger_head h JOIN payable y ON y.bucket = h.bucket AND y.biller_id = %s AND y.account_no = %s AND y.state = 'open'
    AND (y.mode = 'open' OR y.due_fen > y.paid_fen)
ORDER BY y.mode = 'open', y.due_on NULLS LAST, y.payable_id

-- name: make
-- As two people decided just now; by the hash of the payer's link.
SELECT code, order_id FROM collection_order_v1(%s, %s, %s)

-- name: made_by
-- By the proposal that made it.
SELECT order_id, made_at FROM collection_order WHERE proposal_id = %s

-- name: told_by_hand
-- By one of the bank.
SELECT collection_told_by_hand_v1(%s, %s, %s, %s, %s)

-- name: by_link
-- His answer.
SELECT collection_by_link_v1(%s, %s, %s::smallint[], %s, %s)

-- name: by_paper
-- As two people read it just now.
SELECT collection_by_paper_v1(%s, %s)

-- name: withdraw
-- By its biller.
SELECT collection_withdraw_v1(%s, %s, %s, %s)

-- name: order_now
-- By its serial.
SELECT biller_id, number, state, part, agreed_at FROM collection_order WHERE serial = %s

-- name: lines_out
-- What of it still stands.
SELECT l.place, l.ref, l.fen FROM collection_line l JOIN collection_order o USING (order_id)
WHERE o.serial = %s AND l.state = 'out' ORDER BY l.place

-- name: lines_taken
-- What the hub is charged with.
SELECT ref, fen FROM collection_line WHERE order_id = %s AND state = 'out' ORDER BY place

-- name: due
-- Claimed for this worker.
SELECT collection_due_v1(%s, %s, %s)

-- name: pay
-- With its move.
SELECT collection_pay_v1(%s, %s)

-- name: follow
-- What the core said.
SELECT collection_follow_v1(%s, %s)

-- name: booked
-- By what the hub keeps.
SELECT collection_booked_v1(%s, %s)

-- name: standing
-- As the worker needs it.
SELECT o.order_id, o.biller_id, b.code, o.number, c.code, o.serial, o.move_serial, o.state, o.told_on, o.pay_at, o.posted_at, o.taken_fen,
    o.institution_id, t.core_id, o.transit, t.number, t.account_no, t.account_sealed, k.current_day
FROM collection_order o JOIN collection_contract t USING (contract_id) JOIN partner b ON b.id = o.biller_id
JOIN partner c ON c.id = o.channel_id JOIN ledger_book k ON k.book_id = b.book_id
WHERE o.order_id = %s

-- name: to_tell
-- Of whom, of what, by which way; where the last message stands.
SELECT o.order_id, o.biller_id, p.name, o.number, c.number, o.amount_fen, o.days, c.medium, c.to_sealed, o.proposal_id,
    coalesce(n.state, '')
FROM collection_order o JOIN collection_contract c USING (contract_id) JOIN partner p ON p.id = o.biller_id
LEFT JOIN notification n ON n.id = o.notification_id
WHERE o.order_id = %s AND o.told_on IS NULL AND o.state IN ('out', 'told')

-- name: telling
-- A message is written down.
SELECT collection_telling_v1(%s, %s, %s)

-- name: told
-- If its carrier took it.
SELECT collection_told_v1(%s, %s)

-- name: orders_altered
-- A demand is the sum of its bills; what is booked is its payment, was posted at the core, and not before its time; what is returned left
-- nothing; what is out keeps its bills, and nothing else does.
SELECT 'collection_order ' || o.order_id, CASE
    WHEN o.amount_fen <> l.fen THEN 'amount_fen says ' || o.amount_fen || ', its bills ' || l.fen
    WHEN o.state NOT IN ('out', 'told', 'returned') AND o.taken_fen <> l.left_fen
        THEN 'taken_fen says ' || o.taken_fen || ', its bills ' || l.left_fen
    WHEN o.state IN ('booked', 'paid') AND (m.state IS DISTINCT FROM 'done' OR m.amount_fen <> o.taken_fen)
        THEN 'is ' || o.state || ', its move at the core is ' || coalesce(m.state || ' with ' || m.amount_fen || ' fen', 'not there')
    WHEN o.state = 'returned' AND m.state NOT IN ('refused', 'undone') THEN 'is returned, its move at the core is ' || m.state
    WHEN o.state IN ('out', 'told') AND m.serial IS NOT NULL THEN 'is ' || o.state || ', the core was asked for it'
    WHEN o.state = 'booked' AND y.payment_id IS NULL THEN 'is booked, its payment is not there'
    WHEN y.payment_id IS NOT NULL AND (y.channel_id, y.biller_id, y.account_no, y.serial, y.amount_fen)
            <> (o.channel_id, o.biller_id, c.account_no, o.serial, o.taken_fen)
        THEN 'has another channel, biller, account, serial or amount than payment ' || y.payment_id
    WHEN m.serial IS NOT NULL AND o.agreed_at IS NULL AND (NOT o.silence OR m.made_at < o.pay_at
            OR o.days > 0 AND (o.told_on IS NULL OR (o.pay_at AT TIME ZONE k.time_zone)::date <= o.last_on))
        THEN 'was paid before its days were over, and nobody agreed'
    WHEN o.agreed_at IS NOT NULL AND NOT EXISTS (SELECT FROM collection_word w WHERE w.order_id = o.order_id AND w.what = 'agreed')
        THEN 'is agreed to, of which there is no word'
    WHEN o.days > 0 AND m.serial IS NOT NULL AND EXISTS (SELECT FROM collection_word w WHERE w.order_id = o.order_id AND w.what = 'refused'
            AND w.fen = o.amount_fen) THEN 'was refused whole, and paid'
    WHEN l.kept <> CASE WHEN o.state IN ('booked', 'returned') THEN 0 ELSE l.keeps END
        THEN 'is ' || o.state || ', ' || l.kept || ' of its bills are kept for it'
    END
FROM collection_order o JOIN collection_contract c USING (contract_id) JOIN partner p ON p.id = o.biller_id
JOIN ledger_book k USING (book_id) LEFT JOIN core_move m ON m.serial = o.move_serial
LEFT JOIN payment y ON y.bucket = o.payment_id % 1000 AND y.payment_id = o.payment_id
CROSS JOIN LATERAL (
    SELECT sum(x.fen) AS fen, sum(x.fen) FILTER (WHERE x.state = 'out') AS left_fen,
        count(*) FILTER (WHERE z.kept_for = o.channel_id || '|' || o.serial) AS kept,
        count(*) FILTER (WHERE x.state = 'out' AND z.mode <> 'open') AS keeps
    FROM collection_line x LEFT JOIN payable z ON z.bucket = x.bucket AND z.payable_id = x.payable_id WHERE x.order_id = o.order_id) l
WHERE coalesce(o.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: numbers_altered
-- Counted without gaps.
SELECT 'collection_number ' || n.biller_id || ' ' || n.year, CASE WHEN o.most IS DISTINCT FROM n.last OR o.count IS DISTINCT FROM n.last
    THEN 'says ' || n.last || ', there are ' || coalesce(o.count, 0) || ' up to ' || coalesce(o.most, 0) END
FROM collection_number n LEFT JOIN (
    SELECT x.biller_id, substr(x.number, 3, 4)::smallint AS year, count(*) AS count, max(substr(x.number, 8)::integer) AS most
    FROM collection_order x GROUP BY 1, 2) o USING (biller_id, year)

-- name: signed_altered
-- Contracts, demands and answers on paper are what two people agreed to.
SELECT 'collection_contract ' || c.contract_id, CASE WHEN a.id IS NULL THEN 'is of no two people'
    WHEN (a.content ->> 'payer', a.content ->> 'account_no', a.content ->> 'account_shown', a.content ->> 'kind', a.content ->> 'sha256')
        IS DISTINCT FROM (c.payer, c.account_no, c.account_shown, c.kind, encode(c.paper, 'hex')) THEN 'is not what they agreed to' END
FROM collection_contract c LEFT JOIN access_authorisation a ON a.id = c.proposal_id AND a.granted AND a.action = 'collection.contract'
    AND a.subject_key = c.biller_id || ':' || c.number
UNION ALL
SELECT 'collection_order ' || o.order_id, CASE WHEN a.id IS NULL THEN 'is of no two people'
    WHEN (SELECT sum((l ->> 'fen')::bigint) FROM jsonb_array_elements(a.content -> 'lines') l) <> o.amount_fen THEN 'is not what they agreed to' END
FROM collection_order o LEFT JOIN access_authorisation a ON a.id = o.proposal_id AND a.granted AND a.action = 'collection.order'
    AND a.subject_key = o.contract_id::text
UNION ALL
SELECT 'collection_word ' || w.word_id, CASE WHEN a.id IS NULL THEN 'is of no two people'
    WHEN (a.content ->> 'agrees')::boolean <> (w.what = 'agreed') OR a.content ->> 'sha256' <> encode(w.paper, 'hex')
        THEN 'is not what they agreed to' END
FROM collection_word w JOIN collection_order o USING (order_id)
LEFT JOIN access_authorisation a ON a.id = w.proposal_id AND a.granted AND a.action = 'collection.answer' AND a.subject_key = o.serial
WHERE w.how = 'paper' AND w.what IN ('agreed', 'refused')

-- name: accounts
-- In pieces, in their order: whose account pays as it is sealed, shown, and moved.
SELECT o.order_id, c.biller_id, c.number, c.account_sealed, c.account_shown, o.transit, m.debit_lookup, m.credit_lookup
FROM collection_order o JOIN collection_contract c USING (contract_id) JOIN core_move m ON m.serial = o.move_serial WHERE o.order_id > %s ORDER BY o.order_id LIMIT 500
