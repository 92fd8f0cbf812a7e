-- What the list of arrears reads.

-- name: arrears
-- What is open of each account: bills, and fen with the late fee that was told last; of those that owe place and holder.
-- Account by account in the order of the list: summed up first, or joined as the planner would, a page would read all that
-- is open, and the places of all that owe nothing.
FROM billing_customer c
CROSS JOIN LATERAL (
    SELECT count(*) AS bills, sum(y.due_fen - y.paid_fen)::bigint AS owed_fen, min(y.due_on) AS due_on
    FROM payable y WHERE y.bucket = c.bucket AND y.biller_id = c.biller_id AND y.account_no = c.account_no
        AND y.state = 'open' AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen) o
CROSS JOIN LATERAL (
    SELECT x.path, p.code, p.name, (SELECT n.name FROM payer n WHERE n.bucket = c.bucket AND n.biller_id = c.biller_id
        AND n.account_no = c.account_no) AS holder
    FROM billing_place x JOIN partner p ON p.id = c.biller_id
    WHERE x.place_id = c.place_id AND o.bills > 0 OFFSET 0) l

-- name: arrears_of_area
-- At one of these places; by their customers' numbers, which are read in the order of the list. Unnested: of an array
-- that stands in the statement the planner would look at each of thousands.
c.customer_id = ANY (ARRAY(SELECT x.customer_id FROM billing_customer x
    WHERE x.place_id = ANY (ARRAY(SELECT unnest(%(placed)s::bigint[])))))

-- name: arrears_of_class
-- Of an account that has, or had, a service of that class; asked account by account too.
%(of_class)s = ANY (ARRAY(SELECT s.class FROM billing_service s WHERE s.bucket = c.bucket
    AND s.customer_id = c.customer_id))

-- name: classes
-- Of customers, as the prices of the companies in reach have them.
SELECT DISTINCT v.class FROM billing_price v JOIN billing_fee f ON f.fee_id = v.fee_id
WHERE f.biller_id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR f.biller_id = ANY (%(partners)s::integer[]))
ORDER BY v.class
