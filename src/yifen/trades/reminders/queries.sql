-- Statements of reminders.

-- name: plannable
-- Whose bills are looked for now; a clock that was set back does not keep one waiting.
SELECT id FROM reminder_choice
WHERE ended_at IS NULL AND (plan_at <= %(now)s OR plan_at > %(now)s + interval '1 hour')
ORDER BY plan_at LIMIT 2000

-- name: plan
-- A row a bill and kind that is not there yet. A biller with a system of its own counts once it was asked.
INSERT INTO reminder (choice_id, holder_id, binding_id, channel, kind, biller_id, bucket, account_no, ref, due_on,
                      found_at)
SELECT c.id, c.holder_id, c.binding_id, c.channel, k.kind, c.biller_id, c.bucket, c.account_no, y.ref, y.due_on, %(now)s
FROM reminder_choice c
JOIN biller b ON b.partner_id = c.biller_id
JOIN payable y ON y.bucket = c.bucket AND y.biller_id = c.biller_id AND y.account_no = c.account_no
CROSS JOIN LATERAL (VALUES
    ('new', c.tell_new),
    ('soon', c.soon_days IS NOT NULL AND y.due_on BETWEEN %(today)s::date AND %(today)s::date + c.soon_days),
    ('overdue', c.tell_overdue AND y.due_on < %(today)s::date)) k (kind, wanted)
WHERE c.id = ANY (%(choices)s) AND c.ended_at IS NULL AND k.wanted
    AND y.state = 'open' AND y.mode <> 'open' AND y.due_fen > y.paid_fen
    AND (b.endpoint = '' OR c.asked_at BETWEEN %(now)s - interval '26 hours' AND %(now)s)
    AND NOT EXISTS (SELECT FROM reminder r WHERE r.binding_id = c.binding_id AND r.channel = c.channel
                    AND r.kind = k.kind AND r.ref = y.ref AND r.due_on IS NOT DISTINCT FROM y.due_on)
ON CONFLICT DO NOTHING

-- name: planned
-- They were looked for.
UPDATE reminder_choice SET plan_at = %(next)s WHERE id = ANY (%(choices)s)

-- name: unreckoned
-- Hours for which moments are to be reckoned.
SELECT DISTINCT c.hours FROM reminder r JOIN reminder_choice c ON c.id = r.choice_id
WHERE r.state = 'planned' AND r.send_at IS NULL

-- name: reckoned
-- All rows of these hours at once.
UPDATE reminder r SET send_at = %(at)s FROM reminder_choice c
WHERE c.id = r.choice_id AND c.hours = %(hours)s::smallint[] AND r.state = 'planned' AND r.send_at IS NULL

-- name: late
-- What waited too long to be of use.
UPDATE reminder SET state = 'skipped', why = 'late', done_at = %(now)s
WHERE state = 'planned' AND kind = %(kind)s AND send_at < %(before)s

-- name: died
-- The process ended while the message was on its way: who knows a message by its id gets it again, for the
-- others nobody knows.
UPDATE reminder SET state = CASE WHEN carrier = ANY (%(repeatable)s) THEN 'planned' ELSE 'unsure' END,
    why = CASE WHEN carrier = ANY (%(repeatable)s) THEN '' ELSE 'died' END,
    done_at = CASE WHEN carrier = ANY (%(repeatable)s) THEN NULL ELSE %(now)s END
WHERE state = 'sending' AND send_at < %(before)s

-- name: to_ask
-- Remote billers' accounts whose time has come, the longest waiting first; none of a biller that rests.
SELECT c.binding_id, c.biller_id FROM reminder_choice c
JOIN biller b ON b.partner_id = c.biller_id AND b.endpoint <> ''
LEFT JOIN reminder_biller d ON d.biller_id = c.biller_id
    AND d.rest_until BETWEEN %(now)s AND %(now)s + interval '2 hours'
WHERE c.ended_at IS NULL AND d.biller_id IS NULL
    AND (c.ask_at <= %(now)s OR c.ask_at > %(now)s + interval '26 hours')
