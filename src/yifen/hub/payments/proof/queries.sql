-- What payments, returns, serials and payables say, against what the ledger has sealed. Each check is
-- one statement, so one moment, over all buckets: (document, what is wrong or NULL).

-- name: archived_ids
-- Numbers of payments that are out, none or from the first on: what stayed of them is held to its digest instead
-- (archive/queries.sql). What is no number of a payment is none of them.
1 AND (SELECT below - 1 FROM ledger_archived)

-- name: moved
-- Of each payment: on which day and in which batch it was held, booked, and taken back or let go. `contra`: whole.
SELECT bucket, reference_id AS payment_id,
    max(business_day) FILTER (WHERE kind = 'pending') AS held_on,
    max(business_day) FILTER (WHERE kind IN ('posted', 'post') AND reverses_no IS NULL)
        AS booked_on,
    max(batch_no) FILTER (WHERE kind IN ('posted', 'post') AND reverses_no IS NULL) AS booked_in,
    max(business_day) FILTER (WHERE kind = 'void' OR reverses_no IS NOT NULL) AS ended_on,
    max(batch_no) FILTER (WHERE kind = 'void' OR reverses_no IS NOT NULL) AS ended_in,
    coalesce(sum(amount_fen) FILTER (WHERE reverses_no IS NOT NULL)
        = sum(amount_fen) FILTER (WHERE kind IN ('posted', 'post') AND reverses_no IS NULL), false) AS contra,
    bool_or(kind = 'void' AND seal IS NOT NULL) AS let_go
FROM ledger_transfer WHERE reference_id > 0 GROUP BY bucket, reference_id

-- name: payments_told
-- Days, times and states of payments follow from their transfers; what does not is sealed.
SELECT 'payment ' || y.payment_id, CASE
    WHEN y.business_day <> coalesce(m.booked_on, m.held_on)
        THEN 'business_day says ' || y.business_day || ', its transfers '
             || coalesce(m.booked_on, m.held_on)
    WHEN y.booked_at IS DISTINCT FROM b.booked_at
        THEN 'booked_at says ' || coalesce(y.booked_at::text, 'nothing') || ', its batch '
             || coalesce(b.booked_at::text, 'nothing')
    WHEN (y.payer_state = 'held') <> (m.booked_on IS NULL AND m.ended_on IS NULL)
        THEN 'payer_state says ' || y.payer_state || ', its transfers say otherwise'
    WHEN NOT CASE
            WHEN m.contra OR m.let_go THEN y.biller_state = 'reversed'
            WHEN m.booked_on IS NOT NULL THEN y.biller_state IN ('booked', 'reversing')
            WHEN m.ended_on IS NOT NULL THEN y.biller_state IN ('rejected', 'reversed')
            ELSE y.biller_state IN ('registered', 'sent', 'unknown', 'reversing') END
        THEN 'biller_state says ' || y.biller_state || ', its transfers say otherwise'
    END
FROM payment y JOIN ({moved}) m ON m.bucket = y.bucket AND m.payment_id = y.payment_id
LEFT JOIN ledger_batch b ON b.bucket = m.bucket AND b.batch_no = m.booked_in

-- name: given_back
-- Each batch that took something of a payment back, or let go what was held; what is left of it then tells
-- which return it was. `told`: a return must be there; a biller that rejected a payment let it go without.
SELECT x.*, y.amount_fen - sum(x.fen) OVER (PARTITION BY x.bucket, x.payment_id ORDER BY x.batch_no) AS left_fen
FROM (SELECT bucket, reference_id AS payment_id, batch_no, max(business_day) AS ended_on,
          sum(amount_fen) AS fen, min(seal::text) AS seal,
          bool_or(reverses_no IS NOT NULL OR seal IS NOT NULL) AS told
      FROM ledger_transfer WHERE reference_id > 0 AND reference_id NOT BETWEEN {archived_ids}
          AND (kind = 'void' OR reverses_no IS NOT NULL)
      GROUP BY bucket, reference_id, batch_no) x
LEFT JOIN payment y ON y.bucket = x.bucket AND y.payment_id = x.payment_id

