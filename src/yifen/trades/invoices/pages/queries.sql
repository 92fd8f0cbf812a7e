-- What the pages of blanks and invoices read.

-- name: ranges
-- A range with its kind, its holder, whose paper it is.
FROM invoice_range r JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
JOIN institution i ON i.id = r.institution_id LEFT JOIN access_user u ON u.id = r.user_id

-- name: transfers
-- A hand-over with both sides.
FROM invoice_transfer t JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
JOIN institution f ON f.id = t.from_institution JOIN institution i ON i.id = t.to_institution
LEFT JOIN access_user fu ON fu.id = t.from_user LEFT JOIN access_user tu ON tu.id = t.to_user
JOIN access_user g ON g.id = t.given_by LEFT JOIN access_user d ON d.id = t.decided_by

-- name: transfer_mine
-- It waits for who asks: to his own hand, or to the store that he keeps.
t.state = 'offered' AND t.given_by <> %(user_id)s AND (t.to_user = %(user_id)s OR t.to_user IS NULL
    AND t.to_institution = (SELECT w.institution_id FROM access_user w WHERE w.id = %(user_id)s)
    AND EXISTS (SELECT FROM access_user_role r JOIN access_permission m ON m.role = r.role
                AND m.permission = 'invoices.keep' WHERE r.user_id = %(user_id)s))

-- name: transfer_given
-- He gave it, and nobody has taken it yet.
t.state = 'offered' AND (t.given_by = %(user_id)s OR t.from_user = %(user_id)s)

-- name: transfer_sides
-- Whether who asks may take or refuse it; whether he may withdraw it.
WITH me AS (
    SELECT u.id, access_may_v1(u.id, 'invoices.keep', u.institution_id, NULL) AS keeps, u.institution_id
    FROM access_user u WHERE u.id = %(me)s
)
SELECT t.given_by <> me.id AND (t.to_user = me.id OR t.to_user IS NULL AND me.keeps AND t.to_institution = me.institution_id)
        IS TRUE,
    (t.given_by = me.id OR t.from_user IS NULL AND me.keeps AND t.from_institution = me.institution_id) IS TRUE
FROM invoice_transfer t CROSS JOIN me WHERE t.transfer_id = %(transfer)s AND t.state = 'offered'

-- name: acts
-- A line of the register, with both who signed.
FROM invoice_act a JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
LEFT JOIN institution f ON f.id = a.from_institution LEFT JOIN institution i ON i.id = a.to_institution
LEFT JOIN access_user fu ON fu.id = a.from_user LEFT JOIN access_user tu ON tu.id = a.to_user
LEFT JOIN access_user s ON s.id = a.signed_by LEFT JOIN access_user z ON z.id = a.second_by

-- name: prints
-- A paper with its payment's company, outlet and teller.
FROM invoice_print x JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
JOIN institution i ON i.id = x.institution_id JOIN access_user u ON u.id = x.teller_id

-- name: counts
-- A count of what a holder had.
FROM invoice_count c JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
JOIN institution i ON i.id = c.institution_id LEFT JOIN access_user u ON u.id = c.user_id
JOIN access_user b ON b.id = c.counted_by

-- name: kinds
-- Kinds of paper of companies in scope, and of those whose papers somebody in scope has.
SELECT k.kind_id, p.name || ' ' || k.name || ' ' || k.prefix, k.digits FROM invoice_kind k JOIN partner p ON p.id = k.biller_id
WHERE %(everywhere)s OR p.institution_id = ANY (%(institutions)s::bigint[]) OR EXISTS (
    SELECT FROM invoice_range r WHERE r.kind_id = k.kind_id AND r.institution_id = ANY (%(institutions)s::bigint[]))
    OR p.institution_id IN (WITH RECURSIVE up AS (
        SELECT i.id, i.parent_id FROM institution i JOIN access_user u ON u.institution_id = i.id WHERE u.id = %(user_id)s
        UNION ALL SELECT i.id, i.parent_id FROM institution i JOIN up ON i.id = up.parent_id) SELECT id FROM up)
ORDER BY k.kind_id

