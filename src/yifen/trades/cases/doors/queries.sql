-- Statements of the doors at which banks and courts' own systems speak.

-- name: ask_key
-- A court's shared key, and when it counts.
SELECT c.court_id, k.secret, p.suspended, k.valid_from, k.valid_until
FROM court c JOIN partner p ON p.id = c.court_id JOIN partner_key k ON k.partner_id = p.id
WHERE p.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256'

-- name: ask_add
-- A case that its court asks for, each request once.
INSERT INTO court_ask (court_id, request, number, signed, body, received_at)
VALUES (%(court)s, %(request)s, %(number)s, %(signed)s, %(body)s, %(now)s) ON CONFLICT (court_id, request) DO NOTHING

-- name: ask_kept
-- What was asked under that request, and what became of it.
SELECT k.body, d.code, a.account_no FROM court_ask k LEFT JOIN court_ask_end d USING (ask_id)
LEFT JOIN court_account a ON a.case_id = d.case_id WHERE k.court_id = %(court)s AND k.request = %(request)s

-- name: asks_to_open
-- Those of which nothing became yet: of each court its oldest, so that none waits for another's.
SELECT x.ask_id FROM (SELECT k.ask_id, row_number() OVER (PARTITION BY k.court_id ORDER BY k.ask_id) AS place
    FROM court_ask k WHERE NOT EXISTS (SELECT FROM court_ask_end d WHERE d.ask_id = k.ask_id)) x
WHERE x.place <= 100 ORDER BY x.place, x.ask_id LIMIT 500

-- name: ask_to_open
-- One of them.
{asks} WHERE k.ask_id = %s

-- name: asks
-- As they were kept.
SELECT k.ask_id, k.court_id, k.request, k.number, k.signed, k.body, k.received_at
FROM court_ask k LEFT JOIN court_ask_end d USING (ask_id)

-- name: asks_told
-- Those of which something became, but that nobody signed them.
{asks} WHERE d.code <> ALL (%(unproved)s) AND k.ask_id > %(after)s ORDER BY k.ask_id LIMIT 500

-- name: asks_altered
-- Each case that its court's own system asked for is the very one.
SELECT 'court_ask ' || k.ask_id, 'asks for ' || k.number || ', case ' || c.case_id || ' is ' || c.number
FROM court_ask k JOIN court_ask_end d USING (ask_id) JOIN court_case c USING (case_id)
WHERE (c.court_id, c.number) IS DISTINCT FROM (k.court_id, k.number)

-- name: open_asked
-- Opened, or written down why not.
SELECT cases_open_asked_v1(%(ask)s, %(proved)s, %(account)s, %(judge)s, %(filed)s, %(due)s::bigint, %(payer)s, %(roles)s::text[],
    %(names)s::bytea[], %(now)s, %(entrusted)s)

-- name: push_key
-- A bank's shared key, and when it counts.
SELECT b.partner_id, k.secret, p.suspended, k.valid_from, k.valid_until
FROM bank b JOIN partner p ON p.id = b.partner_id JOIN partner_key k ON k.partner_id = p.id
WHERE p.code = %(code)s AND k.version = %(version)s AND k.algorithm = 'hmac-sha256'

-- name: push_may
-- Is it the bank of a court's rule, today's or an older one's?
SELECT EXISTS (SELECT FROM court_rule r WHERE r.bank_id = %(bank)s)

-- name: push_add
-- What a bank told of, once a serial.
INSERT INTO court_push (bank_id, serial, main_no, account_no, amount_fen, paid_at, signed, body, received_at)
VALUES (%(bank)s, %(serial)s, %(main)s, %(account)s, %(fen)s, %(paid_at)s, %(signed)s, %(body)s, %(now)s)
ON CONFLICT (bank_id, main_no, serial) DO NOTHING

-- name: push_kept
-- What it told of under that serial.
SELECT account_no, amount_fen, paid_at FROM court_push WHERE bank_id = %(bank)s AND main_no = %(main)s AND serial = %(serial)s

-- name: pushes_to_book
-- Those of which nothing became yet: of each bank its oldest.
SELECT x.push_id FROM (SELECT p.push_id, row_number() OVER (PARTITION BY p.bank_id ORDER BY p.push_id) AS place
    FROM court_push p WHERE NOT EXISTS (SELECT FROM court_push_end d WHERE d.push_id = p.push_id)) x
WHERE x.place <= 100 ORDER BY x.place, x.push_id LIMIT 500

-- name: push_to_book
-- One of them.
{pushes} WHERE p.push_id = %s

-- name: pushes
-- As they were kept.
SELECT p.push_id, p.bank_id, p.serial, p.main_no, p.account_no, p.amount_fen, p.paid_at, p.signed, p.body, p.received_at
FROM court_push p LEFT JOIN court_push_end d USING (push_id)

-- name: pushes_told
-- Those of which something became, but that nobody signed them.
{pushes} WHERE d.code <> ALL (%(unproved)s) AND p.push_id > %(after)s ORDER BY p.push_id LIMIT 500

-- name: push
-- Booked, or written down why not.
SELECT cases_push_v1(%s, %s, %s)

-- name: next_number
-- The number that the next case will have.
SELECT cases_next_account_v1(%s, %s)
