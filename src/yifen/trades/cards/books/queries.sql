-- Statements of what `verify` asks of official cards.

-- name: postings_altered
-- Each posting against its one transfer: so many fen between the accounts of its kind, on its day. What comes back of an advance
-- was lent or, once it is settled, spent.
SELECT 'card_entry ' || e.document_id, CASE
    WHEN t.count IS DISTINCT FROM 1::bigint THEN 'has ' || coalesce(t.count, 0) || ' transfers'
    WHEN m.bureau_id <> e.bureau_id THEN 'is of bureau ' || e.bureau_id || ', its claim of ' || m.bureau_id
    WHEN (b.accounts ->> (v.debit || '_id'))::integer <> t.debit OR (b.accounts ->> (v.credit || '_id'))::integer <> t.credit
        AND NOT (m.kind = 'advance' AND v.credit IN ('spending', 'prior') AND t.credit = (b.accounts ->> 'lent_id')::integer)
        THEN 'is ' || e.kind || ', its transfer went otherwise'
    WHEN t.fen <> e.amount_fen THEN 'amount_fen says ' || e.amount_fen || ', its transfer ' || t.fen
    WHEN t.day <> e.business_day THEN 'business_day says ' || e.business_day || ', its transfer ' || t.day
    END
FROM card_entry e JOIN card_claim m USING (claim_id) JOIN card_move v ON v.kind = e.kind
CROSS JOIN LATERAL (SELECT to_jsonb(x) AS accounts FROM card_bureau x WHERE x.bureau_id = e.bureau_id) b
LEFT JOIN LATERAL (SELECT count(*) AS count, min(d.debit_id) AS debit, min(d.credit_id) AS credit, min(d.amount_fen) AS fen,
        min(d.business_day) AS day
    FROM document_transfer d WHERE d.reference_id = e.document_id AND d.kind = 'posted') t ON true

-- name: claims_altered
-- Each claim against its lines, and against what was signed: by all whom it takes, each another person, to just what stands there.
SELECT 'card_claim ' || m.claim_id, CASE
    WHEN m.amount_fen <> n.fen THEN 'amount_fen says ' || m.amount_fen || ', its lines ' || n.fen
    WHEN m.content <> sha256(convert_to(jsonb_build_array(m.bureau_id, m.unit_id, m.person_id, m.kind, m.of_id, m.year, m.purpose,
        m.amount_fen, m.rule_from, m.levels, m.asked_person, n.said)::text, 'UTF8')) THEN 'is not what was asked for'
    WHEN g.other > 0 THEN 'was signed as something else'
    WHEN m.state = 'approved' AND (g.levels IS DISTINCT FROM m.levels OR NOT g.yes OR g.persons <> cardinality(m.levels))
        THEN 'is approved without everybody whom it takes'
    WHEN m.state = 'asked' AND (NOT g.yes OR cardinality(g.levels) >= cardinality(m.levels)) THEN 'is asked for, though all was said'
    END
FROM card_claim m
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0) AS fen, jsonb_agg(jsonb_build_array(x.line_no, x.swipe_id, x.card_id, x.item,
        x.exemption, x.indicator_id, x.amount_fen, i.key, x.words, x.of_line, x.hold_id)
            || CASE WHEN x.file_says = '{}' THEN '[]' ELSE jsonb_build_array(x.file_says) END ORDER BY x.line_no) AS said
    FROM card_claim_line x LEFT JOIN card_invoice i USING (invoice_id) WHERE x.claim_id = m.claim_id) n
CROSS JOIN LATERAL (SELECT array_agg(x.level ORDER BY x.step) AS levels, coalesce(bool_and(x.yes), true) AS yes,
        count(*) FILTER (WHERE x.content <> m.content) AS other,
        count(DISTINCT x.person) FILTER (WHERE x.person <> m.asked_person) AS persons
    FROM card_signature x WHERE x.claim_id = m.claim_id) g

