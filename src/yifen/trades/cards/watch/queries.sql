-- Statements of the monitoring of official swipes.

-- name: bureaus_of_book
-- Bureaus of a book that have a rule of monitoring.
SELECT b.bureau_id, p.code, p.institution_id FROM card_bureau b JOIN partner p ON p.id = b.bureau_id
WHERE p.book_id = %s AND EXISTS (SELECT FROM card_watch_rule r WHERE r.bureau_id = b.bureau_id) ORDER BY p.code

-- name: to_watch
-- What a night has to look at.
SELECT swipes, claims FROM cards_to_watch_v1(%s, %s)

-- name: watch
-- New hits around these.
SELECT cards_watch_v1(%(bureau)s, %(swipes)s::bigint[], %(claims)s::bigint[], 'night', %(now)s)

-- name: watched
-- All of it was looked at.
SELECT cards_watched_v1(%s, %s)

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT cards_watch_against_v1(%s, %s, %s)

-- name: rule_on
-- The rule in force on a day, as JSON.
SELECT to_jsonb(r) FROM cards_watch_rule_v1(%s, %s::date) r

-- name: keep_rule
-- Two people agreed.
SELECT cards_keep_watch_v1(%s, %s)

-- name: try
-- What a rule would hit of stored swipes.
SELECT kind, hits FROM cards_watch_try_v1(%s, %s, %s, %s, %s)

-- name: decide
-- A person's word about a hit.
SELECT cards_hit_v1(%s, %s, %s, %s, %s, %s)

-- name: me
-- The civil servant whose session it is.
SELECT budget_me_v1(%s)

-- name: set_phone
-- Where he is told.
SELECT cards_contact_v1(%s, %s, %s)

-- name: notices_due
-- Who is to be told what sort of notice, the longest waiting first.
SELECT n.person_id, CASE WHEN h.kind IN ('near_due', 'overdue') THEN h.kind ELSE 'limit' END FROM card_notice n JOIN card_hit h USING (hit_id)
WHERE n.state = 'planned' OR n.state = 'sending' GROUP BY 1, 2 ORDER BY min(n.at) LIMIT 500

-- name: notices
-- They are on their way.
SELECT notices, count, fen, due, phone FROM cards_notices_v1(%s, %s, %s)

-- name: noticed
-- What became of them.
SELECT cards_noticed_v1(%s, %s, %s, %s, %s)

-- name: hits
-- Hits with unit, holder and card; near due that is settled or over is past.
FROM card_hit_seen h JOIN budget_unit u USING (unit_id) JOIN budget_person s ON s.person_id = h.person_id JOIN card c ON c.card_id = h.card_id
CROSS JOIN LATERAL (SELECT CASE WHEN h.decision IS NOT NULL THEN h.decision
    WHEN h.is_settled OR h.kind = 'near_due' AND h.due_on < %(today)s THEN 'past' ELSE 'open' END AS now) x

-- name: rules
-- Rules of monitoring with their bureau.
FROM card_watch_rule r JOIN partner p ON p.id = r.bureau_id JOIN budget_unit u ON u.bureau_id = r.bureau_id AND u.parent_id IS NULL

-- name: seen
-- Of a unit that he sees, of a bureau in scope.
{{scope}} AND {{unit}} IN (SELECT budget_sees_v1(%(user_id)s))

-- name: hit
-- A hit that he may see: his own, or (%(all)s) of a unit that he sees.
SELECT h.hit_id, h.bureau_id, h.unit_id, u.name, s.staff_no, s.name, c.tail, h.kind, h.rule_from, h.swipes, h.claim_id, h.amount_fen,
    h.on_day, h.facts, h.how, h.found_at, x.now, h.decision, h.decided_at, h.decided_by, h.note, h.person_id = budget_me_v1(%(session)s)
{hits}
WHERE h.hit_id = %(hit)s AND (h.hit_id IN (SELECT cards_my_hits_v1(%(session)s))
    OR %(all)s AND h.unit_id IN (SELECT budget_sees_v1(%(user_id)s)))

-- name: hit_swipes
-- The swipes of a hit, as they are now.
SELECT o.swipe_id, o.swiped_at, o.merchant, o.mcc, o.amount_fen, o.refunded_fen, o.left_fen FROM card_official o
WHERE o.swipe_id = ANY (%s) ORDER BY o.swiped_at, o.swipe_id LIMIT 200