-- name: returns_told
-- A reversal or refund that was booked has a contra, or let go what was held; and the other way round.
SELECT 'payment_return ' || coalesce(r.payment_id, m.payment_id), CASE
    WHEN r.payment_id IS NULL AND m.told
        THEN 'is missing, the ledger took the payment back: ' || m.fen || ' fen'
    WHEN r.payment_id IS NULL THEN NULL
    WHEN m.payment_id IS NULL THEN 'booked_at says ' || r.booked_at
        || ', the ledger has no contra that leaves ' || r.left_fen || ' fen'
    WHEN r.booked_at IS NULL AND m.told
        THEN 'booked_at says nothing, its batch ' || b.booked_at
    WHEN r.booked_at IS NULL THEN NULL
    WHEN r.booked_at <> b.booked_at
        THEN 'booked_at says ' || r.booked_at || ', its batch ' || b.booked_at
    WHEN r.business_day <> m.ended_on
        THEN 'business_day says ' || r.business_day || ', its transfers ' || m.ended_on
    WHEN r.amount_fen <> m.fen
        THEN 'amount_fen says ' || r.amount_fen || ', its transfers ' || m.fen
    WHEN r.channel_id <> y.channel_id
        THEN 'channel_id says ' || r.channel_id || ', its payment ' || y.channel_id
    WHEN (r.verb = 'refund') <> (r.left_fen > 0 OR y.payer_state = 'refunded')
        THEN 'verb says ' || r.verb || ', its payment ' || y.payer_state
    END
FROM (SELECT * FROM payment_return WHERE payment_id NOT BETWEEN {archived_ids}) r
FULL JOIN ({given_back}) m ON m.bucket = r.bucket AND m.payment_id = r.payment_id AND m.left_fen = r.left_fen
LEFT JOIN ledger_batch b ON b.bucket = m.bucket AND b.batch_no = m.batch_no
LEFT JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
WHERE r.booked_at IS NOT NULL OR m.payment_id IS NOT NULL

-- name: charge_serials
-- A payment's serial names it, where it is, and the answer that it has got.
SELECT 'payment_serial partner ' || coalesce(s.partner_id, y.channel_id) || ' serial '
        || coalesce(s.serial, y.serial), CASE
    WHEN s.serial IS NULL THEN 'is missing, payment ' || y.payment_id || ' has it'
    WHEN y.payment_id IS NULL THEN 'payment_id says ' || s.payment_id || ', which has another serial'
    WHEN s.payment_id <> y.payment_id
        THEN 'payment_id says ' || s.payment_id || ', payment ' || y.payment_id || ' has this serial'
    WHEN s.target_bucket <> y.bucket
        THEN 'target_bucket says ' || s.target_bucket || ', its payment is in ' || y.bucket
    WHEN s.code <> CASE WHEN y.booked_at IS NOT NULL THEN 0
                        WHEN y.biller_state = 'rejected' THEN @BILLER_REJECTED
                        WHEN y.biller_state = 'reversed' THEN @REVERSED_BEFORE_CHARGE
                        ELSE @PROCESSING END
        THEN 'code says ' || s.code || ', payment ' || y.payment_id || ' otherwise'
    END
FROM (SELECT * FROM payment_serial WHERE verb = 'charge' AND payment_id NOT BETWEEN {archived_ids}) s
FULL JOIN payment y ON y.channel_id = s.partner_id AND y.serial = s.serial

-- name: return_serials
-- The same of returns; a serial that was refused names no payment, and says no success.
SELECT 'payment_serial partner ' || coalesce(s.partner_id, r.channel_id) || ' serial '
        || coalesce(s.serial, r.serial), CASE
    WHEN s.serial IS NULL THEN 'is missing, the return of payment ' || r.payment_id || ' has it'
    WHEN s.payment_id IS NULL THEN 'code says ' || s.code || ' and it names no payment'
    WHEN r.serial IS NULL THEN 'code says ' || s.code || ', payment ' || s.payment_id
        || ' has no return of this serial'
    WHEN s.verb <> r.verb THEN 'verb says ' || s.verb || ', the return ' || r.verb
    WHEN s.payment_id <> r.payment_id
        THEN 'payment_id says ' || s.payment_id || ', the return is of ' || r.payment_id
    WHEN s.target_bucket <> r.bucket
        THEN 'target_bucket says ' || s.target_bucket || ', its payment is in ' || r.bucket
    WHEN (s.code = 0) <> (r.booked_at IS NOT NULL)
        THEN 'code says ' || s.code || ', the return of payment ' || r.payment_id || ' otherwise'
    END
