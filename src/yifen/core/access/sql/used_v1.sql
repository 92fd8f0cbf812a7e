-- The proposal, if two people decided on it in this very transaction and nothing was done by it yet: from now on something is.
-- NULL: otherwise. Called inside, by what writes a row for each call: one word is not carried out twice.
CREATE OR REPLACE FUNCTION access_use_v1(p_act text, p_proposal bigint) RETURNS access_authorisation
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation;
BEGIN
    SELECT * INTO v FROM access_authorisation a WHERE a.id = p_proposal AND a.action = p_act AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;
    IF v.id IS NOT NULL THEN
        INSERT INTO access_used VALUES (v.id) ON CONFLICT DO NOTHING;
    END IF;
    RETURN CASE WHEN FOUND THEN v END;
END $$;
