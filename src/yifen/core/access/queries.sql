-- Statements of access: the words of two people, each a function that asks who may.

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
-- What asks for two people, and for which of them.
INSERT INTO access_act (act, propose, decide) VALUES (%s, %s, %s)

-- name: guard
-- The trigger of a table that two people change.
CREATE OR REPLACE TRIGGER two_people BEFORE INSERT OR UPDATE OR DELETE ON {{table}}
    FOR EACH ROW EXECUTE FUNCTION access_guard_v1({{acts}}, {{free}})

-- name: shut
-- An account kept out by one person, who says why.
SELECT access_shut_v1(%s, %s, %s, %s)
