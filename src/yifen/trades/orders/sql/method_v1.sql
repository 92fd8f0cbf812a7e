-- A pay method as two people decided in this very transaction: what they said stands in their proposal, its
-- credentials sealed. Code: AUTHORISATION_INVALID (nobody did, or there are no credentials).
CREATE OR REPLACE FUNCTION checkout_method_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content -> 'method' FROM access_authorisation
                WHERE id = access_settled_v1('orders.method', p_code));
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF v ->> 'code' IS DISTINCT FROM p_code OR v IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE pay_method SET sealed = coalesce(v_sealed, sealed), base_address = v ->> 'base_address',
        enabled = (v ->> 'enabled')::boolean, version = version + 1
    WHERE code = p_code;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO pay_method (code, sealed, base_address, enabled, version)
        VALUES (p_code, v_sealed, v ->> 'base_address', (v ->> 'enabled')::boolean, 1);
    END IF;
    RETURN 0;
END $$;
