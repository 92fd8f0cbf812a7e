-- Which rows an act of two people about a partner may change: that partner's, of an admission the
-- pair; of the rule of a kind of channel, that kind in that book.
CREATE OR REPLACE FUNCTION onboarding_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH about AS (
        SELECT coalesce(
            p_content ->> 'partner',
            jsonb_path_query_first(p_content, '$.rows.partner[*].id') #>> '{}',
            jsonb_path_query_first(p_content, '$.rows.partner_key[*].partner_id') #>> '{}',
            (SELECT k.partner_id::text FROM partner_key k
             WHERE k.id::text = p_content #>> '{rows,partner_key,id}')) AS partner
    )
    SELECT bool_and(coalesce(CASE p_table
        WHEN 'partner' THEN r ->> 'id' = partner
        WHEN 'admission' THEN (r -> 'channel_id', r -> 'biller_id') = (
            p_content #> '{rows,admission,channel_id}', p_content #> '{rows,admission,biller_id}')
        WHEN 'channel_kind_rule' THEN (r -> 'book_id', r -> 'kind') = (
            p_content #> '{rows,channel_kind_rule,book_id}', p_content #> '{rows,channel_kind_rule,kind}')
        WHEN 'biller_error_code' THEN r ->> 'biller_id' = partner
        ELSE r ->> 'partner_id' = partner END, false))
    FROM about, unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL;
$$;
