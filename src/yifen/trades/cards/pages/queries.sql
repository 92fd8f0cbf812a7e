-- Statements of the lists of official cards.

-- name: officials
-- Official swipes with unit and holder.
FROM card_official o JOIN budget_unit u USING (unit_id) JOIN budget_person s ON s.person_id = o.person_id
JOIN card c ON c.card_id = o.card_id

-- name: official_claim
-- The newest claim of one that stands.
(SELECT max(n.claim_id) FROM card_claim_line n JOIN card_claim m USING (claim_id)
 WHERE n.swipe_id = o.swipe_id AND m.state IN ('asked', 'approved'))

-- name: claims
-- With unit and holder, and at which level each is.
FROM (SELECT x.*, CASE x.state WHEN 'asked' THEN 'at_' || x.levels[1 + (SELECT count(*) FROM card_signature g
          WHERE g.claim_id = x.claim_id)] ELSE x.state END AS now, greatest(x.changed_at, (SELECT max(g.at) FROM card_signature g
          WHERE g.claim_id = x.claim_id)) AS touched_at FROM card_claim x) m
JOIN budget_unit u ON u.unit_id = m.unit_id JOIN budget_person s ON s.person_id = m.person_id

-- name: places
-- Cards in units, with bank and holder.
FROM card_place l JOIN card c USING (card_id) JOIN budget_unit u ON u.unit_id = l.unit_id
JOIN budget_person s ON s.person_id = c.person_id JOIN partner p ON p.id = c.bank_id
CROSS JOIN LATERAL (SELECT CASE WHEN c.left_at IS NOT NULL THEN 'left' ELSE c.state END AS now) x

-- name: wrongs
-- Rows of banks' words that were refused.
FROM card_word_row r JOIN card_word w USING (word_id) JOIN partner p ON p.id = w.bank_id
JOIN budget_unit u ON u.bureau_id = r.bureau_id AND u.parent_id IS NULL
CROSS JOIN LATERAL (SELECT CASE WHEN r.settled_at IS NULL THEN 'open' ELSE 'settled' END AS now) x

-- name: seen
-- Of a unit that he sees, of a bureau in scope; as an array, for of a function's rows the planner takes a thousand for granted.
{{scope}} AND {{unit}} = ANY (ARRAY(SELECT budget_sees_v1(%(user_id)s)))

-- name: my_work
-- Of a holder: swipes that he marked official and has not claimed, however old, and those of the last 60 days that he has not marked;
-- how many, since when and how much.
SELECT count(*), min(x.swiped_at), sum(x.left_fen)::bigint FROM (
    SELECT o.swiped_at, o.left_fen FROM card_official o WHERE o.person_id = (SELECT budget_me_v1(%(session)s)) AND o.left_fen > 0
    UNION ALL SELECT s.swiped_at, s.left_fen FROM cards_mine_v1(%(session)s, NULL, NULL, 200) s
    WHERE s.kind = 'cleared' AND s.left_fen > 0 AND s.mark IS NULL AND s.swiped_at > %(now)s - interval '60 days') x

-- name: my_refused
-- Of a holder: claims refused within two weeks of which a swipe is still to be claimed.
SELECT count(*), min(m.changed_at), sum(m.amount_fen)::bigint, min(m.claim_id) FROM card_claim m
WHERE m.person_id = (SELECT budget_me_v1(%s)) AND m.state = 'refused' AND m.changed_at > %s - interval '14 days'
    AND EXISTS (SELECT FROM card_claim_line n JOIN card_official o USING (swipe_id) WHERE n.claim_id = m.claim_id AND o.left_fen > 0)

-- name: catalogue
-- Items and reasons, shared and of bureaus, and whether each counts today.
FROM (SELECT i.item_id * 2 AS row_id, 'item' AS kind, i.bureau_id, i.code, i.name, array_to_string(i.dep_codes, ' ') AS dep,
          array_to_string(i.gov_codes, ' ') AS gov, array_to_string(i.func_codes, ' ') AS func, i.valid_from, p.name AS whose,
          CASE WHEN i.valid_from > %(today)s::date THEN 'coming' WHEN i.ended THEN 'ended' WHEN i.valid_until < %(today)s::date
              OR EXISTS (SELECT FROM card_item n WHERE n.code = i.code AND n.bureau_id IS NOT DISTINCT FROM i.bureau_id
                  AND n.valid_from > i.valid_from AND n.valid_from <= %(today)s::date) THEN 'past' ELSE 'now' END AS now
      FROM card_item i LEFT JOIN partner p ON p.id = i.bureau_id
      UNION ALL
      SELECT i.exemption_id * 2 + 1, 'exemption', i.bureau_id, i.code, i.name, '', '', '', i.valid_from, p.name,
          CASE WHEN i.valid_from > %(today)s::date THEN 'coming' WHEN i.ended THEN 'ended' WHEN i.valid_until < %(today)s::date
              OR EXISTS (SELECT FROM card_exemption n WHERE n.code = i.code AND n.bureau_id IS NOT DISTINCT FROM i.bureau_id
                  AND n.valid_from > i.valid_from AND n.valid_from <= %(today)s::date) THEN 'past' ELSE 'now' END
      FROM card_exemption i LEFT JOIN partner p ON p.id = i.bureau_id) x