-- name: lines_altered
-- Each line of an approved claim was posted once, of no other is; and what is claimed of swipes, and has not all come back, is
-- official, of its unit and holder.
SELECT 'card_claim_line ' || n.claim_id || '/' || n.line_no, CASE
    WHEN (m.state = 'approved') <> (e.count = 1) THEN 'of a claim that is ' || m.state || ' has ' || e.count || ' postings'
    WHEN e.fen <> n.amount_fen THEN 'amount_fen says ' || n.amount_fen || ', its posting ' || e.fen
    WHEN m.state IN ('asked', 'approved') AND n.swipe_id IS NOT NULL AND coalesce(r.state, '') NOT IN ('returned', 'undone')
        AND NOT EXISTS (SELECT FROM card_official o
        WHERE o.swipe_id = n.swipe_id AND o.unit_id = m.unit_id AND o.person_id = m.person_id)
        THEN 'claims a swipe that is not official there'
    WHEN m.kind IN ('cash', 'settle') AND n.swipe_id IS NOT NULL THEN 'names a swipe, and is ' || m.kind
    WHEN n.hold_id IS NOT NULL AND (h.indicator_id, h.amount_fen) IS DISTINCT FROM (n.indicator_id, n.amount_fen)
        THEN 'holds something else'
    WHEN h.hold_id IS NOT NULL AND m.state IN ('refused', 'withdrawn') AND h.released_fen <> h.amount_fen
        THEN 'of a claim that is ' || m.state || ' still holds quota'
    END
FROM card_claim_line n JOIN card_claim m USING (claim_id) LEFT JOIN budget_hold h ON h.hold_id = n.hold_id
LEFT JOIN card_repayment r USING (claim_id, line_no)
CROSS JOIN LATERAL (SELECT count(*) AS count, min(x.amount_fen) AS fen FROM card_entry x
    WHERE x.claim_id = n.claim_id AND x.line_no = n.line_no AND x.kind IN ('claimed', 'lent', 'settled')) e

-- name: repayments_altered
-- Each repayment against its line, its postings and its hold: paid once, and no more came back than was paid.
SELECT 'card_repayment ' || r.repayment_id, CASE
    WHEN (r.amount_fen, r.hold_id, r.indicator_id, r.unit_id, r.bureau_id)
        IS DISTINCT FROM (n.amount_fen, n.hold_id, n.indicator_id, m.unit_id, m.bureau_id) THEN 'is not of its line'
    WHEN m.state <> 'approved' OR m.kind = 'settle' THEN 'is of a claim that owes nothing'
    WHEN (r.state IN ('paid', 'returned')) <> (e.paid = r.amount_fen) THEN 'is ' || r.state || ', its postings paid ' || e.paid
    WHEN (r.state = 'undone') <> (e.unpaid > 0) OR r.state = 'undone' AND h.released_fen <> r.amount_fen
        THEN 'is ' || r.state || ', its postings took back unpaid ' || e.unpaid
    WHEN r.returned_fen <> e.back THEN 'returned_fen says ' || r.returned_fen || ', its postings ' || e.back
    WHEN h.posted_fen <> e.paid OR h.restored_fen + h.prior_fen + e.unpaid <> e.back THEN 'is not what its hold says'
    WHEN NOT EXISTS (SELECT FROM card c JOIN card o ON o.person_id = c.person_id WHERE c.card_id = r.card_id
        AND o.card_id = n.card_id) THEN 'goes to another person''s card'
    END
FROM card_repayment r JOIN card_claim_line n USING (claim_id, line_no) JOIN card_claim m USING (claim_id)
JOIN budget_hold h ON h.hold_id = r.hold_id
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'repaid'), 0) AS paid,
        coalesce(sum(x.amount_fen) FILTER (WHERE x.kind LIKE 'returned%'), 0) AS back,
        coalesce(sum(x.amount_fen) FILTER (WHERE x.kind = 'returned_unpaid'), 0) AS unpaid
    FROM card_entry x WHERE x.claim_id = r.claim_id AND x.line_no = r.line_no) e

-- name: swipes_over
-- No more of a swipe is claimed than was swiped, and no more was given back.
SELECT 'card_swipe ' || s.swipe_id, CASE
    WHEN b.fen > s.amount_fen THEN 'was ' || s.amount_fen || ', its refunds are ' || b.fen
    WHEN l.fen > s.amount_fen THEN 'was ' || s.amount_fen || ', claimed of it is ' || l.fen
    END
