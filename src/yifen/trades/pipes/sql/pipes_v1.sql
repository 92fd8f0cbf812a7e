-- What of a pipe one person changes, and which pipe an act of two people is about. Rule: X2, decisions 0012, 0026.

-- Of a partner of which nothing is real yet, all. Else to switch it off, and a webhook's new secret: it changes
-- nothing about where things go, and the one before counts on beside it.
CREATE OR REPLACE FUNCTION pipes_alone_v1(p_table text, p_old jsonb, p_new jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_off text[] := '{enabled,off_why}';
    v_secret text[] := '{secret,secret_before,before_until}';
BEGIN
    IF p_new -> 'enabled' = 'false' AND p_new - v_off = p_old - v_off
        OR p_new ->> 'kind' = 'webhook' AND p_new - v_secret = p_old - v_secret
    THEN
        RETURN true;
    END IF;
    PERFORM FROM partner WHERE id::text IN (p_old ->> 'partner_id', p_new ->> 'partner_id')
    ORDER BY id FOR SHARE;
    RETURN (SELECT bool_and(partners_arriving_v1(book_id, suspended, live_at::text)) FROM partner
            WHERE id::text IN (p_old ->> 'partner_id', p_new ->> 'partner_id'));
END $$;

-- The one pipe, and just as it was agreed: a list that holds more than the agreed one is another.
CREATE OR REPLACE FUNCTION pipes_bound_v1(
    p_act text, p_table text, p_old jsonb, p_new jsonb, p_content jsonb
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_old IS NULL THEN p_new || (p_content #> '{rows,pipe}') = p_new
                ELSE p_new = p_old || (p_content #> '{rows,pipe}') AND p_old -> 'ref' = p_new -> 'ref' END
    WHERE p_table = 'pipe' AND p_content #> '{rows,pipe,ref}' IS NOT NULL;
$$;
