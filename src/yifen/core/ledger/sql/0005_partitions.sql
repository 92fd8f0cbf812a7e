-- Partitions 分区: the large tables in ranges of 10^12 numbers. One is begun by letting every bucket's numbers
-- jump to the next range (partitions_v1.sql), so a row's number says in which it lies (decision 0030).
CREATE SCHEMA partitions;
CREATE TABLE ledger_partition (
    partition_no integer PRIMARY KEY,
    begun_at     timestamptz NOT NULL
);
INSERT INTO ledger_partition VALUES (0, now());
ALTER TABLE ledger_head ADD COLUMN partition_no integer NOT NULL DEFAULT 0;  -- in which the next batch lies

-- A plain table becomes the first partition of one of its name, without its rows being read: the constraint
-- `in_partition` has proved before that all of them lie there. Rights, indexes and triggers move up; a unique
-- index that the number is no column of goes on to hold within each partition.
CREATE FUNCTION ledger_into_partitions(p_table text, p_number text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_partition CONSTANT text := p_table || '_0';
    v_key text;
    v_above text[];
    v_view text;
    v_row record;
BEGIN
    FOREACH v_view IN ARRAY ARRAY(
        SELECT DISTINCT r.ev_class::regclass::text FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
        WHERE d.classid = 'pg_rewrite'::regclass AND d.refobjid = p_table::regclass AND r.ev_class <> d.refobjid)
    LOOP
        EXECUTE format('DROP VIEW IF EXISTS %s CASCADE', v_view);  -- installed anew by every migration
    END LOOP;
    SELECT pg_get_constraintdef(oid) INTO STRICT v_key FROM pg_constraint
    WHERE conrelid = p_table::regclass AND contype = 'p';
    SELECT array_agg(text) INTO v_above FROM (
        SELECT pg_get_indexdef(indexrelid) AS text FROM pg_index
        WHERE indrelid = p_table::regclass AND NOT indisunique
        UNION ALL
        SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE tgrelid = p_table::regclass AND NOT tgisinternal
        UNION ALL
        SELECT format('GRANT %s ON %I TO %I', privilege_type, p_table, grantee::regrole)
        FROM pg_class CROSS JOIN aclexplode(relacl) WHERE oid = p_table::regclass AND grantee NOT IN (0, relowner)
    ) moved;
    FOR v_row IN SELECT tgname FROM pg_trigger
        WHERE tgrelid = p_table::regclass AND NOT tgisinternal AND tgname <> 'append_only'
    LOOP
        EXECUTE format('DROP TRIGGER %I ON %I', v_row.tgname, p_table);
    END LOOP;
    FOR v_row IN SELECT relname FROM pg_index JOIN pg_class c ON c.oid = indexrelid
        WHERE indrelid = p_table::regclass
    LOOP
        EXECUTE format('ALTER INDEX %I RENAME TO %I', v_row.relname,
                       v_partition || substr(v_row.relname, length(p_table) + 1));
    END LOOP;
    EXECUTE format('ALTER TABLE %I RENAME TO %I', p_table, v_partition);
    EXECUTE format('ALTER TABLE %I SET SCHEMA partitions', v_partition);
    EXECUTE format('CREATE TABLE %I (LIKE partitions.%I INCLUDING DEFAULTS INCLUDING CONSTRAINTS)'
                   ' PARTITION BY RANGE (%I)', p_table, v_partition, p_number);
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT in_partition', p_table);
    EXECUTE format('ALTER TABLE %I ADD %s', p_table, v_key);
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION partitions.%I FOR VALUES FROM (MINVALUE) TO (1000000000000)',
                   p_table, v_partition);
    EXECUTE format('ALTER TABLE partitions.%I DROP CONSTRAINT in_partition', v_partition);
    EXECUTE array_to_string(v_above, ';');
END $$;
SELECT ledger_into_partitions('ledger_transfer', 'transfer_no'), ledger_into_partitions('ledger_batch', 'batch_no');
