-- Cores and pairs, as two people decided in this very transaction.

-- A core of an institution's tree. An empty key: that of now stays. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION corebank_bank_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('corebank.bank', p_code));
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF v ->> 'code' IS DISTINCT FROM p_code THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE core_bank b SET name = v ->> 'name', endpoint = v ->> 'endpoint', sealed = coalesce(v_sealed, b.sealed),
        version = b.version + CASE WHEN v_sealed IS NULL THEN 0 ELSE 1 END, cash_account = v ->> 'cash',
        clearing_account = v ->> 'clearing', sundry_account = v ->> 'sundry', income_account = v ->> 'income',
        enabled = (v ->> 'enabled')::boolean
    WHERE b.code = p_code AND b.institution_id = (v ->> 'institution')::bigint;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO core_bank (code, institution_id, name, endpoint, sealed, version, cash_account, clearing_account,
                               sundry_account, income_account, enabled)
        VALUES (p_code, (v ->> 'institution')::bigint, v ->> 'name', v ->> 'endpoint', v_sealed, 1, v ->> 'cash',
                v ->> 'clearing', v ->> 'sundry', v ->> 'income', (v ->> 'enabled')::boolean);
    END IF;
    RETURN 0;
END $$;

-- A biller's pair of accounts. A biller whose money is on its transit account by a move that nobody knows of yet keeps
-- what it has. Codes: AUTHORISATION_INVALID, CORE_MISSING (the contracting institution is not in the core's tree).
CREATE OR REPLACE FUNCTION corebank_pair_v1(p_biller integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('corebank.pair', p_biller::text));
    p core_pair := jsonb_populate_record(NULL::core_pair, v - 'settlement_sealed');
BEGIN
    IF p.biller_id IS DISTINCT FROM p_biller THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF p.core_id IS DISTINCT FROM corebank_of_v1(p.contracting_id) THEN
        RETURN @CORE_MISSING;
    END IF;
    INSERT INTO core_pair VALUES (p_biller, p.core_id, p.contracting_id, p.transit,
        decode(v ->> 'settlement_sealed', 'base64'), p.settlement_lookup, p.settlement_shown, p.settlement_name, p.merchant,
        p.unit, p.customer_no, p.contract_no, p.signed_on, p.mode, p.batch_mode)
    ON CONFLICT (biller_id) DO UPDATE SET core_id = excluded.core_id, contracting_id = excluded.contracting_id,
        transit = excluded.transit, settlement_sealed = excluded.settlement_sealed,
        settlement_lookup = excluded.settlement_lookup, settlement_shown = excluded.settlement_shown,
        settlement_name = excluded.settlement_name, merchant = excluded.merchant, unit = excluded.unit,
        customer_no = excluded.customer_no, contract_no = excluded.contract_no, signed_on = excluded.signed_on,
        mode = excluded.mode, batch_mode = excluded.batch_mode;
    RETURN 0;
END $$;

-- The core that an institution books in: its own, or of the nearest one above that has one; NULL: none, or it is shut.
CREATE OR REPLACE FUNCTION corebank_of_v1(p_institution bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH RECURSIVE above AS (
        SELECT i.id, i.parent_id, 0 AS far FROM institution i WHERE i.id = p_institution
        UNION ALL
        SELECT i.id, i.parent_id, a.far + 1 FROM institution i JOIN above a ON i.id = a.parent_id
    )
    SELECT CASE WHEN b.enabled THEN b.core_id END FROM above a JOIN core_bank b ON b.institution_id = a.id
    ORDER BY a.far LIMIT 1;
$$;

-- A key that a core has is kept for ever, by which its old words are read again.
CREATE OR REPLACE FUNCTION corebank_key_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO core_key (code, version, sealed) VALUES (NEW.code, NEW.version, NEW.sealed) ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER keys_kept AFTER INSERT OR UPDATE OF version ON core_bank
    FOR EACH ROW EXECUTE FUNCTION corebank_key_v1();
