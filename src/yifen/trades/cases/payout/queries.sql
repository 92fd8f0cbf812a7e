-- Statements of case money that leaves.

-- name: apply
-- A judge applies.
SELECT code, application_id FROM cases_apply_v1(%(session)s, %(case)s, %(kind)s, %(payee)s, %(fen)s, %(receipt)s, %(plan)s, %(words)s,
    %(now)s, %(other)s)

-- name: sign
-- One level's word.
SELECT cases_sign_v1(%s, %s, %s, %s, %s, %s)

-- name: withdraw
-- Taken back.
SELECT cases_withdraw_v1(%s, %s, %s)

-- name: payee_account
-- Of a payee, sealed.
SELECT account_no FROM court_payee WHERE payee_id = %s

-- name: court_payee_now
-- Where a court's fees or deposits go now.
SELECT account_no, account_name, bank_name, bank_code FROM court_payee WHERE court_id = %s AND purpose = %s ORDER BY payee_id DESC LIMIT 1

-- name: put_hold
-- Two people agreed.
SELECT cases_hold_v1(%s, %s)

-- name: release
-- Two people agreed.
SELECT cases_release_v1(%s, %s)

-- name: put_court_payee
-- Two people agreed.
SELECT cases_court_payee_v1(%s, %s)

-- name: free
-- What of a sub-account is there, on its way, held, applied for, free; and what the bank was told to pay.
SELECT f.*, coalesce((SELECT sum(a.amount_fen) FROM court_application a WHERE a.court_id = x.court_id
    AND a.account_no = x.account_no AND a.state IN ('sent', 'unknown')), 0)::bigint
FROM (SELECT %(court)s::integer AS court_id, %(account)s::text AS account_no) x
CROSS JOIN LATERAL cases_free_v1(x.court_id, x.account_no, NULL) f

-- name: application
-- One application with its case (of one of no sub-account: none), its payee and the digest of what is shown.
SELECT a.application_id, a.court_id, coalesce(a.account_no, ''), p.name, coalesce(c.case_id, 0), coalesce(c.number, ''),
    coalesce(c.judge, ''), a.kind, a.amount_fen, a.chain_fen, a.receipt_id,
    a.words, a.levels, a.reference, a.state, a.asked_by, a.asked_at, a.changed_at, a.stopped, a.bank_serial, a.back_serial,
    a.reason, a.paid_id, a.returned_id, y.account_no, y.account_name, y.bank_name, y.bank_code, y.purpose, t.role, t.name,
    d.court_id, d.number, a.other_why, a.evidence, cases_shown_v1(a.application_id)
FROM court_application a JOIN partner p ON p.id = a.court_id LEFT JOIN court_account x USING (court_id, account_no)
LEFT JOIN court_case c USING (case_id) JOIN court_payee y USING (payee_id) LEFT JOIN court_party t USING (party_id)
LEFT JOIN court_case d ON d.case_id = t.case_id WHERE a.application_id = %s

-- name: signatures
-- Who agreed to one, or did not.
SELECT step, level, login, yes, note, balance_fen, at FROM court_signature WHERE application_id = %s ORDER BY step

-- name: room
-- What an application's money is taken from; `going`: the bank was told of others.
SELECT f.*, coalesce((SELECT sum(x.amount_fen) FROM court_application x WHERE x.court_id = a.court_id
    AND x.account_no = a.account_no AND x.state IN ('sent', 'unknown')), 0)::bigint
FROM court_application a CROSS JOIN LATERAL cases_room_v1(a) f WHERE a.application_id = %s

-- name: send_back
-- The cashier applies that unidentified money goes back.
SELECT code, application_id FROM cases_send_back_v1(%(session)s, %(entry)s, %(fen)s, %(account_no)s, %(account_name)s, %(bank_name)s,
    %(bank_code)s, %(words)s, %(evidence)s, %(other)s, %(now)s)

-- name: applications_of
-- Of a sub-account, the newest first.
SELECT a.application_id, a.kind, a.amount_fen, a.state, a.asked_by, a.asked_at, a.changed_at, a.levels,
    (SELECT count(*) FROM court_signature s WHERE s.application_id = a.application_id AND s.yes), a.stopped
