-- Service hours of a channel 服务时间 (U5); a window over midnight is one whose end comes first, an
-- end that is not set is open.
CREATE OR REPLACE FUNCTION payments_is_closed_v1(p_opens time, p_closes time, p_local time)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_opens > p_closes THEN p_local >= p_closes AND p_local < p_opens
                ELSE p_local < coalesce(p_opens, '00:00') OR p_local >= coalesce(p_closes, '24:00')
           END
$$;
