-- Statements of official cards.

-- name: bureaus
-- Those whose cards are kept here.
SELECT bureau_id FROM card_bureau ORDER BY bureau_id

-- name: leavers
-- How many cards of who left have changed.
SELECT cards_leavers_v1(%s, %s)

-- name: issuer_against
-- What speaks against an issuer.
SELECT cards_issuer_against_v1(%s, %s)

-- name: issuer
-- A bank issues cards for a bureau from now on.
SELECT cards_issuer_v1(%s, %s)

-- name: ask
-- A claim, all of it or nothing.
SELECT code, claim_id, line_no, left_fen FROM cards_ask_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: paper
-- A sealed paper of it.
SELECT cards_paper_v1(%s, %s, %s::smallint, %s, %s, %s, %s, %s)

-- name: sign
-- One level's word.
SELECT cards_sign_v1(%s, %s, %s, %s, %s, %s)

-- name: withdraw
-- Taken back.
SELECT cards_withdraw_v1(%s, %s, %s)

-- name: undo
-- What is not paid and was refunded is owed no more.
SELECT cards_undo_v1(%s, %s, %s)

-- name: undoable
-- Is anything of it due that its merchant gave back?
SELECT EXISTS (SELECT FROM card_repayment r JOIN card_claim_line n USING (claim_id, line_no) JOIN card_official o USING (swipe_id)
    WHERE r.claim_id = %s AND r.state = 'due' AND o.left_fen < 0)

-- name: mark
-- What a swipe was, by its holder.
SELECT cards_mark_v1(%s, %s, %s, %s, %s)

-- name: confirm
-- A unit's word about a card.
SELECT cards_confirm_v1(%s, %s, %s, %s, %s)

-- name: settle_row
-- A refused row was dealt with.
SELECT cards_settle_row_v1(%s, %s, %s, %s)

-- name: mine
-- A holder's own swipes, and of a refund when and where what it is of was swiped; whether the card was lost by then.
SELECT s.swipe_id, s.card_id, s.tail, s.kind, s.swiped_at, s.posted_on, s.amount_fen, s.currency, s.foreign_amount, s.merchant, s.mcc,
    s.remark, s.mark, s.unit_id, s.refunded_fen, s.claimed_fen, s.left_fen, o.swiped_at, (SELECT e.state = 'lost' FROM card_event e
        WHERE e.card_id = s.card_id AND e.said_at <= s.swiped_at ORDER BY e.said_at DESC, e.event_id DESC LIMIT 1)
FROM cards_mine_v1(%(session)s, %(swipe)s, %(before)s, %(most)s) s
LEFT JOIN LATERAL (SELECT x.swiped_at FROM cards_mine_v1(%(session)s, s.of_id, NULL, 1) x WHERE s.kind = 'refund' AND s.of_id IS NOT NULL) o ON true
ORDER BY s.swiped_at DESC, s.swipe_id DESC

-- name: my_units
-- Where he stands and his cards are confirmed.
SELECT DISTINCT u.unit_id, u.name FROM card_place l JOIN card c USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id
WHERE c.person_id = budget_me_v1(%s) AND l.state = 'confirmed' AND cards_stood_v1(c.person_id, u.unit_id, cards_day_v1(c.bureau_id, now()))
ORDER BY u.name, u.unit_id

-- name: my_units_then
-- Of which units each of his swipes may be official, as of its day; and of the unit that each is of, whether he stands there today.
SELECT DISTINCT x.swipe_id, u.unit_id, u.name, cards_stood_v1(c.person_id, u.unit_id, cards_day_v1(c.bureau_id, now()))
FROM unnest(%(swipes)s::bigint[], %(moments)s::timestamptz[], %(units)s::bigint[]) AS x (swipe_id, at, unit_id)
JOIN card c ON c.person_id = budget_me_v1(%(session)s) JOIN card_place l USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id
WHERE u.unit_id = x.unit_id OR cards_pays_v1(c.person_id, l, x.at) ORDER BY u.name, u.unit_id

