-- A carrier as two people decided in this very transaction: what they said stands in their proposal, its
-- credentials sealed. Code: AUTHORISATION_INVALID (nobody did, there are no credentials, or those of another address).
CREATE OR REPLACE FUNCTION notifications_carrier_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content -> 'carrier' FROM access_authorisation
                WHERE id = access_settled_v1('messages.carrier', p_code));
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF v ->> 'code' IS DISTINCT FROM p_code OR v IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    IF v_sealed IS NULL AND EXISTS (SELECT FROM message_carrier
                                    WHERE code = p_code AND base_address <> v ->> 'base_address') THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE message_carrier SET sealed = coalesce(v_sealed, sealed), base_address = v ->> 'base_address',
        enabled = (v ->> 'enabled')::boolean, version = version + 1
    WHERE code = p_code;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO message_carrier (code, sealed, base_address, enabled, version)
        VALUES (p_code, v_sealed, v ->> 'base_address', (v ->> 'enabled')::boolean, 1);
    END IF;
    RETURN 0;
END $$;

-- A text likewise.
CREATE OR REPLACE FUNCTION notifications_template_v1(p_key text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content -> 'template' FROM access_authorisation
                WHERE id = access_settled_v1('messages.template', p_key));
BEGIN
    IF v ->> 'key' IS DISTINCT FROM p_key OR v IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO message_template (key, title, body, provider_id, version)
    VALUES (p_key, v ->> 'title', v ->> 'body', v ->> 'provider_id', 1)
    ON CONFLICT (key) DO UPDATE SET title = excluded.title, body = excluded.body,
        provider_id = excluded.provider_id, version = message_template.version + 1;
    RETURN 0;
END $$;
