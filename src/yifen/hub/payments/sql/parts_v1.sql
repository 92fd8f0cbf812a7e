-- payments_begin_part_v1: the next part 分区 of the large tables, from a new month on.
--
-- Answers its number; NULL where the month of the last one is not over, or nothing was booked in it. The month
-- is the database's own; who may become the owner says another. Whoever books waits for the last step alone:
-- every head in bucket order, as the cut of a day does. Rule: design decision 0030.
CREATE OR REPLACE FUNCTION payments_begin_part_v1(p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_now timestamptz := CASE WHEN pg_has_role(session_user, current_user, 'MEMBER') THEN p_now
                              ELSE clock_timestamp() END;
    v_part integer;
    v_begun timestamptz;
BEGIN
    LOCK TABLE ledger_part IN SHARE ROW EXCLUSIVE MODE;
    SELECT part_no + 1, begun_at INTO STRICT v_part, v_begun FROM ledger_part ORDER BY part_no DESC LIMIT 1;
    IF date_trunc('month', v_now AT TIME ZONE 'Asia/Shanghai')
        <= date_trunc('month', v_begun AT TIME ZONE 'Asia/Shanghai')
        OR NOT EXISTS (SELECT FROM ledger_head WHERE batch_no > (v_part - 1) * 1000000000000) THEN
        RETURN NULL;
    END IF;
    PERFORM ledger_add_part_v1(relname, v_part) FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'p' ORDER BY relname;
    INSERT INTO ledger_part VALUES (v_part, v_now);
    PERFORM 1 FROM ledger_head ORDER BY bucket FOR UPDATE;
    UPDATE ledger_head SET part_no = v_part;
    UPDATE payment_counter SET payment = v_part * 1000000000;
    RETURN v_part;
END $$;
