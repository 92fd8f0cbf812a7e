-- Statements of deductions 卡扣.

-- name: port
-- Where a channel's bank listens, with its newest shared key that counts now.
SELECT d.endpoint, p.code, k.version, k.secret
FROM deduction_port d JOIN partner p ON p.id = d.channel_id JOIN partner_key k ON k.partner_id = p.id
WHERE d.channel_id = %s AND d.enabled AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %s AND (k.valid_until IS NULL OR k.valid_until > %s)
ORDER BY k.version DESC LIMIT 1

-- name: sides
-- The codes of channel and biller, what the channel may still take, in one payment and today, and whether the hub wants
-- the biller's oldest bills first.
SELECT c.code, b.code, h.payment_fen_max, h.day_fen_max - coalesce(u.taken_fen, 0), l.oldest_first AND l.endpoint = ''
FROM deduction_port d JOIN channel_bounds h ON h.channel_id = d.channel_id
JOIN partner c ON c.id = d.channel_id AND NOT c.suspended
JOIN partner b ON b.id = %(biller)s JOIN biller l ON l.partner_id = b.id JOIN ledger_book k ON k.book_id = b.book_id
LEFT JOIN channel_usage u ON u.channel_id = d.channel_id AND u.business_day = k.current_day
WHERE d.channel_id = %(channel)s AND d.enabled

-- name: payer_name
-- Sealed; the process that asks does not know his bucket.
SELECT x.name FROM ledger_head h CROSS JOIN LATERAL (SELECT r.name FROM payer r
    WHERE r.bucket = h.bucket AND r.biller_id = %s AND r.account_no = %s LIMIT 1) x

-- name: choices
-- Channels with a bank's port, and the billers that each collects for, in the asker's scope.
SELECT d.channel_id, c.code || ' ' || c.name, b.id, b.code || ' ' || b.name
FROM deduction_port d JOIN partner c ON c.id = d.channel_id AND NOT c.suspended
JOIN admission a ON a.channel_id = d.channel_id AND a.active JOIN partner b ON b.id = a.biller_id AND NOT b.suspended
WHERE d.enabled AND (%(all)s OR b.id = ANY (%(partners)s::integer[])) ORDER BY b.code, c.code

-- name: ask
-- By the clerk's own session.
SELECT deduction_ask_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: state
-- Of one number.
SELECT state FROM deduction WHERE deduction_no = %s

-- name: standing
-- What the worker needs of one. A suspended partner's is not sent any more; what became of it is asked all the same.
SELECT d.deduction_no, d.channel_id, c.code, b.code, d.account_no, d.lines, d.amount_fen, d.quote, d.debtor_sealed,
       d.state, d.made_at, d.taken_at, NOT c.suspended AND NOT b.suspended
FROM deduction d JOIN partner c ON c.id = d.channel_id JOIN partner b ON b.id = d.biller_id
WHERE d.deduction_no = %s

-- name: due
-- Claimed for this worker.
SELECT deduction_due_v1(%s, %s, %s)

-- name: give_up
-- It is asked back from now on, which blocks it.
SELECT deduction_give_up_v1(%s, %s, %s)

-- name: booked
-- By what the hub keeps.
SELECT deduction_booked_v1(%s, %s)

-- name: said
-- For people to read.
SELECT deduction_said_v1(%s, %s)

-- name: answered
-- The bank's word and what follows.
SELECT deduction_answered_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: backs_due
-- In the order in which they came to be due.
SELECT number, amount_fen FROM deduction_back WHERE deduction_no = %s AND back_at IS NULL ORDER BY due_at, number

-- name: deductions_altered
-- What a deduction says of money is what its payment was sealed with, and what the bank signed.
SELECT 'deduction ' || d.deduction_no, CASE
    WHEN d.state = 'booked' AND y.payment_id IS NULL THEN 'is booked, its payment is not there'
    WHEN y.amount_fen <> d.amount_fen
        THEN 'amount_fen says ' || d.amount_fen || ', payment ' || y.payment_id || ' ' || y.amount_fen
    WHEN (d.channel_id, d.biller_id, d.account_no, d.deduction_no) <> (y.channel_id, y.biller_id, y.account_no, y.serial)
        THEN 'has another channel, biller, account or number than payment ' || y.payment_id
    WHEN (d.state = 'booked') = (y.payer_state IN ('returned', 'refunded'))
        THEN 'is ' || d.state || ', payment ' || y.payment_id || ' is ' || y.payer_state
    WHEN d.taken_at IS NOT NULL AND NOT EXISTS (SELECT FROM deduction_answer a WHERE a.deduction_no = d.deduction_no
             AND a.amount_fen = d.amount_fen AND a.state = CASE WHEN a.number = '' THEN 'taken' ELSE 'back' END)
        THEN 'says that the bank took ' || d.amount_fen || ', of which no answer is kept'
    WHEN d.state = 'refused' AND NOT EXISTS (SELECT FROM deduction_answer a WHERE a.deduction_no = d.deduction_no
             AND a.state = 'refused')
         AND NOT EXISTS (SELECT FROM deduction_back b WHERE b.deduction_no = d.deduction_no AND b.given_by = 'outside')
        THEN 'is refused, of which no answer is kept'
    WHEN d.state = 'refused' AND EXISTS (SELECT FROM deduction_answer a WHERE a.deduction_no = d.deduction_no
             AND (a.state, a.number) = ('taken', ''))
        THEN 'is refused, the bank says that it took ' || d.amount_fen
    WHEN d.state = 'back' AND NOT deduction_all_back_v1(d.deduction_no, d.amount_fen)
        THEN 'is back, what went back is not ' || d.amount_fen END
