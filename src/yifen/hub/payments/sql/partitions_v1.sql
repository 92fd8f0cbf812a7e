-- payments_begin_partition_v1: the next partition 分区 of the large tables, from a new month on (decision 0030).
--
-- Answers its number; NULL where the month of the last one is not over, or nothing was booked in it. Whose month
-- that is: the database's own; who may become the owner says another. Whoever books waits for the last step alone,
-- every head in bucket order, as for the cut of a day.
CREATE OR REPLACE FUNCTION payments_begin_partition_v1(p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_now timestamptz := CASE WHEN pg_has_role(session_user, current_user, 'MEMBER') THEN p_now
                              ELSE clock_timestamp() END;
    v_last ledger_partition;
    v_next bigint;
BEGIN
    LOCK TABLE ledger_partition IN SHARE ROW EXCLUSIVE MODE;
    SELECT * INTO STRICT v_last FROM ledger_partition ORDER BY partition_no DESC LIMIT 1;
    IF date_trunc('month', v_now AT TIME ZONE 'Asia/Shanghai')
        <= date_trunc('month', v_last.begun_at AT TIME ZONE 'Asia/Shanghai')
        OR NOT EXISTS (SELECT FROM ledger_head WHERE batch_no > v_last.partition_no * 1000000000000) THEN
        RETURN NULL;
    END IF;
    v_next := v_last.partition_no + 1;
    PERFORM ledger_make_partition_v1(table_name, v_next), ledger_attach_partition_v1(table_name, v_next)
    FROM ledger_partitioned;
    INSERT INTO ledger_partition VALUES (v_next, v_now);
    PERFORM 1 FROM ledger_head ORDER BY bucket FOR UPDATE;
    UPDATE ledger_head SET partition_no = v_next;
    UPDATE payment_counter SET payment = v_next * 1000000000;
    RETURN v_next;
END $$;

-- What the planner knows of a partitioned table it is told here: autovacuum looks at the partitions alone. A
-- table that grew by a tenth and more since is looked at again.
CREATE OR REPLACE FUNCTION payments_analyze_v1() RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_name text;
    v_count integer := 0;
BEGIN
    FOR v_name IN
        SELECT p.table_name FROM ledger_partitioned p JOIN pg_class c ON c.oid = p.table_name::regclass
        JOIN pg_inherits i ON i.inhparent = c.oid
        GROUP BY p.table_name, c.reltuples
        HAVING sum(pg_stat_get_live_tuples(i.inhrelid)) > 1000 + greatest(c.reltuples, 0) * 1.1
    LOOP
        EXECUTE format('ANALYZE %I', v_name);
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;
