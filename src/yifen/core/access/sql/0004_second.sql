-- What the database must know to ask who may; written by `migrate` out of the plugs.
CREATE TABLE access_permission (role text NOT NULL, permission text NOT NULL,
                                PRIMARY KEY (role, permission));
CREATE TABLE access_act (act text PRIMARY KEY, propose text NOT NULL, decide text NOT NULL);

-- What keeps it as it was given is code, and stands with the functions from now on.
DROP TRIGGER kept ON access_authorisation;
DROP TRIGGER kept_whole ON access_authorisation;
DROP FUNCTION access_authorisation_kept();

-- Passwords are kept so that the database can check a proof of them (access/hashers.py).
UPDATE access_user SET password =
    'argon2proof' || substr(p.head, 7)
    || rtrim(encode(sha256(convert_to(p.hash, 'UTF8')), 'base64'), '=')
FROM (SELECT id, substring(password FROM '^(argon2\$.*\$)[^$]+$') AS head,
             substring(password FROM '[^$]+$') AS hash FROM access_user) p
WHERE p.id = access_user.id AND p.head IS NOT NULL;
