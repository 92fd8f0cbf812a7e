-- Statements of reconciliation: files, runs, and what later passes explain; items' are in repair/.

-- name: file_known
-- The same bytes are the same file: of a day, for a file without rows may be of several.
SELECT file_id, business_day, version, rows, amount_fen, fee_fen, replaces FROM recon_file
WHERE partner_id = %s AND sha256 = %s ORDER BY business_day

-- name: add_file
-- The next version of its day; from now on it is there. It takes the place of those of the same name, of the
-- same declared part, or of all, when that is said.
INSERT INTO recon_file (file_id, partner_id, business_day, version, format, name, sha256, bytes, rows,
    amount_fen, fee_fen, received_at, received_by, whole, replaces)
SELECT %(file_id)s, %(partner_id)s, %(day)s, coalesce(max(f.version), 0) + 1, %(format)s, %(name)s,
       %(sha256)s, %(bytes)s, %(rows)s, %(amount_fen)s, %(fee_fen)s, %(now)s, %(by)s, %(whole)s,
       coalesce(array_agg(f.file_id ORDER BY f.file_id) FILTER (WHERE %(all)s OR f.name = %(name)s
           OR recon_part_v1(%(parts)s, f.name) = recon_part_v1(%(parts)s, %(name)s)), ARRAY[]::bigint[])
FROM recon_file f WHERE f.partner_id = %(partner_id)s AND f.business_day = %(day)s
RETURNING version, replaces

-- name: add_part
-- The file as it came: the evidence behind every difference.
INSERT INTO recon_file_part VALUES (%b, %b, %b, %b, %b)

-- name: lock_files
-- One file of a partner at a time: versions have no gaps.
SELECT pg_advisory_xact_lock(hashtextextended('recon_file', %s))

-- name: days_of_book
-- The first day that a file can be of, and the last that the book knows.
SELECT coalesce(min(h.business_day), k.current_day), k.current_day
FROM ledger_book k LEFT JOIN ledger_day_head h USING (book_id) WHERE k.book_id = %s GROUP BY k.book_id

-- name: has_our_file
-- Whoever has no books of its own can only send what is made of ours: it names the chains of its day.
SELECT FROM daily_file f WHERE f.partner_id = %s AND f.business_day = %s AND NOT EXISTS (
    SELECT FROM biller b WHERE b.partner_id = f.partner_id AND b.endpoint <> '')
LIMIT 1

-- name: next_file
-- Its rows come before the file itself.
SELECT nextval('recon_file_no')

-- name: seed
-- The key of the marks.
SELECT seed FROM recon_seed

-- name: copy_packs
-- In the order of packing.packed.
COPY recon_pack (file_id, slot, rows, fen, fee_fen, mark, fee_mark, digest, keys, places) FROM STDIN (FORMAT BINARY)

-- name: copy_texts
-- In the order of Packs.
COPY recon_text (file_id, part_no, body) FROM STDIN (FORMAT BINARY)

-- name: copy_rows
-- In the order of loading._line.
COPY recon_row (file_id, kind, fee_fen, original, batch, line_no, amount_fen, at, serial, ref,
    account_no) FROM STDIN

-- name: profile
-- One leg as the engine uses it.
SELECT partner_id, code, book_id, encoding, described, party, format, layout_id, owner, currency,
       truth, own_cut_off, book_cut_off, slack_min, fee_ppm, by_rule, rule_window_min, by_group,
       deadline_days, parts, whole
FROM recon_profile_in_force

-- name: profile_by_id
-- By the number that other tables have.
{profile} WHERE partner_id = %s

-- name: profile_by_code
-- By the code that people and folders have.
{profile} WHERE code = %s

-- name: layout
-- A file's description.
SELECT to_jsonb(l) FROM recon_layout l WHERE id = %s

-- name: layout_columns
-- Its columns in the order of the file.
SELECT jsonb_agg(to_jsonb(c) ORDER BY position) FROM recon_layout_column c WHERE layout_id = %s

-- name: run
-- A run, from the newest file of the day to what stands open of it.
SELECT code, run, ours_count, ours_fen, theirs_count, theirs_fen, theirs_fee_fen, matched_count,
    matched_fen, fee_fen, closed FROM recon_run_v1(%s, %s, %s)

-- name: final
-- Whether a day may not be compared anew by its files as they are.
SELECT recon_final_v1(%s, %s)

-- name: left
-- What is not closed of the day.
SELECT class::text, state::text, count(*) FROM recon_item
WHERE partner_id = %(partner)s AND business_day = %(day)s AND state <> 'closed'
GROUP BY class, state ORDER BY class, state


