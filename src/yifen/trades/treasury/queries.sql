-- Statements of the treasury.

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT treasury_rule_against_v1(%s, %s, %s)

-- name: keep_rule
-- Two people agreed.
SELECT treasury_keep_rule_v1(%s, %s)

-- name: keys_of
-- Of repayments, unit and indicator, in their order.
SELECT x.repayment_id, x.unit_id, x.indicator_id FROM card_repayment x WHERE x.repayment_id = ANY (%s) ORDER BY x.repayment_id

-- name: make
-- A voucher of due repayments.
SELECT code, voucher_id FROM treasury_make_v1(%s, %s, %s)

-- name: agree
-- The second person's word.
SELECT treasury_agree_v1(%s, %s, %s, %s, %s, %s)

-- name: ask_return
-- A return is asked for.
SELECT code, return_id FROM treasury_ask_return_v1(%s, %s, %s, %s::smallint, %s, %s, %s)

-- name: decide_return
-- The second person's word of a return.
SELECT treasury_decide_return_v1(%s, %s, %s, %s, %s)

-- name: to_send
-- Agreed vouchers whose day has come, by their bank.
SELECT v.voucher_id, v.bank_id FROM treasury_voucher v
WHERE v.state = 'agreed' AND v.pay_on <= budget_today_v1(v.bureau_id, %(now)s) ORDER BY v.voucher_id LIMIT 20000

-- name: to_ask
-- Vouchers that are not decided and are asked about by now.
SELECT v.voucher_id, v.bank_id FROM treasury_voucher v WHERE v.state IN ('sent', 'unknown') AND v.ask_at <= %(now)s
ORDER BY v.ask_at LIMIT 200

-- name: order
-- A voucher as its bank is told.
SELECT v.voucher_no, v.state, v.tries, v.resent, v.amount_fen, v.purpose, v.account_no, v.bank_name, v.bank_code, v.pay_on, v.year, v.bank_id,
    v.bureau_id, b.code, u.code, u.name, up.code, up.name, i.func_code, i.gov_code, i.dep_code, i.project, i.fund_code
FROM treasury_voucher v JOIN budget_bureau b USING (bureau_id) JOIN budget_unit u USING (unit_id)
LEFT JOIN budget_unit up ON up.unit_id = u.parent_id JOIN budget_indicator i USING (indicator_id)
WHERE v.voucher_id = %s

-- name: order_lines
-- Its lines; card numbers sealed.
SELECT l.line_no, l.amount_fen, k.number, p.name FROM treasury_line l JOIN card k USING (card_id) JOIN budget_person p USING (person_id)
WHERE l.voucher_id = %s ORDER BY l.line_no

-- name: sent_body
-- What went out of it, sealed.
SELECT w.body FROM treasury_word w JOIN treasury_voucher v ON v.bureau_id = w.bureau_id AND v.voucher_no = w.number
WHERE v.voucher_id = %s AND w.way = 'out'

-- name: send
-- It is about to leave.
SELECT treasury_send_v1(%s, %s, %s, %s, %s)

-- name: told
-- What the bank said of its lines.
SELECT treasury_told_v1(%s, %s, %s, %s, %s, %s)

-- name: rejected
-- The bank never took it.
SELECT treasury_rejected_v1(%s, %s, %s)

-- name: unsure
-- Nobody knows.
SELECT treasury_unsure_v1(%s, %s, %s, %s, %s)

-- name: port
-- The port of a bank or treasury, with its newest key that counts now.
SELECT b.endpoint, p.code, k.version, k.secret FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE b.partner_id = %s AND b.endpoint <> '' AND NOT p.suspended AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %s AND (k.valid_until IS NULL OR k.valid_until > %s) ORDER BY k.version DESC LIMIT 1

