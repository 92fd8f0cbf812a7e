-- What two people decided about a utility's database, in that very transaction.

-- The source. Without a password that of now stays. Codes: AUTHORISATION_INVALID, SOURCE_TAKEN.
CREATE OR REPLACE FUNCTION connector_source_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('connector.source', p_code));
    t connector_source := jsonb_populate_record(NULL::connector_source, v - 'sealed');
BEGIN
    t.sealed := decode(v ->> 'sealed', 'base64');
    IF t.code IS DISTINCT FROM p_code OR t.sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    IF EXISTS (SELECT FROM connector_source s WHERE (s.code = t.code) <> (s.partner_id = t.partner_id)) THEN
        RETURN @SOURCE_TAKEN;
    END IF;
    INSERT INTO connector_source SELECT t.* ON CONFLICT (code) DO UPDATE SET kind = t.kind, sealed = t.sealed,
        shown = t.shown, enabled = t.enabled;
    RETURN 0;
END $$;

-- The next version of a mapping. Codes: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION connector_mapping_v1(p_code text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('connector.mapping', p_code));
BEGIN
    PERFORM FROM connector_source s WHERE s.code = p_code FOR UPDATE;
    IF NOT FOUND OR v ->> 'code' IS DISTINCT FROM p_code OR v ->> 'toml' IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO connector_mapping (code, version, toml, made_at)
    SELECT p_code, coalesce(max(m.version), 0) + 1, v ->> 'toml', p_now
    FROM connector_mapping m WHERE m.code = p_code;
    RETURN 0;
END $$;

-- A source is its biller's; a new one's biller stands in what was proposed.
CREATE OR REPLACE FUNCTION connector_about_v1(p access_authorisation) RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y
    WHERE p.action IN ('connector.source', 'connector.mapping') AND y.id = coalesce(
        (SELECT s.partner_id FROM connector_source s WHERE s.code = p.subject_key),
        CASE WHEN p.action = 'connector.source' THEN (p.content ->> 'partner_id')::integer END);
$$;