FROM (SELECT x.swipe_id, sum(x.amount_fen) AS fen FROM card_refund_part x GROUP BY 1) b
FULL JOIN (SELECT n.swipe_id, sum(n.amount_fen - coalesce(r.returned_fen, 0)) AS fen FROM card_claim_line n
    JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.swipe_id IS NOT NULL AND m.state IN ('asked', 'approved') GROUP BY 1) l USING (swipe_id)
JOIN card_swipe s USING (swipe_id) WHERE s.kind = 'cleared'

-- name: invoices_over
-- No more of an invoice is claimed than it says, in all units.
SELECT 'card_invoice ' || v.invoice_id, CASE
    WHEN l.fen > v.gross_fen THEN 'says ' || v.gross_fen || ', claimed of it is ' || l.fen END
FROM card_invoice v CROSS JOIN LATERAL (SELECT coalesce(sum(n.amount_fen - coalesce(r.returned_fen, 0)), 0) AS fen FROM card_claim_line n
    JOIN card_claim m USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.invoice_id = v.invoice_id AND m.state IN ('asked', 'approved')) l

-- name: owed_apart
-- What the ledger says is owed to cards, against the repayments that are not paid.
SELECT 'bureau ' || b.bureau_id, CASE WHEN t.fen <> r.fen THEN 'owes cards ' || t.fen || ' by the ledger, ' || r.fen || ' by claims' END
FROM card_bureau b
CROSS JOIN LATERAL (SELECT coalesce(sum(x.credit_posted_fen - x.debit_posted_fen), 0) AS fen FROM ledger_balance x
    WHERE x.account_id = b.owed_id) t
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0) AS fen FROM card_repayment x
    WHERE x.bureau_id = b.bureau_id AND x.state IN ('due', 'vouched')) r

-- name: lent_apart
-- What the ledger says is lent, against advances less what settled them and came back.
SELECT 'bureau ' || b.bureau_id, CASE WHEN t.fen <> r.fen THEN 'has lent ' || t.fen || ' by the ledger, ' || r.fen || ' by claims' END
FROM card_bureau b
CROSS JOIN LATERAL (SELECT coalesce(sum(x.debit_posted_fen - x.credit_posted_fen), 0) AS fen FROM ledger_balance x
    WHERE x.account_id = b.lent_id) t
CROSS JOIN LATERAL (SELECT coalesce(sum(greatest(0, n.amount_fen - coalesce(y.returned_fen, 0) - coalesce((SELECT sum(x.amount_fen)
        FROM card_claim_line x JOIN card_claim m USING (claim_id) WHERE m.of_id = n.claim_id AND x.of_line = n.line_no
            AND m.state = 'approved'), 0))), 0) AS fen
    FROM card_claim_line n JOIN card_claim a USING (claim_id) LEFT JOIN card_repayment y USING (claim_id, line_no)
    WHERE a.bureau_id = b.bureau_id AND a.kind = 'advance' AND a.state = 'approved') r

-- name: queries_altered
-- What a bank was asked ended with its own answer, or with why it has none; a file by hand counts by two people alone; who pays a
-- leaver's swipe was decided by two.
SELECT 'card_query ' || q.query_id, CASE WHEN (q.state = 'told') <> (w.kind IS NOT NULL AND w.kind = 'answer' AND w.bank_id = q.bank_id)
    THEN 'is ' || q.state || ' without its bank''s answer' END
FROM card_query q LEFT JOIN card_word w USING (word_id)
UNION ALL
SELECT 'card_word ' || w.word_id, CASE WHEN a.word_id IS NULL THEN 'was taken by hand, and nobody agreed to it' END
FROM card_word w JOIN card_word_end d ON d.word_id = w.word_id AND d.code = 0 LEFT JOIN card_word_agreed a ON a.word_id = w.word_id
WHERE w.kind = 'hand'
UNION ALL
SELECT 'card_waiver ' || v.waiver_id, CASE WHEN (v.state = 'done') AND NOT EXISTS (SELECT FROM card_mark k WHERE k.swipe_id = v.swipe_id
    AND k.mark = 'private' AND k.at = v.decided_at) THEN 'is done, and its swipe is not private' END
