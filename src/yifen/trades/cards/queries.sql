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
-- A holder's own swipes.
SELECT swipe_id, card_id, tail, kind, swiped_at, posted_on, amount_fen, currency, foreign_amount, merchant, mcc, remark, mark, unit_id,
    refunded_fen, claimed_fen, left_fen FROM cards_mine_v1(%s, %s, %s, %s)

-- name: my_units
-- Where his cards are confirmed.
SELECT DISTINCT u.unit_id, u.name FROM card_place l JOIN card c USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id
WHERE c.person_id = budget_me_v1(%s) AND l.state = 'confirmed' ORDER BY u.name, u.unit_id

-- name: my_cards
-- His cards that may be repaid in cash in a unit.
SELECT c.card_id, c.tail FROM card_place l JOIN card c USING (card_id)
WHERE c.person_id = budget_me_v1(%s) AND l.unit_id = %s AND l.state = 'confirmed' AND c.state = 'active' ORDER BY c.card_id

-- name: my_claims
-- His claims, the newest first.
SELECT m.claim_id, m.kind, m.purpose, m.amount_fen, m.state, m.changed_at,
    (SELECT count(*) FROM card_repayment r WHERE r.claim_id = m.claim_id AND r.state IN ('paid', 'returned')),
    (SELECT count(*) FROM card_repayment r WHERE r.claim_id = m.claim_id)
FROM card_claim m WHERE m.person_id = budget_me_v1(%(session)s) OR m.asked_by = %(login)s ORDER BY m.claim_id DESC LIMIT 20

-- name: items
-- The catalogue of a day.
SELECT code, name FROM card_item WHERE %(day)s BETWEEN valid_from AND coalesce(valid_until, 'infinity') ORDER BY code

-- name: exemptions
-- Reasons of a day for which no card was used.
SELECT code, name FROM card_exemption WHERE %(day)s BETWEEN valid_from AND coalesce(valid_until, 'infinity') ORDER BY code

-- name: indicators
-- Of a unit's year, with what quota is free.
SELECT indicator_id, number, title, quota_fen FROM budget_indicator
WHERE unit_id = %s AND year = %s AND closed_at IS NULL ORDER BY quota_fen DESC, number LIMIT 50

-- name: claim
-- A claim that he may see: his own, or (%(all)s) of a unit that he sees.
SELECT m.claim_id, m.bureau_id, m.unit_id, u.name, s.staff_no, s.name, m.kind, m.of_id, m.purpose, m.amount_fen, m.levels, m.state,
    m.asked_by, m.asked_at, m.changed_at, cards_shown_v1(m.claim_id)
FROM card_claim m JOIN budget_unit u ON u.unit_id = m.unit_id JOIN budget_person s ON s.person_id = m.person_id
WHERE m.claim_id = %(claim)s AND (m.person_id = budget_me_v1(%(session)s) OR m.asked_by = %(login)s
    OR %(all)s AND m.unit_id IN (SELECT budget_sees_v1(%(user)s)))

-- name: claim_lines
-- Its lines with what they are of, and what became of each.
SELECT n.line_no, i.name, d.number, d.title, n.amount_fen, c.tail, o.swiped_at, o.merchant, o.amount_fen, o.currency,
    o.foreign_amount, e.name, n.words, v.key, v.gross_fen, v.seller, r.state, r.due_on, r.returned_fen, r.reason
FROM card_claim_line n JOIN card_claim m USING (claim_id) JOIN budget_indicator d USING (indicator_id) JOIN card c USING (card_id)
LEFT JOIN card_official o ON o.swipe_id = n.swipe_id LEFT JOIN card_invoice v USING (invoice_id)
LEFT JOIN card_repayment r USING (claim_id, line_no)
LEFT JOIN LATERAL (SELECT x.name FROM card_item x WHERE x.code = n.item ORDER BY x.valid_from DESC LIMIT 1) i ON true
LEFT JOIN LATERAL (SELECT x.name FROM card_exemption x WHERE x.code = n.exemption ORDER BY x.valid_from DESC LIMIT 1) e ON true
WHERE n.claim_id = %s ORDER BY n.line_no

-- name: signatures
-- What was said of it.
SELECT level, login, yes, note, at FROM card_signature WHERE claim_id = %s ORDER BY step

-- name: papers
-- Its papers.
SELECT paper_id, line_no, name, kind FROM card_paper WHERE claim_id = %s ORDER BY paper_id

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
SELECT r.row_id, r.about, r.kind, r.tail, r.number, r.code, r.at, w.serial, p.name, r.settled_at, r.settled_by, r.note
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
