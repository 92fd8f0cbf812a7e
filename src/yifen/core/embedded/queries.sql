-- name: there
-- Is there such a role?
SELECT FROM pg_roles WHERE rolname = %s

-- name: unbound
-- Has this role no bounds at all? Whoever sets others keeps them.
SELECT FROM pg_roles WHERE rolname = %s AND rolconnlimit = -1 AND rolconfig IS NULL

-- name: bounds
-- Those that docs/figures.md names for who reads figures.
ALTER ROLE {{reader}} CONNECTION LIMIT 5;
ALTER ROLE {{reader}} SET default_transaction_read_only = on;
ALTER ROLE {{reader}} SET statement_timeout = '60s'