-- name: late
-- What of an overdue hit is late, by whom, with what interest.
SELECT claim_id, amount_fen, filed_on, approved_on, sent_on, paid_on, days, late_by, rate_ppm, interest_fen FROM cards_late_v1(%s, %s)

-- name: my_hits
-- A holder's own hits.
SELECT h.hit_id, h.on_day, h.kind, h.amount_fen, h.facts, x.now {hits}
WHERE h.hit_id IN (SELECT cards_my_hits_v1(%(session)s)) ORDER BY h.hit_id DESC

-- name: my_count
-- Those of them that are open and about time or a limit.
SELECT count(*), min(h.found_at), sum(h.amount_fen)::bigint {hits}
WHERE h.hit_id IN (SELECT cards_my_hits_v1(%(session)s)) AND x.now = 'open'

-- name: my_phone
-- Whether he is told anywhere.
SELECT EXISTS (SELECT FROM card_contact c WHERE c.person_id = budget_me_v1(%s))

-- name: live
-- Official swipes as they came, the newest first, with how many hits each is in.
SELECT o.swiped_at, o.marked_at, u.name, s.name, c.tail, o.merchant, o.mcc, o.amount_fen,
    (SELECT count(*) FROM card_hit_seen h WHERE h.swipes @> ARRAY[o.swipe_id] AND h.unit_id = o.unit_id)
FROM card_plain o JOIN budget_unit u USING (unit_id) JOIN budget_person s ON s.person_id = o.person_id JOIN card c ON c.card_id = o.card_id
WHERE {{seen}} ORDER BY o.marked_at DESC, o.swipe_id DESC LIMIT 30

-- name: heat
-- A month's official swipes by day and hour: how many, how much, and how many of them are in hits.
SELECT extract(day FROM t.at)::integer, extract(hour FROM t.at)::integer, count(*), sum(o.amount_fen)::bigint,
    count(*) FILTER (WHERE EXISTS (SELECT FROM card_hit_seen h WHERE h.swipes @> ARRAY[o.swipe_id] AND h.unit_id = o.unit_id))
FROM card_plain o CROSS JOIN LATERAL (SELECT o.swiped_at AT TIME ZONE %(zone)s AS at) t
WHERE {{seen}} AND o.swiped_at >= %(since)s AND o.swiped_at < %(until)s
    AND o.posted_on BETWEEN %(since)s::date - 1 AND %(until)s::date + 31
GROUP BY 1, 2 ORDER BY 1, 2

-- name: by_kind
-- A month's hits by rule: how many, how many are open, and how much.
SELECT h.kind, count(*), count(*) FILTER (WHERE x.now = 'open'), sum(h.amount_fen)::bigint {hits}
WHERE {{seen}} AND h.on_day >= %(first)s AND h.on_day < %(next)s GROUP BY 1

-- name: roots
-- Bureaus whose rules he may change: where he stands at the root.
SELECT u.bureau_id, p.code || ' ' || p.name FROM card_bureau b JOIN budget_unit u USING (bureau_id) JOIN partner p ON p.id = u.bureau_id
WHERE u.parent_id IS NULL AND u.unit_id IN (SELECT budget_reach_v1(%s, 'cards.watch_rules')) ORDER BY p.code

-- name: hits_altered
-- Each hit is of swipes, or of a claim, of its bureau and holder; what was said of it was not said by him.
SELECT 'card_hit ' || h.hit_id, CASE
    WHEN s.found <> cardinality(h.swipes) THEN 'is of swipes that are not its holder''s'
    WHEN h.claim_id IS NOT NULL AND m.claim_id IS NULL THEN 'is of another''s claim'
    WHEN c.person_id <> h.person_id THEN 'is of another''s card'
    WHEN lower(p.staff_no) = lower(coalesce(nullif(u.person, ''), u.login)) THEN 'was decided by its holder'
    END
FROM card_hit h JOIN budget_person p USING (person_id) JOIN card c USING (card_id)
LEFT JOIN card_claim m ON m.claim_id = h.claim_id AND m.person_id = h.person_id AND m.bureau_id = h.bureau_id
LEFT JOIN access_user u ON u.login = h.decided_by AND u.partner_id = h.bureau_id
CROSS JOIN LATERAL (SELECT count(DISTINCT x.swipe_id) AS found FROM card_swipe x WHERE x.swipe_id = ANY (h.swipes)
    AND x.person_id = h.person_id AND x.bureau_id = h.bureau_id AND x.kind = 'cleared') s