FROM (SELECT * FROM payment_serial
      WHERE verb IN ('reverse', 'refund') AND code IN (0, @PROCESSING)
              AND coalesce(payment_id NOT BETWEEN {archived_ids}, true)
          OR verb = 'charge' AND code IN (0, @PROCESSING) AND payment_id IS NULL) s
FULL JOIN (SELECT * FROM payment_return r WHERE payment_id NOT BETWEEN {archived_ids} AND (booked_at IS NOT NULL
           OR EXISTS (SELECT FROM payment y WHERE y.bucket = r.bucket
                      AND y.payment_id = r.payment_id AND y.biller_state = 'reversing'))) r
    ON r.channel_id = s.partner_id AND r.serial = s.serial

-- name: payables_told
-- What was paid of each payable, and what holds it, are sums of transfers.
SELECT 'payable ' || coalesce(p.payable_id, m.payable_id), CASE
    WHEN p.payable_id IS NULL THEN 'is missing, the ledger has transfers of it'
    WHEN p.paid_fen <> CASE p.mode WHEN 'open' THEN 0 ELSE coalesce(m.paid, 0) END
        THEN 'paid_fen says ' || p.paid_fen || ', its transfers '
             || CASE p.mode WHEN 'open' THEN 0 ELSE coalesce(m.paid, 0) END
    WHEN p.balance_fen <> coalesce(m.paid, 0) - coalesce(s.spent, 0) THEN 'balance_fen says ' || p.balance_fen
        || ', its transfers less what was spent ' || coalesce(m.paid, 0) - coalesce(s.spent, 0)
    WHEN p.held_by IS DISTINCT FROM m.held_by THEN 'held_by says ' || coalesce(p.held_by::text, 'nobody')
        || ', its transfers ' || coalesce(m.held_by::text, 'nobody')
    WHEN p.credit_id <> m.credit_id THEN 'credit_id says ' || p.credit_id || ', its payments went to ' || m.credit_id
    WHEN p.state = 'settled' AND (p.mode = 'open' OR p.paid_fen <> p.due_fen)
        OR p.state = 'withdrawn' AND (p.paid_fen > 0 OR p.held_by IS NOT NULL OR p.balance_fen > 0)
        OR p.state = 'open' AND p.mode <> 'open' AND p.paid_fen = p.due_fen AND p.due_fen > 0
           AND EXISTS (SELECT FROM biller b WHERE b.partner_id = p.biller_id AND b.endpoint = '')
        THEN 'state says ' || p.state || ', ' || p.paid_fen || ' of ' || p.due_fen || ' fen are paid'
    END
FROM payable p FULL JOIN (
    SELECT bucket, payable_id, sum(paid) AS paid, max(credit_id) AS credit_id,
        max(payment_id) FILTER (WHERE pending > 0) AS held_by
    FROM (SELECT bucket, detail_id AS payable_id, reference_id AS payment_id,
              max(credit_id) FILTER (WHERE kind IN ('posted', 'pending') AND reverses_no IS NULL) AS credit_id,
              sum(CASE WHEN kind IN ('pending', 'void') THEN 0 WHEN reverses_no IS NULL
                       THEN amount_fen ELSE -amount_fen END) AS paid,
              sum(CASE kind WHEN 'pending' THEN amount_fen WHEN 'posted' THEN 0 ELSE -amount_fen END) AS pending
          FROM ledger_transfer WHERE reference_id > 0 AND reference_id NOT BETWEEN {archived_ids}
          GROUP BY bucket, detail_id, reference_id
          UNION ALL SELECT bucket, payable_id, NULL, credit_id, paid_fen, 0 FROM payable_archived
          WHERE partition_no < (SELECT below / 1000000000000 FROM ledger_archived)) t
    GROUP BY bucket, payable_id) m ON m.bucket = p.bucket AND m.payable_id = p.payable_id
