-- What the pages of arrears read.

-- name: debts
-- Kept debts, with the collector of the building or else the community. All by left joins, though each is there: a count
-- or a sum needs none of them.
FROM arrears_debt d LEFT JOIN partner p ON p.id = d.biller_id LEFT JOIN billing_fee f ON f.fee_id = d.fee_id
LEFT JOIN billing_customer c ON c.bucket = d.bucket AND c.customer_id = d.customer_id
LEFT JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN arrears_collector kb ON kb.place_id = d.building_id
LEFT JOIN arrears_collector ka ON ka.place_id = d.area_id
LEFT JOIN access_user u ON u.id = coalesce(kb.user_id, ka.user_id)

-- name: debts_named
-- With the holder's name, sealed, for whoever calls him.
{debts}
LEFT JOIN payer n ON n.bucket = d.bucket AND n.biller_id = d.biller_id AND n.account_no = d.account_no

-- name: ages
-- Sums and counts of kept debts by one thing.
FROM (SELECT d.biller_id, {{by}} AS what, count(*) AS debts, count(*) FILTER (WHERE d.owed_fen > 0) AS late,
        sum(d.current_fen)::bigint AS current_fen, sum(d.d30_fen)::bigint AS d30_fen, sum(d.d90_fen)::bigint AS d90_fen,
        sum(d.d180_fen)::bigint AS d180_fen, sum(d.d365_fen)::bigint AS d365_fen, sum(d.y2_fen)::bigint AS y2_fen,
        sum(d.older_fen)::bigint AS older_fen, sum(d.owed_fen)::bigint AS owed_fen
    FROM arrears_debt d {{joined}} GROUP BY 1, 2) g
JOIN partner p ON p.id = g.biller_id {{named}}

-- name: whose
-- Who collects a debt: at its building, else in its community.
LEFT JOIN arrears_collector kb ON kb.place_id = d.building_id LEFT JOIN arrears_collector ka ON ka.place_id = d.area_id

-- name: named_area
-- What each is called.
JOIN billing_place n ON n.place_id = g.what

-- name: named_fee
-- Likewise.
JOIN billing_fee n ON n.fee_id = g.what

-- name: named_collector
-- Likewise; nobody collects some.
LEFT JOIN access_user n ON n.id = g.what

-- name: letters
-- Letters and notices, with what became of a notice.
FROM arrears_letter t JOIN partner p ON p.id = t.biller_id JOIN billing_fee f ON f.fee_id = t.fee_id
JOIN billing_customer c ON c.bucket = t.bucket AND c.customer_id = t.customer_id
JOIN billing_place l ON l.place_id = c.place_id
LEFT JOIN arrears_done o ON o.bucket = t.bucket AND o.bill_id = t.bill_id AND o.step_no = t.step_no AND o.kind = t.kind
LEFT JOIN arrears_debt d ON d.bucket = t.bucket AND d.customer_id = t.customer_id AND d.fee_id = t.fee_id
    AND d.oldest_bill = t.bill_id

-- name: letter_state
-- Of a letter: printed. Of a notice: served, to be served, or void, for its debt is no more.
CASE WHEN t.kind = 'letter' THEN 'printed' WHEN o.done_id IS NOT NULL THEN 'served'
    WHEN d.next_no = t.step_no AND d.next_kind = t.kind THEN 'unserved' ELSE 'void' END

-- name: cuts
-- Cuts with where they stand.
FROM arrears_cut_state c JOIN partner p ON p.id = c.biller_id JOIN billing_fee f ON f.fee_id = c.fee_id
JOIN billing_customer u ON u.bucket = c.bucket AND u.customer_id = c.customer_id
JOIN billing_place l ON l.place_id = u.place_id

-- name: holds
-- Promises, plans and disputes with whether they are kept.
FROM arrears_hold h JOIN partner p ON p.id = h.biller_id JOIN billing_fee f ON f.fee_id = h.fee_id

-- name: written
-- Bills written off and taken up again.
FROM billing_write_off w JOIN billing_bill b ON b.bucket = w.bucket AND b.bill_id = w.bill_id
JOIN billing_run r ON r.run_id = b.run_id JOIN billing_fee f ON f.fee_id = r.fee_id JOIN partner p ON p.id = r.biller_id
JOIN access_authorisation a ON a.id = w.proposal JOIN access_user m ON m.id = a.maker_id
JOIN access_user k ON k.id = a.checker_id

-- name: still_written
-- Of the bill of a row, at present.
(SELECT sum(x.amount_fen) FROM billing_write_off x WHERE x.bucket = w.bucket AND x.bill_id = w.bill_id)

-- name: billers
-- Those that bill here, of who asks.
SELECT p.id, p.code || ' ' || p.name FROM billing_biller b JOIN partner p ON p.id = b.biller_id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.code

-- name: fees
-- Theirs.
SELECT f.fee_id, p.code || ' ' || f.name FROM billing_fee f JOIN partner p ON p.id = f.biller_id
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code, f.name

-- name: areas
-- Their communities.
SELECT l.place_id, p.code || ' ' || l.name FROM billing_place l JOIN partner p ON p.id = l.biller_id
WHERE l.level = 1 AND p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[]))
ORDER BY p.code, l.name LIMIT 2000

