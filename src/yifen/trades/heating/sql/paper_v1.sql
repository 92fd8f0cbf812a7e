-- The paper of a request, as the clerk who takes it has it before him, once. Codes: as heating_mine_v1.
CREATE OR REPLACE FUNCTION heating_paper_v1(
    p_session text, p_request bigint, p_neighbours text, p_applicant bytea, p_kind text, p_sha256 bytea, p_bytes integer,
    p_body bytea
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer := (SELECT m.code FROM heating_mine_v1(p_session, p_request) m);
BEGIN
    IF v_code = 0 THEN
        INSERT INTO heating_paper VALUES (p_request, p_neighbours, p_applicant, p_kind, p_sha256, p_bytes, p_body);
    END IF;
    RETURN v_code;
END $$;
