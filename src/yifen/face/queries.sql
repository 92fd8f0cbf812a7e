-- Statements that pages share.

-- name: acting
-- Who acts in the sample is signed in meanwhile.
UPDATE access_user SET session_key = access_session_v1(%(key)s), session_until = now() + interval '1 hour'
WHERE login = %(login)s

-- name: acted
-- And is not any more.
UPDATE access_user SET session_key = '' WHERE login = ANY (%(logins)s)

-- name: day
-- The latest open business day of the partners in scope, without sandboxes; of none: of those of the institutions above.
WITH RECURSIVE up AS (
    SELECT i.id, i.parent_id FROM institution i WHERE i.id = ANY (%(institutions)s::bigint[])
    UNION SELECT i.id, i.parent_id FROM institution i JOIN up ON i.id = up.parent_id
), open AS (
    SELECT k.current_day, %(all)s OR p.id = ANY (%(partners)s::integer[]) AS own
    FROM partner p JOIN ledger_book k USING (book_id) WHERE p.book_id <> 900
        AND (%(all)s OR p.id = ANY (%(partners)s::integer[]) OR p.institution_id IN (SELECT id FROM up))
)
SELECT coalesce(max(current_day) FILTER (WHERE own), max(current_day)) FROM open
