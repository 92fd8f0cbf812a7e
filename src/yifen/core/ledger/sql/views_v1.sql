-- The tables that are kept in partitions 分区; an operator's own partitioned tables are none of ours.
CREATE OR REPLACE VIEW ledger_partitioned AS
SELECT t.relname AS table_name
FROM pg_class t JOIN pg_class p ON p.relname = t.relname || '_0'
JOIN pg_namespace n ON n.oid = p.relnamespace AND n.nspname = 'partitions'
WHERE t.relkind = 'p' AND t.relnamespace = 'public'::regnamespace;