-- name: stock
-- What each holder in scope has of a kind, neighbours as one: in the order of numbers.
SELECT x.kind_id, x.kind, x.digits, x.institution, x.teller, x.state, lower(s), upper(s) - 1 FROM (
    SELECT k.kind_id, p.name || ' ' || k.name || ' ' || k.prefix AS kind, k.digits, i.code || ' ' || i.name AS institution,
        u.login || ' ' || u.name AS teller, r.state, range_agg(int8range(r.first_no, r.last_no, '[]')) AS spans
    FROM invoice_range r JOIN invoice_kind k USING (kind_id) JOIN partner p ON p.id = k.biller_id
    JOIN institution i ON i.id = r.institution_id LEFT JOIN access_user u ON u.id = r.user_id
    WHERE (%(everywhere)s OR r.institution_id = ANY (%(institutions)s::bigint[]))
        AND (%(kind)s::integer IS NULL OR r.kind_id = %(kind)s)
    GROUP BY k.kind_id, p.name, i.id, u.id, r.state) x, unnest(x.spans) s
ORDER BY x.kind_id, x.institution, x.teller NULLS FIRST, 7 LIMIT 20000

-- name: receivers
-- To whom one's institution hands papers over: those above and below it, other tellers there and below; its own store
-- for who has papers in his hand.
WITH RECURSIVE up AS (
    SELECT i.id, i.parent_id, 0 AS depth FROM institution i WHERE i.id = %(own)s
    UNION ALL SELECT i.id, i.parent_id, up.depth + 1 FROM institution i JOIN up ON i.id = up.parent_id
), down AS (
    SELECT i.id FROM institution i WHERE i.id = %(own)s
    UNION ALL SELECT i.id FROM institution i JOIN down d ON i.parent_id = d.id
)
SELECT 'i' || i.id, i.code || ' ' || i.name FROM institution i WHERE i.closed_at IS NULL
    AND (i.id IN (SELECT id FROM up) OR i.id IN (SELECT id FROM down)) AND (%(hand)s OR i.id <> %(own)s)
UNION ALL SELECT 'u' || u.institution_id || ':' || u.id, i.code || ' ' || i.name || ' · ' || u.login || ' ' || u.name
FROM access_user u JOIN institution i ON i.id = u.institution_id
WHERE u.institution_id IN (SELECT id FROM down) AND u.is_active AND u.partner_id IS NULL
    AND access_may_v1(u.id, 'invoices.use', u.institution_id, NULL) AND u.id <> %(me)s
ORDER BY 2

-- name: has_own
-- Whether he has papers in his own hand.
SELECT EXISTS (SELECT FROM invoice_range r WHERE r.institution_id = %(own)s AND r.user_id = %(me)s
    AND r.state IN ('hand', 'void'))

-- name: holders
-- Whose papers are counted or marked at an institution: its tellers, or himself alone.
SELECT u.id, u.login || ' ' || u.name FROM access_user u WHERE u.institution_id = %(own)s AND u.partner_id IS NULL
    AND (%(all)s OR u.id = %(me)s) AND access_may_v1(u.id, 'invoices.use', u.institution_id, NULL) ORDER BY 2

-- name: of_number
-- Papers by their number, typed with or without leading noughts.
(x.number = ANY (SELECT t::bigint FROM unnest(%(text)s::text[]) t WHERE t ~ '^[0-9]{1,12}$')
    OR x.payment_id = ANY (SELECT t::bigint FROM unnest(%(text)s::text[]) t WHERE t ~ '^[0-9]{1,18}$'))

-- name: billers
-- Companies in scope, for a new kind.
SELECT p.id, p.code || ' ' || p.name FROM partner p JOIN biller b ON b.partner_id = p.id WHERE p.sandbox_of_id IS NULL
    AND (%(everywhere)s OR p.institution_id = ANY (%(institutions)s::bigint[])) ORDER BY 2

-- name: differs
-- A count that the book does not bear out.
NOT (isempty(c.missing) AND isempty(c.surplus))

