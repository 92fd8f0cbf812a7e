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

-- name: bureaus_of
-- Bureaus in scope that may pay by vouchers.
SELECT b.bureau_id, p.code || ' ' || p.name FROM card_bureau b JOIN partner p ON p.id = b.bureau_id WHERE {{scope}} ORDER BY p.code

-- name: banks
-- Banks that may be agent bank or treasury.
SELECT b.partner_id, p.code || ' ' || p.name FROM bank b JOIN partner p ON p.id = b.partner_id ORDER BY p.code

-- name: due
-- What is due to cards in units for which this session makes vouchers, the most urgent first.
SELECT r.repayment_id, u.code || ' ' || u.name, p.name, k.tail, i.number, r.amount_fen, r.due_on, r.reason, m.purpose
FROM card_repayment r JOIN budget_unit u USING (unit_id) JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
JOIN budget_indicator i USING (indicator_id) JOIN card_claim m USING (claim_id)
WHERE r.state = 'due' AND r.unit_id IN (SELECT budget_reach_v1(%(session)s, 'treasury.make')) ORDER BY r.due_on, r.repayment_id LIMIT 201

-- name: due_sum
-- How much of it, since when.
SELECT count(*), min(r.changed_at), coalesce(sum(r.amount_fen), 0)::bigint FROM card_repayment r
WHERE r.state = 'due' AND r.unit_id IN (SELECT budget_reach_v1(%(session)s, 'treasury.make'))

-- name: voucher
-- One of a unit that this login sees.
SELECT v.voucher_id, v.voucher_no, v.state, v.amount_fen, v.purpose, u.code || ' ' || u.name, v.account_no, v.bank_name, v.bank_code,
    b.name, i.number, i.func_code, i.fund_code, v.made_by, v.made_at, v.agreed_by, v.agreed_at, v.pay_on, v.sent_on, v.reason, v.content,
    y.name, coalesce((treasury_rule_v1(v.bureau_id, (v.made_at AT TIME ZONE 'Asia/Shanghai')::date)).class_digits, 3)
FROM treasury_voucher v JOIN budget_unit u USING (unit_id) JOIN partner b ON b.id = v.bank_id JOIN partner y ON y.id = v.bureau_id
JOIN budget_indicator i USING (indicator_id)
WHERE v.voucher_id = %(one)s AND v.unit_id IN (SELECT budget_sees_v1(%(user)s))

-- name: lines
-- Of a voucher.
SELECT l.line_no, p.name, k.tail, l.amount_fen, l.result, l.serial, l.reason, l.paid_on, c.number, c.state, r.returned_fen, m.purpose,
    r.claim_id, i.func_code
FROM treasury_line l JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
JOIN card_repayment r USING (repayment_id) JOIN card_claim m USING (claim_id) JOIN budget_indicator i ON i.indicator_id = r.indicator_id
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

-- name: voucher_like
-- By a bank's serial of a line, who is repaid by it, its unit.
u.code = %(text)s OR strpos(u.name, %(text)s) > 0
OR EXISTS (SELECT FROM treasury_line l JOIN card k USING (card_id) JOIN budget_person p ON p.person_id = k.person_id
    WHERE l.voucher_id = v.voucher_id AND (l.serial = %(text)s OR strpos(lower(p.name), lower(%(text)s)) > 0))