LEFT JOIN (SELECT bucket, payable_id, sum(amount_fen) AS spent
           FROM (SELECT 0::smallint AS bucket, 0::bigint AS payable_id, 0::bigint AS amount_fen WHERE false {{spent}}) x
           GROUP BY bucket, payable_id) s ON s.bucket = p.bucket AND s.payable_id = p.payable_id

-- name: spent_of
-- A table that a plug names.
UNION ALL SELECT bucket, payable_id, amount_fen FROM {{table}}

-- name: claims_told
-- A claim gave the transit account what its refund took there; the settlement account paid what it says.
SELECT 'refund_claim ' || c.document_id, CASE
    WHEN c.amount_fen <> coalesce(t.given, 0)
        THEN 'amount_fen says ' || c.amount_fen || ', its transfers ' || coalesce(t.given, 0)
    WHEN c.payment_id NOT BETWEEN {archived_ids} AND c.amount_fen <> coalesce(k.taken, 0)
        THEN 'amount_fen says ' || c.amount_fen || ', its refund took ' || coalesce(k.taken, 0)
    WHEN c.paid_fen <> coalesce(t.paid, 0)
        THEN 'paid_fen says ' || c.paid_fen || ', its transfers ' || coalesce(t.paid, 0)
    END
FROM refund_claim c JOIN biller b ON b.partner_id = c.biller_id
LEFT JOIN LATERAL (
    SELECT sum(x.amount_fen) FILTER (WHERE x.credit_id = b.transit_id) AS given,
           sum(x.amount_fen) FILTER (WHERE x.credit_id <> b.transit_id) AS paid,
           max(x.batch_no) FILTER (WHERE x.credit_id = b.transit_id AND x.bucket = c.bucket) AS batch_no
    FROM ledger_head h JOIN document_transfer x ON x.bucket = h.bucket AND x.reference_id = c.document_id
) t ON true
LEFT JOIN LATERAL (
    SELECT sum(x.amount_fen) AS taken FROM ledger_transfer x
    WHERE x.bucket = c.bucket AND x.reference_id = c.payment_id AND x.reverses_no IS NOT NULL
        AND x.debit_id = b.transit_id AND x.batch_no = t.batch_no
) k ON true

-- name: broken_charges
-- Payments whose columns do not make their seal any more, with what might tell which one it is.
SELECT y.payment_id, t.seal, y.channel_id, y.biller_id, y.account_no, y.serial, y.paid_at,
    y.operator, o.content_hash, o.partner_id, o.serial, p.biller_id, p.account_no
FROM payment y
JOIN LATERAL (SELECT x.seal, x.detail_id FROM ledger_transfer x WHERE x.bucket = y.bucket
    AND x.reference_id = y.payment_id AND x.kind IN ('posted', 'pending')
    AND x.reverses_no IS NULL ORDER BY x.transfer_no LIMIT 1) t ON true
LEFT JOIN LATERAL (SELECT x.partner_id, x.serial, x.content_hash FROM payment_serial x
    WHERE x.payment_id = y.payment_id AND x.verb = 'charge' LIMIT 1) o ON true
LEFT JOIN payable p ON p.bucket = y.bucket AND p.payable_id = t.detail_id
WHERE (y.bucket, y.payment_id) IN (SELECT q.bucket, q.payment_id FROM ({unsealed}) q)
ORDER BY y.payment_id

-- name: unsealed
-- Just which they are: one hash join over everything.
SELECT y.bucket, y.payment_id
FROM payment y
JOIN ledger_transfer t ON t.bucket = y.bucket AND t.reference_id = y.payment_id
    AND t.kind IN ('posted', 'pending') AND t.reverses_no IS NULL AND t.seal IS NOT NULL
LEFT JOIN payment_serial s ON s.partner_id = y.channel_id AND s.serial = y.serial
    AND s.verb = 'charge'
WHERE replace(t.seal::text, '-', '') <> encode(substr(sha256(convert_to(concat_ws('|', 'charge',
    y.channel_id, y.biller_id, (extract(epoch FROM y.paid_at) * 1000000)::bigint, s.content_hash,
    length(y.account_no), y.account_no, length(y.serial), y.serial, length(y.operator), y.operator),
    'UTF8')), 1, 16), 'hex')