FROM court_application a WHERE a.court_id = %s AND a.account_no = %s ORDER BY a.application_id DESC LIMIT 200

-- name: holds_of
-- Of a sub-account, what holds first.
SELECT h.hold_id, h.kind, h.amount_fen, h.source, h.from_on, h.until_on, h.made_at, h.released_at, (SELECT x.id
    FROM access_authorisation x WHERE x.action = 'cases.release' AND x.subject_key = h.hold_id::text AND x.decided_at IS NULL)
FROM court_hold h WHERE h.court_id = %s AND h.account_no = %s ORDER BY h.released_at IS NOT NULL, h.hold_id DESC LIMIT 200

-- name: hold
-- One of them with its case.
SELECT h.hold_id, h.court_id, c.case_id, c.number, h.kind, h.amount_fen, h.source, h.from_on, h.until_on, h.released_at
FROM court_hold h JOIN court_account a USING (court_id, account_no) JOIN court_case c USING (case_id) WHERE h.hold_id = %s

-- name: payees_for
-- The newest payee of each party of a case (and of those merged into it), and of its court.
SELECT DISTINCT ON (coalesce(y.party_id, 0), y.purpose) y.payee_id, t.role, t.name, y.purpose, d.court_id, d.number, y.account_no,
    (SELECT CASE WHEN a.state = 'paid' THEN NULL ELSE a.reason END FROM court_application a WHERE a.payee_id = y.payee_id
        AND a.state IN ('paid', 'returned', 'rejected') ORDER BY a.changed_at DESC, a.application_id DESC LIMIT 1)
FROM court_case c JOIN court_payee y ON y.court_id = c.court_id AND y.purpose <> 'back' OR y.party_id IN (
    SELECT x.party_id FROM court_party x JOIN court_case m USING (case_id)
    WHERE m.case_id = c.case_id OR m.state = 'merged' AND cases_stays_v1(m.case_id) = c.case_id)
LEFT JOIN court_party t USING (party_id) LEFT JOIN court_case d ON d.case_id = t.case_id
WHERE c.case_id = %s ORDER BY coalesce(y.party_id, 0), y.purpose, y.payee_id DESC

-- name: refundable
-- Receipts of a sub-account of which something may go back to who paid.
SELECT e.document_id, e.came_at, e.kind, e.amount_fen, cases_refundable_v1(e.court_id, e.account_no, e.document_id),
    coalesce(r.serial, ''), e.of_id
FROM court_entry e LEFT JOIN court_line n USING (line_id) LEFT JOIN court_row r USING (file_id, line_no)
WHERE e.court_id = %s AND e.account_no = %s AND cases_refundable_v1(e.court_id, e.account_no, e.document_id) > 0
ORDER BY e.document_id LIMIT 200

-- name: paid_by
-- Who paid a receipt, as the statement says; of one that was claimed, of the money that was claimed.
SELECT r.file_id, r.line_no, r.who FROM court_line n JOIN court_row r USING (file_id, line_no) WHERE n.line_id = cases_line_of_v1(%s)

-- name: to_send
-- Approved ones of courts whose bank has a port, oldest first; one that was stopped is tried again every five minutes.
SELECT a.application_id, r.bank_id FROM court_application a
CROSS JOIN LATERAL cases_rule_v1(a.court_id, cases_today_v1(a.court_id, %(now)s)) r
WHERE a.state = 'approved' AND r.bank_id IS NOT NULL
    AND (a.stopped IS NULL OR a.ask_at IS NULL OR a.ask_at <= %(now)s) ORDER BY a.application_id LIMIT 50

-- name: to_ask
-- Those that the bank is to be asked about.
SELECT a.application_id, a.bank_id FROM court_application a
WHERE a.state IN ('sent', 'unknown', 'paid') AND a.ask_at <= %(now)s AND a.bank_id IS NOT NULL ORDER BY a.ask_at LIMIT 50

-- name: order
-- A payout as its bank is told.
SELECT a.reference, a.amount_fen, a.state, a.resent, a.tries, a.words, coalesce(c.number, ''), p.name, r.main_no, y.account_no, y.account_name,
    y.bank_name, y.bank_code, a.sent_on, w.file_id, w.line_no, w.who
