-- What a teller counted in his drawer when he balanced it last; NULL: he never did.
CREATE OR REPLACE FUNCTION counter_left_v1(p_teller bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.counted_fen FROM counter_shift s WHERE s.teller_id = p_teller AND s.state = 'closed' ORDER BY s.id DESC LIMIT 1;
$$;
