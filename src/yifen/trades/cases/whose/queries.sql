-- Whose unidentified money may be.

-- name: open_cases
-- Those that money may be claimed for.
SELECT DISTINCT c.case_id, c.number, a.account_no FROM court_case c JOIN court_account a USING (case_id)
WHERE c.court_id = %(court)s AND c.state = 'open'

-- name: by_numbers
-- Cases whose own number, or another one of theirs, was said.
{open_cases} AND (c.number = ANY (%(numbers)s) OR EXISTS (SELECT FROM court_name n WHERE n.case_id = c.case_id
    AND n.number = ANY (%(numbers)s))) LIMIT 20

-- name: by_accounts
-- Cases whose sub-account number was said.
{open_cases} AND a.account_no = ANY (%(accounts)s) LIMIT 20

-- name: by_digit
-- Cases whose sub-account number is like one that was said, but for one digit: that one is no number by its check digit, of the rule
-- in force; without a check digit nobody knows which of them is wrong.
{open_cases} AND a.account_no LIKE ANY (%(likes)s) AND a.account_no <> ALL (%(accounts)s)
    AND EXISTS (SELECT FROM cases_rule_v1(c.court_id, cases_today_v1(c.court_id, now())) r WHERE r.method <> 'none') LIMIT 20

-- name: by_short
-- Cases whose number ends so.
{open_cases} AND substring(c.number FROM '(执[恢保异复监协他]?[0-9]+号)$') = ANY (%(shorts)s) LIMIT 20

-- name: by_closed
-- Closed cases whose own sub-account was paid to, or said.
SELECT c.case_id, c.number, a.account_no FROM court_case c JOIN court_account a USING (case_id)
WHERE c.court_id = %(court)s AND c.state = 'closed' AND a.account_no = ANY (%(accounts)s) LIMIT 20

-- name: owed
-- What is left to pay of cases.
SELECT c.case_id, coalesce(y.due_fen, 0) FROM court_case c JOIN court_account a USING (case_id)
LEFT JOIN payable y ON y.bucket = a.bucket AND y.payable_id = a.payable_id WHERE c.case_id = ANY (%s)

-- name: by_told
-- Cases to which the number leads that was paid to: of a closed or merged one, by its case's number.
{open_cases} AND (a.account_no = %(account)s OR EXISTS (SELECT FROM court_account x JOIN court_case o USING (case_id)
    JOIN court_name n ON n.number = o.number WHERE x.court_id = c.court_id AND x.account_no = %(account)s
        AND n.case_id = c.case_id)) LIMIT 20

-- name: by_amount
-- Cases of which just so much is left to pay, or is to be enforced.
SELECT c.case_id, c.number, a.account_no, CASE WHEN y.due_fen = %(fen)s THEN 'left' ELSE 'due' END
FROM court_case c JOIN court_account a USING (case_id) JOIN payable y ON y.bucket = a.bucket AND y.payable_id = a.payable_id
WHERE c.court_id = %(court)s AND c.state = 'open' AND c.due_fen > 0 AND (y.due_fen = %(fen)s OR c.due_fen = %(fen)s) LIMIT 20

-- name: by_name
-- Cases whose payer's name may begin alike: one byte of a keyed hash of its first letters is the same.
SELECT c.case_id, c.number, a.account_no, r.name FROM court_case c JOIN court_account a USING (case_id)
JOIN payer r ON r.bucket = a.bucket AND r.biller_id = a.court_id AND r.account_no = a.account_no
WHERE c.court_id = %(court)s AND c.state = 'open' AND right(r.name, 3) = ANY (%(marks)s) LIMIT 2000
