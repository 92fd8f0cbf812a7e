-- The newest entries (upwards: the oldest) with a text anywhere in their notes, and what else is
-- asked of them; NULL asks nothing. Memory for an exact bitmap: a lossy one would cut up the notes of
-- whole pages anew.
CREATE OR REPLACE FUNCTION audit_noted_v1(
    p_text text, p_low bigint, p_high bigint, p_actor_id bigint, p_action text, p_subject text,
    p_institutions bigint[], p_upwards boolean, p_limit integer
) RETURNS SETOF bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, pg_temp SET work_mem = '64MB' AS $$
    SELECT entry_no FROM audit_entry
    WHERE note <> '' AND audit_grams(note) @> audit_grams(p_text)
        AND strpos(lower(note), lower(p_text)) > 0 AND entry_no BETWEEN p_low AND p_high
        AND (p_actor_id IS NULL OR actor_id = p_actor_id)
        AND (p_action IS NULL OR action = p_action) AND (p_subject IS NULL OR subject = p_subject)
        AND (p_institutions IS NULL OR institution_id = ANY (p_institutions))
    ORDER BY CASE WHEN p_upwards THEN entry_no ELSE -entry_no END LIMIT p_limit;
$$;
