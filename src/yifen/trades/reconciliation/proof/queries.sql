-- What verify asks of reconciliation: postings and their people, files and their bytes.

-- name: repairs_altered
-- What an item moved, between its accounts and on its day.
SELECT 'recon_posting ' || p.document_id, CASE
    WHEN p.amount_fen IS DISTINCT FROM t.posted
        THEN 'moved ' || p.amount_fen || ' fen, its transfers ' || coalesce(t.posted, 0)
    WHEN NOT EXISTS (SELECT FROM document_transfer x
            WHERE x.bucket = p.bucket AND x.reference_id = p.document_id
            AND (x.debit_id, x.credit_id) = (p.debit_id, p.credit_id)
            AND x.business_day = p.business_day)
        THEN 'has a transfer of other accounts, or of another day' END
FROM recon_posting p LEFT JOIN document_transfers t ON t.document_id = p.document_id

-- name: postings_decided
-- Who made and checked a suspension are those of the item, whose every proposal and decision is in
-- the trail; a step of the hub has no checker.
SELECT 'recon_posting ' || p.document_id, CASE
    WHEN i.item_id IS NULL THEN 'is of item ' || p.item_id || ', which is not there'
    WHEN p.checker IS DISTINCT FROM i.decided_by
        THEN 'checker says ' || coalesce(p.checker, 'nobody') || ', item ' || i.item_id || ' '
             || coalesce(i.decided_by, 'nobody')
    WHEN i.proposed_by IS NOT NULL AND p.maker <> i.proposed_by
        THEN 'maker says ' || p.maker || ', item ' || i.item_id || ' ' || i.proposed_by
    END
FROM recon_posting p LEFT JOIN recon_item i USING (item_id) WHERE p.purpose = 'suspend'

-- name: refunds_once
-- A difference takes its payment back once, however often that was tried.
SELECT 'recon_item ' || i.item_id, 'took payment ' || r.payment_id || ' back ' || count(*) || ' times, '
    || sum(r.amount_fen) || ' fen'
FROM payment_return r
JOIN recon_item i ON i.item_id = substring(r.serial FROM '^RC([1-9]\d{0,17})(?:-[1-9]\d*)?$')::bigint
    AND (i.payment_id = r.payment_id OR i.payment_id IS NULL AND i.original = (
        SELECT y.serial FROM payment y WHERE y.bucket = r.bucket AND y.payment_id = r.payment_id))
WHERE r.booked_at IS NOT NULL AND starts_with(r.serial, 'RC')
GROUP BY i.item_id, r.payment_id HAVING count(*) > 1

-- name: chargebacks_done
-- A chargeback that is done has its return, in its amount and under its serial.
SELECT 'recon_chargeback ' || c.chargeback_id, CASE WHEN r.payment_id IS NULL
    THEN 'is done, payment ' || c.payment_id || ' has no return ' || recon_chargeback_serial_v1(c) || ' of '
         || c.amount_fen END
FROM recon_chargeback c LEFT JOIN payment_return r ON r.bucket = c.payment_id % 1000
    AND (r.payment_id, r.channel_id, r.serial) = (c.payment_id, c.channel_id, recon_chargeback_serial_v1(c))
    AND (r.verb::text, r.amount_fen) = (c.verb, c.amount_fen) AND r.booked_at IS NOT NULL
WHERE c.state = 'done' AND coalesce(c.payment_id NOT BETWEEN 1 AND (SELECT below - 1 FROM ledger_archived), true)

-- name: acts_altered
-- Each act begins with the item as the one before it left it, and who proposed and decided are those of
-- its proposals, which the trail has. Whose an item is and what a run finds out later are no acts' matter.
SELECT 'recon_act ' || a.act_id, CASE
    WHEN (a.earlier ->> 'state', a.earlier ->> 'action')
            IS DISTINCT FROM (a.before ->> 'state', a.before ->> 'action')
            AND NOT (a.earlier ->> 'state' = 'waiting' AND a.before ->> 'state' = 'open')  -- by a run
            AND NOT (a.before ->> 'state' = 'closed'  -- by a run, or with a file that was withdrawn
                AND a.before ->> 'closed_by' IN ('gone', 'cross_day', 'rule', 'group', 'arrived'))
        THEN 'of item ' || a.item_id || ' begins as ' || coalesce(a.before ->> 'state', 'nothing')
             || ', the act before it ends as ' || coalesce(a.earlier ->> 'state', 'nothing')
    WHEN a.act IN ('propose', 'approve', 'refuse', 'withdraw') AND NOT EXISTS (
            SELECT FROM access_authorisation p
            JOIN access_user u ON u.id = CASE WHEN a.act IN ('propose', 'withdraw') THEN p.maker_id
                                              ELSE p.checker_id END
            WHERE p.action = 'repair' AND p.subject_key = a.item_id::text AND u.login = a.who
                AND a.at = CASE a.act WHEN 'propose' THEN p.requested_at ELSE p.decided_at END)
        THEN 'says that ' || a.who || ' did ' || a.act || ' at ' || a.at || ', no proposal does' END
FROM (SELECT x.*, lag(x.after, 1, x.before) OVER (PARTITION BY x.item_id ORDER BY x.act_id) AS earlier
      FROM recon_act x) a

