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

-- A row of a table of rules, as two people agreed to it: whose it is (by the name of that column), by which proposal, and of the content
-- what the table has columns for. Called inside, by who asked before what speaks against it.
CREATE OR REPLACE FUNCTION access_keep_rule_v1(p_table regclass, p_whose text, p_who integer, p_proposal bigint, p_content jsonb)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    EXECUTE format('INSERT INTO %1$s SELECT * FROM jsonb_populate_record(NULL::%1$s, $1)', p_table)
    USING p_content || jsonb_build_object(p_whose, p_who, 'proposal_id', p_proposal);
END $$;
