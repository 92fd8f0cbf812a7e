-- Statements of repair: one difference with its payment, its acts, who has the payment, evidence.

-- name: items
-- A line that takes back names the payment by its serial, where the engine found none by itself. `e`:
-- what their file of this day lacks stands in their file of another one, or a repair of ours made it, and no
-- file behind that was withdrawn since.
-- What all of a day or of a class share is asked once.
WITH asked AS MATERIALIZED (SELECT DISTINCT partner_id, business_day, class FROM recon_item
                            WHERE item_id = ANY (%(items)s)),
days AS MATERIALIZED (SELECT d.*, recon_day_whole_v1(partner_id, business_day) AS whole
                      FROM (SELECT DISTINCT partner_id, business_day FROM asked) d),
classes AS MATERIALIZED (SELECT a.*, n.alike, n.alike_fen FROM asked a
    CROSS JOIN LATERAL (SELECT count(*) AS alike, coalesce(sum(z.fen), 0)::bigint AS alike_fen
        FROM (SELECT greatest(x.ours_fen, x.theirs_fen) AS fen FROM recon_item x
              WHERE x.partner_id = a.partner_id AND x.business_day = a.business_day AND x.class = a.class
                  AND x.closed_by IS DISTINCT FROM 'gone' LIMIT %(alike)s) z) n)
SELECT i.item_id, i.run_id, i.partner_id, p.code AS partner, i.business_day, i.class::text AS kind,
       i.serial, i.nth, i.state::text AS state, i.action, i.owner, i.deadline, i.opened_at,
       i.ours_kind::text AS ours_kind, i.ours_fen, i.ours_at, i.theirs_kind::text AS theirs_kind,
       i.theirs_fen, i.theirs_at, i.theirs_ref, i.original, i.account_no, i.proposed_by,
       i.decided_by, i.plan, i.tries, recon_difference_v1(i) AS difference_fen,
       y.payment_id, y.amount_fen AS paid_fen, y.payer_state::text AS payer_state,
       y.biller_state::text AS biller_state, y.business_day AS paid_day, y.serial AS paid_serial,
       c.code AS paid_channel, k.current_day, b.due_at IS NOT NULL AS is_asked,
       e.item_id IS NOT NULL AS is_elsewhere, coalesce(e.suspended, false) AS is_on_suspense,
       d.whole AS is_whole, n.alike, n.alike_fen, recon_left_v1(y.payment_id) AS left_fen, g.back_fen,
       recon_is_chargeback_v1(i, y.payment_id, y.serial) AS is_charged_back
FROM recon_item i
JOIN days d ON d.partner_id = i.partner_id AND d.business_day = i.business_day
JOIN classes n ON n.partner_id = i.partner_id AND n.business_day = i.business_day AND n.class = i.class
JOIN partner p ON p.id = i.partner_id
LEFT JOIN LATERAL (SELECT x.payment_id FROM ledger_head h
    CROSS JOIN LATERAL (SELECT * FROM payment_serial z WHERE z.bucket = h.bucket
        AND z.partner_id = i.partner_id AND z.serial = i.original LIMIT 1) x
    WHERE i.payment_id IS NULL LIMIT 1) s ON true
LEFT JOIN payment y ON y.payment_id = coalesce(i.payment_id, s.payment_id)
    AND y.bucket = coalesce(i.payment_id, s.payment_id) %% 1000
LEFT JOIN LATERAL (SELECT sum(r.amount_fen)::bigint AS back_fen FROM payment_return r
    WHERE r.bucket = y.bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL
        AND (r.serial = i.serial AND i.class = 'theirs_only' OR r.serial ~ ('^RC' || i.item_id || '(-[1-9]\d*)?$'))) g ON true
LEFT JOIN partner c ON c.id = y.channel_id
LEFT JOIN partner w ON w.id = y.biller_id
LEFT JOIN ledger_book k ON k.book_id = w.book_id
LEFT JOIN biller_call b ON b.bucket = y.bucket AND b.payment_id = y.payment_id
LEFT JOIN LATERAL (
    SELECT x.item_id, bool_or(z.suspended) OVER () AS suspended FROM recon_item x
    CROSS JOIN LATERAL (SELECT EXISTS (SELECT FROM recon_suspense u
        WHERE u.item_id = x.item_id AND u.released_on IS NULL) AS suspended) z
    WHERE i.theirs_kind IS NULL AND x.partner_id = i.partner_id AND x.item_id <> i.item_id
        AND (z.suspended OR recon_stands_v1(x))
        AND (x.repair_serial = i.serial OR x.serial = i.serial AND x.theirs_fen = i.ours_fen
             AND (x.theirs_kind IN ('sale', 'in')) = (i.ours_kind IN ('sale', 'in'))
             AND x.closed_by IS DISTINCT FROM 'gone')
    LIMIT 1) e ON true
