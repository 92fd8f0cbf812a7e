-- name: count_try
-- One more try of a login at a place, or of an address: no row when it may have none for now. The row
-- is locked while it is counted, so of any number at once no more get through; when they are used up
-- the window begins anew.
INSERT INTO access_tries AS t (login, place, tries, since)
VALUES (%(login)s, %(place)s, 1, now())
ON CONFLICT (login, place) DO UPDATE SET
    tries = CASE WHEN t.since <= now() - %(window)s THEN 1 ELSE t.tries + 1 END,
    since = CASE WHEN t.since > now() - %(window)s AND t.tries + 1 < %(most)s THEN t.since
        ELSE now() END
WHERE t.tries < %(most)s OR t.since <= now() - %(window)s
RETURNING t.tries

-- name: forgive_login
-- Who proved himself begins anew at this place; what others tried elsewhere stays counted.
DELETE FROM access_tries WHERE login = %(login)s AND place = %(place)s

-- name: give_back
-- A try that was none: it succeeded, or was never made.
UPDATE access_tries SET tries = tries - 1 WHERE login = %(login)s AND place = %(place)s AND tries > 0

-- name: unlock
-- At every place.
DELETE FROM access_tries WHERE login = %(login)s

-- name: locked
-- At any place.
SELECT EXISTS (SELECT FROM access_tries
    WHERE login = %(login)s AND tries >= %(most)s AND since > now() - %(window)s)

-- name: forget_tries
-- Windows that are over.
DELETE FROM access_tries WHERE since <= now() - %(window)s
