-- What a teller counted in his drawer when he balanced it last at the branch where he works; who comes there for the first
-- time finds nothing in it, and brings no other branch's cash along.
CREATE OR REPLACE FUNCTION counter_left_v1(p_teller bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT s.counted_fen FROM counter_shift s JOIN access_user u ON u.id = s.teller_id
        WHERE s.teller_id = p_teller AND s.institution_id = u.institution_id AND s.state = 'closed' ORDER BY s.id DESC LIMIT 1), 0);
$$;

-- Cash that a shift's entries brought into its drawer, or took out of it; NULL: of one nobody knows yet.
CREATE OR REPLACE FUNCTION counter_cash_v1(p_shift bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN count(*) FILTER (WHERE e.state = 'unknown') = 0
        THEN coalesce(sum(CASE WHEN e.original_id IS NULL THEN e.amount_fen ELSE -e.amount_fen END) FILTER (
            WHERE e.pay_kind = 'cash' AND e.state IN ('booked', 'reversed', 'refunded')), 0)::bigint END
    FROM counter_entry e WHERE e.shift_id = p_shift;
$$;

-- What pieces of these values (in fen) come to.
CREATE OR REPLACE FUNCTION counter_counted_v1(p_counted jsonb) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(sum(k.key::bigint * k.value::bigint), 0)::bigint FROM jsonb_each_text(p_counted) k;
$$;
