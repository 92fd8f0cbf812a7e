-- Statements that pages share.

-- name: acting
-- Who acts in the sample is signed in meanwhile.
UPDATE access_user SET session_key = access_session_v1(%(key)s), session_until = now() + interval '1 hour'
WHERE login = %(login)s

-- name: acted
-- And is not any more.
UPDATE access_user SET session_key = '' WHERE login = ANY (%(logins)s)

-- name: business_day
-- The latest open day of the books of partners in scope, and of those above its institutions, in whose books an outlet works.
WITH RECURSIVE above AS (
    SELECT i.id, i.parent_id FROM institution i WHERE i.id = ANY (%(institutions)s::bigint[])
    UNION SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id)
SELECT max(k.current_day) FROM ledger_book k WHERE EXISTS (
    SELECT FROM partner p WHERE p.book_id = k.book_id AND p.book_id <> 900
        AND (%(all)s OR p.id = ANY (%(partners)s::integer[]) OR p.institution_id IN (SELECT id FROM above)))