FROM card_waiver v

-- name: words_ended
-- Words that were taken, behind one.
SELECT w.word_id, w.bank_id, w.kind, w.serial, w.signed, w.body, w.received_at, k.time_zone, w.sha256
FROM card_word w JOIN card_word_end d USING (word_id) JOIN partner p ON p.id = w.bank_id JOIN ledger_book k USING (book_id)
WHERE d.code = 0 AND w.word_id > %s ORDER BY w.word_id LIMIT 20

-- name: bank_key_then
-- A bank's shared key as it counted at a moment.
SELECT p.id, k.secret FROM partner p JOIN partner_key k ON k.partner_id = p.id
WHERE p.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %(at)s AND (k.valid_until IS NULL OR k.valid_until > %(at)s)

-- name: swipes_of_word
-- Swipes that came with a word.
SELECT s.row_no, s.swipe_id, c.lookup, s.number, s.kind, s.swiped_at, s.amount_fen, s.currency, s.foreign_amount, s.reference,
    s.posted_on, s.auth_code, s.merchant_no, s.merchant, s.mcc, s.terminal, s.remark
FROM card_swipe s JOIN card c USING (card_id) WHERE s.word_id = %s

-- name: refused_of_word
-- Rows of a word that were refused.
SELECT row_no FROM card_word_row WHERE word_id = %s AND code <> 0

-- name: swipes_of_number
-- Swipes of a bank's number.
SELECT s.number, s.kind, s.swiped_at, s.amount_fen, s.currency, s.foreign_amount, s.reference, s.posted_on
FROM card_swipe s JOIN card c USING (card_id) WHERE c.bank_id = %s AND s.number = %s

-- name: papers_kept
-- Papers, behind one.
SELECT paper_id, claim_id, sha256, body FROM card_paper WHERE paper_id > %s ORDER BY paper_id LIMIT 10

-- name: deputies_altered
-- Who signed in another's place was his deputy there, then, at that level, had no part in the claim, nor had the absent; and two people
-- agreed to just that deputy.
SELECT 'card_signature ' || g.claim_id || ':' || g.step, CASE
    WHEN lower(s.staff_no) <> g.person THEN 'is signed by another than its deputy'
    WHEN g.level <> d.level OR d.bureau_id <> m.bureau_id OR NOT EXISTS (
        WITH RECURSIVE above AS (SELECT u.unit_id, u.parent_id FROM budget_unit u WHERE u.unit_id = m.unit_id
            UNION SELECT u.unit_id, u.parent_id FROM budget_unit u JOIN above a ON u.unit_id = a.parent_id)
        SELECT FROM above a WHERE a.unit_id = d.unit_id) THEN 'is signed by the deputy of another level or unit'
    WHEN g.at < d.made_at OR g.at > d.ended_at OR (g.at AT TIME ZONE k.time_zone)::date > d.until_on + 1
        THEN 'is signed outside its deputy''s days'
    WHEN m.person_id IN (d.person_id, d.for_id) OR m.asked_person IN (lower(s.staff_no), lower(f.staff_no)) THEN 'is signed by who had a part in it'
    END
FROM card_signature g JOIN card_deputy d USING (deputy_id) JOIN card_claim m USING (claim_id)
JOIN budget_person s ON s.person_id = d.person_id JOIN budget_person f ON f.person_id = d.for_id
JOIN partner p ON p.id = d.bureau_id JOIN ledger_book k USING (book_id)
UNION ALL
SELECT 'card_deputy ' || d.deputy_id, CASE WHEN a.id IS NULL THEN 'was agreed to by nobody' END
FROM card_deputy d LEFT JOIN access_authorisation a ON a.id = d.proposal_id AND a.action = 'cards.deputy' AND a.granted
    AND a.content @> jsonb_build_object('bureau_id', d.bureau_id, 'unit_id', d.unit_id, 'level', d.level, 'person_id', d.person_id,
        'for_id', d.for_id, 'from_on', d.from_on, 'until_on', d.until_on)

