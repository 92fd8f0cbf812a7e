-- Statements that pages share.

-- name: acting
-- Who acts in the sample is signed in meanwhile.
UPDATE access_user SET session_key = access_session_v1(%(key)s), session_until = now() + interval '1 hour'
WHERE login = %(login)s

-- name: acted
-- And is not any more.
UPDATE access_user SET session_key = '' WHERE login = ANY (%(logins)s)
