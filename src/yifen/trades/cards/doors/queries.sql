-- Statements of the door at which issuing banks speak.

-- name: bank_key
-- A bank's shared key, where it counts at that moment.
SELECT b.partner_id, k.secret FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE p.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256' AND NOT p.suspended
    AND k.valid_from <= %(at)s AND (k.valid_until IS NULL OR k.valid_until > %(at)s)

-- name: word_add
-- A word as it came, once a serial.
INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)
VALUES (%(bank)s, %(kind)s, %(serial)s, %(sha256)s, %(signed)s, %(body)s, %(now)s) ON CONFLICT DO NOTHING

-- name: word_kept
-- Which other word of that serial was the bank's.
SELECT w.word_id FROM card_word w JOIN card_word_end d USING (word_id)
WHERE w.bank_id = %(bank)s AND w.serial = %(serial)s AND w.sha256 <> %(sha256)s AND d.code <> %(unproved)s

-- name: words_to_take
-- Those of which nothing became yet, the oldest first, those that could not be taken behind all others; a file by hand once two people agreed.
SELECT w.word_id, w.bank_id, w.kind, w.serial, w.signed, w.body, w.received_at, k.time_zone
FROM card_word w LEFT JOIN card_word_end d USING (word_id) JOIN partner p ON p.id = w.bank_id JOIN ledger_book k USING (book_id)
WHERE d.word_id IS NULL AND (w.kind <> 'hand' OR EXISTS (SELECT FROM card_word_agreed a WHERE a.word_id = w.word_id))
    AND w.received_at BETWEEN '2000-01-01' AND '2100-01-01'
ORDER BY w.tries, w.word_id LIMIT 200

-- name: take
-- Its rows, each whole or not at all.
SELECT cards_take_v1(%(word)s, %(proved)s, %(code)s, %(bureau)s, %(cards)s, %(swipes)s, %(now)s)

-- name: queries_due
-- Banks that are to be asked now, and have not answered yet.
SELECT q.query_id, q.bank_id, r.reference, b.code, c.number, q.number, q.from_on, q.until_on, q.tries
FROM card_query q JOIN card c USING (card_id) JOIN budget_bureau b ON b.bureau_id = q.bureau_id
CROSS JOIN LATERAL (SELECT cards_reference_v1(q) AS reference) r
WHERE q.state = 'asked' AND q.ask_at <= %(now)s
    AND NOT EXISTS (SELECT FROM card_word w WHERE w.bank_id = q.bank_id AND w.serial = r.reference)
ORDER BY q.ask_at, q.query_id LIMIT 50

-- name: asking
-- It is asked now, and not again before.
SELECT cards_asking_v1(%s, %s)

-- name: unanswered
-- There is no answer to believe.
SELECT cards_unanswered_v1(%s, %s, %s, %s)

-- name: bank_port
-- Where a bank is asked, with its newest key that counts now.
SELECT b.endpoint, p.code, k.version, k.secret FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE b.partner_id = %(bank)s AND b.endpoint <> '' AND NOT p.suspended AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %(now)s AND (k.valid_until IS NULL OR k.valid_until > %(now)s) ORDER BY k.version DESC LIMIT 1

-- name: untaken
-- It could not be taken this time.
SELECT cards_untaken_v1(%s, %s)

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

-- name: swipes_altered
-- Each swipe came with a word that was taken, is its card's holder's, and a refund is of the swipe of its reference; what is official is
-- what its holder said last, of just that swipe; nothing is of a word that is gone.
SELECT 'card_swipe ' || s.swipe_id, CASE
    WHEN d.code IS DISTINCT FROM 0 THEN 'came with no word that was taken'
    WHEN (s.person_id, s.bureau_id) IS DISTINCT FROM (c.person_id, c.bureau_id) THEN 'is not of its card''s holder'
    WHEN s.kind = 'refund' AND s.of_id IS NOT NULL AND (o.kind, o.reference, o.person_id) IS DISTINCT FROM ('cleared', s.reference,
        s.person_id) THEN 'is no refund of swipe ' || s.of_id
    WHEN s.kind = 'refund' AND s.of_id IS NULL AND EXISTS (SELECT FROM card_swipe x WHERE x.reference = s.reference
        AND x.kind = 'cleared' AND x.person_id = s.person_id) THEN 'is the refund of no swipe'
    WHEN s.kind = 'cleared' AND (k.mark = 'official') IS TRUE <> (f.swipe_id IS NOT NULL) THEN CASE WHEN f.swipe_id IS NULL THEN 'is not'
        ELSE 'is' END || ' official there, its mark is ' || coalesce(k.mark, 'none')
    WHEN f.swipe_id IS NOT NULL AND (f.bureau_id, f.unit_id, f.card_id, f.person_id, f.swiped_at, f.posted_on, f.amount_fen, f.currency,
        f.foreign_amount, f.merchant, f.mcc) IS DISTINCT FROM (s.bureau_id, k.unit_id, s.card_id, s.person_id, s.swiped_at, s.posted_on,
        s.amount_fen, s.currency, s.foreign_amount, s.merchant, s.mcc) THEN 'is official as another'
    END
FROM card_swipe s JOIN card c USING (card_id) LEFT JOIN card_word w USING (word_id) LEFT JOIN card_word_end d ON d.word_id = w.word_id
LEFT JOIN card_swipe o ON o.swipe_id = s.of_id LEFT JOIN card_official_swipe f ON f.swipe_id = s.swipe_id
LEFT JOIN LATERAL (SELECT x.mark, x.unit_id FROM card_mark x WHERE x.swipe_id = s.swipe_id ORDER BY x.turn DESC LIMIT 1) k ON true
UNION ALL
SELECT 'card_official_swipe ' || f.swipe_id, CASE WHEN s.swipe_id IS NULL THEN 'is no swipe' END
FROM card_official_swipe f LEFT JOIN card_swipe s ON s.swipe_id = f.swipe_id
UNION ALL
SELECT 'card_word ' || d.word_id, CASE WHEN w.word_id IS NULL THEN 'is gone' END FROM card_word_end d LEFT JOIN card_word w USING (word_id)
UNION ALL
SELECT 'card_event ' || e.event_id, CASE WHEN d.code IS DISTINCT FROM 0 THEN 'came with no word that was taken' END
FROM card_event e LEFT JOIN card_word_end d USING (word_id) WHERE e.word_id IS NOT NULL