-- name: collectors
-- Who collects anywhere of theirs.
SELECT DISTINCT u.id, u.login FROM arrears_collector k JOIN access_user u ON u.id = k.user_id
WHERE %(all)s OR k.biller_id = ANY (%(partners)s::integer[]) ORDER BY u.login

-- name: as_of
-- When the lists were worked out, of the bucket that waits longest.
SELECT min(at) FROM arrears_kept

-- name: account_debts
-- What an account owes, by fee.
SELECT d.fee_id, f.name, d.class, d.current_fen, d.owed_fen, d.oldest_on, d.done_kind, d.done_on, d.next_kind, d.next_on,
    d.why FROM arrears_debt d JOIN billing_fee f ON f.fee_id = d.fee_id
WHERE d.bucket = %(bucket)s AND d.customer_id = %(customer)s ORDER BY f.name, d.fee_id

-- name: account_done
-- What was done to it, the newest first; a message with what became of it.
SELECT o.done_at, f.name, o.kind, o.how, o.owed_fen, o.done_by, o.note, n.state, o.bill_id, o.done_on
FROM arrears_done o JOIN billing_fee f ON f.fee_id = o.fee_id
LEFT JOIN arrears_message m ON m.done_id = o.done_id LEFT JOIN notification n ON n.id = m.notification_id
WHERE o.bucket = %(bucket)s AND o.customer_id = %(customer)s ORDER BY o.done_id DESC LIMIT 100

-- name: account_calls
-- Calls that reached nobody.
SELECT count(*) FROM arrears_call k JOIN arrears_debt d ON d.bucket = k.bucket AND d.oldest_bill = k.bill_id
    AND d.next_no = k.step_no WHERE d.bucket = %(bucket)s AND d.customer_id = %(customer)s

-- name: account_holds
-- What held it, the newest first.
SELECT h.hold_id, f.name, h.kind, h.from_on, h.until_on, h.amount_fen, arrears_hold_state_v1(h, %(today)s), h.made_by,
    concat_ws(' · ', nullif(h.note, ''), nullif(h.upheld_note, ''), nullif(h.ended_note, ''))
FROM arrears_hold h JOIN billing_fee f ON f.fee_id = h.fee_id
WHERE h.bucket = %(bucket)s AND h.customer_id = %(customer)s ORDER BY h.hold_id DESC LIMIT 100

-- name: account_cuts
-- Likewise.
SELECT c.cut_id, f.name, c.asked_at, c.cut_at, c.restore_asked_at, c.restore_by, c.restored_at, c.state
FROM arrears_cut_state c JOIN billing_fee f ON f.fee_id = c.fee_id
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s ORDER BY c.cut_id DESC LIMIT 100

-- name: account_letters
-- Likewise.
SELECT t.letter_no, f.name, t.kind, t.printed_at, t.owed_fen, o.done_on, o.how
FROM arrears_letter t JOIN billing_fee f ON f.fee_id = t.fee_id
LEFT JOIN arrears_done o ON o.bucket = t.bucket AND o.bill_id = t.bill_id AND o.step_no = t.step_no AND o.kind = t.kind
WHERE t.bucket = %(bucket)s AND t.customer_id = %(customer)s ORDER BY t.letter_no DESC LIMIT 100

-- name: account_written
-- Bills of an account that are written off, with how much.
SELECT w.bill_id, sum(w.amount_fen)::bigint FROM billing_write_off w
JOIN billing_bill b ON b.bucket = w.bucket AND b.bill_id = w.bill_id
JOIN billing_run r ON r.run_id = b.run_id AND r.biller_id = %(biller)s
WHERE w.bucket = %(bucket)s AND b.account_no = %(account)s GROUP BY w.bill_id HAVING sum(w.amount_fen) > 0 ORDER BY 1

-- name: hold
-- One dispute that runs or was found right, whose it is.
SELECT h.biller_id, h.customer_id, f.name, h.amount_fen, h.note, h.made_by, h.upheld_by
FROM arrears_hold h JOIN billing_fee f ON f.fee_id = h.fee_id
WHERE h.hold_id = %(hold)s AND h.kind = 'dispute' AND h.ended_at IS NULL

-- name: sheets
-- Letters of a batch, or one of them, with the biller's and the payer's names, and how often each was printed again.
SELECT t.letter_no, t.kind, t.biller_id, p.code, p.name, i.name, t.customer_id, c.account_no, n.name, l.path, f.name,
    t.owed_fen, t.oldest_on, t.cut_days, t.printed_at, (SELECT count(*) FROM arrears_print x WHERE x.letter_no = t.letter_no),
    r.law, (SELECT json_agg(json_build_array(b.bill_id, b.title, b.due_on, b.principal_fen, b.late_fen)
        ORDER BY b.due_on, b.bill_id) FROM arrears_letter_bill b WHERE b.letter_no = t.letter_no), o.phone, o.address
