-- Statements of blanks and invoices.

-- name: kind_new
-- A kind of paper.
SELECT * FROM invoices_kind_v1(%s, %s, %s, %s, %s::smallint, %s, %s)

-- name: kind
-- One, with whose it is.
SELECT k.kind_id, k.name, k.prefix, k.digits, k.layout, k.biller_id, p.code, p.name, p.institution_id
FROM invoice_kind k JOIN partner p ON p.id = k.biller_id WHERE k.kind_id = %s

-- name: receive
-- Stock-in, as two people agreed just now.
SELECT invoices_receive_v1(%s, %s)

-- name: destroy
-- Void papers destroyed, as two people agreed just now.
SELECT invoices_destroy_v1(%s, %s)

-- name: give
-- A hand-over begins.
SELECT * FROM invoices_give_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: end
-- It ends.
SELECT invoices_end_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: mark
-- Void, lost, found.
SELECT invoices_mark_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: count
-- What was counted against the book.
SELECT * FROM invoices_count_v1(%s, %s, %s, %s, %s::bigint[], %s::bigint[], %s)

-- name: print
-- A paper of a payment.
SELECT * FROM invoices_print_v1(%s, %s, %s, %s, %s, %s)

-- name: may_print
-- Whether it may be printed at an institution.
SELECT code FROM invoices_may_print_v1(%s, %s, %s, %s)

-- name: next
-- The next number of a teller for the company of a payment.
SELECT k.kind_id, n.number, k.digits, k.prefix, k.name FROM payment y
CROSS JOIN LATERAL invoices_next_v1(%s, y.biller_id) n JOIN invoice_kind k ON k.kind_id = n.kind
WHERE y.bucket = %s AND y.payment_id = %s

-- name: prints
-- The papers of a payment, the newest first.
SELECT x.print_id, x.what, x.copy_no, x.number, k.digits, k.prefix, x.printed_at, x.voided_at, x.teller_id
FROM invoice_print x JOIN invoice_kind k USING (kind_id) WHERE x.payment_id = %s ORDER BY x.print_id DESC

-- name: paper
-- One paper, as the printer needs it.
SELECT x.print_id, x.payment_id, x.what, x.copy_no, x.number, k.digits, k.prefix, k.name, k.layout, x.printed_at,
    x.voided_at, x.teller_id, x.institution_id, i.name, u.login || ' ' || u.name, p.name
FROM invoice_print x JOIN invoice_kind k USING (kind_id) JOIN institution i ON i.id = x.institution_id
JOIN access_user u ON u.id = x.teller_id JOIN partner p ON p.id = k.biller_id WHERE x.print_id = %s

-- name: payment_of
-- A payment that somebody at a counter names: by its number, or by a serial of his institution's counter.
SELECT y.payment_id FROM payment y WHERE y.bucket = (%(number)s %% 1000)::smallint AND y.payment_id = %(number)s
UNION ALL SELECT e.payment_id FROM counter_entry e WHERE e.serial = %(text)s AND e.institution_id = %(institution)s
    AND e.original_id IS NULL AND e.payment_id IS NOT NULL
LIMIT 1

-- name: known_payment
-- What a payment is, for who looks at its papers.
SELECT y.payment_id, y.account_no, y.amount_fen, y.business_day, p.code || ' ' || p.name, c.name
FROM payment y JOIN partner p ON p.id = y.biller_id JOIN partner c ON c.id = y.channel_id
WHERE y.bucket = %s AND y.payment_id = %s

-- name: open_transfers
-- Hand-overs of a teller that have not ended, either side.
SELECT count(*) FROM invoice_transfer t WHERE t.state = 'offered' AND (t.from_user = %(user)s OR t.to_user = %(user)s)

-- name: uncounted
-- Kinds of which a teller did something, or has something, since his last count of them.
SELECT count(*) FROM invoice_kind k
CROSS JOIN LATERAL (
    SELECT max(a.act_id) AS last, max(a.at) AS at FROM invoice_act a
    WHERE a.kind_id = k.kind_id AND a.act <> 'undo' AND (a.from_user = %(user)s OR a.to_user = %(user)s)) a
WHERE (a.at >= %(since)s OR EXISTS (SELECT FROM invoice_range r WHERE r.kind_id = k.kind_id AND r.user_id = %(user)s
                                   AND r.state = 'hand'))
    AND NOT EXISTS (SELECT FROM invoice_count c WHERE c.kind_id = k.kind_id AND c.user_id = %(user)s
        AND c.counted_at >= %(since)s AND c.last_act >= coalesce(a.last, 0))

