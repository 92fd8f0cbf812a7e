-- Statements of the pages of the treasury.

-- name: vouchers
-- With unit and what became of each line.
FROM (SELECT x.*, l.lines, l.paid_fen FROM treasury_voucher x CROSS JOIN LATERAL (SELECT count(*) AS lines,
          coalesce(sum(y.amount_fen) FILTER (WHERE y.result = 'paid'), 0)::bigint AS paid_fen
      FROM treasury_line y WHERE y.voucher_id = x.voucher_id) l) v
JOIN budget_unit u USING (unit_id)

-- name: returns
-- With voucher and unit.
FROM treasury_return t JOIN treasury_voucher v USING (voucher_id) JOIN budget_unit u USING (unit_id)
JOIN treasury_line l USING (voucher_id, line_no) JOIN card k ON k.card_id = l.card_id JOIN budget_person p USING (person_id)

-- name: clearings
-- With bank and bureau.
FROM treasury_clearing c JOIN partner p ON p.id = c.bank_id JOIN partner b ON b.id = c.bureau_id

-- name: differences
-- As they stand.
FROM (SELECT d.*, row_number() OVER (ORDER BY d.on_day, d.what, d.about) AS place, (SELECT v.voucher_id FROM treasury_voucher v
          WHERE v.bureau_id = d.bureau_id AND v.voucher_no = split_part(d.about, ' ', -1)) AS voucher_id FROM treasury_difference d) d
JOIN partner b ON b.id = d.bureau_id

-- name: refused
-- Open: a month long, unless a paper of its number was taken behind it.
FROM (SELECT x.refused_id, x.bureau_id, x.house_id, x.kind, x.number, x.code, x.why, x.at, CASE WHEN x.number <> '' AND EXISTS (SELECT FROM treasury_word w WHERE w.bureau_id = x.bureau_id AND w.house_id = x.house_id
              AND w.way = 'in' AND w.kind = x.kind AND w.number = x.number AND w.at > x.at) THEN 'replaced'
          WHEN x.at < budget_clock_v1(x.bureau_id)::timestamp AT TIME ZONE 'Asia/Shanghai' - interval '31 days' THEN 'old'
          ELSE 'open' END AS state FROM treasury_refused x) c
JOIN partner p ON p.id = c.house_id

-- name: late
-- Lines that the bank has not answered within the rule's working days of the voucher's sending.
FROM (SELECT l.voucher_id * 1000 + l.line_no AS row_key, l.voucher_id, l.line_no, l.card_id, l.amount_fen, x.voucher_no, x.unit_id, x.bureau_id, x.sent_on, x.state, x.reason,
          settlement_workday_v1(x.sent_on, (budget_rule_v1(x.bureau_id, x.sent_on)).return_days::integer) AS back_on
      FROM treasury_voucher x JOIN treasury_line l USING (voucher_id) WHERE x.state IN ('sent', 'unknown') AND l.result = 'open') v
JOIN budget_unit u USING (unit_id) JOIN card k ON k.card_id = v.card_id JOIN budget_person p USING (person_id)

-- name: late_now
-- Behind that day, by the database's clock.
AND v.back_on < budget_clock_v1(v.bureau_id)

-- name: quotas
-- Each detail of a notice, with what it waits for.
FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id) LEFT JOIN budget_indicator i USING (indicator_id)

-- name: quota_row
-- A detail of a notice.
SELECT q.bureau_id, q.kind, q.number, q.year, q.month, q.on_day, r.doc_no, r.unit_code, r.func_code, r.eco_code, r.project, r.amount_fen,
    r.state, r.code, i.number
FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id) LEFT JOIN budget_indicator i USING (indicator_id) WHERE r.row_id = %s