FROM court_application a JOIN partner p ON p.id = a.court_id LEFT JOIN court_account x USING (court_id, account_no)
LEFT JOIN court_case c USING (case_id) JOIN court_payee y USING (payee_id)
LEFT JOIN court_line n ON y.account_no = '' AND n.line_id = cases_line_of_v1(y.entry_id) LEFT JOIN court_row w USING (file_id, line_no)
CROSS JOIN LATERAL cases_rule_v1(a.court_id, a.sent_on) r WHERE a.application_id = %s

-- name: send
-- It is about to be told to the bank.
SELECT cases_send_v1(%s, %s, %s)

-- name: told
-- What the bank said.
SELECT cases_told_v1(%s, %s, %s, %s, %s, %s, %s, %s, %s)

-- name: unsure
-- Nobody knows what became of it.
SELECT cases_unsure_v1(%s, %s, %s, %s, %s)

-- name: bank_port
-- The port of the bank that has a main account, with its newest key that counts now.
SELECT b.endpoint, p.code, k.version, k.secret FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE b.partner_id = %s AND b.endpoint <> '' AND NOT p.suspended AND k.algorithm = 'hmac-sha256'
    AND k.valid_from <= %s AND (k.valid_until IS NULL OR k.valid_until > %s) ORDER BY k.version DESC LIMIT 1

-- name: payouts_altered
-- Each payout and return against its application: everybody agreed to it, so much, of this sub-account, once; and the line of a
-- statement that shows it says the same.
SELECT 'court_application ' || a.application_id, CASE
    WHEN a.state IN ('approved', 'sent', 'unknown', 'paid', 'returned') AND cases_signed_v1(a) IS NOT TRUE
        THEN 'is ' || a.state || ' without its signatures, or unlike what was signed'
    WHEN a.kind = 'back' AND a.paid_id IS NOT NULL AND p.of_id IS DISTINCT FROM a.receipt_id THEN 'sends back another receipt'
    WHEN a.paid_id IS NOT NULL AND (p.kind, p.amount_fen, p.account_no, p.court_id, p.application_id, p.payable_id)
        IS DISTINCT FROM (CASE a.kind WHEN 'back' THEN 'sent_back' ELSE 'payout' END, a.amount_fen, a.account_no, a.court_id, a.application_id, a.payable_id)
        THEN 'is paid, its document says otherwise'
    WHEN a.returned_id IS NOT NULL AND (b.kind, b.amount_fen, b.court_id, b.application_id, b.of_id)
        IS DISTINCT FROM (CASE a.kind WHEN 'back' THEN 'came_back' ELSE 'returned' END, a.amount_fen, a.court_id, a.application_id,
            a.paid_id)
        THEN 'came back, its document says otherwise'
    WHEN EXISTS (SELECT FROM court_line n JOIN court_row r USING (file_id, line_no) WHERE n.line_id IN (a.line_id, a.back_line_id)
            AND (n.court_id, r.amount_fen, r.kind) IS DISTINCT FROM (a.court_id, a.amount_fen,
                CASE n.line_id WHEN a.line_id THEN 'out' ELSE 'in' END))
        THEN 'stands on a statement with other figures'
    WHEN a.kind = 'refund' AND a.state NOT IN ('withdrawn', 'refused', 'rejected', 'returned')
        AND (cases_refundable_v1(a.court_id, a.account_no, a.receipt_id) >= 0) IS NOT TRUE THEN 'gives back more than came'
    END
FROM court_application a LEFT JOIN court_entry p ON p.document_id = a.paid_id LEFT JOIN court_entry b ON b.document_id = a.returned_id

-- name: payouts_unasked
-- Payouts and returns that no application of this state names.
SELECT 'court_entry ' || e.document_id, 'is ' || e.kind || ', and no application says so'
FROM court_entry e WHERE e.kind IN ('payout', 'returned', 'sent_back', 'came_back') AND NOT EXISTS (SELECT FROM court_application a
    WHERE a.application_id = e.application_id AND e.document_id IN (a.paid_id, a.returned_id))

