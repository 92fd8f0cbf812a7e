-- A table's partition 分区 of this number, empty, of the shape of another one: its storage, its own unique
-- indexes, and that its rows are only added.
CREATE OR REPLACE FUNCTION ledger_make_partition_v1(p_table text, p_number bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_name CONSTANT text := p_table || '_' || p_number;
    v_like CONSTANT regclass := (SELECT max(inhrelid) FROM pg_inherits WHERE inhparent = p_table::regclass);
    v_before CONSTANT text := relname FROM pg_class WHERE oid = v_like;
    v_text text;
BEGIN
    EXECUTE format('CREATE TABLE partitions.%I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) %s', v_name, p_table,
                   (SELECT 'WITH (' || array_to_string(reloptions, ', ') || ')' FROM pg_class WHERE oid = v_like));
    FOR v_text IN
        SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = v_like AND indisunique
            AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid)
        UNION ALL
        SELECT pg_get_triggerdef(oid) FROM pg_trigger
        WHERE tgrelid = v_like AND tgparentid = 0 AND NOT tgisinternal
    LOOP
        EXECUTE replace(v_text, v_before, v_name);
    END LOOP;
END $$;

-- It begins to be one of the table. Attaching holds up nobody who writes.
CREATE OR REPLACE FUNCTION ledger_attach_partition_v1(p_table text, p_number bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION partitions.%I FOR VALUES FROM (%s) TO (%s)', p_table,
                   p_table || '_' || p_number,
                   CASE p_number WHEN 0 THEN 'MINVALUE' ELSE (p_number * 1000000000000)::text END,
                   (p_number + 1) * 1000000000000);
END $$;
DROP FUNCTION IF EXISTS ledger_add_partition_v1(text, bigint);
