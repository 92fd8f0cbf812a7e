-- Who has to agree to what: the levels of a court's rule.

-- Who has to agree to so much of a kind, in their order; without the panel.
CREATE OR REPLACE FUNCTION cases_levels_v1(p_levels jsonb, p_kind text, p_fen bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(array_agg(x.one ->> 0 ORDER BY x.n), '{}') FROM jsonb_array_elements(p_levels) WITH ORDINALITY AS x (one, n)
    WHERE (x.one ->> 1)::numeric <= p_fen AND coalesce(x.one -> 2 ? p_kind, true);
$$;

-- Do a rule's levels make sense? [[level, from fen, [kinds]] …], the kinds left out: all. The least amount of each kind needs
-- two levels, and one of them is the check of who keeps the money.
CREATE OR REPLACE FUNCTION cases_levels_fit_v1(p_levels jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT jsonb_typeof(p_levels) = 'array' AND jsonb_array_length(p_levels) <= 20 AND NOT EXISTS (
            SELECT FROM jsonb_array_elements(CASE jsonb_typeof(p_levels) WHEN 'array' THEN p_levels ELSE '[]' END) x
            WHERE (jsonb_typeof(x) = 'array' AND x ->> 0 IN ('check', 'bureau', 'head')
                   AND (x ->> 1) ~ '^[0-9]{1,15}$' AND (x -> 2 IS NULL OR x -> 2 <@ '["payout", "refund", "fee", "deposit"]'))
                  IS NOT TRUE)
        AND NOT EXISTS (SELECT FROM unnest(ARRAY['payout', 'refund', 'fee', 'deposit']) k
            WHERE NOT 'check' = ANY (cases_levels_v1(p_levels, k, 1)) OR cardinality(cases_levels_v1(p_levels, k, 1)) < 2);
$$;
