-- What a teller counted in his drawer when he balanced it last at the branch where he works; a substitute who comes for the
-- first time finds none there, and brings no other branch's cash along. NULL: he never balanced any.
CREATE OR REPLACE FUNCTION counter_left_v1(p_teller bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT s.counted_fen FROM counter_shift s JOIN access_user u ON u.id = s.teller_id
        WHERE s.teller_id = p_teller AND s.institution_id = u.institution_id AND s.state = 'closed' ORDER BY s.id DESC LIMIT 1),
        (SELECT 0 FROM counter_shift s WHERE s.teller_id = p_teller AND s.state = 'closed' LIMIT 1));
$$;