-- name: put_plan
-- Two people agreed.
SELECT cases_plan_v1(%s, %s)

-- name: share
-- What happened to one.
SELECT cases_share_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: creditors
-- Parties of a case that may share, with what each has had by plans, and his newest payee.
SELECT t.party_id, t.role, t.name, d.court_id, d.number, cases_party_paid_v1(x.court_id, x.account_no, t.party_id),
    (SELECT max(y.payee_id) FROM court_payee y WHERE y.party_id = t.party_id)
FROM court_account x JOIN court_case d ON cases_stays_v1(d.case_id) = x.case_id AND d.court_id = x.court_id
    AND (d.case_id = x.case_id OR d.state = 'merged')
JOIN court_party t ON t.case_id = d.case_id AND t.role <> 'debtor' WHERE x.case_id = %s ORDER BY t.party_id

-- name: plan_of
-- The plan of a case in force.
SELECT p.plan_id, p.method, p.pot_fen, p.fee_fen, p.cost_fen, p.objection_days, p.proposal_id, p.made_at, cases_plan_fee_left_v1(p)
FROM court_plan p
WHERE p.court_id = %s AND p.account_no = %s AND p.replaced_at IS NULL

-- name: shares_of
-- Of a plan, in their order, with the application that pays each.
SELECT s.party_id, s.rank, s.claim_fen, s.paid_fen, s.share_fen, s.served_on, s.objected_at, s.objection, s.settled_at, s.settlement,
    s.agreed_at, (SELECT max(a.application_id) FROM court_application a JOIN court_payee y USING (payee_id) WHERE a.plan_id = s.plan_id
        AND y.party_id = s.party_id AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid'))
FROM court_share s WHERE s.plan_id = %s ORDER BY s.place

-- name: plans_altered
-- Shares that are paid out otherwise than they were planned, or beyond the claim, or more than once; fees beyond what was planned.
SELECT 'court_share ' || s.plan_id || ' ' || s.party_id, 'is planned with ' || s.share_fen || ' fen, ' || sum(a.amount_fen) || ' are paid'
FROM court_share s JOIN court_application a ON a.plan_id = s.plan_id
    AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid')
JOIN court_payee y ON y.payee_id = a.payee_id AND y.party_id = s.party_id
GROUP BY s.plan_id, s.party_id, s.share_fen HAVING sum(a.amount_fen) <> s.share_fen
UNION ALL SELECT 'court_plan ' || p.plan_id, 'is planned with ' || p.fee_fen + p.cost_fen || ' fen of fee and costs, ' || sum(a.amount_fen)
    || ' are paid'
FROM court_plan p JOIN court_application a ON a.plan_id = p.plan_id AND a.kind = 'fee'
    AND a.state IN ('asked', 'approved', 'sent', 'unknown', 'paid')
GROUP BY p.plan_id HAVING sum(a.amount_fen) > p.fee_fen + p.cost_fen

-- name: plan_applied
-- The plan that an application is of, with its shares in their order.
SELECT p.plan_id, p.method, p.fee_fen, p.cost_fen, (SELECT jsonb_agg(jsonb_build_array(s.party_id, t.role, s.rank, s.claim_fen, s.share_fen,
        s.objection, s.settlement, s.agreed_at IS NOT NULL)
    ORDER BY s.place) FROM court_share s JOIN court_party t USING (party_id) WHERE s.plan_id = p.plan_id)
FROM court_application a JOIN court_plan p USING (plan_id) WHERE a.application_id = %s

-- name: rule_applied
-- The rule that said who agrees to an application.
SELECT r.valid_from, r.levels FROM court_application a JOIN court_rule r ON r.court_id = a.court_id AND r.valid_from = a.rule_from
WHERE a.application_id = %s

-- name: user_named
-- What a person is called.
SELECT name FROM access_user WHERE login = %s

-- name: judge_named
-- Of a court, by his login; none: nobody of it judges under that login.
SELECT u.name FROM access_user u JOIN access_user_role r ON r.user_id = u.id AND r.role = 'court_judge'
WHERE u.partner_id = %s AND u.login = %s AND u.is_active
