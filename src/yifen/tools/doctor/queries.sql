-- What `yifen doctor` asks the server.

-- name: server_settings
-- As this session has them.
SELECT name, setting FROM pg_settings WHERE name = ANY(%s)

-- name: server_facts
-- The clock, the age of the oldest transaction id, connections used and allowed, whether the WAL is archived, standbys.
SELECT clock_timestamp(), (SELECT max(age(datfrozenxid)) FROM pg_database),
    (SELECT sum(numbackends) FROM pg_stat_database)::int, current_setting('max_connections')::int,
    current_setting('archive_mode'), (SELECT count(*) FROM pg_stat_replication)::int

-- name: roles
-- Those of these names that are there.
SELECT rolname::text FROM pg_roles WHERE rolname::text = ANY(%s)

-- name: jobs
-- Workers whose heart beat within the last half minute, and jobs that were given up.
SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > clock_timestamp() - interval '30 seconds')::int,
    (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed')::int

-- name: months_begun
-- Frozen or out, and in no file so far.
SELECT partition_no FROM ledger_archive WHERE written_at IS NULL ORDER BY partition_no

-- name: administrators
-- Persons, not logins.
SELECT count(DISTINCT lower(u.person))::int FROM access_user u JOIN access_user_role r ON r.user_id = u.id
WHERE u.is_active AND r.role = 'platform_admin'

-- name: sealed
-- Rows that none of these keys opens.
SELECT count(*)::int FROM {{table}} r
WHERE r.{{column}} IS NOT NULL AND length(r.{{column}}) > 2 AND {{when}}
    AND get_byte(r.{{column}}, 0) * 256 + get_byte(r.{{column}}, 1) <> ALL(%s::int[])

-- name: slot
-- How the archive's line stands: whether it reads, how many bytes it is behind, whether the server still has them.
SELECT active, pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)::bigint, wal_status
FROM pg_replication_slots WHERE slot_name = %s AND NOT pg_is_in_recovery()

-- name: carrier
-- Whether who brings these messages is used; no row: it never had keys.
SELECT enabled FROM message_carrier WHERE code = %s

-- name: numbered
-- Texts that the provider knows by a number of its own.
SELECT key FROM message_template WHERE provider_id <> ''