ORDER BY y.payment_id LIMIT 20

-- name: returns_sealed
-- Serial and reason of a return, and the message's hash, are in the seal of its contra.
SELECT 'payment_return ' || r.payment_id, CASE
    WHEN replace(m.seal, '-', '') <> encode(substr(sha256(convert_to(concat_ws('|', r.verb,
        r.channel_id, s.content_hash, length(r.serial), r.serial, length(r.reason), r.reason),
        'UTF8')), 1, 16), 'hex')
    THEN 'was altered after it was sealed: its serial, its reason, or the content_hash of its '
         || 'payment_serial' END
FROM payment_return r
JOIN ({given_back}) m ON m.bucket = r.bucket AND m.payment_id = r.payment_id AND m.left_fen = r.left_fen
LEFT JOIN payment_serial s ON s.partner_id = r.channel_id AND s.serial = r.serial
    AND s.verb = r.verb
WHERE r.booked_at IS NOT NULL AND m.seal IS NOT NULL

-- name: told_batches
-- What was told of payables, against the digests that stand in the trail.
SELECT 'payable_told ' || coalesce(t.told_no::text, e.subject_key), CASE
    WHEN e.subject_key IS NULL THEN 'is there, the trail does not know of it'
    WHEN t.told_no IS NULL THEN 'is missing, the trail has it'
    WHEN encode(t.digest, 'hex') <> e.after ->> 'sha256'
        THEN 'was altered after it was told: ' || t.rows || ' rows of ' || t.due_fen
             || ' fen, the trail has ' || (e.after ->> 'rows') || ' of ' || (e.after ->> 'due_fen')
    END
FROM (SELECT told_no, count(*) AS rows, sum(due_fen) AS due_fen, {told_digest} AS digest
      FROM payable_told GROUP BY told_no) t
FULL JOIN (SELECT subject_key, after FROM audit_entry
           WHERE subject = 'payable' AND action = 'told') e ON e.subject_key = t.told_no::text

-- name: told_digest
-- As payments_import_payables_v1 tells the trail.
sha256(convert_to(string_agg(concat_ws('|', payable_id, due_fen, credit_id, rest), E'\n'
    ORDER BY payable_id), 'UTF8'))

-- name: payables_due
-- What a hosted payable asks for is what was told of it last.
SELECT 'payable ' || coalesce(p.payable_id, t.payable_id), CASE
    WHEN p.payable_id IS NULL THEN 'is missing, it was told with ' || t.due_fen || ' fen'
    WHEN t.payable_id IS NULL THEN 'is there, it was never told'
    WHEN p.due_fen <> t.due_fen THEN 'due_fen says ' || p.due_fen || ', it was told with ' || t.due_fen
    WHEN p.credit_id <> t.credit_id THEN 'credit_id says ' || p.credit_id || ', it was told with ' || t.credit_id
    WHEN replace(t.rest::text, '-', '') <> encode(substr(sha256(convert_to(concat_ws('|', p.biller_id,
        length(p.account_no), p.account_no, length(p.ref), p.ref, length(p.title), p.title, p.mode,
        p.min_fen, p.max_fen, p.due_on - DATE '1970-01-01', CASE WHEN p.balance_fen >= 0 THEN 'balance' END),
        'UTF8')), 1, 16), 'hex')
        THEN 'was altered after it was told: its account, ref, title, mode, limits, day, or that it keeps a balance'
    END
FROM (SELECT p.* FROM payable p JOIN biller b ON b.partner_id = p.biller_id
      WHERE b.endpoint = '' AND NOT EXISTS (
          SELECT FROM audit_entry e WHERE e.subject = 'biller'
              AND e.subject_key = b.partner_id::text
              AND '' <> coalesce(e.after ->> 'endpoint', e.before ->> 'endpoint', ''))) p
FULL JOIN (SELECT DISTINCT ON (bucket, payable_id) * FROM payable_told
           ORDER BY bucket, payable_id, told_no DESC) t
    ON t.bucket = p.bucket AND t.payable_id = p.payable_id
