-- A table's part of this number 分区, empty, of the shape of the part before it: its storage, its own unique
-- indexes, and that rows are only added where its table's are. Attaching it holds up nobody who writes.
CREATE OR REPLACE FUNCTION ledger_add_part_v1(p_table text, p_part integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_part CONSTANT text := p_table || '_' || p_part;
    v_before CONSTANT text := p_table || '_' || p_part - 1;
    v_row record;
BEGIN
    EXECUTE format('CREATE TABLE parts.%I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS) %s', v_part, p_table,
                   'WITH (' || array_to_string((SELECT reloptions FROM pg_class
                    WHERE oid = format('parts.%I', v_before)::regclass), ', ') || ')');
    FOR v_row IN
        SELECT pg_get_indexdef(indexrelid) AS text FROM pg_index i
        WHERE indrelid = format('parts.%I', v_before)::regclass AND indisunique
            AND NOT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = indexrelid)
        UNION ALL
        SELECT pg_get_triggerdef(oid) FROM pg_trigger
        WHERE tgrelid = format('parts.%I', v_before)::regclass AND tgparentid = 0 AND NOT tgisinternal
    LOOP
        EXECUTE replace(v_row.text, v_before, v_part);
    END LOOP;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION parts.%I FOR VALUES FROM (%s) TO (%s)', p_table, v_part,
                   p_part * 1000000000000, (p_part + 1) * 1000000000000);
END $$;
