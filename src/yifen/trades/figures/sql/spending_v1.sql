-- Figures of official cards 公务卡支出统计: swipes that their holders call official, what was posted of claims, claims as they were
-- asked for, what falls due, what the treasury has not cleared. No private swipe is in any of them: of swipes they read the view
-- card_official alone. No names of people, no card numbers; money in fen, each once: what was given back is a row or a column of
-- its own, on the day on which it came.

-- A row an official swipe, on the bank's day, and a row what its merchant gave back, on the day on which that came.
CREATE OR REPLACE VIEW figure_swipe AS
SELECT o.swipe_id, 'swipe'::text AS kind, o.bureau_id, p.code || ' ' || p.name AS bureau, o.unit_id, u.code || ' ' || u.name AS unit,
    o.person_id, o.card_id, o.mcc, o.currency, o.posted_on AS day, o.amount_fen AS swiped_fen, 0::bigint AS refunded_fen,
    o.amount_fen AS net_fen, o.claimed_fen, o.left_fen, o.swipe_id AS row_id
FROM card_official o
LEFT JOIN partner p ON p.id = o.bureau_id
LEFT JOIN budget_unit u ON u.unit_id = o.unit_id
UNION ALL
SELECT r.swipe_id, 'refund'::text, o.bureau_id, p.code || ' ' || p.name, o.unit_id, u.code || ' ' || u.name, o.person_id, o.card_id,
    o.mcc, r.currency, r.posted_on, 0::bigint, t.amount_fen, -t.amount_fen, 0::bigint, 0::bigint, -t.part_id
FROM card_swipe r
JOIN card_refund_part t ON t.refund_id = r.swipe_id
JOIN card_official o ON o.swipe_id = t.swipe_id
LEFT JOIN partner p ON p.id = o.bureau_id
LEFT JOIN budget_unit u ON u.unit_id = o.unit_id
WHERE r.kind = 'refund';

-- A line of a claim with what it is spent of. What it says of its swipe it says only while that swipe is official.
CREATE OR REPLACE VIEW figure_card_line AS
SELECT n.claim_id, n.line_no, m.kind AS way, m.state, (m.asked_at AT TIME ZONE 'Asia/Shanghai')::date AS asked_on, m.bureau_id,
    p.code || ' ' || p.name AS bureau, m.unit_id, u.code || ' ' || u.name AS unit, m.person_id, n.card_id, n.indicator_id,
    i.func_code, i.gov_code, i.dep_code, i.project, i.fund_code, i.year, n.item,
    n.item || ' ' || coalesce((SELECT x.name FROM card_item x WHERE x.code = n.item ORDER BY x.valid_from DESC LIMIT 1), '') AS item_name,
    coalesce(n.exemption, '') AS exemption, n.exemption || ' ' || (SELECT x.name FROM card_exemption x WHERE x.code = n.exemption
        ORDER BY x.valid_from DESC LIMIT 1) AS exemption_name,
    (SELECT o.mcc FROM card_official o WHERE o.swipe_id = coalesce(n.swipe_id, (SELECT a.swipe_id FROM card_claim_line a
        WHERE a.claim_id = m.of_id AND a.line_no = n.of_line))) AS mcc, n.amount_fen
FROM card_claim_line n
JOIN card_claim m ON m.claim_id = n.claim_id
JOIN budget_indicator i ON i.indicator_id = n.indicator_id
LEFT JOIN partner p ON p.id = m.bureau_id
LEFT JOIN budget_unit u ON u.unit_id = m.unit_id;

-- A row a posting of a claim's line: spent, lent, repaid, came back. `used_fen`: what it moves of the quota used.
CREATE OR REPLACE VIEW figure_spending AS
SELECT e.document_id, e.kind, e.business_day AS day, l.claim_id, l.line_no, l.way, l.bureau_id, l.bureau, l.unit_id, l.unit, l.person_id,
    l.card_id, l.indicator_id, l.func_code, l.gov_code, l.dep_code, l.project, l.fund_code, l.year, l.item, l.item_name, l.exemption,
    l.exemption_name, l.mcc, e.amount_fen,
    CASE WHEN e.kind IN ('claimed', 'settled') THEN e.amount_fen ELSE 0 END AS spent_fen,
    CASE WHEN e.kind = 'lent' THEN e.amount_fen ELSE 0 END AS lent_fen,
    CASE WHEN e.kind = 'repaid' THEN e.amount_fen ELSE 0 END AS repaid_fen,
    CASE WHEN e.kind IN ('returned', 'returned_cleared') THEN e.amount_fen ELSE 0 END AS returned_fen,
    CASE WHEN e.kind IN ('returned_prior', 'returned_prior_cleared') THEN e.amount_fen ELSE 0 END AS prior_fen,
    CASE WHEN e.kind = 'repaid' THEN e.amount_fen WHEN e.kind IN ('returned', 'returned_cleared') THEN -e.amount_fen
        ELSE 0 END AS used_fen