WHERE p.payable_id IS NOT NULL OR NOT EXISTS (
    SELECT FROM payable x WHERE x.bucket = t.bucket AND x.payable_id = t.payable_id)

-- name: daily_files
-- Newest of each partner and day, with the hash over the chains' heads that its head line carries.
SELECT f.file_id, f.partner_id, f.business_day, f.version, f.sha256, encode((
    SELECT sha256(string_agg(d.hash, ''::bytea ORDER BY d.bucket)
        || coalesce((SELECT a.hash FROM audit_day_head a
                     WHERE (a.business_day, a.book_id) = (f.business_day, p.book_id)), ''))
    FROM ledger_day_head d WHERE (d.business_day, d.book_id) = (f.business_day, p.book_id)), 'hex')
FROM daily_file f JOIN partner p ON p.id = f.partner_id ORDER BY f.file_id

-- name: daily_parts
-- In order, in bounded memory.
SELECT body FROM daily_file_part WHERE file_id = %s ORDER BY part_no

-- name: parts_of_nothing
-- Bytes of files that are not there.
SELECT 'daily_file ' || file_id, 'is missing, its bytes are there' FROM daily_file_part
WHERE part_no = 0 AND file_id NOT IN (SELECT file_id FROM daily_file)

-- name: heads_now
-- The ends of all chains, and the trail's beginning: which database it is.
SELECT coalesce((SELECT encode(digest, 'hex') FROM audit_entry WHERE entry_no = 1), ''),
    a.entry_no, encode(a.hash, 'hex'),
    (SELECT jsonb_agg(jsonb_build_array(bucket, batch_no, encode(hash, 'hex')) ORDER BY bucket)
     FROM ledger_head)
FROM audit_head a

-- name: entry_digest
-- Of one entry of the trail.
SELECT encode(digest, 'hex') FROM audit_entry WHERE entry_no = %s

-- name: batch_hash
-- Of one batch of a bucket, which is in the database still.
SELECT encode(hash, 'hex') FROM ledger_batch WHERE bucket = %s AND batch_no = %s

-- name: events_last
-- The last thing that a payment's history tells is what the payment says; and each thing was told at a time
-- that the ledger knows.
SELECT 'payment_event ' || e.event_id, CASE
    WHEN y.payment_id IS NULL THEN 'is of payment ' || e.payment_id || ', which is not there'
    WHEN e.newest = 1 AND (e.payer_state, e.biller_state) <> (y.payer_state, y.biller_state)
        THEN 'says ' || e.payer_state || ' and ' || e.biller_state || ', payment ' || y.payment_id || ' '
             || y.payer_state || ' and ' || y.biller_state
    WHEN e.note = 'booked' AND e.at <> y.booked_at
        THEN 'at says ' || e.at || ', payment ' || y.payment_id || ' was booked ' || y.booked_at
    WHEN e.biller_state = 'reversed' AND e.at <> r.booked_at
        THEN 'at says ' || e.at || ', payment ' || y.payment_id || ' was taken back ' || r.booked_at END
FROM (SELECT x.*, row_number() OVER (PARTITION BY x.bucket, x.payment_id ORDER BY x.event_id DESC) AS newest
      FROM payment_event x WHERE x.payment_id NOT BETWEEN {archived_ids}) e
LEFT JOIN payment y ON (y.bucket, y.payment_id) = (e.bucket, e.payment_id)
LEFT JOIN payment_return r ON (r.bucket, r.payment_id) = (e.bucket, e.payment_id) AND r.left_fen = 0

-- name: events_of_returns
-- A payment that was taken back has it in its history.
SELECT 'payment_event of payment ' || r.payment_id, 'is missing: it was taken back'
FROM payment_return r
WHERE r.payment_id NOT BETWEEN {archived_ids} AND NOT EXISTS (SELECT FROM payment_event e
                  WHERE (e.bucket, e.payment_id, e.note) = (r.bucket, r.payment_id, r.verb::text)
                      AND (r.left_fen = 0 OR e.at = r.booked_at))

-- name: odd_accounts
-- Of before: not in the one form. A few more may be told here than there are.
SELECT p.code, r.account_no FROM payer r JOIN partner p ON p.id = r.biller_id
WHERE (%(biller)s::text IS NULL OR p.code = %(biller)s)
    AND (r.account_no IS NOT NFKC NORMALIZED OR r.account_no ~ '[\u0001-\u0020\u0085\u1680\u2028\u2029]')
