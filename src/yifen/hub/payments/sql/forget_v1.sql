-- Forgetting: what is worth nothing after a while. By the database's own clock nothing young goes, whoever
-- asks; money, the audit trail and daily files never do.

-- Refuses a moment that is nearer than the floor.
CREATE OR REPLACE FUNCTION payments_forget_floor_v1(p_before timestamptz, p_floor interval)
RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF p_before IS NULL OR p_before > now() - p_floor THEN
        RAISE EXCEPTION 'what is younger than % is too young to be forgotten', p_floor;
    END IF;
END $$;

-- Forget the messages that were exchanged before a moment, 30 days ago or more; answers how many.
CREATE OR REPLACE FUNCTION payments_forget_messages_v1(p_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_gone bigint;
BEGIN
    PERFORM payments_forget_floor_v1(p_before, '30 days');
    DELETE FROM wire_message m WHERE m.at < p_before;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

-- Figures older than p_before, 30 days or more, are forgotten. Answers how many rows.
CREATE OR REPLACE FUNCTION payments_forget_traffic_v1(p_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_gone bigint;
BEGIN
    PERFORM payments_forget_floor_v1(p_before, '30 days');
    DELETE FROM traffic_minute m WHERE m.minute < p_before;
    GET DIAGNOSTICS v_gone = ROW_COUNT;
    RETURN v_gone;
END $$;

-- Expired quotes are worth nothing: forget those that expired before p_before, an hour ago or more.
CREATE OR REPLACE FUNCTION payments_forget_quotes_v1(p_before timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows integer;
BEGIN
    PERFORM payments_forget_floor_v1(p_before, '1 hour');
    DELETE FROM payment_quote WHERE expires_at < p_before;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;
