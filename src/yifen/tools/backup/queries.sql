-- What `yifen backup` asks the database.

-- name: standing
-- Which server and which cluster this is, and how much it holds.
SELECT current_setting('server_version_num')::int, (SELECT system_identifier::text FROM pg_control_system()),
    (SELECT sum(pg_database_size(oid)) FROM pg_database)::bigint

-- name: facts
-- How it was made, and of which version it is.
SELECT (SELECT count(*) FROM ledger_head)::int, (SELECT count(*) FROM django_migrations)::int,
    (SELECT app || '.' || name FROM django_migrations ORDER BY id DESC LIMIT 1)

-- name: last_payment
-- Of each bucket the newest, and of those the newest: (bucket, id, serial, when booked, fen).
SELECT h.bucket, p.payment_id, p.serial, p.booked_at, p.amount_fen FROM ledger_head h
    CROSS JOIN LATERAL (SELECT * FROM payment y WHERE y.bucket = h.bucket ORDER BY y.payment_id DESC LIMIT 1) p
ORDER BY p.booked_at DESC NULLS LAST, p.bucket LIMIT 1
