-- Statements of batch debit.

-- name: take
-- A file, by one who may.
SELECT batch, is_new, code FROM debits_take_v1(%s, %s, '', %s, %s, %s, %s)

-- name: receive
-- A file that came by a pipe.
SELECT batch, is_new, code FROM debits_receive_v1(%s, '', %s, %s, %s, 'pipe', %s)

-- name: add
-- Some of its rows.
SELECT debits_add_v1(%s, %s::integer[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::bytea[], %s::integer[])

-- name: filed
-- All of them.
SELECT debits_filed_v1(%s)

-- name: refuse
-- The whole file, for ever.
SELECT debits_refuse_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: layout_of
-- The rule in force today.
SELECT (r).layout FROM debits_rule_of_v1(%(biller)s, debits_day_v1(%(biller)s, %(now)s)) r WHERE (r).rule_id IS NOT NULL

-- name: build
-- Of a period's open bills.
SELECT batch, code FROM debits_build_v1(%s, %s, %s, %s, %s)

-- name: again
-- Of what failed.
SELECT batch, code FROM debits_again_v1(%s, %s, %s)

-- name: drop
-- Before it runs.
SELECT debits_drop_v1(%s, %s, %s)

-- name: let_go
-- As two people decided.
SELECT debits_let_go_v1(%s, %s)

-- name: put_rule
-- As two people decided.
SELECT debits_rule_v1(%s)

-- name: figures
-- What two people see.
SELECT to_jsonb(f) FROM debits_figures_v1(%s) f

-- name: unchecked
-- The next rows, each with the mandates that may pay it.
SELECT * FROM debits_unchecked_v1(%s, %s, %s)

-- name: check
-- What became of them.
SELECT debits_check_v1(%s, %s::integer[], %s::bigint[], %s::integer[], %s)

-- name: checked
-- Whether all are.
SELECT debits_checked_v1(%s, %s)

-- name: due
-- Batches that are due.
SELECT * FROM debits_due_v1(%s, %s)

-- name: later
-- When it is looked at next.
SELECT debits_later_v1(%s, %s)

-- name: open
-- The bank's window.
SELECT debits_open_v1(%s, %s)

-- name: fresh
-- Late fees of today.
SELECT debits_fresh_v1(%s, %s, %s)

-- name: pack
-- What goes to the core next.
SELECT * FROM debits_pack_v1(%s, %s, %s)

-- name: unread
-- What cannot be sent.
SELECT debits_unread_v1(%s, %s::text[], %s)

-- name: follow
-- What the core said.
SELECT debits_follow_v1(%s, %s)

-- name: booked
-- What the hub keeps.
SELECT debits_booked_v1(%s, %s::text[], %s)

-- name: done
-- Whether anything is left.
SELECT debits_done_v1(%s, %s)

-- name: fetched
-- Its result was handed out.
SELECT debits_fetched_v1(%s, %s)

-- name: batch
-- One batch, by its number.
SELECT b.batch_id, b.serial, b.biller_id, p.code, p.name, c.code, b.core_id, b.source, b.layout, b.name, b.sha256, b.head, b.again_of,
       b.rows, b.amount_fen, b.state, b.packs, b.received_at, b.done_at
FROM debit_batch b JOIN partner p ON p.id = b.biller_id JOIN partner c ON c.id = b.channel_id WHERE b.batch_id = %s

-- name: packs_open
-- Of a batch, those that the core did not answer.
SELECT DISTINCT m.pack FROM debit_item i JOIN core_move m ON m.serial = i.serial
WHERE i.batch_id = %s AND i.state = 'asked' AND m.state IN ('asked', 'unknown') AND m.pack IS NOT NULL ORDER BY 1

-- name: posted
-- What the payers have paid and the hub is to book, as the charge says it.
SELECT serial, customer, amount_fen, refs, fens, posted_at FROM debit_item
WHERE batch_id = %s AND state = 'posted' AND serial > %s ORDER BY serial LIMIT 1000

-- name: back
-- What the core took and is to give back: refused by the hub, or taken back later.
SELECT i.serial, i.state = 'back' FROM debit_item i JOIN core_move m ON m.serial = i.serial AND m.state = 'done'
WHERE i.batch_id = %s AND i.state = 'back' ORDER BY i.serial LIMIT 1000

-- name: returned
-- What was taken back of finished ones. One whose undo is written is asked for by the core port's own job.
SELECT i.serial FROM debit_item i JOIN core_move m ON m.serial = i.serial AND m.state = 'done'
WHERE i.returned_at IS NOT NULL AND NOT EXISTS (SELECT FROM core_move u WHERE u.undoes = i.serial)
ORDER BY i.returned_at, i.serial LIMIT 1000

-- name: totals
-- As the result's head says them.
SELECT count(*)::integer, coalesce(sum(asked_fen), 0)::bigint, (count(*) FILTER (WHERE state = 'booked'))::integer,
       coalesce(sum(amount_fen) FILTER (WHERE state = 'booked'), 0)::bigint
FROM debit_item WHERE batch_id = %s

-- name: outcomes
-- Of each row what became of it, in the order of the file.
SELECT i.place, i.customer, i.ref, i.asked_fen, i.amount_fen, i.due_on, i.first, i.row_sealed, i.state, coalesce(i.code, 0), i.changed_at,
       coalesce(m.core_serial, ''), a.number, a.account_sealed, a.holder_sealed
FROM debit_item i LEFT JOIN core_move m ON m.serial = i.serial LEFT JOIN mandate a ON a.mandate_id = i.mandate_id
WHERE i.batch_id = %s ORDER BY i.place

-- name: altered
-- An item is what its move at the core, its payment and its mandate's count say.
SELECT 'debit_item ' || i.serial, CASE
    WHEN i.amount_fen <> coalesce((SELECT sum(f) FROM unnest(i.fens) f), i.amount_fen) THEN 'has bills of another sum'
    WHEN i.state = 'booked' AND (y.payment_id IS NULL OR (y.amount_fen, y.biller_id, y.account_no, y.channel_id, y.serial)
            <> (i.amount_fen, b.biller_id, i.customer, b.channel_id, i.serial)) THEN 'is booked, of which there is no such payment'
    WHEN i.state = 'booked' AND (m.serial IS NULL OR m.amount_fen <> i.amount_fen
            OR m.state <> 'done' AND NOT (m.state = 'undone' AND i.returned_at IS NOT NULL))
        THEN 'is booked, its move at the core is ' || coalesce(m.state || ' with ' || m.amount_fen || ' fen', 'none')
    WHEN i.state = 'failed' AND m.state = 'done' THEN 'failed, and its move at the core is done'
    WHEN i.state IN ('posted', 'back') AND m.state IS DISTINCT FROM 'done' AND NOT (i.state = 'back' AND m.state = 'undone')
        THEN 'is ' || i.state || ', its move at the core ' || coalesce(m.state, 'none')
    WHEN i.state = 'booked' AND NOT EXISTS (SELECT FROM mandate_use u WHERE u.document = 'debit_item:' || i.serial
            AND (u.mandate_id, u.amount_fen) = (i.mandate_id, i.amount_fen)) THEN 'is booked, its mandate does not count it'
    WHEN i.state NOT IN ('new', 'refused') AND a.customer IS DISTINCT FROM i.customer THEN 'is of another customer''s mandate'
    END
FROM debit_item i JOIN debit_batch b USING (batch_id)
LEFT JOIN core_move m ON m.serial = i.serial LEFT JOIN mandate a ON a.mandate_id = i.mandate_id
LEFT JOIN payment y ON y.bucket = i.bucket AND y.payment_id = i.payment_id
WHERE coalesce(i.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: batches_altered
-- A batch is its items; what is over has none that is not.
SELECT 'debit_batch ' || b.serial, CASE
    WHEN (b.rows, b.amount_fen) IS DISTINCT FROM (i.rows, i.fen) THEN 'has items of another number or sum'
    WHEN b.state = 'done' AND i.open > 0 THEN 'is done, and ' || i.open || ' of its items are not'
    WHEN b.proposal_id IS NOT NULL AND NOT EXISTS (SELECT FROM access_authorisation x
            WHERE (x.id, x.action, x.subject_key) = (b.proposal_id, 'debits.let_go', b.serial) AND x.granted)
        THEN 'was let go by nobody' END
FROM debit_batch b LEFT JOIN (SELECT batch_id, count(*) AS rows, sum(asked_fen) AS fen,
    count(*) FILTER (WHERE state IN ('new', 'ready', 'asked', 'posted', 'back')) AS open FROM debit_item GROUP BY batch_id) i
    USING (batch_id)

-- name: bills_altered
-- A bill is kept for an item that is under way, and for no other.
SELECT 'payable ' || y.payable_id, 'is kept for ' || y.kept_for || ', of which no item is under way'
FROM payable y JOIN debit_batch b ON y.kept_for LIKE b.channel_id || '|DB%%'
WHERE NOT EXISTS (SELECT FROM debit_item i WHERE i.batch_id = b.batch_id AND i.state IN ('ready', 'asked', 'posted', 'back')
                  AND y.kept_for = b.channel_id || '|' || i.serial AND y.payable_id = ANY (i.payables))
    AND y.kept_for LIKE b.channel_id || '|' || b.serial || '-%%'

-- name: rule_on
-- In force on a day.
SELECT (r).layout, to_char((r).opens_at, 'HH24:MI'), to_char((r).closes_at, 'HH24:MI'), (r).late, (r).again_most
FROM debits_rule_of_v1(%s, %s) r WHERE (r).rule_id IS NOT NULL

-- name: ended
-- A batch that is over, for its biller.
SELECT b.biller_id, p.code, b.serial, b.name, count(*), count(*) FILTER (WHERE i.state = 'booked'),
       coalesce(sum(i.amount_fen) FILTER (WHERE i.state = 'booked'), 0)::bigint
FROM debit_batch b JOIN partner p ON p.id = b.biller_id JOIN debit_item i USING (batch_id)
WHERE b.batch_id = %(one)s AND b.state = 'done' AND b.biller_id = ANY (%(wanted)s) GROUP BY 1, 2, 3, 4

-- name: by_serial
-- A batch as an event names it.
SELECT b.batch_id FROM debit_batch b JOIN partner p ON p.id = b.biller_id WHERE p.code = %s AND b.serial = %s

-- name: billers
-- Whose files may land.
SELECT p.code, p.id FROM partner p JOIN biller b ON b.partner_id = p.id WHERE p.sandbox_of_id IS NULL