-- name: my_cards
-- His cards that may be repaid in cash in a unit.
SELECT c.card_id, c.tail FROM card_place l JOIN card c USING (card_id)
WHERE c.person_id = budget_me_v1(%s) AND l.unit_id = %s AND l.state = 'confirmed' AND c.state = 'active' AND c.left_at IS NULL ORDER BY c.card_id

-- name: my_claims
-- His claims, the newest first.
SELECT m.claim_id, m.kind, m.purpose, m.amount_fen, m.state, m.changed_at, b.paid, b.lines, b.back, b.why
FROM (
    (SELECT x.* FROM card_claim x WHERE x.person_id = (SELECT budget_me_v1(%(session)s)) ORDER BY x.claim_id DESC LIMIT 20)
    UNION (SELECT x.* FROM card_claim x WHERE x.asked_by = %(login)s ORDER BY x.claim_id DESC LIMIT 20)) m
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE r.state IN ('paid', 'returned')) AS paid, count(*) AS lines,
    coalesce(sum(r.returned_fen), 0)::bigint AS back, coalesce(string_agg(DISTINCT nullif(r.reason, ''), '；'), '') AS why
    FROM card_repayment r WHERE r.claim_id = m.claim_id) b
ORDER BY m.claim_id DESC LIMIT 20

-- name: items
-- The catalogue of a unit's bureau on a day.
SELECT i.code, i.name || ' ' || array_to_string(i.dep_codes, '/') FROM budget_unit u
CROSS JOIN LATERAL cards_items_v1(u.bureau_id, %(day)s) i WHERE u.unit_id = %(unit)s ORDER BY i.code

-- name: exemptions
-- Its reasons for which no card was used.
SELECT i.code, i.name FROM budget_unit u CROSS JOIN LATERAL cards_exemptions_v1(u.bureau_id, %(day)s) i WHERE u.unit_id = %(unit)s
ORDER BY i.code

-- name: tried_lines
-- What a claim holds, line by line, and what is left of each indicator's quota.
SELECT n.line_no, i.name, i.dep_codes, d.number, d.title, n.amount_fen, CASE WHEN n.hold_id IS NOT NULL THEN d.quota_fen END
FROM card_claim_line n JOIN card_claim m USING (claim_id) LEFT JOIN budget_indicator d USING (indicator_id)
LEFT JOIN LATERAL (SELECT x.name, x.dep_codes FROM card_item x WHERE x.code = n.item AND (x.bureau_id IS NULL OR x.bureau_id = m.bureau_id)
    ORDER BY x.bureau_id NULLS LAST, x.valid_from DESC LIMIT 1) i ON true
WHERE n.claim_id = %s ORDER BY n.line_no

-- name: levels
-- Whose signatures it takes.
SELECT levels FROM card_claim WHERE claim_id = %s

-- name: picked_of
-- Official swipes of somebody who left of which something may be claimed, where a cashier stands; %(swipes)s: of these alone.
SELECT o.swipe_id, o.merchant, o.swiped_at, c.tail, o.left_fen, o.unit_id, o.mcc
FROM card_official o JOIN card c USING (card_id)
WHERE o.person_id = %(person)s AND o.swipe_id = ANY (%(swipes)s) AND o.unit_id IN (SELECT budget_reach_v1(%(session)s, 'cards.check'))

-- name: lent_lines
-- What of an advance is not settled, line by line.
SELECT n.line_no, coalesce(o.merchant, n.words), coalesce(o.swiped_at, m.asked_at), c.tail, l.fen, n.item
FROM card_claim_line n JOIN card_claim m USING (claim_id) JOIN card c USING (card_id) LEFT JOIN card_official o USING (swipe_id)
CROSS JOIN LATERAL (SELECT cards_lent_v1(n.claim_id, n.line_no) AS fen) l WHERE n.claim_id = %s AND l.fen > 0 ORDER BY n.line_no