-- name: catalogue_seen
-- Shared rows, and those of a bureau in scope.
(x.bureau_id IS NULL OR {{scope}})

-- name: deputed
-- What waits for him as a deputy.
SELECT m.claim_id, m.amount_fen, m.asked_at FROM cards_deputed_claims_v1(%s) x JOIN card_claim m USING (claim_id)

-- name: deputies
-- Deputies with unit and both people, and whether each counts today.
FROM card_deputy d JOIN budget_unit u USING (unit_id) JOIN budget_person a ON a.person_id = d.for_id
JOIN budget_person s ON s.person_id = d.person_id
CROSS JOIN LATERAL (SELECT CASE WHEN d.ended_at IS NOT NULL THEN 'ended' WHEN d.until_on < %(today)s::date THEN 'past'
    WHEN d.from_on > %(today)s::date THEN 'coming' ELSE 'now' END AS now) x

-- name: leavers_open
-- Who left a unit that he sees, or the bureau, with something open there: what of it is official and unclaimed, claimed and not
-- repaid, since when.
SELECT s.person_id, s.name, s.staff_no, u.unit_id, u.name, coalesce(g.until_on, cards_day_v1(s.bureau_id, g.left_at)), g.tails,
    coalesce(o.swipes, '[]'), coalesce(m.claims, '[]'), coalesce(o.fen, 0)
FROM (SELECT c.person_id, l.unit_id, string_agg(DISTINCT '…' || c.tail, ' ') AS tails, max(c.left_at) AS left_at,
        (SELECT max(t.until_on) FROM budget_post t WHERE t.person_id = c.person_id AND t.unit_id = l.unit_id) AS until_on
    FROM card c JOIN card_place l USING (card_id)
    WHERE (c.left_at IS NOT NULL OR c.person_id IN (SELECT t.person_id FROM budget_post t WHERE t.until_on < %(today)s))
        AND l.unit_id IN (SELECT budget_sees_v1(%(user)s)) AND NOT cards_stood_v1(c.person_id, l.unit_id, %(today)s)
    GROUP BY c.person_id, l.unit_id) g
JOIN budget_person s USING (person_id) JOIN budget_unit u USING (unit_id)
LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(x.swipe_id, x.swiped_at, x.merchant, x.left_fen, v.waiver_id, v.reason, v.asked_by)
        ORDER BY x.swiped_at) AS swipes, sum(x.left_fen)::bigint AS fen
    FROM card_official x LEFT JOIN card_waiver v ON v.swipe_id = x.swipe_id AND v.state = 'asked'
    WHERE x.person_id = s.person_id AND x.unit_id = u.unit_id AND x.left_fen > 0) o ON true
LEFT JOIN LATERAL (SELECT jsonb_agg(jsonb_build_array(x.claim_id, x.purpose, x.amount_fen, x.state) ORDER BY x.claim_id) AS claims
    FROM card_claim x WHERE x.person_id = s.person_id AND x.unit_id = u.unit_id AND (x.state = 'asked' OR x.state = 'approved'
        AND EXISTS (SELECT FROM card_repayment r WHERE r.claim_id = x.claim_id AND r.state IN ('due', 'vouched')))) m ON true
WHERE o.swipes IS NOT NULL OR m.claims IS NOT NULL ORDER BY 6, s.person_id, u.unit_id LIMIT 200

-- name: claim_like
-- By holder, staff number, what it was for, the merchant of a swipe, an invoice's number.
strpos(lower(s.name), lower(%(text)s)) > 0 OR lower(s.staff_no) = lower(%(text)s) OR strpos(lower(m.purpose), lower(%(text)s)) > 0
OR EXISTS (SELECT FROM card_claim_line n LEFT JOIN card_invoice v USING (invoice_id) LEFT JOIN card_plain o ON o.swipe_id = n.swipe_id
    WHERE n.claim_id = m.claim_id
        AND (replace(v.key, '-', '') = replace(%(plain)s, '-', '') OR strpos(lower(o.merchant), lower(%(text)s)) > 0))

-- name: swipe_like
-- By merchant or holder.
strpos(lower(o.merchant), lower(%(text)s)) > 0 OR strpos(lower(s.name), lower(%(text)s)) > 0 OR lower(s.staff_no) = lower(%(text)s)

-- name: my_found
-- Of a holder's own claims.
SELECT m.claim_id, m.purpose, m.amount_fen FROM card_claim m WHERE m.person_id = (SELECT budget_me_v1(%(session)s))
    AND (m.claim_id = %(number)s OR m.amount_fen = %(fen)s OR %(part)s <> '' AND (strpos(lower(m.purpose), lower(%(text)s)) > 0
        OR EXISTS (SELECT FROM card_claim_line n LEFT JOIN card_invoice v USING (invoice_id)
            LEFT JOIN card_plain o ON o.swipe_id = n.swipe_id WHERE n.claim_id = m.claim_id
            AND (replace(v.key, '-', '') = replace(%(plain)s, '-', '') OR strpos(lower(o.merchant), lower(%(text)s)) > 0))))
ORDER BY m.claim_id DESC LIMIT %(most)s
