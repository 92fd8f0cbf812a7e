-- Statements of mandates 代扣签约.

-- name: columns
-- What is read of each.
m.mandate_id, m.number, m.biller_id, y.code, y.name, m.customer, m.institution_id, m.core_id, m.account_sealed, m.account_lookup,
m.account_shown, m.kind, m.holder_sealed, m.holder_shown, m.phone_sealed, m.once_fen, m.month_fen, m.batch, m.no_feel, m.one_tap,
m.rank, m.signed_on, m.from_on, m.until_on, m.ended_on, m.end_why, o.number, n.number, m.source, m.confirmed_at, m.stop_hash,
m.made_at

-- name: joins
-- Whose each is, which it replaces, which replaces it.
FROM mandate m JOIN partner y ON y.id = m.biller_id
LEFT JOIN mandate o ON o.mandate_id = m.replaces_id LEFT JOIN mandate n ON n.replaces_id = m.mandate_id
LEFT JOIN mandate_check c ON c.mandate_id = m.mandate_id

-- name: shown
-- Mandates with what each has left this month.
SELECT {columns}, mandates_left_v1(m, t.today), t.today, c.mandate_id IS NOT NULL, m.proposal_id IS NOT NULL
{joins} CROSS JOIN LATERAL (SELECT mandates_day_v1(m.biller_id, clock_timestamp()) AS today) t

-- name: mandate
-- One.
{shown} WHERE m.number = %(number)s

-- name: mandate_by_id
-- One, as a debit has it.
{shown} WHERE m.mandate_id = %(mandate)s

-- name: of_customer
-- In force first, in the order in which they pay.
{shown} WHERE m.biller_id = %(biller)s AND m.customer = %(customer)s
ORDER BY coalesce(m.ended_on, 'infinity') > t.today DESC, m.rank, m.from_on, m.number LIMIT 50

-- name: of_phone
-- A payer's own by his phone, the newest first; what is long over aside.
{shown} WHERE m.phone_lookup = ANY (%(lookups)s) AND coalesce(m.ended_on, 'infinity') > t.today - 400
ORDER BY coalesce(m.ended_on, 'infinity') > t.today DESC, m.made_at DESC LIMIT 50

-- name: asked
-- Those of which the core has said its word, for the worker to read it.
{shown} WHERE m.confirmed_at IS NULL AND m.ended_on IS NULL AND c.mandate_id IS NOT NULL ORDER BY m.mandate_id LIMIT 100

-- name: in_force
-- Of a customer on a day, in the order in which they pay.
SELECT number FROM mandates_for_v1(%s, %s, mandates_day_v1(%s, %s))

-- name: sign
-- As two people decided just now.
SELECT mandates_sign_v1(%s, %s)

-- name: set_rule
-- As two people decided just now.
SELECT mandates_rule_v1(%s, %s)

-- name: rule_now
-- As it is.
SELECT start_days, end_days, once_most_fen, month_most_fen FROM mandate_rule WHERE biller_id = %s

-- name: ends_on
-- On which day it would be over.
SELECT mandates_ends_v1(m.biller_id, mandates_day_v1(m.biller_id, clock_timestamp())) FROM mandate m WHERE m.number = %s

-- name: biller
-- As people read it.
SELECT code || ' ' || name FROM partner WHERE id = %s

-- name: biller_of
-- By its code, one that is here.
SELECT b.partner_id, y.name FROM biller b JOIN partner y ON y.id = b.partner_id WHERE y.code = %s AND NOT y.suspended

-- name: core_at
-- Where a biller has its accounts, and the institution that contracted with it.
SELECT k.core_id, k.contracting_id FROM core_pair k JOIN core_bank b USING (core_id) WHERE k.biller_id = %s AND b.enabled

-- name: ask
-- By the payer's page.
SELECT mandates_ask_v1(%s, %s)

-- name: ask_of
-- By a partner's word.
SELECT mandates_ask_of_v1(%s, %s, %s)

-- name: agreed
-- The core's word, as it signed it.
SELECT mandates_agreed_v1(%s, %s, %s, %s)

-- name: confirm
-- The worker has read it.
SELECT mandates_confirm_v1(%s, %s, %s)

-- name: stop
-- By who has the payer's key.
SELECT mandates_stop_v1(%s, %s, %s, %s)

-- name: cancel_of
-- By a partner's word.
SELECT mandates_cancel_of_v1(%s, %s, %s)

-- name: add_paper
-- By who may.
SELECT mandates_paper_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: papers
-- Of one, the newest first.
SELECT p.paper_id, p.what, p.kind, p.bytes, p.by, p.at FROM mandate_paper p JOIN mandate m USING (mandate_id)
WHERE m.number = %s ORDER BY p.paper_id DESC