FROM card_entry e
JOIN figure_card_line l ON l.claim_id = e.claim_id AND l.line_no = e.line_no;

-- A row a line of a claim that was asked for, on the day of asking.
CREATE OR REPLACE VIEW figure_claim AS
SELECT l.claim_id, l.line_no, l.way, l.state, l.asked_on AS day, l.bureau_id, l.bureau, l.unit_id, l.unit, l.person_id, l.card_id,
    l.indicator_id, l.func_code, l.gov_code, l.dep_code, l.project, l.fund_code, l.year, l.item, l.item_name, l.exemption,
    l.exemption_name, l.mcc, l.amount_fen
FROM figure_card_line l;

-- A row what is owed to a card, on the day until which it is to be repaid; who did not repay by then is late.
CREATE OR REPLACE VIEW figure_due AS
SELECT r.repayment_id, r.state, r.due_on AS day, (r.paid_at AT TIME ZONE 'Asia/Shanghai')::date AS paid_on, l.claim_id, l.line_no, l.way,
    l.bureau_id, l.bureau, l.unit_id, l.unit, l.person_id, r.card_id, l.indicator_id, l.func_code, l.gov_code, l.dep_code, l.project,
    l.fund_code, l.year, l.item, l.item_name, l.exemption, l.exemption_name, l.mcc, r.amount_fen,
    CASE WHEN r.state IN ('due', 'vouched') THEN r.amount_fen ELSE 0 END AS open_fen,
    CASE WHEN (r.paid_at AT TIME ZONE 'Asia/Shanghai')::date > r.due_on THEN r.amount_fen ELSE 0 END AS late_fen
FROM card_repayment r
JOIN figure_card_line l ON l.claim_id = r.claim_id AND l.line_no = r.line_no;

-- A row what of an official swipe was repaid behind its last day, or is not yet, on that day: by whom it is late, at what interest a day.
CREATE OR REPLACE VIEW figure_late AS
SELECT coalesce(l.claim_id * 100 + l.line_no, -l.hit_id) AS row_id, l.hit_id, l.due_on AS day, l.claim_id, l.line_no, l.bureau_id,
    p.code || ' ' || p.name AS bureau, l.unit_id, u.code || ' ' || u.name AS unit, l.person_id, l.card_id, o.mcc, l.late_by, l.paid_on,
    l.rate_ppm, l.amount_fen
FROM card_late l
JOIN card_plain o ON o.swipe_id = l.swipe_id
LEFT JOIN partner p ON p.id = l.bureau_id
LEFT JOIN budget_unit u ON u.unit_id = l.unit_id;

-- A row a line that the agent bank paid, on its day: whether the treasury has cleared it, what of it came back before, and what came
-- back behind the clearing and is in no refund yet.
CREATE OR REPLACE VIEW figure_clearing AS
SELECT t.voucher_id, t.line_no AS voucher_line, v.voucher_no, t.paid_on AS day, l.claim_id, l.line_no, l.way, l.bureau_id, l.bureau,
    l.unit_id, l.unit, l.person_id, t.card_id, l.indicator_id, l.func_code, l.gov_code, l.dep_code, l.project, l.fund_code, l.year,
    l.item, l.item_name, l.exemption, l.exemption_name, l.mcc, t.amount_fen AS paid_fen,
    CASE WHEN t.clearing_id IS NULL THEN 0 ELSE t.amount_fen - b.before_fen END AS cleared_fen,
    CASE WHEN t.clearing_id IS NULL THEN t.amount_fen - b.before_fen ELSE 0 END AS uncleared_fen, b.refunding_fen
FROM treasury_line t
JOIN treasury_voucher v ON v.voucher_id = t.voucher_id
JOIN card_repayment r ON r.repayment_id = t.repayment_id
JOIN figure_card_line l ON l.claim_id = r.claim_id AND l.line_no = r.line_no
CROSS JOIN LATERAL (
    SELECT coalesce(sum(x.amount_fen) FILTER (WHERE NOT x.cleared), 0)::bigint AS before_fen,
        coalesce(sum(x.amount_fen) FILTER (WHERE x.cleared AND x.clearing_id IS NULL), 0)::bigint AS refunding_fen
    FROM treasury_return x WHERE x.voucher_id = t.voucher_id AND x.line_no = t.line_no AND x.state = 'done') b
WHERE t.result = 'paid';