WHERE i.item_id = ANY (%(items)s) ORDER BY i.item_id

-- name: lock
-- For whoever changes them: one at a time, in one order.
SELECT FROM recon_item WHERE item_id = ANY (%s) ORDER BY item_id FOR UPDATE

-- name: policy
-- What the partner wants done about a class.
SELECT action, automatic, automatic_fen_max, automatic_items_max, automatic_sum_fen_max FROM recon_policy
WHERE profile_id = %s AND difference_class = %s

-- name: change
-- Changes of the same columns and their acts in one statement, with each row before and after.
WITH said AS (SELECT * FROM unnest(%(items)s::bigint[], %(notes)s::text[], %(sets)s::jsonb[])
              s (item_id, note, sets)),
old AS MATERIALIZED (SELECT i.item_id, to_jsonb(i) AS row FROM recon_item i WHERE i.item_id = ANY (%(items)s)),
new AS (UPDATE recon_item i SET ({{columns}}) = (SELECT {{columns}} FROM jsonb_populate_record(NULL::recon_item, s.sets))
        FROM said s WHERE i.item_id = s.item_id RETURNING i.item_id, s.note, to_jsonb(i) AS row)
INSERT INTO recon_act (item_id, at, who, act, note, before, after)
SELECT item_id, %(now)s, %(who)s, %(act)s, new.note, old.row, new.row FROM old JOIN new USING (item_id)
ORDER BY item_id

-- name: say
-- An act that changes nothing.
INSERT INTO recon_act (item_id, at, who, act, note, before, after)
SELECT i.item_id, %(now)s, %(who)s, %(act)s, %(note)s, to_jsonb(i), to_jsonb(i)
FROM recon_item i WHERE item_id = %(item_id)s

-- name: say_once
-- What was said last of an item is not said of it again.
INSERT INTO recon_act (item_id, at, who, act, note, before, after)
SELECT i.item_id, %(now)s, %(who)s, %(act)s, s.note, to_jsonb(i), to_jsonb(i)
FROM unnest(%(items)s::bigint[], %(notes)s::text[]) s (item_id, note) JOIN recon_item i USING (item_id)
LEFT JOIN LATERAL (SELECT x.act, x.note FROM recon_act x WHERE x.item_id = i.item_id
                   ORDER BY x.act_id DESC LIMIT 1) l ON true
WHERE (l.act, l.note) IS DISTINCT FROM (%(act)s, s.note) ORDER BY item_id

-- name: work_list
-- What is not closed, by item, so that a page begins after the last one.
SELECT i.item_id, i.partner_id, p.code, p.name, i.business_day, i.class::text, i.serial,
       i.state::text, i.action, i.owner, i.deadline, i.opened_at,
       %(today)s::date - (i.opened_at AT TIME ZONE 'Asia/Shanghai')::date,
       coalesce(i.deadline < %(today)s, false), i.ours_fen, i.theirs_fen, i.payment_id
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.state <> 'closed' AND i.item_id > %(after)s
    AND (%(partners)s::integer[] IS NULL OR i.partner_id = ANY (%(partners)s))
    AND (%(partner)s::integer IS NULL OR i.partner_id = %(partner)s)
    AND (%(day)s::date IS NULL OR i.business_day = %(day)s)
    AND (%(kind)s::text IS NULL OR i.class = %(kind)s::text::recon_class)
    AND (%(state)s::text IS NULL OR i.state = %(state)s::text::recon_state)
    AND (%(owner)s::text IS NULL OR coalesce(i.owner, '') = %(owner)s)
ORDER BY i.item_id LIMIT %(limit)s

-- name: acts
-- From the first.
SELECT act_id, at, who, act, note, before, after FROM recon_act
WHERE item_id = %s ORDER BY act_id

-- name: postings
-- Money that an item moved.
SELECT x.document_id, x.purpose, d.code, c.code, x.amount_fen, x.business_day, x.booked_at,
       x.maker, x.checker
FROM recon_posting x JOIN ledger_account d ON d.account_id = x.debit_id
JOIN ledger_account c ON c.account_id = x.credit_id
WHERE x.item_id = %s ORDER BY x.booked_at, x.document_id DESC