GROUP BY c.binding_id, c.biller_id ORDER BY min(c.ask_at), c.binding_id LIMIT %(most)s

-- name: ask_before
-- What is about to be sent of a remote biller is asked for first, unless that was done within the hour.
UPDATE reminder_choice c SET ask_at = %(now)s FROM biller b
WHERE b.partner_id = c.biller_id AND b.endpoint <> '' AND c.ended_at IS NULL
    AND c.ask_at > %(now)s + interval '1 hour'
    AND (c.asked_at IS NULL OR c.asked_at NOT BETWEEN %(now)s - interval '1 hour' AND %(now)s)
    AND EXISTS (SELECT FROM reminder r WHERE r.choice_id = c.id AND r.state = 'planned' AND r.send_at <= %(now)s)

-- name: asked
-- It answered: not again before tomorrow; its bills are looked for at once.
UPDATE reminder_choice SET asked_at = %(now)s, ask_at = %(next)s, plan_at = %(now)s
WHERE binding_id = %(binding)s AND ended_at IS NULL

-- name: not_asked
-- It did not: again at that time.
UPDATE reminder_choice SET ask_at = %(next)s WHERE binding_id = %(binding)s AND ended_at IS NULL

-- name: rest
-- It cannot be asked now, so it is left alone.
INSERT INTO reminder_biller (biller_id, rest_until) VALUES (%(biller)s, %(until)s)
ON CONFLICT (biller_id) DO UPDATE SET rest_until = excluded.rest_until

-- name: due_persons
-- To whom something is due, the longest waiting first.
SELECT holder_id FROM (
    SELECT r.holder_id, r.send_at FROM reminder r JOIN reminder_choice c ON c.id = r.choice_id
    JOIN biller b ON b.partner_id = r.biller_id
    WHERE r.state = 'planned' AND r.send_at <= %(now)s AND r.channel <> ALL (%(down)s)
        AND r.holder_id <> ALL (%(poisoned)s)
        AND (b.endpoint = '' OR c.ended_at IS NOT NULL
             OR c.asked_at BETWEEN %(now)s - interval '2 hours' AND %(now)s)
    ORDER BY r.send_at LIMIT 1000) d
GROUP BY holder_id ORDER BY min(send_at)

-- name: held_person
-- He, unless another worker holds him.
SELECT holder_id FROM reminder_person WHERE holder_id = %(holder)s FOR UPDATE SKIP LOCKED

-- name: due_rows
-- What is due to him, beside the bills as they are now.
SELECT r.id, r.choice_id, r.binding_id, r.channel, r.kind, r.ref, r.due_on, r.tries, c.ended_at IS NOT NULL AS ended,
    c.hours, y.state::text AS bill_state, y.due_fen - y.paid_fen AS left_fen, y.due_on AS due_now,
    y.held_by IS NOT NULL AS held
FROM reminder r JOIN reminder_choice c ON c.id = r.choice_id
JOIN biller b ON b.partner_id = r.biller_id
LEFT JOIN payable y ON y.bucket = r.bucket AND y.biller_id = r.biller_id AND y.account_no = r.account_no
    AND y.ref = r.ref
WHERE r.holder_id = %(holder)s AND r.state = 'planned' AND r.send_at <= %(now)s AND r.channel <> ALL (%(down)s)
    AND (b.endpoint = '' OR c.ended_at IS NOT NULL
         OR c.asked_at BETWEEN %(now)s - interval '2 hours' AND %(now)s)
ORDER BY r.choice_id, r.id

-- name: messages_within
-- How many messages he got, or may have got; also those of a clock that was ahead.
SELECT count(DISTINCT notification_id) FROM reminder
WHERE holder_id = %(holder)s AND state IN ('sent', 'sending', 'unsure')
    AND coalesce(done_at, send_at) > %(now)s - interval '24 hours'

-- name: due_now
-- How many are due, and the seconds that the oldest has waited.
SELECT count(*), coalesce(extract(epoch FROM %(now)s - min(send_at)), 0)::bigint
FROM reminder WHERE state = 'planned' AND send_at <= %(now)s

-- name: one_at_a_time
-- Until the transaction ends.
SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))
