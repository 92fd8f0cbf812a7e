-- What the search asks of lists of core's own things.

-- name: user_is
-- A person by login or staff number.
upper(u.login) = upper(%(text)s) OR upper(u.person) = upper(%(text)s)

-- name: user_like
-- A person by name or a part of it, or by how the login begins.
starts_with(upper(u.login), upper(%(text)s)) OR strpos(u.name, %(text)s) > 0

-- name: account_like
-- An account of the ledger by how its number begins, or by a part of its name.
starts_with(a.code, %(plain)s) OR strpos(a.name, %(text)s) > 0

-- name: proposal_about
-- Proposals about the thing of this name, act by act as the index has them.
a.id IN (SELECT x.id FROM access_act t JOIN access_authorisation x ON x.action = t.act
    AND x.subject_key IN (%(text)s, upper(%(text)s)))