-- name: files_waiting
-- Days whose files, all together, have no finished run, this day's and older ones; banks last, for what they
-- show arrived is of the others.
SELECT p.partner_id, p.code, p.institution_id, f.business_day
FROM recon_profile_in_force p
CROSS JOIN LATERAL (SELECT x.business_day, array_agg(x.file_id ORDER BY x.file_id) AS files
    FROM recon_file_counting x WHERE x.partner_id = p.partner_id AND x.business_day <= %(day)s
    GROUP BY x.business_day) f
WHERE p.described AND p.book_id = %(book)s AND NOT EXISTS (SELECT FROM recon_run u
    WHERE u.business_day = f.business_day AND u.partner_id = p.partner_id
        AND u.files = f.files AND u.ended_at IS NOT NULL AND u.void_at IS NULL)
ORDER BY p.party = 'bank', f.business_day, p.partner_id

-- name: partners_to_repair
-- Whose differences may go by themselves, or are under way.
SELECT DISTINCT p.id, p.code, p.institution_id FROM recon_item i JOIN partner p ON p.id = i.partner_id
WHERE p.book_id = %s AND i.state IN ('open', 'doing') ORDER BY p.id

-- name: open_items
-- The first ones of the day, by class and line.
SELECT class::text, state::text, serial, ours_fen, theirs_fen, line_no
FROM recon_item i
WHERE i.partner_id = %s AND i.business_day = %s AND i.state <> 'closed'
ORDER BY i.class, i.line_no NULLS FIRST, i.serial LIMIT %s

-- name: partner
-- By the code that people type.
SELECT id FROM partner WHERE code = %s

-- name: uploaded_file
-- As two people look at it, and whether it counts already.
SELECT f.file_id, f.partner_id, f.business_day, f.version, f.format, f.name, f.sha256, f.rows, f.amount_fen,
       f.fee_fen, EXISTS (SELECT FROM recon_file_agreed a WHERE a.file_id = f.file_id) AS counts,
       recon_whole_v1(f.file_id) AS whole,
       (SELECT string_agg(g.name || ' #' || g.version, ', ' ORDER BY g.version) FROM recon_file g
        WHERE g.file_id = ANY (f.replaces)),
       EXISTS (SELECT FROM recon_run r WHERE r.partner_id = f.partner_id AND r.business_day = f.business_day)
FROM recon_file f WHERE f.file_id = %s

-- name: file_before
-- The newest of those whose place it takes.
SELECT f.version, f.format, f.name, f.sha256, f.rows, f.amount_fen, f.fee_fen
FROM recon_file n JOIN recon_file_agreed f ON f.file_id = ANY (n.replaces)
WHERE n.file_id = %s ORDER BY f.version DESC LIMIT 1

-- name: withdrawal
-- What a withdrawal undoes: runs, differences, expected money.
SELECT 'runs', count(*), NULL::bigint FROM recon_run WHERE %(file)s = ANY (files) AND void_at IS NULL
UNION ALL
SELECT standing, count(*), sum(fen)::bigint FROM recon_rests_v1(%(file)s)
WHERE standing IN ('open', 'explained') GROUP BY standing
UNION ALL
SELECT 'expected', count(*), sum(amount_fen)::bigint FROM recon_expected WHERE file_id = %(file)s AND done

-- name: moved
-- Differences by which money moved, or is on its way, because of a file; `fen` on suspense: what still stands there.
SELECT r.item_id, i.business_day, i.class::text, i.serial, coalesce(i.action, ''), r.standing, r.fen,
       coalesce(abs(s.fen), 0)::bigint, i.payment_id
FROM recon_rests_v1(%s) r JOIN recon_item i USING (item_id)
LEFT JOIN recon_suspense s ON s.item_id = i.item_id AND s.released_on IS NULL
WHERE r.standing IN ('moved', 'moving') ORDER BY r.item_id

-- name: withdraw
-- As two people decided just now.
SELECT recon_withdraw_v1(%s, %s)

-- name: days_to_run
-- Days whose runs were made void just now, and that have files left.
SELECT DISTINCT r.business_day FROM recon_run r
JOIN recon_file_counting f ON f.partner_id = r.partner_id AND f.business_day = r.business_day
WHERE r.partner_id = %s AND r.void_at = %s

-- name: undecided
-- A payment with the words that may end it by hand.
SELECT y.payment_id, b.id, b.code || ' ' || b.name, c.code || ' ' || c.name, y.business_day, y.amount_fen,
       y.biller_state::text, recon_ends_v1(y.payment_id)
FROM payment y JOIN partner b ON b.id = y.biller_id JOIN partner c ON c.id = y.channel_id
WHERE y.bucket = %(payment)s %% 1000 AND y.payment_id = %(payment)s

-- name: end_undecided
-- As two people decided just now.
SELECT recon_end_v1(%s, %s)