-- name: houses
-- Banks and treasuries whose papers are fetched now, and what day it is there: of rules in force within the last days, and banks that
-- have something of ours that is not cleared.
SELECT h.house_id, h.bank, max(h.today) FROM (
    SELECT y.house_id, y.bank, d.today FROM treasury_bureau b CROSS JOIN LATERAL budget_today_v1(b.bureau_id, %(now)s) AS d (today)
    JOIN treasury_rule r ON r.bureau_id = b.bureau_id AND r.valid_from <= d.today AND NOT EXISTS (SELECT FROM treasury_rule n
        WHERE n.bureau_id = r.bureau_id AND n.valid_from > r.valid_from AND n.valid_from <= d.today - %(back)s)
    CROSS JOIN LATERAL (VALUES (r.bank_id, true), (r.treasury_id, false)) AS y (house_id, bank)
    UNION ALL
    SELECT v.bank_id, true, d.today FROM treasury_voucher v CROSS JOIN LATERAL budget_today_v1(v.bureau_id, %(now)s) AS d (today)
    WHERE v.state IN ('sent', 'unknown') OR EXISTS (SELECT FROM treasury_line l LEFT JOIN treasury_return t USING (voucher_id, line_no)
        WHERE l.voucher_id = v.voucher_id AND (l.result = 'paid' AND l.clearing_id IS NULL OR t.state IN ('told', 'asked')
            OR t.cleared AND t.clearing_id IS NULL))) h
WHERE h.house_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2

-- name: bureau_of
-- The bureau of a division, if it has or had to do with this house.
SELECT b.bureau_id FROM budget_bureau b JOIN treasury_bureau t USING (bureau_id)
WHERE %(division)s IN (b.code, left(b.code, 6)) AND (EXISTS (SELECT FROM treasury_rule r WHERE r.bureau_id = b.bureau_id
        AND %(house)s IN (r.bank_id, r.treasury_id))
    OR EXISTS (SELECT FROM treasury_voucher v WHERE v.bureau_id = b.bureau_id AND v.bank_id = %(house)s))
ORDER BY b.code <> %(division)s, b.bureau_id LIMIT 1

-- name: refuse
-- A paper that is not taken is kept and listed.
SELECT treasury_refuse_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: unsendable
-- No message can carry it.
SELECT treasury_unsendable_v1(%s, %s, %s)

-- name: unwritten
-- The name that a voucher of these repayments could not carry.
SELECT treasury_unwritten_v1(%s)

-- name: bureaus
-- Bureaus with a rule in force.
SELECT b.bureau_id FROM treasury_bureau b CROSS JOIN LATERAL budget_today_v1(b.bureau_id, %(now)s) AS d (today)
CROSS JOIN LATERAL treasury_rule_v1(b.bureau_id, d.today) r WHERE r.bureau_id IS NOT NULL ORDER BY b.bureau_id

-- name: clear
-- A claim or refund of the agent bank.
SELECT treasury_clear_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: check
-- A pack of the treasury's check.
SELECT treasury_check_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: back
-- The bank's notice of a line that came back.
SELECT treasury_back_v1(%s, %s, %s, %s, %s::smallint, %s, %s, %s, %s, %s, %s)

-- name: take_quota
-- A message of quota, bill by bill.
SELECT treasury_take_quota_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: fit_quota
-- What of it waits is tried again.
SELECT treasury_fit_quota_v1(%s, %s)

-- name: ask_again
-- The bank is asked now.
SELECT treasury_ask_again_v1(%s, %s, %s)

-- name: end_against
-- What speaks against an end.
SELECT treasury_end_against_v1(%s, %s)

-- name: end
-- Two people agreed.
SELECT treasury_end_v1(%s, %s)

-- name: claim_to_end
-- A claim that does not fit, and what it carries.
SELECT c.bureau_id, c.number, c.amount_fen, treasury_carried_v1(c.clearing_id) FROM treasury_clearing c
WHERE c.clearing_id = %s AND c.state = 'differs'

-- name: quota_to_end
-- A detail that waits.
SELECT q.bureau_id, r.doc_no, r.amount_fen FROM treasury_quota q JOIN treasury_quota_row r USING (quota_id)
WHERE r.row_id = %s AND r.state = 'waits'

-- name: to_fit
-- Claims and refunds that did not fit yet.
SELECT c.clearing_id FROM treasury_clearing c WHERE c.bureau_id = %s AND c.state = 'differs' ORDER BY c.clearing_id LIMIT 500

