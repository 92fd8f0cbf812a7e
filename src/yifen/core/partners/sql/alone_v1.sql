-- What one person may change of partners: of a sandbox, of one that is still on its way in (nothing real
-- goes by it, and whoever lets it in sees all of it), and what only shuts a door. Rule: X2, decision 0012.

-- Is nothing real done by this partner yet? One that was live once never is again.
CREATE OR REPLACE FUNCTION partners_arriving_v1(p_book integer, p_suspended boolean, p_live_at text)
RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT p_book = 900 OR p_suspended AND p_live_at IS NULL;
$$;

-- Asked by the guard of partner, partner_key, channel, biller, admission. The partner of a row cannot go
-- live while the row is being written: its lock is shared until the transaction ends.
CREATE OR REPLACE FUNCTION partners_alone_v1(p_table text, p_old jsonb, p_new jsonb) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_row jsonb := coalesce(p_new, p_old);
    v_ids integer[] := ARRAY[v_row ->> 'partner_id', v_row ->> 'channel_id', v_row ->> 'biller_id'];
BEGIN
    IF p_table = 'partner' THEN
        RETURN (SELECT bool_and(partners_arriving_v1((r ->> 'book_id')::integer,
                                                     (r ->> 'suspended')::boolean, r ->> 'live_at'))
                FROM unnest(ARRAY[p_old, p_new]) r WHERE r IS NOT NULL)
            -- Shut; one that was open is never again on its way in.
            OR (p_old -> 'suspended' = 'false'
                AND p_new - 'live_at' = p_old - 'live_at' || '{"suspended": true}'
                AND p_new ->> 'live_at' = coalesce(p_old ->> 'live_at', p_new ->> 'live_at'));
    ELSIF p_table = 'admission' AND p_new = p_old || '{"active": false}' THEN
        RETURN true;
    END IF;
    PERFORM FROM partner WHERE id = ANY (v_ids) ORDER BY id FOR SHARE;
    RETURN (SELECT bool_and(partners_arriving_v1(book_id, suspended, live_at::text)) FROM partner
            WHERE id = ANY (v_ids));
END $$;