-- name: related
-- What two partners hold of one payment: by our payment, else by the serial, else by the account,
-- the amount and the day.
SELECT i.item_id, p.code, i.class::text, i.state::text, i.serial, i.ours_fen, i.theirs_fen
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.item_id <> %(item_id)s AND i.partner_id <> %(partner_id)s AND (
    i.payment_id = %(payment_id)s OR i.serial = %(serial)s
    OR i.account_no = %(account_no)s AND i.business_day = %(day)s
       AND coalesce(i.theirs_fen, i.ours_fen) = %(fen)s)
ORDER BY i.item_id LIMIT 20

-- name: legs
-- The newest run of each partner's leg of the payment's day, and the newest difference of it, with whether the
-- evidence behind either was withdrawn: of a difference by which money moved, and which stays.
SELECT l.party, p.id, p.code, r.run_id, i.item_id, i.class::text, i.state::text, i.closed_by,
       i.theirs_kind IS NOT NULL, r.void_at IS NOT NULL,
       i.item_id IS NOT NULL AND NOT recon_stands_v1(i.item)
FROM payment y
CROSS JOIN LATERAL (VALUES ('channel', y.channel_id, 1), ('biller', y.biller_id, 2))
    l (party, partner_id, place)
JOIN partner p ON p.id = l.partner_id
LEFT JOIN LATERAL (SELECT run_id, void_at FROM recon_run WHERE partner_id = l.partner_id
    AND business_day = y.business_day AND ended_at IS NOT NULL
    ORDER BY run_id DESC LIMIT 1) r ON true
LEFT JOIN LATERAL (SELECT x AS item, x.* FROM recon_item x WHERE x.payment_id = y.payment_id
    AND x.partner_id = l.partner_id AND x.closed_by IS DISTINCT FROM 'gone'
    AND coalesce(x.ours_kind, x.theirs_kind) = 'sale'
    ORDER BY x.item_id DESC LIMIT 1) i ON true
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s ORDER BY l.place

-- name: payment_states
-- What our own books say.
SELECT channel_id, business_day, payer_state::text, biller_state::text FROM payment
WHERE bucket = %(payment)s %% 1000 AND payment_id = %(payment)s

-- name: bank_has
-- Whether the channel's day is at the bank.
SELECT p.id, p.code, r.state FROM receipt r JOIN partner p ON p.id = r.bank_id
WHERE r.channel_id = %s AND r.business_day = %s

-- name: standing
-- What stands on suspense and short of a book: it adds up to the accounts' own balances.
SELECT s.item_id, p.code, s.account, s.fen, s.since
FROM recon_suspense s JOIN partner p ON p.id = s.partner_id
WHERE s.book_id = %s AND s.released_on IS NULL ORDER BY s.item_id

-- name: unproved
-- Documents of repairs that the ledger does not have as they say.
SELECT x.document_id FROM recon_posting x
LEFT JOIN document_transfer t ON t.bucket = x.bucket AND t.reference_id = x.document_id
    AND (t.debit_id, t.credit_id, t.amount_fen, t.business_day, t.detail_id)
        = (x.debit_id, x.credit_id, x.amount_fen, x.business_day, x.item_id)
WHERE t.transfer_no IS NULL ORDER BY x.document_id DESC

-- name: line_place
-- In which file and line theirs stands.
SELECT i.file_id, i.line_no, p.encoding FROM recon_item i
JOIN partner p ON p.id = i.partner_id WHERE i.item_id = %s

-- name: part_with_line
-- A part may begin within a line: the last one that begins before this line has its start, if any.
SELECT part_no, first_line, body, sealed FROM recon_file_part
WHERE file_id = %(file)s AND part_no = coalesce(
    (SELECT max(part_no) FROM recon_file_part WHERE file_id = %(file)s AND first_line < %(line)s), 0)

-- name: next_part
-- A line may go on in the next parts.
SELECT body, sealed FROM recon_file_part WHERE file_id = %s AND part_no = %s

-- name: our_line
-- As our daily file has it, so of what moved only.
SELECT m.verb, m.serial, m.original, m.payment_id::text, p.code, m.account_no, m.amount_fen,
       m.paid_at, m.booked_at, m.biller_serial
FROM payment_movement m JOIN partner p ON p.id = m.biller_id
WHERE m.bucket = %(payment)s %% 1000 AND m.payment_id = %(payment)s
    AND (m.verb = 'charge') = %(sale)s
