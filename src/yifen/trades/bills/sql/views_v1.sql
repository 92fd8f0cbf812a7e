-- What each row of a file would do now, and what became of a file.

-- new, changed, same, withdraw: it can be done. The rest the database refuses: held (money is in
-- flight on it), below (it would ask for less than was paid), paid (something was paid, so it is not
-- withdrawn), withdrawn (it was taken back before), mode (it is paid in another way), payee (its money goes to
-- another account than the biller's own), unknown (there is none to withdraw).
CREATE OR REPLACE VIEW bill_standing AS
SELECT r.*, f.biller_id, CASE
        WHEN r.withdraw THEN CASE
            WHEN y.payable_id IS NULL THEN 'unknown'
            WHEN y.credit_id <> b.transit_id THEN 'payee'
            WHEN y.state = 'withdrawn' THEN 'same'
            WHEN y.held_by IS NOT NULL OR y.kept_for IS NOT NULL THEN 'held'
            WHEN y.paid_fen > 0 THEN 'paid'
            ELSE 'withdraw' END
        WHEN y.payable_id IS NULL THEN 'new'
        WHEN y.credit_id <> b.transit_id THEN 'payee'
        WHEN y.state = 'withdrawn' THEN 'withdrawn'
        WHEN y.mode <> r.mode THEN 'mode'
        WHEN y.title = r.title AND y.due_fen = r.due_fen AND y.min_fen = r.min_fen AND y.max_fen = r.max_fen
             AND y.due_on IS NOT DISTINCT FROM r.due_on
             AND EXISTS (SELECT FROM payer p WHERE (p.bucket, p.biller_id, p.account_no, p.name)
                         = (r.bucket, f.biller_id, r.account_no, r.name)) THEN 'same'
        WHEN y.held_by IS NOT NULL OR y.kept_for IS NOT NULL THEN 'held'
        WHEN y.paid_fen > r.due_fen THEN 'below'
        ELSE 'changed' END AS standing
FROM bill_row r
JOIN bill_file f ON f.file_id = r.file_id
JOIN biller b ON b.partner_id = f.biller_id
LEFT JOIN payable y ON y.bucket = r.bucket AND y.biller_id = f.biller_id
    AND y.account_no = r.account_no AND y.ref = r.ref;

-- A file with its newest proposal, and how far that is.
CREATE OR REPLACE VIEW bill_import AS
SELECT f.file_id, f.biller_id, f.name, f.sha256, f.bytes, f.rows, f.wrong, f.due_fen, f.received_at,
       f.received_by, a.id AS proposal_id, a.decided_at, d.pieces AS pieces_done, w.pieces,
       d.written, d.same, d.withdrawn, d.refused, CASE
        WHEN f.wrong > 0 THEN 'wrong'
        WHEN a.id IS NULL THEN 'staged'
        WHEN a.decided_at IS NULL THEN 'open'
        WHEN a.granted AND d.pieces < w.pieces THEN 'running'
        WHEN a.granted THEN 'done'
        WHEN a.checker_id IS NULL THEN 'withdrawn'
        ELSE 'no' END AS state
FROM bill_file f
LEFT JOIN LATERAL (SELECT * FROM access_authorisation x WHERE x.action = 'payables.import'
    AND x.subject_key = f.file_id::text ORDER BY x.id DESC LIMIT 1) a ON true
LEFT JOIN LATERAL (SELECT jsonb_array_length(a.content -> 'pieces') AS pieces) w ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS pieces, coalesce(sum(p.written), 0)::bigint AS written,
        coalesce(sum(p.same), 0)::bigint AS same, coalesce(sum(p.withdrawn), 0)::bigint AS withdrawn,
        coalesce(sum(p.refused), 0)::bigint AS refused
    FROM bill_piece p WHERE p.proposal_id = a.id) d ON true;