-- name: advance
-- Of an advance: what is repaid, settled (asked for or agreed), came back, and is open; the claims that settle it.
SELECT coalesce(sum(r.amount_fen) FILTER (WHERE r.paid_at IS NOT NULL), 0)::bigint, coalesce(sum(r.returned_fen), 0)::bigint,
    coalesce(sum(cards_lent_v1(n.claim_id, n.line_no)), 0)::bigint,
    (SELECT coalesce(jsonb_agg(jsonb_build_array(s.claim_id, s.amount_fen, s.state) ORDER BY s.claim_id), '[]') FROM card_claim s
     WHERE s.of_id = %(claim)s)
FROM card_claim_line n LEFT JOIN card_repayment r USING (claim_id, line_no) WHERE n.claim_id = %(claim)s

-- name: my_query_cards
-- His cards of which a bank can be asked.
SELECT c.card_id, c.tail FROM card c WHERE c.person_id = budget_me_v1(%s) AND c.state <> 'reissued' ORDER BY c.card_id DESC

-- name: issuers_of
-- Banks that issue cards for bureaus.
SELECT p.id, p.name FROM card_issuer i JOIN partner p ON p.id = i.bank_id WHERE i.bureau_id = ANY (%s) GROUP BY p.id, p.name ORDER BY p.name

-- name: indicators
-- Of a unit's year, with what quota is free.
SELECT indicator_id, number, title, quota_fen FROM budget_indicator
WHERE unit_id = %s AND year = %s AND closed_at IS NULL ORDER BY quota_fen DESC, number LIMIT 50

-- name: fitting
-- Those of a unit that would do for an item and have enough.
SELECT d.number FROM budget_indicator d WHERE d.unit_id = %(unit)s AND d.year = extract(year FROM %(day)s::date) AND d.closed_at IS NULL
    AND d.quota_fen >= %(fen)s AND cards_class_fits_v1(d.indicator_id, %(item)s, %(day)s) ORDER BY d.number LIMIT 8

-- name: claim
-- A claim that he may see: his own, (%(all)s) of a unit that he sees, one that waits for him as a deputy, or that he signed as one.
SELECT m.claim_id, m.bureau_id, m.unit_id, u.name, s.staff_no, s.name, m.kind, m.of_id, m.purpose, m.amount_fen, m.levels, m.state,
    m.asked_by, m.asked_at, m.changed_at, cards_shown_v1(m.claim_id),
    m.person_id, NOT cards_stood_v1(m.person_id, m.unit_id, cards_day_v1(m.bureau_id, now()))
FROM card_claim m JOIN budget_unit u ON u.unit_id = m.unit_id JOIN budget_person s ON s.person_id = m.person_id
WHERE m.claim_id = %(claim)s AND (m.person_id = budget_me_v1(%(session)s) OR m.asked_by = %(login)s
    OR %(all)s AND m.unit_id IN (SELECT budget_sees_v1(%(user)s))
    OR m.claim_id IN (SELECT x.claim_id FROM cards_deputed_claims_v1(%(session)s) x)
    OR EXISTS (SELECT FROM card_signature g WHERE g.claim_id = m.claim_id AND g.deputy_id IS NOT NULL AND g.login = %(login)s))

