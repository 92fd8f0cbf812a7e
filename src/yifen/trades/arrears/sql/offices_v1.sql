-- Where a company is found by whom it dunned, as its letters say it. Codes: PERMISSION_MISSING, INPUT_INVALID.
CREATE OR REPLACE FUNCTION arrears_office_v1(
    p_session text, p_biller integer, p_phone text, p_address text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_by text := billing_who_v1(p_session, 'arrears.rules', p_biller);
BEGIN
    IF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF (length(btrim(p_phone)) BETWEEN 1 AND 40 AND length(btrim(p_address)) BETWEEN 1 AND 100) IS NOT TRUE THEN
        RETURN @INPUT_INVALID;
    END IF;
    INSERT INTO arrears_office (biller_id, phone, address, made_by, made_at)
    VALUES (p_biller, btrim(p_phone), btrim(p_address), v_by, arrears_clock_v1(p_biller, p_now));
    RETURN 0;
END $$;