-- name: shift
-- What became of a teller's numbers while his shift was open, by kind: used, voided, left, and of the counts what differed.
-- A number used and then void is void.
SELECT k.name, k.digits,
    count(*) FILTER (WHERE a.act = 'use' AND NOT EXISTS (SELECT FROM invoice_act v WHERE v.kind_id = a.kind_id
        AND v.act IN ('void', 'undo') AND a.first_no BETWEEN v.first_no AND v.last_no AND v.at BETWEEN %(since)s AND %(until)s)), coalesce(sum(a.last_no - a.first_no + 1) FILTER (WHERE a.act IN ('void', 'undo')), 0),
    (SELECT coalesce(sum(r.last_no - r.first_no + 1), 0) FROM invoice_range r WHERE r.kind_id = k.kind_id
        AND r.user_id = %(user)s AND r.state = 'hand'),
    (SELECT c.missing::text || '|' || c.surplus::text FROM invoice_count c WHERE c.kind_id = k.kind_id
        AND c.user_id = %(user)s AND c.counted_at BETWEEN %(since)s AND %(until)s ORDER BY c.count_id DESC LIMIT 1)
FROM invoice_kind k LEFT JOIN invoice_act a ON a.kind_id = k.kind_id AND a.from_user = %(user)s
    AND a.at BETWEEN %(since)s AND %(until)s
GROUP BY k.kind_id HAVING count(a.act_id) > 0 OR EXISTS (SELECT FROM invoice_range r WHERE r.kind_id = k.kind_id
    AND r.user_id = %(user)s AND r.state = 'hand')
ORDER BY k.kind_id

-- name: used
-- Numbers of a kind that the bank's book says are used, neighbours as one.
SELECT coalesce(range_agg(int8range(r.first_no, r.last_no, '[]')), '{}')::text FROM invoice_range r
WHERE r.kind_id = %s AND r.state = 'used'

-- name: flows_differ
-- The register against the ranges: what came in and did not go out again is what each holder has, in whatever state.
SELECT 'invoice kind ' || x.kind_id, 'at institution ' || x.institution || coalesce(' teller ' || x.holder, '')
    || ': the register leaves ' || sum(x.flow) || ', the ranges hold ' || sum(x.held)
FROM (
    SELECT a.kind_id, a.to_institution AS institution, a.to_user AS holder, a.last_no - a.first_no + 1 AS flow, 0 AS held
    FROM invoice_act a WHERE a.act IN ('receive', 'take')
    UNION ALL SELECT a.kind_id, a.from_institution, a.from_user, -(a.last_no - a.first_no + 1), 0
    FROM invoice_act a WHERE a.act = 'take'
    UNION ALL SELECT r.kind_id, r.institution_id, r.user_id, 0, r.last_no - r.first_no + 1 FROM invoice_range r) x
GROUP BY x.kind_id, x.institution, x.holder HAVING sum(x.flow) <> sum(x.held)

-- name: states_differ
-- And state by state: what the acts made used, void, blocked, destroyed and in transit is what the ranges say.
SELECT 'invoice kind ' || x.kind_id, 'of state ' || x.state || ' the acts leave ' || sum(x.acts) || ', the ranges hold '
    || sum(x.held)
FROM (
    SELECT a.kind_id, s.state, s.sign * (a.last_no - a.first_no + 1) AS acts, 0 AS held FROM invoice_act a
    JOIN (VALUES ('use', 'used', 1), ('undo', 'used', -1), ('undo', 'void', 1), ('faulty', 'void', 1),
                 ('destroy', 'void', -1), ('destroy', 'destroyed', 1), ('give', 'transit', 1), ('take', 'transit', -1),
                 ('refuse', 'transit', -1), ('withdraw', 'transit', -1)) s (act, state, sign) ON s.act = a.act
    UNION ALL SELECT a.kind_id, 'void', a.last_no - a.first_no + 1, 0 FROM invoice_act a WHERE a.act = 'void'
    UNION ALL SELECT a.kind_id, 'used', -(a.last_no - a.first_no + 1), 0 FROM invoice_act a
    WHERE a.act = 'void' AND a.payment_id IS NOT NULL
    UNION ALL SELECT a.kind_id, 'void', CASE a.act WHEN 'give' THEN -1 ELSE 1 END * (a.last_no - a.first_no + 1), 0
    FROM invoice_act a WHERE a.is_void AND a.act IN ('give', 'take', 'refuse', 'withdraw')
    UNION ALL SELECT r.kind_id, replace(r.state, 'void_', ''), 0, r.last_no - r.first_no + 1 FROM invoice_range r
    WHERE r.state NOT IN ('hand', 'blocked')) x
GROUP BY x.kind_id, x.state HAVING sum(x.acts) <> sum(x.held)

-- name: numbers_differ
-- What was received is what there is, number by number.
SELECT 'invoice kind ' || k.kind_id, 'received and kept are not the same numbers: ' || (i.came - h.there)::text || ' '
    || (h.there - i.came)::text