FROM arrears_letter t JOIN partner p ON p.id = t.biller_id JOIN institution i ON i.id = p.institution_id
JOIN billing_customer c ON c.bucket = t.bucket AND c.customer_id = t.customer_id
JOIN billing_place l ON l.place_id = c.place_id JOIN billing_fee f ON f.fee_id = t.fee_id
JOIN arrears_rule r ON r.rule_id = t.rule_id
LEFT JOIN payer n ON n.bucket = t.bucket AND n.biller_id = t.biller_id AND n.account_no = c.account_no
LEFT JOIN LATERAL (SELECT * FROM arrears_office x WHERE x.biller_id = t.biller_id ORDER BY x.office_id DESC LIMIT 1) o ON true
WHERE t.letter_no = %(letter)s OR t.batch = %(batch)s ORDER BY t.letter_no LIMIT 100

-- name: offices
-- Where each company in scope is found, as its letters say it.
SELECT p.id, p.name, o.phone, o.address, o.made_by, o.made_at FROM billing_biller b JOIN partner p ON p.id = b.biller_id
LEFT JOIN LATERAL (SELECT * FROM arrears_office x WHERE x.biller_id = p.id ORDER BY x.office_id DESC LIMIT 1) o ON true
WHERE p.id <> ALL (%(sandboxes)s::integer[]) AND (%(all)s OR p.id = ANY (%(partners)s::integer[])) ORDER BY p.code

-- name: served
-- Whether a notice was served.
SELECT o.done_on, o.how, o.done_by, o.note FROM arrears_letter t
JOIN arrears_done o ON o.bucket = t.bucket AND o.bill_id = t.bill_id AND o.step_no = t.step_no AND o.kind = t.kind
WHERE t.letter_no = %(letter)s

-- name: rules
-- In force, of the billers in scope.
SELECT r.rule_id, p.name, f.name, r.class, r.law, r.restore_hours, r.made_at, (SELECT string_agg(concat_ws(' ', s.kind,
    s.overdue_days, s.after_days, s.least_fen), ',' ORDER BY s.step_no) FROM arrears_step s WHERE s.rule_id = r.rule_id)
FROM arrears_rule r JOIN partner p ON p.id = r.biller_id LEFT JOIN billing_fee f ON f.fee_id = r.fee_id
WHERE (%(all)s OR r.biller_id = ANY (%(partners)s::integer[])) AND r.biller_id <> ALL (%(sandboxes)s::integer[])
    AND NOT EXISTS (SELECT FROM arrears_rule x WHERE x.biller_id = r.biller_id AND x.class = r.class
        AND x.fee_id IS NOT DISTINCT FROM r.fee_id AND x.rule_id > r.rule_id) ORDER BY p.name, f.name NULLS FIRST, r.class

-- name: places
-- Communities of a company, or one of them with its buildings, with who collects there.
SELECT l.place_id, l.path, u.id, u.login || ' ' || u.name FROM billing_place l
LEFT JOIN arrears_collector k ON k.place_id = l.place_id LEFT JOIN access_user u ON u.id = k.user_id
WHERE l.biller_id = %(biller)s AND CASE WHEN %(area)s::bigint IS NULL THEN l.level = 1
    ELSE l.place_id = %(area)s OR l.level = 2 AND l.parent_id = %(area)s END ORDER BY l.level, l.path LIMIT 2001

-- name: areas_of
-- Communities of a company.
SELECT l.place_id, l.name FROM billing_place l WHERE l.level = 1 AND l.biller_id = %(biller)s ORDER BY l.name LIMIT 2000

-- name: people
-- Who may collect for a company: duns, goes to doors, takes money at a desk.
SELECT u.id, u.login || ' ' || u.name FROM access_user u JOIN partner p ON p.id = %(biller)s
WHERE u.is_active AND arrears_may_collect_v1(u.id, p.institution_id, p.id) ORDER BY u.login LIMIT 500

-- name: bad
-- Bills long overdue, or of closed accounts, that no one disputes, the oldest first.
SELECT b.bill_id, d.account_no, f.name, y.due_on, y.due_fen - y.paid_fen, c.closed_on
FROM arrears_debt d JOIN billing_customer c ON c.bucket = d.bucket AND c.customer_id = d.customer_id
JOIN billing_fee f ON f.fee_id = d.fee_id
JOIN payable y ON y.bucket = d.bucket AND y.biller_id = d.biller_id AND y.account_no = d.account_no AND y.state = 'open'
    AND y.balance_fen IS NULL AND y.due_on < %(today)s AND y.due_fen > y.paid_fen AND y.held_by IS NULL
JOIN billing_bill b ON b.bucket = d.bucket AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id AND s.fee_id = d.fee_id
WHERE d.biller_id = %(biller)s AND (d.older_fen > 0 AND y.due_on < %(today)s::date - 730 OR c.closed_on IS NOT NULL)
ORDER BY y.due_on, b.bill_id LIMIT 100

-- name: contact
-- A phone and the holder's name, sealed.
SELECT c.contact, n.name FROM billing_customer c
LEFT JOIN payer n ON n.bucket = c.bucket AND n.biller_id = c.biller_id AND n.account_no = c.account_no
WHERE c.bucket = %(bucket)s AND c.customer_id = %(customer)s
