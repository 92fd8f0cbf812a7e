-- Statements of the core port.

-- name: port
-- A core that is shut is still asked what became of money.
SELECT code, endpoint, version, sealed FROM core_bank WHERE core_id = %s

-- name: core_of
-- Of an institution or the nearest one above that has one.
SELECT core_id, code, name, cash_account, clearing_account, sundry_account, income_account
FROM core_bank WHERE core_id = corebank_of_v1(%s)

-- name: transit_of
-- Where a biller's money is collected at this core.
SELECT transit FROM core_pair WHERE core_id = %s AND biller_id = %s

-- name: move
-- One move, whatever became of it.
SELECT serial, core_id, what, teller, day, debit_sealed, credit_sealed, amount_fen, kind, needs_pin, cheque_no, cheque_on,
       summary, undoes, state, code, reason, core_serial, sent_at IS NULL, pack
FROM core_move WHERE serial = %s

-- name: moves_of
-- Of a document, those that nobody knows of yet.
SELECT serial FROM core_move WHERE document = %s AND state IN ('asked', 'unknown') ORDER BY made_at, serial

-- name: pack
-- One pack: which core, how far, whether it was ever sent.
SELECT serial, core_id, items, state, code, sent_at IS NULL FROM core_pack WHERE serial = %s

-- name: pack_moves
-- What is asked for at once, in its order.
SELECT serial, core_id, what, teller, day, debit_sealed, credit_sealed, amount_fen, kind, needs_pin, cheque_no, cheque_on,
       summary, undoes, state, code, reason, core_serial, sent_at IS NULL, pack
FROM core_move WHERE pack = %s ORDER BY pack_no

-- name: ask
-- Committed before the core hears of it.
SELECT corebank_ask_v1(%s, %s, %s, %s, %s, %s, %s)

-- name: ask_undo
-- The same of what takes a move back.
SELECT corebank_ask_undo_v1(%s, %s, %s, %s, %s, %s, %s, %s)

-- name: said
-- The core's word as it signed it, once.
SELECT corebank_said_v1(%s, %s, %s, %s)

-- name: unknown
-- No answer: nobody knows.
SELECT corebank_unknown_v1(%s, %s, %s, %s)

-- name: unread
-- Its accounts cannot be read: nothing was sent.
SELECT corebank_unread_v1(%s, %s)

-- name: sending
-- Who sends it now: one at a time.
SELECT corebank_sending_v1(%s, %s, %s)

-- name: due
-- Those that the worker looks at now.
SELECT * FROM corebank_due_v1(%s, %s, %s)

-- name: put_bank
-- As two people decided.
SELECT corebank_bank_v1(%s)

-- name: bank_now
-- What a proposal would change.
SELECT code, institution_id, name, endpoint, sealed, cash_account, clearing_account, sundry_account, income_account, enabled
FROM core_bank WHERE code = %s

-- name: put_pair
-- As two people decided.
SELECT corebank_pair_v1(%s)

-- name: pair_now
-- What a proposal would change.
SELECT i.code || ' ' || i.name, p.transit, p.settlement_shown, p.settlement_name, p.merchant, p.unit, p.customer_no,
       p.contract_no, p.signed_on, p.mode, p.batch_mode
FROM core_pair p JOIN institution i ON i.id = p.contracting_id WHERE p.biller_id = %s

-- name: pair_taken
-- One transit account and one settlement account a biller.
SELECT EXISTS (SELECT FROM core_pair WHERE core_id = %s AND biller_id <> %s AND (transit = %s OR settlement_lookup = %s))

-- name: close
-- As two people decided, by evidence.
SELECT corebank_close_v1(%s, %s)

-- name: closable
-- What people may close: a move that is not known, one that is owed and was refused.
SELECT m.institution_id, m.state, m.amount_fen, m.state IN ('asked', 'unknown'), corebank_owes_v1(m)
FROM core_move m WHERE m.serial = %s

-- name: moves_altered
-- An undo takes back just what it names; what is undone was undone by one that is done.
SELECT 'core_move ' || m.serial, CASE
    WHEN m.undoes IS NULL AND m.state = 'undone' AND u.serial IS NULL THEN 'is undone, by no move'
    WHEN m.undoes IS NULL AND m.state <> 'undone' AND u.serial IS NOT NULL THEN 'is ' || m.state || ', but ' || u.serial || ' undid it'
    WHEN o.serial IS NOT NULL AND (m.amount_fen, m.core_id, m.debit_shown, m.credit_shown)
            <> (o.amount_fen, o.core_id, o.credit_shown, o.debit_shown)
        THEN 'has another amount or other accounts than ' || o.serial || ', which it undoes'
    WHEN m.by_hand AND NOT EXISTS (SELECT FROM access_authorisation x
            WHERE (x.action, x.subject_key) = ('corebank.close', m.serial) AND x.granted)
        THEN 'is ' || m.state || ' by a word to which no two people agreed' END
