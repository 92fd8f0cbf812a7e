-- What the pages of the bill import read.

-- name: imports
-- Files with what became of them.
FROM bill_import f JOIN partner p ON p.id = f.biller_id

-- name: billers
-- Those whose bills come by file, the sandbox's aside.
SELECT p.id, p.code || ' ' || p.name FROM partner p
JOIN biller b ON b.partner_id = p.id AND b.endpoint = ''
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND NOT payments_sole_v1(p.id::integer) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code

-- name: todo
-- The last file of its biller, and it is not on its way: it is wrong, nobody proposed it, or it was not agreed to.
f.state IN ('wrong', 'staged', 'no') AND NOT EXISTS (
    SELECT FROM bill_file n WHERE n.biller_id = f.biller_id AND n.file_id > f.file_id)