-- name: claim_lines
-- Its lines with what they are of, and what became of each.
SELECT n.line_no, i.name, d.number, d.title, n.amount_fen, c.tail, o.swiped_at, o.merchant, o.amount_fen, o.currency,
    o.foreign_amount, e.name, n.words, v.key, v.gross_fen, v.seller, r.state, r.due_on, r.returned_fen, r.reason,
    v.issued_on, n.file_says, r.voucher_no, o.refunded_fen, o.left_fen < 0,
    (SELECT count(*) FROM card_paper y WHERE y.claim_id = n.claim_id AND y.line_no = n.line_no),
    (SELECT coalesce(sum(x.amount_fen - coalesce(b.returned_fen, 0)), 0)::bigint FROM card_claim_line x JOIN card_claim y USING (claim_id)
        LEFT JOIN card_repayment b USING (claim_id, line_no)
     WHERE x.invoice_id = n.invoice_id AND x.claim_id <> n.claim_id AND y.state IN ('asked', 'approved')),
    o.claimed_fen - CASE WHEN m.state IN ('asked', 'approved') THEN
        (SELECT sum(y.amount_fen - coalesce(q.returned_fen, 0)) FROM card_claim_line y LEFT JOIN card_repayment q USING (claim_id, line_no)
         WHERE y.claim_id = n.claim_id AND y.swipe_id = n.swipe_id) ELSE 0 END, (SELECT e.state = 'lost' FROM card_event e
        WHERE e.card_id = o.card_id AND e.said_at <= o.swiped_at ORDER BY e.said_at DESC, e.event_id DESC LIMIT 1)
FROM card_claim_line n JOIN card_claim m USING (claim_id) JOIN budget_indicator d USING (indicator_id) JOIN card c USING (card_id)
LEFT JOIN card_official o ON o.swipe_id = n.swipe_id LEFT JOIN card_invoice v USING (invoice_id)
LEFT JOIN card_repayment r USING (claim_id, line_no)
LEFT JOIN LATERAL (SELECT x.name FROM card_item x WHERE x.code = n.item AND (x.bureau_id IS NULL OR x.bureau_id = m.bureau_id)
    ORDER BY x.bureau_id NULLS LAST, x.valid_from <= (m.asked_at AT TIME ZONE 'Asia/Shanghai')::date DESC, x.valid_from DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT x.name FROM card_exemption x WHERE x.code = n.exemption AND (x.bureau_id IS NULL OR x.bureau_id = m.bureau_id)
    ORDER BY x.bureau_id NULLS LAST, x.valid_from <= (m.asked_at AT TIME ZONE 'Asia/Shanghai')::date DESC, x.valid_from DESC LIMIT 1) e ON true
WHERE n.claim_id = %s ORDER BY n.line_no

-- name: signatures
-- What was said of it, and in whose place.
SELECT g.level, g.login, g.yes, g.note, g.at, f.name FROM card_signature g LEFT JOIN card_deputy d USING (deputy_id)
LEFT JOIN budget_person f ON f.person_id = d.for_id WHERE g.claim_id = %s ORDER BY g.step

-- name: papers
-- Its papers; of each, which other claims that stand have the same file.
SELECT y.paper_id, y.line_no, y.name, y.kind, (SELECT string_agg(DISTINCT z.claim_id::text, ', ' ORDER BY z.claim_id::text) FROM card_paper z
    JOIN card_claim o ON o.claim_id = z.claim_id AND o.state IN ('asked', 'approved')
    WHERE z.sha256 = y.sha256 AND z.claim_id <> y.claim_id)
FROM card_paper y WHERE y.claim_id = %s ORDER BY y.paper_id

-- name: paper_body
-- One of them, sealed.
SELECT kind, sha256, body FROM card_paper WHERE claim_id = %s AND paper_id = %s

-- name: place
-- A card in a unit that he sees.
SELECT l.place_id, c.card_id, l.unit_id, u.name, s.staff_no, s.name, c.tail, c.state, l.state, c.limit_fen, c.expires, c.left_at, p.name,
    c.bureau_id
FROM card_place l JOIN card c USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id JOIN budget_person s USING (person_id)
JOIN partner p ON p.id = c.bank_id
WHERE l.place_id = %(place)s AND l.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: card_events
-- All that became of a card and of those that it continues.
SELECT e.at, e.kind, u.name, e.was, e.state, e.said_at, e.by_login FROM card_event e LEFT JOIN budget_unit u USING (unit_id)
WHERE e.card_id = %s ORDER BY e.event_id DESC LIMIT 200