FROM deduction d LEFT JOIN payment y ON y.bucket = d.payment_id % 1000 AND y.payment_id = d.payment_id
WHERE coalesce(d.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: backs_altered
-- A return of a deduction's payment has its row, and what is said to be back has the bank's word for just that.
SELECT 'deduction_back ' || coalesce(b.number, r.number), CASE
    WHEN b.number IS NULL THEN 'is not there: of return ' || r.serial || ' of payment ' || r.payment_id
        || ' the payer gets nothing'
    WHEN b.serial <> '' AND r.number IS NULL THEN 'is of no return of its payment'
    WHEN b.amount_fen <> r.amount_fen
        THEN 'amount_fen says ' || b.amount_fen || ', return ' || r.serial || ' ' || r.amount_fen
    WHEN b.given_by = 'outside' AND NOT EXISTS (SELECT FROM access_authorisation a WHERE a.granted
             AND (a.action, a.subject_key, a.content ->> 'reference') = ('deductions.outside', b.number, b.reference))
        THEN 'is back by a paper to which no two people agreed'
    WHEN b.serial <> '' AND CASE b.given_by WHEN 'outside' THEN 'port' ELSE b.given_by END <> deduction_giver_v1(r.kept)
        THEN 'is given back by the ' || b.given_by || ', its return ' || b.serial || ' says otherwise'
    WHEN b.back_at IS NOT NULL AND b.given_by = 'port' AND NOT EXISTS (SELECT FROM deduction_answer a WHERE a.number = b.number
             AND a.deduction_no = b.deduction_no AND (a.state, a.amount_fen) = ('back', b.amount_fen))
        THEN 'is back, of which no answer is kept' END
FROM (SELECT x.* FROM deduction_back x JOIN deduction d USING (deduction_no)
      WHERE coalesce(d.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)) b
FULL JOIN (
    SELECT 'R' || d.deduction_no || '-' || x.left_fen AS number, x.payment_id, x.serial, x.amount_fen, x AS kept
    FROM deduction d JOIN payment y ON y.bucket = d.payment_id % 1000 AND y.payment_id = d.payment_id
    JOIN payment_return x ON x.bucket = y.bucket AND x.payment_id = y.payment_id
    WHERE x.booked_at IS NOT NULL AND (y.serial, y.channel_id) = (d.deduction_no, d.channel_id)) r ON r.number = b.number

-- name: answers
-- In pieces, in their order, with whose key signed and what the night read.
SELECT a.answer_id, a.deduction_no, a.state, a.number, a.amount_fen, a.at, a.sealed, d.channel_id, p.digest
FROM deduction_answer a JOIN deduction d USING (deduction_no) LEFT JOIN deduction_answer_proved p USING (answer_id)
WHERE a.answer_id > %(after)s AND (NOT %(unproved)s OR p.answer_id IS NULL) ORDER BY a.answer_id LIMIT 500

-- name: answer_proved
-- Read now, and found to be the bank's word.
INSERT INTO deduction_answer_proved (answer_id, digest, at) VALUES (%s, %s, %s)

-- name: whose
-- A channel, and its institution.
SELECT code, institution_id FROM partner WHERE id = %s

-- name: key
-- Of a channel, this version.
SELECT p.code, k.secret FROM partner_key k JOIN partner p ON p.id = k.partner_id
WHERE k.partner_id = %s AND k.version = %s AND k.algorithm = 'hmac-sha256'

-- name: set_port
-- As two people decided just now.
SELECT deduction_port_v1(%s)

-- name: port_now
-- As it is.
SELECT endpoint, enabled FROM deduction_port d JOIN partner p ON p.id = d.channel_id WHERE p.code = %s

-- name: outside
-- As two people decided just now.
SELECT deduction_outside_v1(%s, %s)

-- name: open_back
-- What is to go back by a port, and did not.
SELECT b.deduction_no, d.biller_id, d.account_no, d.debtor_shown, c.code || ' ' || c.name, b.amount_fen, b.due_at
FROM deduction_back b JOIN deduction d USING (deduction_no) JOIN partner c ON c.id = d.channel_id
WHERE b.number = %s AND b.back_at IS NULL

-- name: deductions
-- With their partners.
FROM deduction d JOIN partner b ON b.id = d.biller_id JOIN partner c ON c.id = d.channel_id

-- name: shown
-- One of them, for its page.
SELECT d.deduction_no, c.code || ' ' || c.name, b.code || ' ' || b.name, d.account_no, d.payer_name, d.lines,
       d.amount_fen, d.debtor_shown, d.consent, d.consent_note, d.asked_by, d.made_at, d.state, d.code, d.reason,
       d.bank_serial, d.taken_at, d.payment_id
FROM deduction d JOIN partner b ON b.id = d.biller_id JOIN partner c ON c.id = d.channel_id
WHERE d.deduction_no = %(number)s AND {{scope}}

-- name: events
-- From the first.
SELECT at, state, code, note FROM deduction_event WHERE deduction_no = %s ORDER BY event_id

-- name: backs
-- What went back of it, or is due.
SELECT number, amount_fen, due_at, back_at, given_by, reference FROM deduction_back WHERE deduction_no = %s ORDER BY due_at, number

-- name: of_payment
-- The deduction of a payment, and what of its money is on its way back.
SELECT d.deduction_no, d.state, coalesce((SELECT sum(b.amount_fen) FROM deduction_back b
    WHERE b.deduction_no = d.deduction_no AND b.back_at IS NULL), 0)::bigint
FROM payment y JOIN deduction d ON d.deduction_no = y.serial AND d.channel_id = y.channel_id
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s