ORDER BY p.code, r.account_no

-- name: payables_withdrawn
-- Each was told to the trail, those of before in one entry.
SELECT 'payable ' || coalesce(p.payable_id, t.payable_id), CASE
    WHEN t.payable_id IS NULL THEN 'state says withdrawn, the trail does not know of it'
    WHEN p.state <> 'withdrawn' THEN 'state says ' || p.state || ', the trail withdrawn' END
FROM (SELECT * FROM payable WHERE state = 'withdrawn') w
FULL JOIN (
    SELECT subject_key::bigint AS payable_id FROM audit_entry
    WHERE (subject, action) = ('payable_withdrawn', 'told') AND subject_key <> ''
    UNION
    SELECT x.id::bigint FROM audit_entry, jsonb_array_elements_text(after -> 'payables') x (id)
    WHERE (subject, action, subject_key) = ('payable_withdrawn', 'told', '')) t USING (payable_id)
LEFT JOIN payable p USING (payable_id)
WHERE EXISTS (SELECT FROM audit_entry WHERE subject = 'payable_withdrawn')

-- name: biller_codes
-- The code that a biller's system gave last is that of the history.
SELECT 'payment ' || y.payment_id, CASE
    WHEN y.biller_code IS DISTINCT FROM e.code
        THEN 'biller_code says ' || coalesce(y.biller_code, 'nothing') || ', its history '
             || coalesce(e.code, 'nothing') END
FROM (SELECT * FROM payment WHERE biller_code IS NOT NULL) x
FULL JOIN (
    SELECT DISTINCT ON (bucket, payment_id) bucket, payment_id, substring(note FROM ' (.*)$') AS code
    FROM payment_event WHERE note LIKE '% %' ORDER BY bucket, payment_id, event_id DESC) e
    USING (bucket, payment_id)
JOIN payment y USING (bucket, payment_id)

-- name: messages_kept
-- A message that was booked is the one that was sealed with its payment, as long as it is kept.
SELECT 'wire_message ' || m.message_no, CASE
    WHEN m.content_hash <> s.content_hash THEN 'is not the message of payment ' || y.payment_id
    WHEN m.amount_fen <> y.amount_fen
        THEN 'amount_fen says ' || m.amount_fen || ', payment ' || y.payment_id || ' ' || y.amount_fen END
FROM wire_message m
JOIN payment_serial s ON s.partner_id = m.partner_id AND s.serial = m.serial AND s.verb::text = m.verb
JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
WHERE m.direction = 'in' AND (m.proved OR m.dialect = 'hosted') AND m.code = 0 AND m.verb = 'charge'

-- name: payers_named
-- A piece of all that have a name, by key.
SELECT bucket, biller_id, account_no, name FROM payer
WHERE (bucket, biller_id, account_no) > (%s, %s, %s) AND name <> ''
ORDER BY bucket, biller_id, account_no LIMIT %s

-- name: numbers_go_on
-- New numbers come behind the last ones, in the partition of now, and every partition that was begun is there.
SELECT 'ledger_head bucket ' || h.bucket, 'says partition ' || h.partition_no || ', the last one is ' || p.last
FROM ledger_head h CROSS JOIN (SELECT max(partition_no) AS last FROM ledger_partition) p
WHERE h.partition_no <> p.last
UNION ALL
SELECT 'payment_counter bucket ' || c.bucket, 'stands below payment ' || y.last
FROM payment_counter c CROSS JOIN LATERAL (SELECT max(payment_id) AS last FROM payment WHERE bucket = c.bucket) y
WHERE y.last / 1000 > c.payment
UNION ALL
SELECT 'ledger_partition ' || p.partition_no, 'is not there of ' || t.table_name
FROM ledger_partition p CROSS JOIN ledger_partitioned t
WHERE p.partition_no >= (SELECT below / 1000000000000 FROM ledger_archived) AND NOT EXISTS (
    SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
    WHERE inhparent = t.table_name::regclass AND c.relname = t.table_name || '_' || p.partition_no)