-- name: swipes_altered
-- Each swipe came with a word that was taken, is its card's holder's, and a refund is of the swipe of its reference; what is official is
-- what its holder said last, of just that swipe; nothing is of a word that is gone.
SELECT 'card_swipe ' || s.swipe_id, CASE
    WHEN d.code IS DISTINCT FROM 0 THEN 'came with no word that was taken'
    WHEN (s.person_id, s.bureau_id) IS DISTINCT FROM (c.person_id, c.bureau_id) THEN 'is not of its card''s holder'
    WHEN s.kind = 'refund' AND s.of_id IS NOT NULL AND (o.kind, o.reference, o.person_id) IS DISTINCT FROM ('cleared', s.reference,
        s.person_id) THEN 'is no refund of swipe ' || s.of_id
    WHEN s.kind = 'refund' AND (coalesce(b.fen, 0) > s.amount_fen OR b.others > 0)
        THEN 'gives back ' || s.amount_fen || ', its parts ' || coalesce(b.fen, 0)
    WHEN s.kind = 'refund' AND (b.fen IS NULL) <> (s.of_id IS NULL) THEN 'is the refund of no swipe'
    WHEN s.kind = 'refund' AND coalesce(b.fen, 0) < s.amount_fen AND EXISTS (SELECT FROM card_swipe x WHERE x.reference = s.reference
        AND x.kind = 'cleared' AND x.person_id = s.person_id AND x.amount_fen > coalesce((SELECT sum(y.amount_fen)
            FROM card_refund_part y WHERE y.swipe_id = x.swipe_id), 0)) THEN 'is the refund of no swipe'
    WHEN s.kind = 'cleared' AND (k.mark = 'official') IS TRUE <> (f.swipe_id IS NOT NULL) THEN CASE WHEN f.swipe_id IS NULL THEN 'is not'
        ELSE 'is' END || ' official there, its mark is ' || coalesce(k.mark, 'none')
    WHEN f.swipe_id IS NOT NULL AND (f.bureau_id, f.unit_id, f.card_id, f.person_id, f.swiped_at, f.posted_on, f.amount_fen, f.currency,
        f.foreign_amount, f.merchant, f.mcc) IS DISTINCT FROM (s.bureau_id, k.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on,
        s.amount_fen, s.currency, s.foreign_amount, s.merchant, s.mcc) THEN 'is official as another'
    END
FROM card_swipe s JOIN card c USING (card_id) LEFT JOIN card_word w USING (word_id) LEFT JOIN card_word_end d ON d.word_id = w.word_id
LEFT JOIN card_swipe o ON o.swipe_id = s.of_id LEFT JOIN card_official_swipe f ON f.swipe_id = s.swipe_id
LEFT JOIN LATERAL (SELECT x.mark, x.unit_id FROM card_mark x WHERE x.swipe_id = s.swipe_id ORDER BY x.turn DESC LIMIT 1) k ON true
LEFT JOIN LATERAL (SELECT sum(x.amount_fen) AS fen, count(*) FILTER (WHERE (y.kind, y.reference, y.person_id) IS DISTINCT FROM ('cleared',
        s.reference, s.person_id)) AS others
    FROM card_refund_part x JOIN card_swipe y USING (swipe_id) WHERE x.refund_id = s.swipe_id) b ON s.kind = 'refund'
UNION ALL
SELECT 'card_official_swipe ' || f.swipe_id, CASE WHEN s.swipe_id IS NULL THEN 'is no swipe' END
FROM card_official_swipe f LEFT JOIN card_swipe s ON s.swipe_id = f.swipe_id
UNION ALL
SELECT 'card_word ' || d.word_id, CASE WHEN w.word_id IS NULL THEN 'is gone' END FROM card_word_end d LEFT JOIN card_word w USING (word_id)
UNION ALL
SELECT 'card_event ' || e.event_id, CASE WHEN d.code IS DISTINCT FROM 0 THEN 'came with no word that was taken' END
FROM card_event e LEFT JOIN card_word_end d USING (word_id) WHERE e.word_id IS NOT NULL