FROM core_move m
LEFT JOIN core_move u ON u.undoes = m.serial AND u.state = 'done'
LEFT JOIN core_move o ON o.serial = m.undoes

-- name: answers
-- In pieces, in their order: moves that the core decided, each with what is kept of its word and of what was asked. Of
-- a day, or all.
SELECT m.serial, m.undoes, m.state, m.amount_fen, m.core_serial, m.debit_sealed, m.credit_sealed, m.debit_lookup,
       m.credit_lookup, m.debit_shown, m.credit_shown, m.told, m.made_at, to_jsonb(m), m.by_hand, b.code, coalesce(y.code, b.code), b.institution_id,
       a.version, a.status, a.headers, a.body, a.serial IS NOT NULL,
       u.serial IS NOT NULL AND (v.body IS NULL OR v.body::jsonb ->> 'code' = 'original_missing'),
       m.made_at < coalesce((SELECT min(x.made_at) FROM core_move x WHERE x.told <> ''), 'infinity'), m.pack
FROM core_move m JOIN core_bank b USING (core_id) LEFT JOIN core_answer a ON a.serial = m.serial
LEFT JOIN partner y ON y.id = m.biller_id
LEFT JOIN core_move u ON u.undoes = m.serial LEFT JOIN core_answer v ON v.serial = u.serial
WHERE m.serial > %(after)s AND (%(day)s::date IS NULL OR m.day = %(day)s) ORDER BY m.serial LIMIT 500

-- name: pack_answer
-- A pack, its core, and what the core said of it.
SELECT k.serial, k.state, b.code, a.version, a.status, a.headers, a.body
FROM core_pack k JOIN core_bank b USING (core_id) LEFT JOIN core_pack_answer a ON a.serial = k.serial WHERE k.serial = %s

-- name: packs_altered
-- A pack is just its moves.
SELECT 'core_pack ' || k.serial, CASE
    WHEN (k.items, k.amount_fen) IS DISTINCT FROM (m.items, m.fen) THEN 'has ' || coalesce(m.items, 0) || ' moves of '
        || coalesce(m.fen, 0) || ' fen, it was asked for ' || k.items || ' of ' || k.amount_fen
    WHEN (k.state = 'done') <> (a.serial IS NOT NULL) THEN 'is ' || k.state || ', which no answer says'
    WHEN k.state = 'done' AND m.open > 0 THEN 'is answered, and ' || m.open || ' of its moves are not decided' END
FROM core_pack k LEFT JOIN core_pack_answer a ON a.serial = k.serial
LEFT JOIN (SELECT pack, count(*) AS items, sum(amount_fen) AS fen, count(*) FILTER (WHERE state IN ('asked', 'unknown')) AS open
           FROM core_move WHERE pack IS NOT NULL GROUP BY pack) m ON m.pack = k.serial

-- name: key
-- Of a core, whichever it had.
SELECT sealed FROM core_key WHERE code = %s AND version = %s

-- name: not_known
-- Of each company (of a core, where they are of none) the moves up to a day that wait for its word, or that it owes.
SELECT coalesce(p.code, b.code), coalesce(p.institution_id, b.institution_id), count(*), min(m.serial)
FROM core_move m JOIN core_bank b ON b.core_id = m.core_id LEFT JOIN partner p ON p.id = m.biller_id
WHERE m.day <= %s AND coalesce(p.book_id = %s, true)
    AND (m.state IN ('asked', 'unknown') OR corebank_owes_v1(m))
GROUP BY 1, 2 ORDER BY 1

-- name: done_of_day
-- How many the day had, for the step's sums.
SELECT count(*) FROM core_move WHERE day = %s AND state IN ('done', 'undone')

-- name: transits
-- Of a book, the companies' transit accounts at cores that are in use.
SELECT y.code, y.institution_id, p.core_id, p.transit FROM core_pair p JOIN partner y ON y.id = p.biller_id
JOIN core_bank b ON b.core_id = p.core_id AND b.enabled WHERE y.book_id = %s ORDER BY y.code

-- name: stands
-- What all moves of an account add up to, credits less debits, an undo as what it is; how many are not known.
SELECT coalesce(sum(CASE WHEN m.credit_lookup = ANY (%(account)s) THEN m.amount_fen ELSE -m.amount_fen END)
        FILTER (WHERE m.state IN ('done', 'undone')), 0)::bigint,
    count(*) FILTER (WHERE m.state IN ('asked', 'unknown'))
FROM core_move m
WHERE m.core_id = %(core)s AND (m.credit_lookup = ANY (%(account)s) OR m.debit_lookup = ANY (%(account)s))