-- name: wrong
-- A refused row of a bureau that he sees from its root.
SELECT r.row_id, r.about, r.kind, r.tail, r.number, r.code, r.at, w.serial, p.name, r.settled_at, r.settled_by, r.note, r.row_no,
    w.received_at
FROM card_word_row r JOIN card_word w USING (word_id) JOIN partner p ON p.id = w.bank_id
JOIN budget_unit u ON u.bureau_id = r.bureau_id AND u.parent_id IS NULL
WHERE r.row_id = %(row)s AND r.code <> 0 AND u.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: roots
-- Bureaus where he stands at the root.
SELECT u.bureau_id, p.code || ' ' || p.name FROM budget_unit u JOIN partner p ON p.id = u.bureau_id
WHERE u.parent_id IS NULL AND u.unit_id IN (SELECT budget_sees_v1(%s)) ORDER BY p.code

-- name: banks
-- Banks that may issue cards.
SELECT b.partner_id, p.code || ' ' || p.name FROM bank b JOIN partner p ON p.id = b.partner_id ORDER BY p.code

-- name: catalogue_against
-- What speaks against a change of the catalogue.
SELECT cards_catalogue_against_v1(%s, %s, %s)

-- name: catalogue
-- It counts from its day on.
SELECT cards_catalogue_v1(%s, %s)

-- name: catalogue_on
-- What a code is on a day.
SELECT name, dep_codes, gov_codes, func_codes FROM cards_items_v1(%(bureau_id)s, %(valid_from)s::date)
WHERE code = %(code)s AND %(kind)s = 'item'
UNION ALL SELECT name, '{}', '{}', '{}' FROM cards_exemptions_v1(%(bureau_id)s, %(valid_from)s::date)
WHERE code = %(code)s AND %(kind)s = 'exemption'

-- name: issuer_of
-- A bank that issues cards for a bureau: the bureau's code, and the bank's zone.
SELECT b.code, k.time_zone FROM card_issuer i JOIN budget_bureau b USING (bureau_id) JOIN partner p ON p.id = i.bank_id
JOIN ledger_book k USING (book_id) WHERE i.bureau_id = %s AND i.bank_id = %s

-- name: hand_add
-- A file by hand, once.
INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)
VALUES (%(bank)s, 'hand', %(serial)s, %(sha256)s, %(signed)s, %(body)s, %(now)s) ON CONFLICT DO NOTHING RETURNING word_id

-- name: hand_kept
-- The one that is kept.
SELECT word_id FROM card_word WHERE bank_id = %(bank)s AND serial = %(serial)s

-- name: hand
-- One with the newest proposal about it.
SELECT w.word_id, w.bank_id, p.name, w.signed, w.sha256, h.body, w.received_at, k.time_zone,
    (SELECT max(a.id) FROM access_authorisation a WHERE a.action = 'cards.file' AND a.content -> 'word_id' = to_jsonb(w.word_id)
        AND (a.decided_at IS NULL OR a.granted)),
    EXISTS (SELECT FROM card_word_agreed g WHERE g.word_id = w.word_id), w.serial
FROM card_word w JOIN card_handed h USING (word_id) JOIN partner p ON p.id = w.bank_id JOIN ledger_book k USING (book_id)
WHERE w.word_id = %s

-- name: hand_try
-- What taking it would do; it is undone.
SELECT refused, fresh FROM cards_try_v1(%s, %s, %s, %s, %s, %s)

-- name: file_agreed
-- Two people agreed to it.
SELECT cards_file_v1(%s, %s)

-- name: query
-- A bank is asked for a swipe.
SELECT code, query_id FROM cards_query_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: asked_queries
-- What was asked, and what came of it.
SELECT query_id, tail, number, from_on, until_on, asked_by, asked_at, state, code, tries FROM cards_queries_v1(%s, %s, %s)

