-- What claims and refunds may have, and where bank, treasury and our own books say different things.

-- Of a voucher and a day: paid then, not cleared, less what came back before its claim; what came back behind that is refunded.
CREATE OR REPLACE VIEW treasury_to_claim AS
SELECT v.bureau_id, v.voucher_no, l.paid_on, sum(l.amount_fen - coalesce(t.fen, 0))::bigint AS fen,
    sum(l.amount_fen)::bigint AS gross_fen, v.bank_id
FROM treasury_voucher v JOIN treasury_line l USING (voucher_id)
LEFT JOIN LATERAL (SELECT sum(x.amount_fen) AS fen FROM treasury_return x WHERE x.voucher_id = l.voucher_id AND x.line_no = l.line_no
    AND x.state = 'done' AND NOT x.cleared) t ON true
WHERE l.result = 'paid' AND l.clearing_id IS NULL GROUP BY 1, 2, 3, v.bank_id;

-- Of a voucher: what came back behind its clearing and is in no refund yet.
CREATE OR REPLACE VIEW treasury_to_refund AS
SELECT v.bureau_id, v.voucher_no, sum(t.amount_fen)::bigint AS fen FROM treasury_voucher v JOIN treasury_return t USING (voucher_id)
WHERE t.state = 'done' AND t.cleared AND t.clearing_id IS NULL GROUP BY 1, 2;

-- Rows of claims that speak of no payment of theirs: of another bank's voucher, of a unit that is neither its own nor above it, of
-- another function.
CREATE OR REPLACE VIEW treasury_strange AS
SELECT c.clearing_id, c.bureau_id, c.on_day, c.state, c.number, r.voucher_no, r.unit_code, r.func_code, r.amount_fen
FROM treasury_clearing c JOIN treasury_clearing_row r USING (clearing_id)
WHERE NOT EXISTS (SELECT FROM treasury_voucher v JOIN budget_indicator i USING (indicator_id)
    WHERE v.bureau_id = c.bureau_id AND v.bank_id = c.bank_id AND v.voucher_no = r.voucher_no AND i.func_code = r.func_code
        AND r.unit_code IN (SELECT u.code FROM budget_above_v1(v.unit_id) a (unit_id) JOIN budget_unit u USING (unit_id)));

-- Every difference by name. `ours_fen`, `theirs_fen`: NULL: not there at all. A check of which a pack is missing proves no absence.
CREATE OR REPLACE VIEW treasury_difference AS
WITH whole AS (
    SELECT c.bureau_id, c.kind, c.check_no, c.on_day FROM treasury_check c GROUP BY 1, 2, 3, 4 HAVING count(*) = max(c.packs)
), theirs AS (
    SELECT c.bureau_id, c.kind, c.check_no, c.on_day, r.* FROM treasury_check c JOIN treasury_check_row r USING (check_id)
), ours AS (
    SELECT c.bureau_id, c.number, c.on_day, r.* FROM treasury_clearing c JOIN treasury_clearing_row r USING (clearing_id)
    WHERE c.state <> 'refused'
)
-- A claim or refund of the bank that does not fit what it paid, or gave back.
SELECT r.bureau_id, r.on_day, CASE r.kind WHEN '2301' THEN 'claim' ELSE 'refund' END AS what, r.number || ' ' || r.voucher_no AS about,
    CASE r.kind WHEN '2301' THEN p.fen ELSE -b.fen END AS ours_fen, r.fen AS theirs_fen
FROM (SELECT c.bureau_id, c.on_day, c.kind, c.number, x.voucher_no, sum(x.amount_fen)::bigint AS fen
      FROM treasury_clearing c JOIN treasury_clearing_row x USING (clearing_id) WHERE c.state = 'differs' GROUP BY 1, 2, 3, 4, 5) r
LEFT JOIN treasury_to_claim p ON (p.bureau_id, p.voucher_no, p.paid_on) = (r.bureau_id, r.voucher_no, r.on_day)
LEFT JOIN treasury_to_refund b ON (b.bureau_id, b.voucher_no) = (r.bureau_id, r.voucher_no)
WHERE r.fen IS DISTINCT FROM CASE r.kind WHEN '2301' THEN p.fen ELSE -b.fen END
UNION ALL
-- A row of a claim or refund that speaks of no payment of that bank, unit and function.
SELECT s.bureau_id, s.on_day, 'codes', s.number || ' ' || s.voucher_no || ' ' || s.unit_code || ' ' || s.func_code, NULL, s.amount_fen
FROM treasury_strange s WHERE s.state = 'differs'
UNION ALL
-- Paid by the bank, and in no claim of that day that came.
SELECT p.bureau_id, p.paid_on, 'unclaimed', p.voucher_no, p.fen, NULL
FROM treasury_to_claim p
WHERE p.fen > 0 AND EXISTS (SELECT FROM treasury_clearing c WHERE c.bureau_id = p.bureau_id AND c.kind = '2301' AND c.on_day = p.paid_on)
    AND NOT EXISTS (SELECT FROM ours o WHERE o.bureau_id = p.bureau_id AND o.voucher_no = p.voucher_no AND o.on_day = p.paid_on)
UNION ALL
-- A line of the treasury that we do not have, or have otherwise.
SELECT t.bureau_id, t.on_day, 'line', t.bill_no || ' ' || t.detail_id, o.amount_fen, t.amount_fen
FROM theirs t LEFT JOIN ours o ON o.bureau_id = t.bureau_id AND o.number = t.bill_no AND o.detail_id = t.detail_id
WHERE t.kind = '3507' AND (o.amount_fen, o.voucher_no) IS DISTINCT FROM (t.amount_fen, t.voucher_no)
UNION ALL
-- A line of ours that no whole check of its day has.
SELECT o.bureau_id, o.on_day, 'line', o.number || ' ' || o.detail_id, o.amount_fen, NULL
FROM ours o JOIN whole w ON w.bureau_id = o.bureau_id AND w.on_day = o.on_day AND w.kind = '3507'
WHERE NOT EXISTS (SELECT FROM theirs t WHERE t.kind = '3507' AND t.bureau_id = o.bureau_id AND t.bill_no = o.number
    AND t.detail_id = o.detail_id)
UNION ALL
-- Totals by unit and function, both ways, where the check is whole.
SELECT coalesce(o.bureau_id, t.bureau_id), coalesce(o.on_day, t.on_day), 'total', coalesce(o.unit_code, t.unit_code) || ' '
    || coalesce(o.func_code, t.func_code), o.fen, t.fen
FROM (SELECT x.bureau_id, x.on_day, x.unit_code, x.func_code, sum(x.amount_fen)::bigint AS fen
      FROM ours x JOIN whole w ON w.bureau_id = x.bureau_id AND w.on_day = x.on_day AND w.kind = '3504' GROUP BY 1, 2, 3, 4) o
FULL JOIN (SELECT x.bureau_id, x.on_day, x.unit_code, x.func_code, sum(x.amount_fen)::bigint AS fen
      FROM theirs x JOIN whole w USING (bureau_id, kind, check_no, on_day) WHERE x.kind = '3504' GROUP BY 1, 2, 3, 4) t
    ON (o.bureau_id, o.on_day, o.unit_code, o.func_code) = (t.bureau_id, t.on_day, t.unit_code, t.func_code)
WHERE o.fen IS DISTINCT FROM t.fen;
