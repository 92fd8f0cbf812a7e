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
-- The rows of a file add up to what was taken in.
SELECT 'recon_file ' || f.file_id, CASE
    WHEN (f.rows, f.amount_fen, f.fee_fen) <> (coalesce(r.n, 0), coalesce(r.fen, 0),
                                               coalesce(r.fee, 0))
        THEN 'took in ' || f.rows || ' rows of ' || f.amount_fen || ' and ' || f.fee_fen
             || ' fen, recon_row has ' || coalesce(r.n, 0) || ' of ' || coalesce(r.fen, 0)
             || ' and ' || coalesce(r.fee, 0) END
FROM recon_file f LEFT JOIN (
    SELECT file_id, count(*) AS n, sum(fee_fen) AS fee,
        sum(CASE WHEN kind IN ('sale', 'in') THEN amount_fen ELSE -amount_fen END) AS fen
    FROM recon_row GROUP BY file_id) r USING (file_id)

-- name: files_kept
-- Digests as they were received; the trail has them too.
SELECT file_id, partner_id, business_day, version, sha256 FROM recon_file ORDER BY file_id

-- name: file_bytes
-- In order, in bounded memory.
SELECT part_no, body, sealed FROM recon_file_part WHERE file_id = %s ORDER BY part_no

-- name: rows_told
-- The rows of a file make the digest that was told when it came in; of files of before none was.
SELECT 'recon_file ' || f.file_id, 'has other rows than it came with'
FROM recon_file f JOIN audit_entry e
    ON (e.subject, e.action, e.subject_key) = ('recon_row', 'told', f.file_id::text)
LEFT JOIN LATERAL (
    SELECT count(*) AS n, encode(sha256(coalesce(string_agg(x.line, ''::bytea ORDER BY x.line_no, x.line), '')),
                                 'hex') AS digest
    FROM (SELECT r.line_no, sha256(convert_to(ROW(r.line_no, r.kind, r.amount_fen, r.fee_fen,
              extract(epoch FROM r.at), r.serial, r.original, r.ref, r.batch,
              CASE WHEN NOT starts_with(r.account_no, '~') THEN r.account_no END)::text, 'UTF8')) AS line
          FROM recon_row r WHERE r.file_id = f.file_id) x) d ON true
WHERE (d.n, d.digest) IS DISTINCT FROM ((e.after ->> 'rows')::bigint, e.after ->> 'sha256')

-- name: items_lines
-- What an item says of the other side is its line in their file, of ours the payment.
SELECT 'recon_item ' || i.item_id, CASE
    WHEN t.file_id IS NULL THEN 'is of line ' || i.line_no || ' of file ' || i.file_id || ', which is not there'
    WHEN (i.theirs_kind, i.theirs_fen, i.theirs_fee_fen, i.theirs_at, i.theirs_ref, i.original, i.batch)
            IS DISTINCT FROM (t.kind, t.amount_fen, t.fee_fen, t.at, t.ref, t.original, t.batch)
        THEN 'says of the other side what line ' || i.line_no || ' of file ' || i.file_id || ' does not' END
FROM recon_item i LEFT JOIN recon_row t ON t.file_id = i.file_id AND t.line_no = i.line_no
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
