-- Statements of the roster, and of the books behind partners.

-- name: version
-- It grows with every change of master data; the rest is read again then.
SELECT version FROM master_version

-- name: partners
-- Who speaks to us; a partner may be a channel.
SELECT id, code, name, book_id, suspended, xml, json, encoding, unit,
       EXISTS (SELECT FROM channel c WHERE c.partner_id = p.id), wire_log,
       EXISTS (SELECT FROM channel c WHERE c.partner_id = p.id AND c.hosted <> '')
FROM partner p

-- name: keys
-- All of them, for old ones may still be valid.
SELECT p.code, k.version, k.algorithm, k.secret, k.valid_from, k.valid_until
FROM partner_key k JOIN partner p ON p.id = k.partner_id ORDER BY p.code, k.version

-- name: billers
-- With what each of its own codes means.
SELECT p.code, b.partner_id, b.quote_ttl_s, b.endpoint, b.dialect, b.timeout_s, b.calls_max,
       (SELECT array_agg(ARRAY[e.wire_code, e.meaning::text]) FROM biller_error_code e
        WHERE e.biller_id = b.partner_id)
FROM biller b JOIN partner p ON p.id = b.partner_id

-- name: open_account
-- An account of a partner's money; one that is there is answered again.
SELECT ledger_open_kind_v1(%s, %s, %s, %s)

-- name: open_book
-- A book with its first open day.
SELECT ledger_open_book_v1(%s, %s, %s, %s, %s)

-- name: books
-- Books to choose from.
SELECT book_id, code || ' ' || name FROM ledger_book WHERE code <> %s ORDER BY 1
