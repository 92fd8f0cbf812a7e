-- Statements of figures.

-- name: told
-- Sums of a view by what was asked, with the totals of each column and of all (`level` above zero); of the finest no more
-- than are wanted, in the order of their names.
SELECT * FROM (
    SELECT {{keys}}, {{level}} AS level, {{sums}}, row_number() OVER (PARTITION BY {{level}} = 0 ORDER BY {{order}}) AS place
    FROM (SELECT {{dimensions}}, {{reads}} FROM {{view}} x WHERE {{where}}) z
    GROUP BY GROUPING SETS ({{sets}})) w
WHERE w.level > 0 OR w.place <= %(most)s

-- name: users
-- What tellers and collectors are called, of those in scope or of a desk's shift there.
SELECT id::text, login || ' ' || name FROM access_user WHERE id = ANY (%s::bigint[])

-- name: scope_bills
-- A company's own people see its bills, an institution's those of its companies.
(%(all)s OR x.biller_id = ANY (%(partners)s::integer[])) AND x.biller_id <> ALL (%(sandboxes)s::integer[])

-- name: scope_payments
-- A bank's people see besides what its channels took, for whomever.
(%(all)s OR x.biller_id = ANY (%(partners)s::integer[]) OR x.channel_id = ANY (%(partners)s::integer[]))
    AND x.biller_id <> ALL (%(sandboxes)s::integer[]) AND x.channel_id <> ALL (%(sandboxes)s::integer[])
