-- Statements of the end of day: its runs and steps, and what each step has to do.

-- name: lock_book
-- One runner of a book, however many processes.
SELECT pg_try_advisory_lock(hashtextextended('eod', %s))

-- name: unlock_book
-- For the next runner.
SELECT pg_advisory_unlock(hashtextextended('eod', %s))

-- name: open_run
-- Once a book and day.
INSERT INTO eod_run (book_id, business_day, started_at) VALUES (%s, %s, %s)
ON CONFLICT (book_id, business_day) DO NOTHING

-- name: run_of_day
-- The run that is there.
SELECT eod_id, started_at, ended_at, coalesce(signed_by, '') FROM eod_run
WHERE book_id = %s AND business_day = %s

-- name: step_states
-- Where it stands.
SELECT step, state FROM eod_step WHERE eod_id = %s

-- name: begin_step
-- Every try counts.
INSERT INTO eod_step (eod_id, step, state, tries, started_at)
VALUES (%s, %s, 'running', 1, %s) ON CONFLICT (eod_id, step) DO UPDATE
SET state = 'running', tries = eod_step.tries + 1, started_at = excluded.started_at,
    ended_at = NULL, error = ''

-- name: files_looked
-- How many files of each partner's inbox the tries of this night looked at before.
SELECT coalesce(result -> 'looked', '{}') FROM eod_step WHERE eod_id = %s AND step = 'files'

-- name: end_step
-- How it went, and what it found.
UPDATE eod_step SET state = %s, ended_at = %s, result = %s, error = %s
WHERE eod_id = %s AND step = %s

-- name: cut_is_whole
-- Every partner has its daily file.
SELECT coalesce(result -> 'failed', '[]') = '[]' FROM eod_step WHERE eod_id = %s AND step = 'cut'

-- name: failed_partners
-- Whose failure keeps the day open, in the order of the steps.
SELECT x.line FROM eod_step s CROSS JOIN jsonb_array_elements(s.result -> 'failed')
    WITH ORDINALITY AS x (line, place)
WHERE s.eod_id = %s AND s.step <> 'close' ORDER BY s.started_at, s.step, x.place

-- name: sign_run
-- Who closes the day with unproved money, and why; the first signature stands. The database tells the trail.
UPDATE eod_run SET signed_by = coalesce(signed_by, %s), sign_reason = coalesce(sign_reason, %s) WHERE eod_id = %s

-- name: close_run
-- The day is closed, once.
UPDATE eod_run SET ended_at = %s WHERE eod_id = %s AND ended_at IS NULL

-- name: books_by_themselves
-- Each has its own cut-off and hour.
SELECT s.book_id, s.starts_at, k.current_day, k.cut_off, k.time_zone
FROM eod_schedule s JOIN ledger_book k USING (book_id) WHERE s.automatic ORDER BY s.book_id

-- name: open_runs
-- With the state of their last step.
SELECT r.business_day, x.state, x.ended_at FROM eod_run r
LEFT JOIN LATERAL (SELECT state, ended_at FROM eod_step s WHERE s.eod_id = r.eod_id
    ORDER BY s.started_at DESC LIMIT 1) x ON true
WHERE r.book_id = %s AND r.ended_at IS NULL ORDER BY r.business_day

-- name: cut_without_night
-- Days that were cut by hand and never had their night, whatever came after them.
SELECT h.business_day FROM audit_day_head h WHERE h.book_id = %(book)s AND NOT EXISTS (
    SELECT FROM eod_run r WHERE r.book_id = h.book_id AND r.business_day = h.business_day)
ORDER BY h.business_day

-- name: last_cut
-- The trail says when and by whom; the moment is that of the commit, by the database's own clock.
SELECT h.business_day, e.at, coalesce(nullif(e.actor, ''), e.db_role),
       e.at > clock_timestamp() - make_interval(secs => %(age_s)s)
FROM audit_day_head h JOIN audit_entry e USING (entry_no) WHERE h.book_id = %(book)s
ORDER BY h.business_day DESC LIMIT 1

-- name: first_day
-- Where a book began: the day that was cut first, else the open one.
SELECT coalesce(min(h.business_day), k.current_day) FROM ledger_book k
LEFT JOIN audit_day_head h USING (book_id) WHERE k.book_id = %s GROUP BY k.current_day

