-- Archive 归档: old partitions that left the database, and what has to stay of them (decision 0032).
CREATE SCHEMA archived;  -- tables that were detached and not dropped yet; no process has a right there

-- A row from the moment on at which nothing of the partition may change any more; `until_day`: the last one on which
-- a payment of it was made or given back, so of later days everything is here; `detached_at`: it is out of
-- its tables; `written`: SHA-256 of what describes the files; `kept`: of what stayed here, rows and SHA-256.
CREATE TABLE ledger_archive (
    partition_no integer PRIMARY KEY REFERENCES ledger_partition,
    until_day    date NOT NULL,
    frozen_at    timestamptz NOT NULL,
    detached_at  timestamptz,
    kept         jsonb,
    written_at   timestamptz,
    written      bytea,
    place        text,                  -- where it was written; it may have been moved since
    dropped_at   timestamptz,
    CHECK ((detached_at IS NULL) = (kept IS NULL) AND (written_at IS NULL) = (written IS NULL)
           AND (written_at IS NULL OR detached_at IS NOT NULL) AND (dropped_at IS NULL OR written_at IS NOT NULL))
);

-- Where each bucket's chain stood at its end. `balances`: account, debit pending and posted, credit pending and
-- posted, of all that was ever booked up to there.
CREATE TABLE ledger_archive_end (
    partition_no integer NOT NULL REFERENCES ledger_archive,
    bucket       smallint NOT NULL,
    batch_no     bigint NOT NULL,
    transfer_no  bigint NOT NULL,
    hash         bytea NOT NULL,
    balances     bigint[] NOT NULL,
    PRIMARY KEY (partition_no, bucket)
);

-- Transfers of documents that are no payments: few, and what they say of settled money goes on to be compared.
CREATE TABLE ledger_archive_transfer (
    LIKE ledger_transfer,
    PRIMARY KEY (bucket, transfer_no)
);
CREATE INDEX ledger_archive_transfer_reference ON ledger_archive_transfer (reference_id);