-- name: quota_choices
-- Indicators of a detail's unit, year and function.
SELECT i.number, i.number || ' ' || i.title FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id)
JOIN budget_indicator i ON i.bureau_id = q.bureau_id AND i.year = q.year AND i.closed_at IS NULL AND starts_with(i.func_code, r.func_code)
JOIN budget_unit u ON u.unit_id = i.unit_id AND u.code = r.unit_code
WHERE r.row_id = %s ORDER BY (i.indicator_id = r.indicator_id) IS TRUE DESC, i.number LIMIT 200

-- name: bureaus_of
-- Bureaus in scope that may pay by vouchers.
SELECT b.bureau_id, p.code || ' ' || p.name FROM card_bureau b JOIN partner p ON p.id = b.bureau_id WHERE {{scope}} ORDER BY p.code

-- name: banks
-- Banks that may be agent bank or treasury.
SELECT b.partner_id, p.code || ' ' || p.name FROM bank b JOIN partner p ON p.id = b.partner_id ORDER BY p.code

-- name: due
-- What is due to cards in units for which this session makes vouchers, the most urgent first.
SELECT r.repayment_id, u.code || ' ' || u.name, p.name, k.tail, i.number, r.amount_fen, r.due_on, r.reason, m.purpose,
    r.claim_id, CASE WHEN o.left_fen < 0 THEN o.refunded_fen END
FROM card_repayment r JOIN budget_unit u USING (unit_id) JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
JOIN budget_indicator i USING (indicator_id) JOIN card_claim m USING (claim_id)
JOIN card_claim_line n ON n.claim_id = r.claim_id AND n.line_no = r.line_no LEFT JOIN card_official o ON o.swipe_id = n.swipe_id
WHERE r.state = 'due' AND r.unit_id IN (SELECT budget_reach_v1(%(session)s, 'treasury.make')) ORDER BY r.due_on, r.repayment_id LIMIT 201

-- name: to_return
-- What was repaid and given back by its merchant since, in those units: nobody has asked for its return yet.
SELECT l.voucher_id, l.line_no, v.voucher_no, p.name, k.tail, -o.left_fen, m.purpose, m.claim_id
FROM card_repayment r JOIN card_claim_line n USING (claim_id, line_no) JOIN card_official o ON o.swipe_id = n.swipe_id AND o.left_fen < 0
JOIN card_claim m ON m.claim_id = r.claim_id
JOIN treasury_line l ON l.repayment_id = r.repayment_id AND l.result = 'paid' JOIN treasury_voucher v USING (voucher_id)
JOIN card k ON k.card_id = l.card_id JOIN budget_person p ON p.person_id = k.person_id
WHERE r.state = 'paid' AND r.unit_id IN (SELECT budget_reach_v1(%(session)s, 'treasury.make')) AND NOT EXISTS (SELECT FROM treasury_return t
    WHERE t.voucher_id = l.voucher_id AND t.line_no = l.line_no AND t.state IN ('told', 'asked'))
ORDER BY r.paid_at DESC LIMIT 100

-- name: due_sum
-- How much of it, since when.
SELECT count(*), min(r.changed_at), coalesce(sum(r.amount_fen), 0)::bigint FROM card_repayment r
WHERE r.state = 'due' AND r.unit_id IN (SELECT budget_reach_v1(%(session)s, 'treasury.make'))

-- name: voucher
-- One of a unit that this login sees.
SELECT v.voucher_id, v.voucher_no, v.state, v.amount_fen, v.purpose, u.code || ' ' || u.name, v.account_no, v.bank_name, v.bank_code,
    b.name, i.number, i.func_code, i.fund_code, v.made_by, v.made_at, v.agreed_by, v.agreed_at, v.pay_on, v.sent_on, v.reason, v.content,
    y.name, coalesce((treasury_rule_v1(v.bureau_id, (v.made_at AT TIME ZONE 'Asia/Shanghai')::date)).class_digits, 3),
    up.code || ' ' || up.name, i.gov_code, i.dep_code, i.project, i.type_code, w.sha256
