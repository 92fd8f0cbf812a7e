-- Statements of access: the words of two people, each a function that asks who may; counted tries.

-- name: propose
-- The maker's.
SELECT code, proposal
FROM access_propose_v1(%(session)s, %(act)s, %(subject)s, %(content)s, %(changes)s, %(shown)s,
                       %(institution)s, %(partner)s, %(reason)s, %(now)s)

-- name: decide
-- The checker's, from his own session.
SELECT access_decide_v1(%(session)s, %(proposal)s, %(shown)s, %(yes)s, %(answer)s, %(now)s)

-- name: sign
-- The checker's, at the maker's screen.
SELECT access_sign_v1(%(user)s, %(proof)s, %(proposal)s, %(shown)s, %(answer)s, %(now)s)

-- name: withdraw
-- The maker's, who thought better of it.
SELECT access_withdraw_v1(%(session)s, %(proposal)s, %(now)s)

-- name: forget_permissions
-- The rows follow the plugs.
DELETE FROM access_permission

-- name: permission
-- A role and what it may.
INSERT INTO access_permission (role, permission) VALUES (%s, %s)

-- name: forget_acts
-- The rows follow the plugs.
DELETE FROM access_act

-- name: act
-- What asks for two people, for which of them, by which function it is known whose it is, and at which level it is decided.
INSERT INTO access_act (act, propose, decide, about, level) VALUES (%s, %s, %s, %s, %s)

-- name: guard
-- The trigger of a table that two people change.
CREATE OR REPLACE TRIGGER two_people BEFORE INSERT OR UPDATE OR DELETE ON {{table}}
    FOR EACH ROW EXECUTE FUNCTION access_guard_v1({{acts}}, {{free}}, {{when}}, {{bound}})

-- name: lapses
-- The trigger of a table whose rows end what an act is about.
CREATE OR REPLACE TRIGGER {{name}} AFTER {{event}} ON {{table}} FOR EACH ROW WHEN ({{when}})
    EXECUTE FUNCTION access_over_v1({{act}}, {{subject}}, {{at}}, {{why}})

-- name: guard_jobs
-- The trigger of the queues.
CREATE OR REPLACE TRIGGER named BEFORE INSERT OR UPDATE ON procrastinate_jobs
    FOR EACH ROW EXECUTE FUNCTION access_job_v1({{names}}, {{queues}}, {{by_clock}}, {{alone}})

-- name: shut
-- An account kept out by one person, who says why.
SELECT access_shut_v1(%s, %s, %s, %s)

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

-- name: begin
-- A session of who proved his password.
SELECT access_begin_v1(%s, %s, %s, %s, %s)

-- name: seen
-- It speaks on.
SELECT access_seen_v1(%s, %s)

-- name: keep
-- The same session under a new key.
SELECT access_keep_v1(%s, %s)

-- name: password
-- Another password, of who proves the old one.
SELECT access_password_v1(%s, %s, %s, %s)

-- name: institution_in_use
-- What stands in the way of closing it.
SELECT kind, name FROM access_in_use_v1(%s)

-- name: put_institution
-- As two people decided just now.
SELECT access_institution_v1(%s, %s)

-- --- tellers who move ---

-- name: move
-- As two people decided just now.
SELECT access_move_v1(%s, %s, %s)

-- name: move_unfit
-- Why he may not go there.
SELECT access_move_unfit_v1(%s, %s)

-- name: stays
-- What keeps him where he is.
SELECT access_stays_v1(%s)

-- name: next_number
-- Of an institution.
SELECT access_next_number_v1(%s)

-- name: moves_due
-- Those whose day has come.
SELECT access_moves_due_v1(%s, %s)

-- name: moves_of
-- Of a number, and the move by which it came to be.
SELECT m.kind, f.name, t.name, m.from_on, m.until_on, m.state, coalesce(s.login, u.login), coalesce(s.id, u.id),
       k.login || ' ' || k.name, c.login || ' ' || c.name
FROM access_move m JOIN access_user u ON u.id = m.user_id LEFT JOIN access_user s ON s.id = m.successor_id
JOIN institution f ON f.id = m.from_id JOIN institution t ON t.id = m.to_id
JOIN access_authorisation p ON p.id = m.proposal_id JOIN access_user k ON k.id = p.maker_id
JOIN access_user c ON c.id = p.checker_id
WHERE m.user_id = %s OR m.successor_id = %s ORDER BY m.move_id DESC