-- name: fit
-- Does it fit by now?
SELECT treasury_fit_v1(%s, %s)

-- name: altered
-- Each voucher, line, clearing and return against what it was made of, and the ledger's sums against both.
SELECT 'treasury_voucher ' || v.voucher_no, CASE
    WHEN v.amount_fen <> l.fen THEN 'its lines have ' || l.fen || ' fen, not ' || v.amount_fen
    WHEN v.state NOT IN ('asked', 'refused') AND v.agreed_person IS NULL THEN 'is ' || v.state || ' and nobody agreed to it'
    WHEN v.number > v.before + 1 THEN 'a number is missing before it'
    WHEN v.state = 'answered' AND l.open THEN 'is answered with an open line' END
FROM (SELECT x.*, coalesce(lag(x.number) OVER (PARTITION BY x.bureau_id, x.year ORDER BY x.number), 0) AS before FROM treasury_voucher x) v
CROSS JOIN LATERAL (SELECT coalesce(sum(y.amount_fen), 0)::bigint AS fen, coalesce(bool_or(y.result = 'open'), true) AS open
    FROM treasury_line y WHERE y.voucher_id = v.voucher_id) l
WHERE v.amount_fen <> l.fen OR v.state NOT IN ('asked', 'refused') AND v.agreed_person IS NULL OR v.number > v.before + 1
    OR v.state = 'answered' AND l.open
UNION ALL
SELECT 'treasury_line ' || v.voucher_no || '-' || l.line_no, CASE
    WHEN r.amount_fen <> l.amount_fen THEN 'its repayment has ' || r.amount_fen || ' fen, not ' || l.amount_fen
    WHEN r.voucher_no IS DISTINCT FROM v.voucher_no THEN 'its repayment is of another voucher'
    ELSE 'came back with ' || t.fen || ' fen, its repayment says ' || r.returned_fen END
FROM treasury_line l JOIN treasury_voucher v USING (voucher_id) JOIN card_repayment r USING (repayment_id)
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0)::bigint AS fen FROM treasury_return x
    WHERE x.voucher_id = l.voucher_id AND x.line_no = l.line_no AND x.state = 'done') t
WHERE l.result IN ('open', 'paid') AND (r.amount_fen <> l.amount_fen OR r.voucher_no IS DISTINCT FROM v.voucher_no
    OR t.fen <> r.returned_fen)
UNION ALL
SELECT 'treasury_clearing ' || c.number, CASE WHEN e.document_id IS NULL THEN 'is cleared without a posting'
    WHEN e.amount_fen <> abs(c.amount_fen) THEN 'was posted with ' || e.amount_fen || ' fen, not ' || abs(c.amount_fen)
    ELSE 'its lines paid have ' || l.fen || ' fen, not ' || abs(c.amount_fen) END
FROM treasury_clearing c LEFT JOIN treasury_entry e ON e.clearing_id = c.clearing_id AND e.kind <> 'carried'
CROSS JOIN LATERAL (SELECT CASE c.kind WHEN '2301' THEN (SELECT coalesce(sum(y.amount_fen - coalesce(b.fen, 0)), 0) FROM treasury_line y
        LEFT JOIN LATERAL (SELECT sum(x.amount_fen) AS fen FROM treasury_return x WHERE x.voucher_id = y.voucher_id AND x.line_no = y.line_no
            AND x.state = 'done' AND NOT x.cleared) b ON true WHERE y.clearing_id = c.clearing_id)
    ELSE (SELECT coalesce(sum(x.amount_fen), 0) FROM treasury_return x WHERE x.clearing_id = c.clearing_id) END::bigint AS fen) l
WHERE (c.state = 'cleared') <> (e.document_id IS NOT NULL) OR e.amount_fen <> abs(c.amount_fen)
    OR c.state = 'cleared' AND l.fen <> abs(c.amount_fen)