-- name: differs_still
-- The last count of its holder, which a supervisor has not signed at the end of the shift since.
NOT (isempty(c.missing) AND isempty(c.surplus))
AND NOT EXISTS (SELECT FROM invoice_count n WHERE n.institution_id = c.institution_id AND n.user_id IS NOT DISTINCT FROM c.user_id
    AND n.kind_id = c.kind_id AND n.count_id > c.count_id)
AND NOT EXISTS (SELECT FROM counter_shift s WHERE s.teller_id = c.user_id AND s.institution_id = c.institution_id
    AND s.opened_at <= c.counted_at AND s.closed_at >= c.counted_at AND s.authorisation_id IS NOT NULL)

-- name: agrees
-- One that it does.
isempty(c.missing) AND isempty(c.surplus)

-- name: number_in_range
-- The number that was typed lies in it.
CASE WHEN %(number)s ~ '^[0-9]{1,12}$' THEN %(number)s::bigint BETWEEN r.first_no AND r.last_no ELSE false END

-- name: number_in_act
-- Likewise of a line of the register.
CASE WHEN %(number)s ~ '^[0-9]{1,12}$' THEN %(number)s::bigint BETWEEN a.first_no AND a.last_no ELSE false END

-- name: transfer_scope
-- Either side of a hand-over sees it.
(%(everywhere)s OR t.from_institution = ANY (%(institutions)s::bigint[])
    OR t.to_institution = ANY (%(institutions)s::bigint[]))

-- name: act_scope
-- Likewise a line of the register.
(%(everywhere)s OR a.from_institution = ANY (%(institutions)s::bigint[])
    OR a.to_institution = ANY (%(institutions)s::bigint[]))

-- name: electronics
-- An order at a tax platform with its company and outlet.
FROM invoice_electronic e JOIN partner p ON p.id = e.biller_id JOIN institution i ON i.id = e.institution_id

-- name: open_orders
-- What is not decided, and what failed and waits for people.
e.state NOT IN ('done', 'replaced', 'dropped')

-- name: stuck_orders
-- Not decided, and the worker looks no more.
e.state IN ('asked', 'issuing', 'signing', 'confirming', 'unknown') AND e.look_at IS NULL

-- name: of_electronic_number
-- By its number, the order's, or the payment's.
(e.number = ANY (%(text)s::text[]) OR e.order_no = ANY (%(text)s::text[])
    OR e.payment_id = ANY (SELECT t::bigint FROM unnest(%(text)s::text[]) t WHERE t ~ '^[0-9]{1,18}$'))

-- name: electronic
-- One that who asks may see, whole.
SELECT e.order_no, e.kind, e.state, e.platform_state, e.code, e.reason, e.number, e.sheet_no, e.total_fen, e.tax_fen, e.lines,
    e.payment_id, e.blue, b.number, e.follows, n.order_no, e.buyer_shown, p.code || ' ' || p.name, i.name,
    u.login || ' ' || u.name, e.asked_at, e.issued_at, e.sent_at, e.look_at
FROM invoice_electronic e JOIN partner p ON p.id = e.biller_id JOIN institution i ON i.id = e.institution_id
LEFT JOIN access_user u ON u.id = e.asked_by LEFT JOIN invoice_electronic b ON b.order_no = e.blue
LEFT JOIN invoice_electronic n ON n.follows = e.order_no
WHERE e.order_no = %(order)s AND {{scope}}

-- name: issuers
-- Sellers in scope.
SELECT p.code, p.name, s.seller, s.tax_no, s.platform, s.endpoint, s.version, s.enabled,
    (SELECT count(*) FROM invoice_rate r WHERE r.biller_id = s.biller_id)
FROM invoice_issuer s JOIN partner p ON p.id = s.biller_id
WHERE %(everywhere)s OR p.institution_id = ANY (%(institutions)s::bigint[]) ORDER BY 1

-- name: sellers
-- Whose numbers may be compared by who asks: of companies of his institutions, and of those above.
SELECT s.biller_id, p.code || ' ' || p.name, s.tax_no FROM invoice_issuer s JOIN partner p ON p.id = s.biller_id
WHERE %(everywhere)s OR p.institution_id = ANY (%(institutions)s::bigint[]) ORDER BY 2
