-- Statements of the lists of official cards.

-- name: officials
-- Official swipes with unit and holder.
FROM card_official o JOIN budget_unit u USING (unit_id) JOIN budget_person s ON s.person_id = o.person_id
JOIN card c ON c.card_id = o.card_id

-- name: claims
-- With unit and holder, and how many levels agreed.
FROM (SELECT x.*, (SELECT count(*) FROM card_signature g WHERE g.claim_id = x.claim_id) AS signed FROM card_claim x) m
JOIN budget_unit u ON u.unit_id = m.unit_id JOIN budget_person s ON s.person_id = m.person_id

-- name: places
-- Cards in units, with bank and holder.
FROM card_place l JOIN card c USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id
JOIN budget_person s ON s.person_id = c.person_id JOIN partner p ON p.id = c.bank_id

-- name: wrongs
-- Rows of banks' words that were refused.
FROM card_word_row r JOIN card_word w USING (word_id) JOIN partner p ON p.id = w.bank_id
JOIN budget_unit u ON u.bureau_id = r.bureau_id AND u.parent_id IS NULL

-- name: my_work
-- Of a holder: swipes of the last 60 days that he marked official and has not claimed, how many, since when and how much.
SELECT count(*), min(swiped_at), sum(left_fen)::bigint FROM cards_mine_v1(%s, NULL, NULL, 200)
WHERE kind = 'cleared' AND left_fen > 0 AND coalesce(mark, 'official') = 'official' AND swiped_at > %s - interval '60 days'
