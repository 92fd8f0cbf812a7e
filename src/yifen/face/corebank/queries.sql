-- Statements of the pages of the core port.

-- name: moves
-- With the outlet that asked and the biller that it is for.
FROM core_move m
JOIN institution i ON i.id = m.institution_id
LEFT JOIN partner p ON p.id = m.biller_id

-- name: move
-- One move whole, its accounts masked.
SELECT m.serial, m.what, m.document, i.name, m.teller, coalesce(p.code || ' ' || p.name, ''), m.debit_shown, m.credit_shown,
       m.amount_fen, m.cheque_no, m.day, m.state, m.code, m.reason, m.core_serial, m.by_hand, m.made_at, m.sent_at,
       m.changed_at, m.undoes, u.serial, b.code || ' ' || b.name,
       m.state IN ('asked', 'unknown') AND m.made_at < %(now)s::timestamptz - interval '15 minutes', corebank_owes_v1(m)
FROM core_move m
JOIN institution i ON i.id = m.institution_id
JOIN core_bank b ON b.core_id = m.core_id
LEFT JOIN partner p ON p.id = m.biller_id
LEFT JOIN core_move u ON u.undoes = m.serial
WHERE m.serial = %(serial)s AND {{scope}}

-- name: banks
-- Cores of the institutions in scope, with how many billers have their accounts there.
SELECT b.code, b.name, i.code || ' ' || i.name, b.endpoint, b.version, b.enabled,
       (SELECT count(*) FROM core_pair c WHERE c.core_id = b.core_id)
FROM core_bank b JOIN institution i ON i.id = b.institution_id
WHERE {{scope}} ORDER BY b.code