ORDER BY m.serial = %(serial)s DESC, m.amount_fen = %(fen)s DESC, m.booked_at LIMIT 1

-- name: partner
-- Whose file it is, and its encoding.
SELECT code, encoding FROM partner WHERE id = %s

-- name: told
-- What the partner is asked to put right.
FROM recon_item i WHERE i.partner_id = %(partner)s AND i.business_day = %(day)s
    AND i.action = 'tell' AND i.state IN ('open', 'waiting')

-- name: told_count
-- For the head, out of the same snapshot as the lines.
SELECT count(*) {told}

-- name: told_lines
-- Asked: book, reverse or correct.
SELECT i.class::text, i.serial, coalesce(i.ours_kind, i.theirs_kind)::text, i.ours_fen,
       i.theirs_fen, to_char(coalesce(i.ours_at, i.theirs_at), 'YYYYMMDDHH24MISS'), i.item_id,
       CASE WHEN i.class IN ('amount', 'fee') THEN 'correct'
            WHEN recon_difference_v1(i) < 0 THEN 'book' ELSE 'reverse' END
{told} ORDER BY i.item_id

-- name: billers_of_accounts
-- An account number that exactly one admitted biller knows tells the biller.
SELECT i.item_id, p.code FROM recon_item i
JOIN admission a ON a.channel_id = i.partner_id AND a.active
JOIN partner p ON p.id = a.biller_id
WHERE i.item_id = ANY (%s) AND EXISTS (
    SELECT FROM ledger_head h CROSS JOIN LATERAL (SELECT FROM payer r WHERE r.bucket = h.bucket
        AND r.biller_id = a.biller_id AND r.account_no = i.account_no LIMIT 1) x)
ORDER BY i.item_id, p.code

-- name: records
-- What the hub keeps of serials of theirs: a look into each bucket.
SELECT i.item_id, s.verb::text, s.code, y.payment_id, y.amount_fen, y.payer_state::text, y.biller_state::text
FROM recon_item i CROSS JOIN ledger_head h
CROSS JOIN LATERAL (SELECT * FROM payment_serial x WHERE x.bucket = h.bucket AND x.partner_id = i.partner_id
    AND x.serial = i.serial LIMIT 1) s
LEFT JOIN payment y ON y.bucket = s.payment_id %% 1000 AND y.payment_id = s.payment_id
WHERE i.item_id = ANY (%s)

-- name: before_proposal
-- A refused proposal leaves the item as it was.
SELECT before ->> 'state', before ->> 'action' FROM recon_act
WHERE item_id = %s AND act = 'propose' ORDER BY act_id DESC LIMIT 1

-- name: release
-- The contra, as two people decided just now.
SELECT recon_release_v1(%s, %s)

-- name: on_suspense
-- What stands there for it, still.
SELECT account, fen FROM recon_suspense WHERE item_id = %s AND released_on IS NULL

-- name: own
-- Whose session it is takes it on.
SELECT recon_own_v1(%s, %s, %s, %s)

-- name: outside
-- What the channel has to give its payer for a refund of ours, and who saw to it.
SELECT c.code, d.amount_fen, d.since, d.reference, d.closed_at, d.closed_by
FROM recon_outside_due d JOIN partner c ON c.id = d.channel_id

-- name: outside_of_item
-- Of one difference.
{outside} WHERE d.item_id = %s

-- name: outside_of_payment
-- Of one payment.
{outside} WHERE d.payment_id = %s

-- name: outside_done
-- Whose session it is saw to it.
SELECT recon_outside_v1(%s, %s, %s, %s)

-- name: due
-- What may go by itself or is under way, by item.
SELECT i.item_id, i.partner_id, i.serial, i.original, i.repair_serial, i.payment_id, i.account_no
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE i.state IN ('open', 'doing') AND i.item_id > %(after)s
    AND (%(partner)s::integer IS NULL OR i.partner_id = %(partner)s)
    AND (%(day)s::date IS NULL OR i.business_day = %(day)s)
    AND (%(book)s::integer IS NULL OR p.book_id = %(book)s)
ORDER BY i.item_id LIMIT 100

-- name: suspend
-- What each item means for the channel's money, worked out from the item; by bucket, the order of locks.
SELECT s.item_id, recon_suspend_v1(s.item_id, %s)
FROM (SELECT item_id FROM unnest(%s::bigint[]) item_id
      ORDER BY item_id %% (SELECT count(*) FROM ledger_head), item_id) s