-- name: files_altered
-- The lines of a file add up to what was taken in.
SELECT 'recon_file ' || f.file_id, CASE
    WHEN (f.rows, f.amount_fen, f.fee_fen) <> (coalesce(r.n, 0), coalesce(r.fen, 0),
                                               coalesce(r.fee, 0))
        THEN 'took in ' || f.rows || ' rows of ' || f.amount_fen || ' and ' || f.fee_fen
             || ' fen, recon_row has ' || coalesce(r.n, 0) || ' of ' || coalesce(r.fen, 0)
             || ' and ' || coalesce(r.fee, 0) END
FROM recon_file f LEFT JOIN (
    SELECT a.file_id, sum(a.n) AS n, sum(a.fee_fen) AS fee, sum(a.fen) AS fen
    FROM (SELECT file_id, 1 AS n, fee_fen, CASE WHEN kind IN ('sale', 'in') THEN amount_fen ELSE -amount_fen END AS fen
          FROM recon_row
          UNION ALL
          SELECT file_id, rows, fee_fen, fen FROM recon_pack) a
    GROUP BY a.file_id) r USING (file_id)

-- name: packs_kept
-- Files in packs, and by what they are read again.
SELECT f.file_id, f.partner_id, f.business_day, f.version, f.format, f.name FROM recon_file f
WHERE EXISTS (SELECT FROM recon_pack p WHERE p.file_id = f.file_id) ORDER BY f.file_id

-- name: packs_altered
-- A pack has the digest of what it holds, and is what its lines add up to.
SELECT 'recon_pack ' || {{file}}, CASE
    WHEN p.altered > 0 THEN p.altered || ' packs of slot ' || p.slot || ' do not have their digest'
    WHEN (p.rows, p.fen, p.fee_fen, p.mark, p.fee_mark) IS DISTINCT FROM (l.rows, l.fen, l.fee_fen, l.mark, l.fee_mark)
        THEN 'slot ' || p.slot || ' is not what its lines add up to' END
FROM (SELECT p.slot, sum(p.rows) AS rows, sum(p.fen) AS fen, sum(p.fee_fen) AS fee_fen,
             bit_xor(p.mark) AS mark, bit_xor(p.fee_mark) AS fee_mark,
             count(*) FILTER (WHERE p.digest <> sha256(array_send(p.keys) || array_send(p.places))) AS altered
      FROM recon_pack p WHERE p.file_id = {{file}} GROUP BY p.slot) p
FULL JOIN (
    SELECT (h.hash & 16383)::integer AS slot, count(*) AS rows, sum(h.fen) AS fen, sum(h.fee_fen) AS fee_fen,
           bit_xor(hashint8extended(h.fen, h.hash)) AS mark, bit_xor(hashint8extended(h.fee_fen, h.hash)) AS fee_mark
    FROM (SELECT l.fee_fen, hashtextextended(l.serial, s.seed) AS hash,
                 CASE WHEN l.kind IN ('sale', 'in') THEN l.amount_fen ELSE -l.amount_fen END AS fen
          FROM recon_lines_v1(ARRAY[{{file}}], ARRAY(SELECT generate_series(0, 16383)), NULL) l
          CROSS JOIN recon_seed s OFFSET 0) h
    GROUP BY 1) l USING (slot)

-- name: seed
-- The key of the marks.
SELECT seed FROM recon_seed

-- name: slots
-- What a file's lines add up to.
SELECT slot, rows, fen, mark, fee_mark FROM recon_slots_v1(ARRAY[%s::bigint]) ORDER BY slot

-- name: files_kept
-- Digests as they were received; the trail has them too.
SELECT file_id, partner_id, business_day, version, sha256 FROM recon_file ORDER BY file_id

-- name: file_bytes
-- In order, in bounded memory.
SELECT part_no, body, sealed FROM recon_file_part WHERE file_id = %s ORDER BY part_no

-- name: rows_told
-- The lines of a file make the digest that was told when it came in; of files of before none was.
SELECT 'recon_file ' || f.file_id, 'has other rows than it came with'
FROM recon_file f JOIN audit_entry e
    ON (e.subject, e.action, e.subject_key) = ('recon_row', 'told', f.file_id::text)
WHERE recon_digest_v1(f.file_id) IS DISTINCT FROM e.after

-- name: items_lines
-- What an item says of the other side is its line in their file, of ours the payment.
SELECT 'recon_item ' || i.item_id, CASE
    WHEN t.file_id IS NULL THEN 'is of line ' || i.line_no || ' of file ' || i.file_id || ', which is not there'
    WHEN (i.theirs_kind, i.theirs_fen, i.theirs_fee_fen, i.theirs_at, i.theirs_ref, i.original, i.batch)
            IS DISTINCT FROM (t.kind, t.amount_fen, t.fee_fen, t.at, t.ref, t.original, t.batch)
        THEN 'says of the other side what line ' || i.line_no || ' of file ' || i.file_id || ' does not' END
FROM recon_item i LEFT JOIN LATERAL recon_line_v1(i.file_id, i.serial, i.line_no) t ON true
WHERE i.line_no IS NOT NULL

-- name: items_acts
-- An item is as its last act left it; a run may let it wait no longer, group it and close it.
SELECT 'recon_item ' || a.item_id, CASE
    WHEN i.item_id IS NULL THEN 'is missing, it has acts'
    WHEN NOT to_jsonb(i) @> (a.after - '{account_no,group_no,deadline}'::text[]
             - CASE a.after ->> 'state' WHEN 'closed' THEN '{}' ELSE '{state,closed_at,closed_by}' END::text[])
        THEN 'is not as its last act left it' END
FROM (SELECT DISTINCT ON (item_id) item_id, after FROM recon_act ORDER BY item_id, act_id DESC) a
LEFT JOIN recon_item i USING (item_id)