FROM treasury_voucher v JOIN budget_unit u USING (unit_id) JOIN partner b ON b.id = v.bank_id JOIN partner y ON y.id = v.bureau_id
JOIN budget_indicator i USING (indicator_id) LEFT JOIN budget_unit up ON up.unit_id = u.parent_id
LEFT JOIN treasury_word w ON w.bureau_id = v.bureau_id AND w.way = 'out' AND w.number = v.voucher_no
WHERE v.voucher_id = %(one)s AND v.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: lines
-- Of a voucher.
SELECT l.line_no, p.name, k.tail, l.amount_fen, l.result, l.serial, l.reason, l.paid_on, c.number, c.state, r.returned_fen, m.purpose,
    r.claim_id, i.func_code, i.dep_code, (s.swiped_at AT TIME ZONE 'Asia/Shanghai')::date, s.amount_fen, s.merchant,
    CASE WHEN s.left_fen < 0 THEN s.refunded_fen ELSE 0 END
FROM treasury_line l JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
JOIN card_repayment r USING (repayment_id) JOIN card_claim m USING (claim_id) JOIN budget_indicator i ON i.indicator_id = r.indicator_id
JOIN card_claim_line n ON n.claim_id = r.claim_id AND n.line_no = r.line_no LEFT JOIN card_official s ON s.swipe_id = n.swipe_id
LEFT JOIN treasury_clearing c USING (clearing_id) WHERE l.voucher_id = %s ORDER BY l.line_no

-- name: prints
-- How often it was printed, and by whom last.
SELECT x.form, count(*), max(x.at), (array_agg(x.login ORDER BY x.turn DESC))[1] FROM treasury_print x WHERE x.voucher_id = %s GROUP BY x.form
ORDER BY x.form

-- name: print_once_more
-- The count goes on the paper.
SELECT code, turn FROM treasury_print_v1(%s, %s, %s, %s)

-- name: one_return
-- Of a unit that this login sees.
SELECT t.return_id, t.state, t.amount_fen, t.reason, t.paper_no, v.voucher_id, v.voucher_no, t.line_no, p.name, k.tail, l.amount_fen,
    t.asked_by, t.decided_by, t.decided_at, t.cleared, t.year, c.number
FROM treasury_return t JOIN treasury_voucher v USING (voucher_id) JOIN treasury_line l USING (voucher_id, line_no)
JOIN card k ON k.card_id = l.card_id JOIN budget_person p ON p.person_id = k.person_id
LEFT JOIN treasury_clearing c ON c.clearing_id = t.clearing_id
WHERE t.return_id = %(one)s AND v.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: clearing
-- A claim or refund, with its bank.
SELECT c.bureau_id, c.number, c.kind, c.on_day, c.amount_fen, c.state, c.code, p.name FROM treasury_clearing c JOIN partner p ON p.id = c.bank_id
WHERE c.clearing_id = %s

-- name: clearing_rows
-- Its vouchers, with what is due of each.
SELECT r.voucher_no, min(r.unit_code), sum(r.amount_fen)::bigint, CASE c.kind WHEN '2301' THEN p.fen ELSE -b.fen END
FROM treasury_clearing c JOIN treasury_clearing_row r USING (clearing_id)
LEFT JOIN treasury_to_claim p ON (p.bureau_id, p.voucher_no, p.paid_on) = (c.bureau_id, r.voucher_no, c.on_day)
LEFT JOIN treasury_to_refund b ON (b.bureau_id, b.voucher_no) = (c.bureau_id, r.voucher_no)
WHERE c.clearing_id = %s GROUP BY r.voucher_no, c.kind, p.fen, b.fen ORDER BY 1 LIMIT 500

-- name: voucher_like
-- By a bank's serial of a line, who is repaid by it, its unit.
u.code = %(text)s OR strpos(u.name, %(text)s) > 0
OR EXISTS (SELECT FROM treasury_line l JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
    WHERE l.voucher_id = v.voucher_id AND (l.serial = %(text)s OR strpos(lower(p.name), lower(%(text)s)) > 0))
