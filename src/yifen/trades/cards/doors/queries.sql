-- Statements of the door at which issuing banks speak.

-- name: bank_key
-- A bank's shared key, where it counts at that moment.
SELECT b.partner_id, k.secret FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE p.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256' AND NOT p.suspended
    AND k.valid_from <= %(at)s AND (k.valid_until IS NULL OR k.valid_until > %(at)s)

-- name: word_add
-- A word as it came, once a serial.
INSERT INTO card_word (bank_id, kind, serial, sha256, signed, body, received_at)
VALUES (%(bank)s, %(kind)s, %(serial)s, %(sha256)s, %(signed)s, %(body)s, %(now)s) ON CONFLICT (bank_id, serial) DO NOTHING

-- name: word_kept
-- What came under that serial.
SELECT sha256 FROM card_word WHERE bank_id = %(bank)s AND serial = %(serial)s

-- name: words_to_take
-- Those of which nothing became yet, the oldest first; a file by hand once two people agreed.
SELECT w.word_id, w.bank_id, w.kind, w.serial, w.signed, w.body, w.received_at, k.time_zone
FROM card_word w JOIN partner p ON p.id = w.bank_id JOIN ledger_book k USING (book_id)
WHERE w.taken_at IS NULL AND (w.kind <> 'hand' OR EXISTS (SELECT FROM card_word_agreed a WHERE a.word_id = w.word_id))
ORDER BY w.word_id LIMIT 200

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
