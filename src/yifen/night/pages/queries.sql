-- What the pages of the end of day read.

-- name: nights
-- A book's night with the step at which it stands.
FROM eod_run r JOIN ledger_book k USING (book_id)
LEFT JOIN LATERAL (
    SELECT step, state FROM eod_step s WHERE s.eod_id = r.eod_id
    ORDER BY s.started_at DESC LIMIT 1) x ON true

-- name: night_in_scope
-- Nights of books with a partner in scope, sandboxes aside.
EXISTS (SELECT FROM partner p WHERE p.book_id = r.book_id AND p.book_id <> 900
    AND (%(all)s OR p.id = ANY (%(partners)s::integer[])))

-- name: books
-- Real books, each with the hour of its night.
FROM ledger_book k LEFT JOIN eod_schedule s USING (book_id)