-- name: book_day
-- The open day, and when it is over.
SELECT current_day, cut_off, time_zone FROM ledger_book WHERE book_id = %s

-- name: sandbox_asked
-- Did a channel with payments of the open day ask, since the last cut, for a file that was not there?
SELECT EXISTS (
    SELECT FROM partner p JOIN wire_message m ON m.partner_id = p.id
    CROSS JOIN (SELECT coalesce(max(f.made_at), '-infinity') AS at FROM daily_file f
                JOIN partner o ON o.id = f.partner_id WHERE o.book_id = %(book)s) last
    WHERE p.book_id = %(book)s AND m.verb = 'file' AND m.direction = 'in' AND m.proved
        AND m.code = @FILE_NOT_READY AND m.at > last.at AND last.at <= %(before)s
        AND EXISTS (SELECT FROM payment y WHERE y.channel_id = p.id AND y.business_day = %(day)s))

-- name: institutions
-- Figures are told by institution.
SELECT code, institution_id FROM partner WHERE book_id = %s

-- name: in_business
-- A partner p counts from the day on which it went live; one that never did and is shut is none.
CASE WHEN p.live_at IS NULL THEN NOT p.suspended
     ELSE (p.live_at AT TIME ZONE 'Asia/Shanghai')::date <= %(day)s END

-- name: files_missing
-- Who has a profile is expected to send a file for every day since it went live.
SELECT p.code, p.institution_id, p.time_zone, p.file_late_after,
       b.endpoint <> '' AND p.party = 'biller' AND p.format = 'hub', recon_missing_v1(p.partner_id, %(day)s)
FROM recon_profile_in_force p LEFT JOIN biller b USING (partner_id)
WHERE p.described AND p.book_id = %(book)s AND NOT p.suspended AND {in_business}
    AND recon_missing_v1(p.partner_id, %(day)s) <> '{}'
ORDER BY p.partner_id

-- name: partners_told
-- Whoever is in business, whether it had a payment or not.
SELECT p.id, p.code, p.institution_id FROM partner p
WHERE p.book_id = %(book)s AND {in_business} AND EXISTS (SELECT FROM biller b WHERE b.partner_id = p.id
    UNION ALL SELECT FROM channel c WHERE c.partner_id = p.id) ORDER BY p.id

-- name: newest_statement
-- The last version that was told.
SELECT version, sha256 FROM daily_statement
WHERE partner_id = %s AND business_day = %s AND form = %s ORDER BY version DESC LIMIT 1

-- name: keep_statement
-- As it was told; never changed.
INSERT INTO daily_statement VALUES (%s, %s, %s, %s, %s, %b, %s)

-- name: legs_not_run
-- Of those with a profile, and which parts they lack; a suspended partner sends nothing.
SELECT p.code, p.institution_id, recon_missing_v1(p.partner_id, %(day)s) FROM recon_profile_in_force p
WHERE p.described AND p.book_id = %(book)s AND NOT p.suspended AND {in_business}
    AND NOT recon_compared_v1(p.partner_id, %(day)s)
ORDER BY p.code

-- name: items_open
-- Differences of the day that wait for somebody.
SELECT p.code, p.institution_id, i.business_day, count(*),
       sum(CASE WHEN i.class = 'amount' THEN abs(i.theirs_fen - i.ours_fen)
                ELSE greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0)) END)::bigint
FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE p.book_id = %(book)s AND i.business_day = %(day)s
    AND i.state IN ('open', 'proposed', 'doing')
GROUP BY p.code, p.institution_id, i.business_day ORDER BY p.code

-- name: billers_unsettled
-- A day without a payment is settled too.
SELECT p.code, p.institution_id FROM biller b JOIN partner p ON p.id = b.partner_id
WHERE p.book_id = %(book)s AND {in_business} AND NOT EXISTS (SELECT FROM settlement s
    WHERE s.biller_id = b.partner_id AND s.business_day = %(day)s)
ORDER BY p.code

-- name: why_unsettled
-- What the settlement said of each biller that it left; of one that stands twice the earlier day.
SELECT DISTINCT ON (x.line ->> 'partner') x.line ->> 'partner', x.line
FROM eod_step s CROSS JOIN jsonb_array_elements(s.result -> 'left') WITH ORDINALITY AS x (line, place)
WHERE s.eod_id = %s AND s.step = 'settle' ORDER BY x.line ->> 'partner', x.place

