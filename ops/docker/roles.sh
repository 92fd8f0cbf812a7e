#!/bin/sh
# The owner, the role of each process, and that of who reads figures, with the passwords that their addresses have; once, when the database is
# made (/docker-entrypoint-initdb.d of the PostgreSQL image).
set -eu
for role in yifen_owner yifen_gateway yifen_web yifen_worker yifen_night yifen_pos yifen_backup yifen_reader; do
    word=$(sed -E 's#^postgresql://[^:]+:([^@]+)@.*$#\1#' "${SECRETS_FOLDER:-/run/secrets}/$role")
    psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
        --set=role="$role" --set=word="$word" <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'word';
SQL
done
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres <<'SQL'
ALTER ROLE yifen_backup REPLICATION;
ALTER ROLE yifen_reader CONNECTION LIMIT 5;
ALTER ROLE yifen_reader SET default_transaction_read_only = on;
ALTER ROLE yifen_reader SET statement_timeout = '60s';
CREATE DATABASE yifen OWNER yifen_owner;
SQL
if [ -n "${PGDATA:-}" ]; then
    echo 'host replication yifen_backup all scram-sha-256' >>"$PGDATA/pg_hba.conf"
fi
