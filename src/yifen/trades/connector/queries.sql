-- Statements of the connector.

-- name: sources
-- Those in use, each with its newest mapping.
SELECT s.code, p.code, s.sealed, m.version, m.toml
FROM connector_source s JOIN partner p ON p.id = s.partner_id
JOIN LATERAL (SELECT x.version, x.toml FROM connector_mapping x WHERE x.code = s.code
              ORDER BY x.version DESC LIMIT 1) m ON true
WHERE s.enabled

-- name: source
-- One as it stands.
SELECT s.partner_id, s.kind, s.sealed, s.enabled FROM connector_source s WHERE s.code = %s

-- name: source_taken
-- Whose name or biller it is already.
SELECT EXISTS (SELECT FROM connector_source s WHERE (s.code = %(code)s) <> (s.partner_id = %(partner)s))

-- name: newest_mapping
-- The one in force.
SELECT m.version, m.toml FROM connector_mapping m WHERE m.code = %s ORDER BY m.version DESC LIMIT 1

-- name: put_source
-- As two people decided: its code.
SELECT connector_source_v1(%s)

-- name: put_mapping
-- As two people decided: its code.
SELECT connector_mapping_v1(%s, %s)

-- name: postgresql_reading
-- Said to a utility's PostgreSQL before it is read.
SET TRANSACTION READ ONLY;
SET LOCAL statement_timeout = {{ms}};
SET LOCAL lock_timeout = {{ms}}

-- name: postgresql_writing
-- Before it is written: two writers of one serial meet, and one of them asks again.
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE;
SET LOCAL statement_timeout = {{ms}};
SET LOCAL lock_timeout = {{ms}}

-- name: mysql_reading
-- What MariaDB knows from 10.1.1 on, MySQL passes by.
SET /*M!100101 SESSION max_statement_time = {{s}}, */ SESSION innodb_lock_wait_timeout = {{s}}, SESSION lock_wait_timeout = {{s}};
SET TRANSACTION ISOLATION LEVEL READ COMMITTED, READ ONLY

-- name: mysql_writing
-- The same.
SET /*M!100101 SESSION max_statement_time = {{s}}, */ SESSION innodb_lock_wait_timeout = {{s}}, SESSION lock_wait_timeout = {{s}};
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE

-- name: sqlite_reading
-- Its file is opened for reading alone.
BEGIN

-- name: sqlite_writing
-- One writer at a time.
BEGIN IMMEDIATE

-- name: mssql_reading
-- It has no transaction that only reads: the account has to be one.
SET LOCK_TIMEOUT {{ms}};
SET TRANSACTION ISOLATION LEVEL READ COMMITTED

-- name: mssql_writing
-- As PostgreSQL.
SET LOCK_TIMEOUT {{ms}};
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE

-- name: oracle_reading
-- Waits end by the driver's own time.
SET TRANSACTION READ ONLY

-- name: oracle_writing
-- As PostgreSQL.
SET TRANSACTION ISOLATION LEVEL SERIALIZABLE

-- name: db2_reading
-- One row's lock at a time.
SET CURRENT ISOLATION CS;
SET CURRENT LOCK TIMEOUT {{s}}

-- name: db2_writing
-- What was read stays so.
SET CURRENT ISOLATION RR;
SET CURRENT LOCK TIMEOUT {{s}}

-- name: example_tables
-- Of a small utility.
CREATE TABLE customer (no TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE bill (bill_no TEXT PRIMARY KEY, customer_no TEXT NOT NULL REFERENCES customer, period TEXT NOT NULL,
    amount NUMERIC NOT NULL, due_on TEXT NOT NULL, paid INTEGER NOT NULL DEFAULT 0);
CREATE TABLE receipt (serial TEXT NOT NULL, customer_no TEXT NOT NULL, amount NUMERIC NOT NULL, paid_at TEXT NOT NULL,
    back_at TEXT, state TEXT NOT NULL DEFAULT 'P');
CREATE TABLE receipt_bill (serial TEXT NOT NULL, bill_no TEXT NOT NULL);

-- name: example_customer
-- One of its.
INSERT INTO customer VALUES (?, ?)

-- name: example_bill
-- What he owes.
INSERT INTO bill (bill_no, customer_no, period, amount, due_on) VALUES (?, ?, ?, ?, ?)