-- name: paper
-- One, sealed.
SELECT p.kind, p.body, encode(p.sha256, 'hex') FROM mandate_paper p JOIN mandate m USING (mandate_id)
WHERE m.number = %s AND p.paper_id = %s

-- name: events
-- Of one, the newest first.
SELECT e.at, e.what, e.by, e.terms FROM mandate_event e JOIN mandate m USING (mandate_id) WHERE m.number = %s
ORDER BY e.event_id DESC LIMIT 100

-- name: used
-- Of one, the newest debits, whichever trade's.
SELECT u.document, u.amount_fen, u.at, u.back_at FROM mandate_use u JOIN mandate m USING (mandate_id) WHERE m.number = %s
ORDER BY u.at DESC, u.document LIMIT 20

-- name: check
-- The core's word on a mandate, sealed, with whose key signed it.
SELECT c.sealed, b.code FROM mandate_check c JOIN mandate m USING (mandate_id) JOIN core_bank b USING (core_id)
WHERE m.number = %s

-- name: core_key
-- Of a core, whichever it had.
SELECT sealed FROM core_key WHERE code = %s AND version = %s

-- name: tap
-- By who has the payer's key.
SELECT code, single_id, serial FROM mandates_single_tapped_v1(%s, %s, %s, %s, %s)

-- name: single_of_word
-- By a partner's word that the worker has read.
SELECT code, single_id, serial FROM mandates_single_asked_v1(%s, %s, %s, %s)

-- name: single
-- One, with the codes of its channel and biller.
SELECT d.single_id, d.serial, d.mandate_id, d.channel_id, c.code, y.code, y.name, m.customer, m.number, d.way, d.lines,
       d.amount_fen, d.quote, d.state, d.code, d.day, d.payment_id, d.noticed_at, d.made_at, d.taken_at,
       NOT c.suspended AND NOT y.suspended
FROM mandate_single d JOIN mandate m USING (mandate_id) JOIN partner c ON c.id = d.channel_id
JOIN partner y ON y.id = m.biller_id WHERE d.single_id = %s

-- name: single_by_serial
-- Its number.
SELECT single_id FROM mandate_single WHERE serial = %s

-- name: follow
-- By what the core and the hub keep.
SELECT mandates_single_follow_v1(%s, %s)

-- name: said
-- For people to read.
SELECT mandates_single_said_v1(%s, %s)

-- name: due
-- Claimed for this worker.
SELECT mandates_single_due_v1(%s, %s, %s)

-- name: backs_due
-- What is to go back to the account.
SELECT b.back_id, b.serial, b.amount_fen, d.mandate_id, d.day FROM mandate_back b JOIN mandate_single d USING (single_id)
WHERE b.back_at IS NULL AND b.single_id = %s ORDER BY b.back_id

-- name: follow_back
-- By what the core says.
SELECT mandates_back_follow_v1(%s, %s)

-- name: to_notice
-- Booked debits of which the payer was not told yet.
SELECT single_id FROM mandate_single WHERE state = 'booked' AND noticed_at IS NULL ORDER BY single_id LIMIT 100

-- name: noticed
-- Claimed, once.
SELECT mandates_noticed_v1(%s, %s)

-- name: channel
-- The channel for debits of an institution.
SELECT y.code FROM partner y WHERE y.id = mandates_channel_v1(%s)

-- name: partner_key
-- A partner that may speak at the door, with its shared key.
SELECT y.id, k.secret, y.suspended, k.valid_from, k.valid_until FROM partner y JOIN partner_key k ON k.partner_id = y.id
WHERE y.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256'

-- name: word_add
-- Kept; the same again is the same.
SELECT mandates_word_v1(%s, %s, %s, %s, %s, %s)

-- name: word_kept
-- What is kept of it, and its end.
SELECT w.body, w.what, e.code, e.number FROM mandate_word w LEFT JOIN mandate_word_end e USING (word_id) WHERE w.word_id = %s

-- name: words_to_take
-- In their order.
SELECT w.word_id, w.partner_id, w.serial, w.what, w.signed, w.body, w.received_at FROM mandate_word w
WHERE w.open ORDER BY w.word_id LIMIT 200

-- name: word_end
-- Once.
SELECT mandates_word_end_v1(%s, %s, %s, %s)

-- name: untaken
-- Again later.
SELECT mandates_word_untaken_v1(%s, %s, %s)

-- name: speaks
-- May this partner speak of the biller's mandates?
SELECT mandates_speaks_v1(%s, %s)