-- name: waive
-- A leaver's swipe is left to himself.
SELECT cards_waive_v1(%s, %s, %s, %s)

-- name: waive_decide
-- Another person's word.
SELECT cards_waive_decide_v1(%s, %s, %s, %s)

-- name: person_of_number
-- A civil servant by his staff number.
SELECT person_id FROM budget_person WHERE bureau_id = %s AND lower(staff_no) = lower(btrim(%s))

-- name: units_below_roots
-- Units of bureaus where he stands at the root.
SELECT u.bureau_id, u.unit_id, u.code || ' ' || u.name FROM budget_unit u JOIN budget_unit r ON r.bureau_id = u.bureau_id
    AND r.parent_id IS NULL AND r.unit_id IN (SELECT budget_sees_v1(%s)) ORDER BY u.bureau_id, u.code

-- name: deputy_against
-- What speaks against a deputy.
SELECT cards_deputy_against_v1(%s, %s)

-- name: deputy_names
-- Who they are.
SELECT u.code || ' ' || u.name, a.name || ' ' || a.staff_no, d.name || ' ' || d.staff_no FROM budget_unit u, budget_person a, budget_person d
WHERE u.unit_id = %(unit_id)s AND a.person_id = %(for_id)s AND d.person_id = %(person_id)s

-- name: deputy
-- He stands in from his day on.
SELECT cards_deputy_v1(%s, %s)

-- name: deputy_end
-- No more.
SELECT cards_deputy_end_v1(%s, %s, %s)

-- name: deputies
-- With unit and both people, and whether each counts today.
FROM card_deputy d JOIN budget_unit u USING (unit_id) JOIN budget_person a ON a.person_id = d.for_id
JOIN budget_person s ON s.person_id = d.person_id
CROSS JOIN LATERAL (SELECT CASE WHEN d.ended_at IS NOT NULL THEN 'ended' WHEN d.until_on < t.today THEN 'past'
    WHEN d.from_on > t.today THEN 'coming' ELSE 'now' END AS now FROM (SELECT cards_day_v1(d.bureau_id, now()) AS today) t) x

-- name: deputy_seen
-- One that he may see: his own, or (%(all)s) of a unit that he sees.
SELECT d.bureau_id, u.code || ' ' || u.name, d.level, a.name || ' ' || a.staff_no, s.name || ' ' || s.staff_no, d.from_on, d.until_on, d.reason,
    x.now, d.ended_at, d.ended_by, coalesce(budget_me_v1(%(session)s) IN (d.person_id, d.for_id), false)
{deputies}
WHERE d.deputy_id = %(deputy)s AND (budget_me_v1(%(session)s) IN (d.person_id, d.for_id)
    OR %(all)s AND d.unit_id IN (SELECT budget_sees_v1(%(user)s)))

-- name: my_deputies
-- In whose place he stands, and who in his.
SELECT d.deputy_id, d.level, u.name, a.name, s.name, d.from_on, d.until_on, x.now {deputies}
WHERE (SELECT budget_me_v1(%s)) IN (d.person_id, d.for_id) ORDER BY d.deputy_id DESC LIMIT 20

-- name: deputed_claims
-- Claims that wait for him as a deputy.
SELECT m.claim_id, u.name, s.name, m.purpose, m.amount_fen, m.asked_at, f.name FROM cards_deputed_claims_v1(%s) x JOIN card_claim m USING (claim_id)
JOIN budget_unit u ON u.unit_id = m.unit_id JOIN budget_person s ON s.person_id = m.person_id JOIN budget_person f ON f.person_id = x.for_id
ORDER BY m.asked_at, m.claim_id LIMIT 200

-- name: deputed_here
-- In whose place he may sign a claim now.
SELECT f.name FROM cards_deputed_claims_v1(%s) x JOIN budget_person f ON f.person_id = x.for_id WHERE x.claim_id = %s

-- name: me
-- Who he is in the directory; NULL: nobody.
SELECT budget_me_v1(%s)
