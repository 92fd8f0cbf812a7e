-- Which rows an act of two people about reconciliation may change: the partner's rules, or the layout's.
CREATE OR REPLACE FUNCTION recon_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH about AS (
        SELECT l.id FROM recon_layout l
        WHERE CASE WHEN p_content ->> 'layout' IS NULL
            THEN l.code = p_content #>> '{rows,recon_layout,code}'
            ELSE l.id::text = p_content ->> 'layout' END
    )
    SELECT bool_and(coalesce(CASE p_table
        WHEN 'recon_profile' THEN r -> 'partner_id' = p_content -> 'partner'
        WHEN 'recon_policy' THEN r -> 'profile_id' = p_content -> 'partner'
        WHEN 'recon_layout' THEN CASE WHEN p_content ->> 'layout' IS NULL
            THEN p_old IS NULL AND r -> 'code' = p_content #> '{rows,recon_layout,code}'
            ELSE r ->> 'id' = p_content ->> 'layout' END
        WHEN 'recon_layout_column' THEN (r ->> 'layout_id')::bigint = (SELECT id FROM about)
        END, false))
    FROM unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL;
$$;