-- name: read_of
-- A biller's own mandates, or those that a channel asked for, in pieces by number.
SELECT m.number, y.code, m.customer, m.account_shown, m.holder_shown, m.once_fen, m.month_fen, m.batch, m.no_feel, m.one_tap,
       m.rank, m.from_on, m.until_on, m.ended_on, m.confirmed_at IS NOT NULL
FROM mandate m JOIN partner y ON y.id = m.biller_id
WHERE %(partner)s IN (m.biller_id, m.asked_by) AND m.number > %(after)s AND (%(customer)s = '' OR m.customer = %(customer)s)
ORDER BY m.number LIMIT 200

-- name: words_altered
-- In pieces: what the door kept, for `verify` to read its signature again; of debits that came of it.
SELECT w.word_id, w.partner_id, w.serial, w.what, w.signed, w.body, w.received_at FROM mandate_word w
JOIN mandate_single d USING (word_id) WHERE w.word_id > %s ORDER BY w.word_id LIMIT 500

-- name: checks
-- In pieces, in their order: mandates that count, for `verify` to read the core's word of each again.
SELECT {columns}, NULL, m.signed_on, c.mandate_id IS NOT NULL, m.proposal_id IS NOT NULL
{joins} WHERE m.confirmed_at IS NOT NULL AND m.number > %(after)s ORDER BY m.number LIMIT 500

-- name: singles_altered
-- A debit says what its payment was sealed with, what the core moved, and what its mandate allowed.
SELECT 'mandate_single ' || d.serial, CASE
    WHEN d.state = 'booked' AND y.payment_id IS NULL THEN 'is booked, its payment is not there'
    WHEN (y.amount_fen, y.biller_id, y.account_no, y.serial, y.channel_id)
            <> (d.amount_fen, m.biller_id, m.customer, d.serial, d.channel_id)
        THEN 'has another amount, biller, account or channel than payment ' || y.payment_id
    WHEN d.state = 'booked' AND y.payer_state IN ('returned', 'refunded') AND NOT EXISTS (
            SELECT FROM mandate_back b WHERE b.single_id = d.single_id)
        THEN 'is booked, payment ' || y.payment_id || ' was taken back and its payer has nothing'
    WHEN d.taken_at IS NOT NULL AND c.serial IS NULL THEN 'is taken, the core was never asked'
    WHEN d.state IN ('taken', 'booked') AND c.state <> 'done' THEN 'is ' || d.state || ', its move is ' || c.state
    WHEN d.state = 'back' AND c.state <> 'undone' AND NOT EXISTS (SELECT FROM mandate_back b WHERE b.single_id = d.single_id)
        THEN 'is back, its move is ' || c.state
    WHEN (c.amount_fen, c.debit_shown) <> (d.amount_fen, m.account_shown) THEN 'was debited otherwise than it says'
    WHEN u.document IS NULL AND d.state <> 'refused' THEN 'counts under no mandate'
    WHEN (u.mandate_id, u.amount_fen) <> (d.mandate_id, d.amount_fen) THEN 'counts under another mandate or amount'
    WHEN (u.back_at IS NULL) <> (d.state IN ('asked', 'taken', 'booked', 'back_due')) AND NOT EXISTS (
            SELECT FROM mandate_back b WHERE b.single_id = d.single_id)
        THEN 'is ' || d.state || ', what it counts for its mandate is not so'
    WHEN NOT (u.day BETWEEN m.from_on AND coalesce(m.until_on, 'infinity')) THEN 'is of a day on which its mandate was not in force'
    END
