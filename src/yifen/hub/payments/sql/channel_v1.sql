-- Service hours of a channel 服务时间 (U5); a window over midnight is one whose end comes first, an
-- end that is not set is open.
CREATE OR REPLACE FUNCTION payments_is_closed_v1(p_opens time, p_closes time, p_local time)
RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_opens > p_closes THEN p_local >= p_closes AND p_local < p_opens
                ELSE p_local < coalesce(p_opens, '00:00') OR p_local >= coalesce(p_closes, '24:00')
           END
$$;

-- Why a channel was refused by hours or by a limit: of its own, or of its kind (`of_kind`), and which.
CREATE OR REPLACE FUNCTION payments_bound_v1(
    p_now timestamptz, p_channel integer, p_biller integer, p_code integer,
    OUT of_kind boolean, OUT kind text, OUT fen_max bigint, OUT opens_at time, OUT closes_at time
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.of_kind, h.kind,
           CASE p_code WHEN @OVER_PAYMENT_LIMIT THEN h.payment_fen_max WHEN @OVER_DAY_LIMIT THEN h.day_fen_max END,
           CASE WHEN p_code = @CHANNEL_CLOSED THEN CASE WHEN s.of_kind THEN h.kind_opens_at ELSE h.opens_at END END,
           CASE WHEN p_code = @CHANNEL_CLOSED THEN CASE WHEN s.of_kind THEN h.kind_closes_at ELSE h.closes_at END END
    FROM channel_bounds h JOIN partner p ON p.id = p_biller JOIN ledger_book k ON k.book_id = p.book_id
    CROSS JOIN LATERAL (SELECT CASE p_code
        WHEN @OVER_PAYMENT_LIMIT THEN h.own_payment_fen_max IS DISTINCT FROM h.payment_fen_max
        WHEN @OVER_DAY_LIMIT THEN h.own_day_fen_max IS DISTINCT FROM h.day_fen_max
        ELSE NOT payments_is_closed_v1(h.opens_at, h.closes_at, (p_now AT TIME ZONE k.time_zone)::time)
        END AS of_kind) s
    WHERE h.channel_id = p_channel
$$;
