-- payments_note_traffic_v1: add what a gateway counted to the minutes it belongs to.
--
-- One element a key in every array but p_slow, which holds the eleven latency columns of each key
-- one after the other. Rows are taken in the order of their key, so processes that add to the same
-- minutes wait for each other and never deadlock.

CREATE OR REPLACE FUNCTION payments_note_traffic_v1(
    p_minute bigint[], p_partner integer[], p_biller integer[], p_verb text[], p_code integer[],
    p_calls bigint[], p_ms_sum bigint[], p_ms_max integer[], p_slow integer[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO traffic_minute AS t
    SELECT to_timestamp(u.minute * 60), u.partner, u.biller, u.verb, u.code, u.calls, u.ms_sum,
           u.ms_max, p_slow[u.at + 1], p_slow[u.at + 2], p_slow[u.at + 3], p_slow[u.at + 4],
           p_slow[u.at + 5], p_slow[u.at + 6], p_slow[u.at + 7], p_slow[u.at + 8],
           p_slow[u.at + 9], p_slow[u.at + 10], p_slow[u.at + 11]
    FROM (SELECT *, 11 * (x.item::integer - 1) AS at
          FROM unnest(p_minute, p_partner, p_biller, p_verb, p_code, p_calls, p_ms_sum, p_ms_max)
              WITH ORDINALITY
              AS x (minute, partner, biller, verb, code, calls, ms_sum, ms_max, item)) u
    ORDER BY u.minute, u.partner, u.biller, u.verb, u.code
    ON CONFLICT (minute, partner_id, biller_id, verb, code) DO UPDATE
    SET calls = t.calls + excluded.calls,
        ms_sum = t.ms_sum + excluded.ms_sum,
        ms_max = greatest(t.ms_max, excluded.ms_max),
        upto_5 = t.upto_5 + excluded.upto_5,
        upto_10 = t.upto_10 + excluded.upto_10,
        upto_20 = t.upto_20 + excluded.upto_20,
        upto_50 = t.upto_50 + excluded.upto_50,
        upto_100 = t.upto_100 + excluded.upto_100,
        upto_200 = t.upto_200 + excluded.upto_200,
        upto_500 = t.upto_500 + excluded.upto_500,
        upto_1000 = t.upto_1000 + excluded.upto_1000,
        upto_2000 = t.upto_2000 + excluded.upto_2000,
        upto_5000 = t.upto_5000 + excluded.upto_5000,
        over_5000 = t.over_5000 + excluded.over_5000;
$$;
