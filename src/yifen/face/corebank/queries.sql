-- Statements of the pages of the core port.

-- name: moves
-- With the outlet that asked and the biller that it is for; and what of it came to the company's transit account, or went
-- from it: what a core posted, its undo too. Accounts are known here by their masks (accounts.shown).
FROM core_move m
JOIN institution i ON i.id = m.institution_id
LEFT JOIN partner p ON p.id = m.biller_id
LEFT JOIN LATERAL (
    SELECT CASE WHEN length(k.transit) > 8 THEN left(k.transit, 4) || repeat('*', length(k.transit) - 8) || right(k.transit, 4)
        WHEN length(k.transit) > 4 THEN repeat('*', length(k.transit) - 4) || right(k.transit, 4) ELSE '' END AS shown
    FROM core_pair k WHERE (k.biller_id, k.core_id) = (m.biller_id, m.core_id) AND m.state IN ('done', 'undone')) t ON true
CROSS JOIN LATERAL (
    SELECT CASE t.shown WHEN m.credit_shown THEN m.amount_fen ELSE 0 END AS in_fen,
           CASE t.shown WHEN m.debit_shown THEN m.amount_fen ELSE 0 END AS out_fen) w

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