-- name: quota_altered
-- Each detail of quota against its bill, and what is taken of it against just one entry of its document; each entry that a message made
-- against such a detail.
SELECT 'treasury_quota_row ' || r.doc_no, CASE
    WHEN NOT q.content -> 'rows' @> jsonb_build_array(jsonb_build_object('seq', r.seq, 'unit', r.unit_code, 'func', r.func_code, 'fen', r.amount_fen))
        THEN 'is not what its bill says'
    WHEN r.state = 'taken' AND e.fen IS DISTINCT FROM r.amount_fen THEN 'is taken with ' || r.amount_fen || ' fen, its entries have '
        || coalesce(e.fen, 0) END
FROM treasury_quota_row r JOIN treasury_quota q USING (quota_id)
LEFT JOIN LATERAL (SELECT sum(CASE x.kind WHEN 'arrived' THEN x.amount_fen ELSE -x.amount_fen END)::bigint AS fen FROM budget_entry x
    WHERE x.indicator_id = r.indicator_id AND x.doc_no = r.doc_no) e ON true
UNION ALL
SELECT 'budget_entry ' || x.document_id, 'was told by ' || x.told || ', which does not say so' FROM budget_entry x
WHERE x.told IS NOT NULL AND NOT EXISTS (SELECT FROM treasury_quota_row r WHERE r.doc_no = x.doc_no AND r.indicator_id = x.indicator_id
    AND r.state = 'taken' AND x.told = 'treasury_quota ' || r.quota_id)
UNION ALL
SELECT 'treasury_clearing ' || c.number, 'carried ' || e.amount_fen || ' fen and is ' || c.state
FROM treasury_entry e JOIN treasury_clearing c USING (clearing_id) WHERE e.kind = 'carried' AND c.state <> 'cleared'

-- name: words_kept
-- A page of all words, with their bytes.
SELECT w.word_id, w.house_id, w.way, w.kind, w.number, w.sha256, w.body FROM treasury_word w WHERE w.word_id > %s ORDER BY w.word_id LIMIT 200

-- name: refused_kept
-- A page of all papers that were not taken, with their bytes.
SELECT x.refused_id, x.house_id, x.kind, x.sha256, x.body FROM treasury_refused x WHERE x.refused_id > %s ORDER BY x.refused_id LIMIT 200

-- name: lines_as_sent
-- Each claim, check and voucher that left, against the word that it was: there, of its house, kind and number.
SELECT 'treasury_clearing ' || c.number, 'its word is not there, or another one' FROM treasury_clearing c
LEFT JOIN treasury_word w ON (w.word_id, w.bureau_id, w.house_id, w.kind, w.number, w.way) = (c.word_id, c.bureau_id, c.bank_id, c.kind, c.number, 'in')
WHERE w.word_id IS NULL
UNION ALL
SELECT 'treasury_check ' || c.check_no, 'its word is not there, or another one' FROM treasury_check c
LEFT JOIN treasury_word w ON (w.word_id, w.bureau_id, w.kind, w.way) = (c.word_id, c.bureau_id, c.kind, 'in') WHERE w.word_id IS NULL
UNION ALL
SELECT 'treasury_clearing ' || c.number, 'its rows have ' || r.fen || ' fen, not ' || c.amount_fen FROM treasury_clearing c
CROSS JOIN LATERAL (SELECT coalesce(sum(x.amount_fen), 0)::bigint AS fen FROM treasury_clearing_row x WHERE x.clearing_id = c.clearing_id) r
WHERE r.fen <> c.amount_fen
UNION ALL
SELECT 'treasury_voucher ' || v.voucher_no, 'left, and what left is not kept' FROM treasury_voucher v
WHERE v.sent_on IS NOT NULL AND NOT EXISTS (SELECT FROM treasury_word w WHERE w.way = 'out' AND w.bureau_id = v.bureau_id AND w.number = v.voucher_no)
UNION ALL
SELECT 'treasury_print ' || x.voucher_id || ' ' || x.form, 'a turn is missing before ' || x.turn FROM (
    SELECT y.*, row_number() OVER (PARTITION BY y.voucher_id, y.form ORDER BY y.turn) AS place FROM treasury_print y) x WHERE x.turn <> x.place