-- name: days_before
-- Days close in order.
SELECT business_day FROM eod_run
WHERE book_id = %(book)s AND business_day < %(day)s AND ended_at IS NULL ORDER BY business_day

-- name: runs
-- The newest nights, each with the step it stands at.
SELECT r.eod_id, r.book_id, k.code, k.name, r.business_day, r.started_at, r.ended_at, r.signed_by,
       r.sign_reason, x.step, x.state
FROM eod_run r JOIN ledger_book k USING (book_id)
LEFT JOIN LATERAL (SELECT step, state FROM eod_step s WHERE s.eod_id = r.eod_id
    ORDER BY s.started_at DESC LIMIT 1) x ON true
WHERE (%(books)s::integer[] IS NULL OR r.book_id = ANY (%(books)s))
    AND (%(before)s::date IS NULL OR r.business_day < %(before)s)
ORDER BY r.business_day DESC, r.book_id LIMIT %(limit)s

-- name: run
-- One night.
SELECT r.eod_id, r.book_id, k.code, k.name, r.business_day, r.started_at, r.ended_at, r.signed_by,
       r.sign_reason, NULL, NULL
FROM eod_run r JOIN ledger_book k USING (book_id) WHERE r.book_id = %s AND r.business_day = %s

-- name: steps
-- In the order in which they were begun.
SELECT step, state, tries, started_at, ended_at, result, error FROM eod_step
WHERE eod_id = %s ORDER BY started_at

-- name: statements_told
-- The newest version of each.
SELECT DISTINCT ON (s.partner_id, s.form) s.partner_id, p.code, p.name, s.form, s.version,
       length(s.body), s.made_at
FROM daily_statement s JOIN partner p ON p.id = s.partner_id
WHERE s.business_day = %(day)s
    AND (%(partners)s::integer[] IS NULL OR s.partner_id = ANY (%(partners)s))
ORDER BY s.partner_id, s.form, s.version DESC

-- name: statement_body
-- Its bytes.
SELECT body FROM daily_statement
WHERE partner_id = %s AND business_day = %s AND form = %s ORDER BY version DESC LIMIT 1

-- name: partner_codes
-- Whose folders are looked into.
SELECT code FROM partner WHERE book_id = %s

-- name: statements_altered
-- The bytes against their digest, which is in the trail.
SELECT 'daily_statement partner ' || partner_id || ' day ' || business_day || ' ' || form
        || ' version ' || version,
    CASE WHEN sha256(body) <> sha256 THEN 'body does not have its sha256' END
FROM daily_statement

-- name: failed_still
-- Lines of partners that failed or were refused in a day's night, but for what was mended since: a file that
-- came after all and was compared, a biller that was settled after all.
SELECT p.id, x.line FROM eod_step s
CROSS JOIN jsonb_array_elements(coalesce(s.result -> 'failed', '[]') || coalesce(s.result -> 'refused', '[]'))
    WITH ORDINALITY AS x (line, place)
JOIN partner p ON p.book_id = %(book)s AND p.code = x.line ->> 'partner'
WHERE s.eod_id = %(eod)s AND s.step <> 'close'
    AND NOT (s.step IN ('files', 'reconcile') AND recon_compared_v1(p.id, %(day)s))
    AND NOT (s.step = 'settle' AND EXISTS (SELECT FROM settlement t
        WHERE t.biller_id = p.id AND t.business_day = %(day)s))
ORDER BY s.started_at, s.step, x.place

-- name: unsettled_money
-- Billers with payments of the day, or money from before it, that are not settled: what stood on transit.
SELECT p.id, p.code, coalesce(f.lines, 0), coalesce(t.fen, 0)::bigint
FROM biller b JOIN partner p ON p.id = b.partner_id
LEFT JOIN LATERAL (SELECT sum(d.credit_posted_fen - d.debit_posted_fen) AS fen FROM ledger_day_balance d
    WHERE d.account_id = b.transit_id AND d.business_day = %(day)s) t ON true
LEFT JOIN LATERAL (SELECT d.lines FROM daily_file d WHERE d.partner_id = b.partner_id
    AND d.business_day = %(day)s ORDER BY d.version DESC LIMIT 1) f ON true