FROM invoice_kind k
CROSS JOIN LATERAL (SELECT coalesce(range_agg(int8range(a.first_no, a.last_no, '[]')), '{}') AS came FROM invoice_act a
    WHERE a.kind_id = k.kind_id AND a.act = 'receive') i
CROSS JOIN LATERAL (SELECT coalesce(range_agg(int8range(r.first_no, r.last_no, '[]')), '{}') AS there
    FROM invoice_range r WHERE r.kind_id = k.kind_id) h
WHERE i.came <> h.there

-- name: prints_altered
-- A print that stands has a used number, one that was made void a void one, and each used number has its print.
SELECT 'invoice print ' || x.print_id, 'of payment ' || x.payment_id || ': its number is '
    || coalesce(r.state, 'nowhere')
FROM invoice_print x LEFT JOIN invoice_range r ON r.span @> (x.kind_id * 1000000000000 + x.number)
WHERE CASE WHEN x.voided_at IS NULL THEN r.state IS DISTINCT FROM 'used'
           ELSE coalesce(r.state, '') NOT IN ('void', 'void_transit', 'destroyed') END
UNION ALL SELECT 'invoice kind ' || r.kind_id, 'number ' || r.first_no || ' is used, and nothing was printed on it'
FROM invoice_range r LEFT JOIN invoice_print x ON (x.kind_id, x.number) = (r.kind_id, r.first_no) AND x.voided_at IS NULL
WHERE r.state = 'used' AND x.print_id IS NULL

-- name: acts_altered
-- Who signed what: two people of a proposal for what came in and was destroyed, giver and taker of a hand-over, the teller of a
-- print and the supervisor of its repetition; prints and hand-overs themselves are told to the trail.
SELECT 'invoice act ' || a.act_id, CASE
    WHEN a.act IN ('receive', 'faulty', 'destroy') AND a.proposal_id IS NOT NULL AND (a.signed_by, a.second_by) IS DISTINCT FROM (x.maker_id, x.checker_id)
        THEN 'is signed otherwise than its proposal ' || a.proposal_id
    WHEN t.transfer_id IS NOT NULL AND (a.signed_by, a.second_by, a.at, a.first_no, a.last_no) IS DISTINCT FROM (t.given_by,
            CASE WHEN a.act <> 'give' THEN t.decided_by END, CASE a.act WHEN 'give' THEN t.given_at ELSE t.decided_at END,
            t.first_no, t.last_no)
        THEN 'is signed otherwise than hand-over ' || t.transfer_id
    WHEN a.act = 'use' AND (p.payment_id, p.teller_id, p.printed_at, p.proposal_id, x.checker_id)
            IS DISTINCT FROM (a.payment_id, a.signed_by, a.at, a.proposal_id, a.second_by)
        THEN 'is signed otherwise than the print of number ' || a.first_no END
FROM invoice_act a LEFT JOIN access_authorisation x ON x.id = a.proposal_id
LEFT JOIN invoice_transfer t ON t.transfer_id = a.transfer_id
LEFT JOIN invoice_print p ON (p.kind_id, p.number) = (a.kind_id, a.first_no)

-- name: barred_altered
-- No payment was both printed again and reversed; what went back whole has no standing paper.
SELECT 'payment ' || x.payment_id, 'was printed again and reversed' FROM invoice_print x
JOIN payment_return r ON r.bucket = (x.payment_id % 1000)::smallint AND r.payment_id = x.payment_id AND r.verb = 'reverse'
    AND r.booked_at IS NOT NULL
WHERE x.what = 'reprint'
UNION SELECT 'payment ' || x.payment_id, 'went back, and its paper ' || x.number || ' stands' FROM invoice_print x
JOIN payment_return r ON r.bucket = (x.payment_id % 1000)::smallint AND r.payment_id = x.payment_id AND r.left_fen = 0
    AND r.booked_at IS NOT NULL
WHERE x.voided_at IS NULL

-- name: to_count
-- Kinds that a teller counts: what he has, and what he dealt with since.
SELECT k.kind_id, k.name, k.prefix, k.digits FROM invoice_kind k
WHERE EXISTS (SELECT FROM invoice_range r WHERE r.kind_id = k.kind_id AND r.user_id = %(user)s AND r.state = 'hand')
    OR EXISTS (SELECT FROM invoice_act a WHERE a.kind_id = k.kind_id AND a.at >= %(since)s AND a.act <> 'undo'
        AND (a.from_user = %(user)s OR a.to_user = %(user)s))
ORDER BY k.kind_id

-- name: paid_with
-- Payments whose paper has this number, of any kind of paper; and the one whose electronic invoice has it.
(SELECT p.payment_id FROM invoice_print p WHERE p.number = %(paper)s::bigint ORDER BY p.print_id DESC LIMIT 20)
UNION SELECT e.payment_id FROM invoice_electronic e WHERE e.number = %(electronic)s
