-- Statements of the bill import.

-- name: hosted
-- A biller without a system of its own, by id or by code; does a trade keep what is paid to it?
SELECT p.id, p.code, p.name, payments_sole_v1(p.id::integer) FROM partner p JOIN biller b ON b.partner_id = p.id AND b.endpoint = ''
WHERE p.id::text = %(of)s OR p.code = %(of)s

-- name: known
-- The very same bytes of the same biller.
SELECT file_id FROM bill_file WHERE biller_id = %s AND sha256 = %s

-- name: add_file
-- Its rows and parts follow in the same transaction.
INSERT INTO bill_file (biller_id, name, sha256, bytes, rows, wrong, due_fen, received_at, received_by)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING file_id

-- name: add_part
-- The bytes as they came.
INSERT INTO bill_file_part VALUES (%s, %s, %s)

-- name: copy_rows
-- All rows of a file.
COPY bill_row (file_id, piece, line_no, bucket, account_no, name, ref, title, withdraw, mode, due_fen,
    min_fen, max_fen, due_on) FROM STDIN

-- name: parts
-- In order.
SELECT part_no, body FROM bill_file_part WHERE file_id = %s ORDER BY part_no

-- name: file
-- One file, with its biller and its newest proposal.
SELECT f.file_id, f.biller_id, p.code AS biller_code, p.name AS biller_name, f.name, f.sha256, f.bytes, f.rows,
    f.wrong, f.due_fen, f.received_at, f.received_by, f.proposal_id, f.state, f.written, f.same,
    f.withdrawn, f.refused
FROM bill_import f JOIN partner p ON p.id = f.biller_id WHERE f.file_id = %s

-- name: before
-- The biller's file that was agreed to last, before this one.
SELECT f.name, f.rows, f.due_fen FROM bill_file f
JOIN access_authorisation a ON a.action = 'payables.import' AND a.subject_key = f.file_id::text AND a.granted
WHERE f.biller_id = %s AND f.file_id <> %s ORDER BY a.id DESC LIMIT 1

-- name: standings
-- What its rows would do now.
SELECT standing, count(*), sum(due_fen)::bigint FROM bill_standing WHERE file_id = %s GROUP BY 1

-- name: rows
-- The first ones, or the largest.
SELECT s.line_no, s.account_no, s.name, s.ref, s.title, s.withdraw, s.mode::text, s.due_fen, s.due_on,
    s.standing
FROM bill_standing s WHERE s.file_id = %s ORDER BY CASE WHEN %s THEN -s.due_fen END, s.line_no LIMIT %s

-- name: pieces
-- What an agreement binds.
SELECT bills_pieces_v1(%s)

-- name: to_do
-- Pieces of an agreed import that are not done.
SELECT p.piece FROM access_authorisation a
CROSS JOIN LATERAL generate_series(0, jsonb_array_length(a.content -> 'pieces') - 1) p (piece)
WHERE a.id = %(proposal)s AND a.granted AND NOT EXISTS (
    SELECT FROM bill_piece d WHERE d.proposal_id = a.id AND d.piece = p.piece)
ORDER BY p.piece

-- name: import
-- One of them.
SELECT bills_import_v1(%s, %s, %s)

-- name: refused
-- Rows that the database refused, with what the file said.
SELECT x.line_no, r.account_no, r.name, r.ref, r.title, r.withdraw, r.mode::text, r.due_fen, r.due_on,
    x.standing
FROM bill_refused x JOIN bill_row r ON r.file_id = %s AND r.line_no = x.line_no
WHERE x.proposal_id = %s ORDER BY x.line_no LIMIT %s

-- name: told_bills
-- What one telling of bills came to, by biller.
SELECT y.biller_id, p.code, count(*), sum(t.due_fen)::bigint
FROM payable_told t JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.payable_id
JOIN partner p ON p.id = y.biller_id
WHERE t.told_no = %(one)s AND y.biller_id = ANY (%(wanted)s) GROUP BY y.biller_id, p.code ORDER BY p.code

-- name: told_withdrawn
-- A bill that was taken back; its bucket is in its number.
SELECT y.biller_id, p.code, 1, y.due_fen FROM payable y JOIN partner p ON p.id = y.biller_id
WHERE y.payable_id = %(one)s AND y.bucket = %(one)s %% 1000 AND y.biller_id = ANY (%(wanted)s)
