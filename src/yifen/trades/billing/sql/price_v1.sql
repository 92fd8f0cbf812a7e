-- Which rows an act of two people about fees and prices may write: just those of its content, and only of the company
-- whose proposal it is.

-- Of which company is the proposal with this content that was decided in this transaction?
CREATE OR REPLACE FUNCTION billing_decided_v1(p_act text, p_content jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.partner_id FROM access_authorisation a
    WHERE a.settled_in = pg_current_xact_id_if_assigned()::text::bigint AND a.granted AND a.action = p_act
        AND a.content = p_content;
$$;

-- A price, a part and a limit are only added, just as they were agreed to; a fee is changed but for its company and code.
CREATE OR REPLACE FUNCTION billing_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH agreed AS (
        SELECT to_jsonb(p) - 'price_id' AS price, p.fee_id, p.class, p.region, p.valid_from
        FROM jsonb_populate_record(NULL::billing_price, p_content -> 'price') p
        JOIN billing_fee f ON f.fee_id = p.fee_id AND f.biller_id = billing_decided_v1(p_act, p_content)
    )
    SELECT coalesce(CASE p_table
        WHEN 'billing_fee' THEN p_new IS NOT NULL
            AND (p_old IS NULL OR p_old -> 'code' = p_new -> 'code' AND p_old -> 'biller_id' = p_new -> 'biller_id')
            AND (p_new ->> 'biller_id')::integer = billing_decided_v1(p_act, p_content)
            AND p_new - 'fee_id' = (SELECT to_jsonb(f) - 'fee_id'
                FROM jsonb_populate_record(NULL::billing_fee, p_content -> 'fee') f)
        WHEN 'billing_price' THEN p_old IS NULL AND p_new - 'price_id' = (SELECT a.price FROM agreed a)
        WHEN 'billing_part' THEN p_old IS NULL AND p_new - 'price_id' IN (
                SELECT to_jsonb(t) - 'price_id' FROM jsonb_populate_recordset(NULL::billing_part, p_content -> 'parts') t)
            AND EXISTS (SELECT FROM billing_price p JOIN agreed a USING (fee_id, class, region, valid_from)
                        WHERE p.price_id = (p_new ->> 'price_id')::integer)
        WHEN 'billing_limit' THEN p_old IS NULL AND p_new - 'price_id' IN (
                SELECT to_jsonb(l) - 'price_id' FROM jsonb_populate_recordset(NULL::billing_limit, p_content -> 'limits') l)
            AND EXISTS (SELECT FROM billing_price p JOIN agreed a USING (fee_id, class, region, valid_from)
                        WHERE p.price_id = (p_new ->> 'price_id')::integer)
        END, false);
$$;