WHERE p.book_id = %(book)s AND (f.lines > 0 OR t.fen <> 0) AND NOT EXISTS (SELECT FROM settlement s
    WHERE s.biller_id = b.partner_id AND s.business_day = %(day)s)
ORDER BY p.code

-- name: unpaid_still
-- Billers whose payout this night left, and that nothing was sent to since, with their part of the day.
SELECT p.id, p.code, (x.line ->> 'code')::integer, coalesce(m.fen, 0)::bigint
FROM eod_step s CROSS JOIN jsonb_array_elements(coalesce(s.result -> 'left', '[]')) WITH ORDINALITY AS x (line, place)
JOIN partner p ON p.book_id = %(book)s AND p.code = x.line ->> 'partner'
LEFT JOIN LATERAL (SELECT sum(q.amount_fen) AS fen FROM settlement_part q JOIN settlement t USING (document_id)
    WHERE q.biller_id = p.id AND q.reason <> 'commission' AND t.business_day = %(day)s
        AND q.payout_on IS NOT NULL) m ON true
WHERE s.eod_id = %(eod)s AND s.step = 'payout' AND NOT EXISTS (SELECT FROM payout y
    WHERE y.biller_id = p.id AND y.instructed_at > s.started_at)
ORDER BY x.place

-- name: day_is_there
-- The book has cut that day, or will.
SELECT EXISTS (SELECT FROM audit_day_head h WHERE h.book_id = %(book)s AND h.business_day = %(day)s)
    OR EXISTS (SELECT FROM ledger_book k WHERE k.book_id = %(book)s AND k.current_day <= %(day)s)

-- name: unexplained
-- What the night's last proof could not explain.
SELECT (result ->> 'off_fen')::bigint + coalesce((SELECT sum((r.sums ->> 'difference_fen')::bigint)
    FROM jsonb_each(result -> 'roles') AS r (role, sums)), 0)::bigint
FROM eod_step WHERE eod_id = %(eod)s AND step = 'proof' AND state = 'done' AND NOT (result ->> 'holds')::boolean

-- name: book_set_up
-- A book with the hour of its night.
SELECT k.code, k.name, to_char(k.cut_off, 'HH24:MI') AS cut_off, to_char(s.starts_at, 'HH24:MI') AS starts_at,
       s.automatic, k.current_day
FROM ledger_book k LEFT JOIN eod_schedule s USING (book_id) WHERE k.code = %s

-- name: put_book
-- As two people decided just now.
SELECT eod_book_v1(%s)

-- name: days_not_closed
-- Of each book, also where all are closed; a day that was cut by hand may not have begun its night.
SELECT k.code, count(d.business_day), coalesce(greatest(extract(epoch FROM %(now)s - min(d.since)), 0), 0)::bigint
FROM ledger_book k LEFT JOIN LATERAL (
    SELECT h.business_day, coalesce(r.started_at, e.at) AS since
    FROM audit_day_head h JOIN audit_entry e USING (entry_no)
    LEFT JOIN eod_run r ON (r.book_id, r.business_day) = (h.book_id, h.business_day)
    WHERE h.book_id = k.book_id AND r.ended_at IS NULL) d ON true
WHERE k.book_id <> %(sandbox)s GROUP BY k.code ORDER BY k.code

-- name: newest_steps
-- Of each book's newest night; a step that runs has lasted until now.
SELECT k.code, s.step, s.state, greatest(extract(epoch FROM coalesce(s.ended_at, %(now)s) - s.started_at), 0)::bigint
FROM ledger_book k CROSS JOIN LATERAL (
    SELECT r.eod_id FROM eod_run r WHERE r.book_id = k.book_id ORDER BY r.business_day DESC LIMIT 1) r
JOIN eod_step s USING (eod_id)
WHERE k.book_id <> %(sandbox)s ORDER BY k.code, s.started_at, s.step

-- name: told_statement
-- A statement as its partner is told of it.
SELECT p.code, octet_length(s.body), s.sha256, s.made_at FROM daily_statement s JOIN partner p ON p.id = s.partner_id
WHERE s.partner_id = %s AND s.business_day = %s AND s.form = %s AND s.version = %s

-- name: told_body
-- Its bytes, by the partner's code.
SELECT s.body FROM daily_statement s JOIN partner p ON p.id = s.partner_id
WHERE p.code = %s AND s.business_day = %s AND s.form = %s AND s.version = %s
