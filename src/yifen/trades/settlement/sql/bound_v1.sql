-- Which rows an act of two people about settlement may change: those of the biller, or bank, it is about.

-- Is this the agreement: the one that is changed, or of a new one its first day?
CREATE OR REPLACE FUNCTION settlement_agreed_v1(p_row jsonb, p_asked jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT p_row -> 'biller_id' = p_asked -> 'biller_id' AND CASE WHEN p_asked ? 'id'
        THEN p_row -> 'id' = p_asked -> 'id' ELSE p_row -> 'valid_from' = p_asked -> 'valid_from' END;
$$;

CREATE OR REPLACE FUNCTION settlement_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT bool_and(coalesce(CASE p_table
        WHEN 'payee' THEN r -> 'biller_id' = p_content #> '{rows,payee,biller_id}'
        WHEN 'merchant' THEN r -> 'biller_id' = p_content -> 'biller_id'
        WHEN 'merchant_split' THEN r -> 'merchant_id' = p_content -> 'biller_id'
        WHEN 'agreement' THEN settlement_agreed_v1(r, p_content #> '{rows,agreement}')
        WHEN 'agreement_tier' THEN EXISTS (
            SELECT FROM agreement a WHERE a.id = (r ->> 'agreement_id')::bigint
                AND settlement_agreed_v1(to_jsonb(a), p_content #> '{rows,agreement}'))
        WHEN 'partner' THEN p_old IS NULL AND r ->> 'code' = p_content #>> '{rows,partner,code}'
            AND r -> 'xml' = 'false' AND r -> 'json' = 'false' -- a new bank's, which speaks no verbs
        WHEN 'partner_key' THEN r -> 'partner_id' = p_content -> 'bank' AND EXISTS (
            SELECT FROM bank b WHERE to_jsonb(b.partner_id) = r -> 'partner_id')
        WHEN 'bank' THEN EXISTS (
            SELECT FROM partner p WHERE p.id = (r ->> 'partner_id')::integer
                AND p.code = p_content #>> '{rows,partner,code}')
        END, false))
    FROM unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL;
$$;