FROM mandate_single d JOIN mandate m USING (mandate_id)
LEFT JOIN payment y ON y.bucket = d.payment_id % 1000 AND y.payment_id = d.payment_id
LEFT JOIN core_move c ON c.serial = d.serial AND c.undoes IS NULL
LEFT JOIN mandate_use u ON u.document = 'mandate_single:' || d.single_id
WHERE coalesce(d.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: backs_altered
-- What goes back is what a return of the payment took back, once, from the core.
SELECT 'mandate_back ' || coalesce(b.serial, r.serial), CASE
    WHEN b.back_id IS NULL THEN 'is not there: of return ' || r.serial || ' of payment ' || r.payment_id || ' the payer gets nothing'
    WHEN r.serial IS NULL THEN 'is of no return of its payment'
    WHEN b.amount_fen <> r.amount_fen THEN 'amount_fen says ' || b.amount_fen || ', return ' || r.serial || ' ' || r.amount_fen
    WHEN b.back_at IS NOT NULL AND NOT EXISTS (SELECT FROM core_move c WHERE c.serial = b.serial AND c.state = 'done'
            AND c.amount_fen = b.amount_fen) THEN 'is back, the core says otherwise' END
FROM (SELECT x.*, d.payment_id FROM mandate_back x JOIN mandate_single d USING (single_id)
      WHERE coalesce(d.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)) b
FULL JOIN (SELECT x.payment_id, x.serial, x.amount_fen FROM mandate_single d JOIN payment y ON y.bucket = d.payment_id % 1000
        AND y.payment_id = d.payment_id JOIN payment_return x ON x.bucket = y.bucket AND x.payment_id = y.payment_id
    WHERE x.booked_at IS NOT NULL AND (y.serial, y.channel_id) = (d.serial, d.channel_id)) r
    ON (r.payment_id, r.serial) = (b.payment_id, b.returned)

-- name: mandates_altered
-- Each is what two people, or the payer's bank, decided last; no month went over its limit.
SELECT 'mandate ' || m.number, CASE
    WHEN m.source = 'counter' AND (x.id IS NULL OR x.granted IS NOT TRUE) THEN 'was signed by no two people'
    WHEN x.id IS NOT NULL AND x.content ->> 'op' IN ('add', 'account', 'change') AND m.end_why <> 'replaced'
        AND (m.once_fen, m.month_fen, m.batch, m.no_feel, m.one_tap)
            IS DISTINCT FROM ((x.content ->> 'once_fen')::bigint, (x.content ->> 'month_fen')::bigint,
                (x.content ->> 'batch')::boolean, (x.content ->> 'no_feel')::boolean, (x.content ->> 'one_tap')::boolean)
        THEN 'has other terms than two people agreed to'
    WHEN m.confirmed_at IS NOT NULL AND c.mandate_id IS NULL THEN 'is in force, of which no word of the core is kept'
    WHEN e.terms IS DISTINCT FROM jsonb_build_object('once_fen', m.once_fen, 'month_fen', m.month_fen, 'batch', m.batch,
            'no_feel', m.no_feel, 'one_tap', m.one_tap, 'rank', m.rank, 'from_on', m.from_on, 'until_on', m.until_on,
            'ended_on', m.ended_on) THEN 'is otherwise than its history says'
    END
FROM mandate m LEFT JOIN access_authorisation x ON x.id = m.proposal_id LEFT JOIN mandate_check c USING (mandate_id)
LEFT JOIN LATERAL (SELECT v.terms FROM mandate_event v WHERE v.mandate_id = m.mandate_id ORDER BY v.event_id DESC LIMIT 1) e
    ON true

-- name: mandates
-- With their billers and institutions, how each stands today, and whether its paper is missing.
FROM mandate m JOIN partner y ON y.id = m.biller_id JOIN institution i ON i.id = m.institution_id
CROSS JOIN LATERAL (SELECT mandates_day_v1(m.biller_id, %(now)s) AS today) t
CROSS JOIN LATERAL (SELECT CASE
        WHEN m.ended_on <= t.today AND (m.end_why = 'refused' OR m.confirmed_at IS NULL) THEN 'refused'
        WHEN m.ended_on <= t.today THEN 'ended' WHEN m.confirmed_at IS NULL THEN 'asked'
        WHEN m.until_on < t.today THEN 'ended' WHEN m.from_on > t.today THEN 'waiting' ELSE 'open' END AS state,
    m.source = 'counter' AND coalesce(m.ended_on, 'infinity') > t.today
        AND NOT EXISTS (SELECT FROM mandate_paper p WHERE p.mandate_id = m.mandate_id) AS lacks_paper) w

-- name: singles
-- With their billers and mandates; stuck: after a quarter of an hour nobody expects more of it by itself.
FROM mandate_single d JOIN mandate m USING (mandate_id) JOIN partner y ON y.id = m.biller_id
CROSS JOIN LATERAL (SELECT d.changed_at < %(now)s::timestamptz - interval '15 minutes' AND (
    d.state IN ('asked', 'taken', 'back_due') OR EXISTS (SELECT FROM mandate_back x
        WHERE x.single_id = d.single_id AND x.back_at IS NULL)) AS is_stuck) b

-- name: of_payment
-- The debit of a payment.
SELECT m.number, d.way, d.state FROM payment y JOIN mandate_single d ON (d.serial, d.channel_id) = (y.serial, y.channel_id)
JOIN mandate m USING (mandate_id) WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s

-- name: billers_at
-- Billers with accounts at the core that an institution books in.
SELECT y.id, y.code || ' ' || y.name FROM core_pair k JOIN partner y ON y.id = k.biller_id
WHERE k.core_id = corebank_of_v1(%(institution)s) AND NOT y.suspended ORDER BY y.code

-- name: seen
-- By whom a mandate is seen: the people of its biller, and of where it was signed.
({{billers}} OR {{institutions}})
