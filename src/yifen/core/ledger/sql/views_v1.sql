-- The tables that are kept in partitions 分区; an operator's own partitioned tables are none of ours.
CREATE OR REPLACE VIEW ledger_partitioned AS
SELECT t.relname AS table_name
FROM pg_class t
WHERE t.relkind = 'p' AND t.relnamespace = 'public'::regnamespace AND EXISTS (
    SELECT FROM pg_inherits JOIN pg_class p ON p.oid = inhrelid JOIN pg_namespace n ON n.oid = p.relnamespace
    WHERE inhparent = t.oid AND n.nspname = 'partitions' AND p.relname ~ ('^' || t.relname || '_\d+$'));

-- How far the archive 归档 goes, always one row: payments below `below` are out of the database, those below
-- `frozen` are not changed any more; of business days behind `until_day` nothing is out.
CREATE OR REPLACE VIEW ledger_archived AS
SELECT coalesce(max(partition_no + 1) FILTER (WHERE detached_at IS NOT NULL), 0) * 1000000000000 AS below,
    coalesce(max(partition_no + 1), 0) * 1000000000000 AS frozen,
    coalesce(max(until_day) FILTER (WHERE detached_at IS NOT NULL), '-infinity') AS until_day
FROM ledger_archive;

-- Transfers of documents that are no payments, wherever their month's are.
CREATE OR REPLACE VIEW document_transfer AS
SELECT * FROM ledger_transfer WHERE reference_id < 0
UNION ALL
SELECT * FROM ledger_archive_transfer;
