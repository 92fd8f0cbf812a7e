-- Figures of days: read out of payments and of traffic, and kept of days that are over. An hour is one of
-- the business clock. Nobody says a figure: who has one kept names the day.

-- What these business days of a book moved, as figure_hour keeps it.
CREATE OR REPLACE FUNCTION payments_figures_of_v1(p_book integer, p_days date[]) RETURNS SETOF figure_hour
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.business_day, p.book_id, date_trunc('hour', m.booked_at, 'Asia/Shanghai'), m.channel_id,
           m.biller_id, count(*) FILTER (WHERE m.verb = 'charge'),
           coalesce(sum(m.amount_fen) FILTER (WHERE m.verb = 'charge'), 0)::bigint,
           count(*) FILTER (WHERE m.verb <> 'charge'),
           coalesce(sum(m.amount_fen) FILTER (WHERE m.verb <> 'charge'), 0)::bigint
    FROM payment_movement m JOIN partner p ON p.id = m.biller_id
    WHERE m.business_day = ANY (p_days) AND p.book_id = p_book
    GROUP BY 1, 2, 3, 4, 5
$$;

-- The charges of some time of the clock, as traffic_hour keeps them. Nobody we know counts in no figure.
CREATE OR REPLACE FUNCTION payments_traffic_of_v1(p_since timestamptz, p_until timestamptz)
RETURNS SETOF traffic_hour LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT date_trunc('hour', t.minute, 'Asia/Shanghai'), t.partner_id, t.biller_id, sum(t.calls)::bigint,
           coalesce(sum(t.calls) FILTER (WHERE t.code IN (@OK, @PROCESSING)), 0)::bigint,
           coalesce(sum(t.calls) FILTER (WHERE t.code IN
               (@BILLER_OUTAGE, @BILLER_UNAVAILABLE, @BUSY, @UNAVAILABLE, @FAULT)), 0)::bigint,
           sum(t.ms_sum)::bigint, max(t.ms_max), sum(t.upto_5), sum(t.upto_10), sum(t.upto_20),
           sum(t.upto_50), sum(t.upto_100), sum(t.upto_200), sum(t.upto_500), sum(t.upto_1000),
           sum(t.upto_2000), sum(t.upto_5000), sum(t.over_5000)
    FROM traffic_minute t
    WHERE t.minute >= p_since AND t.minute < p_until AND t.partner_id <> 0 AND t.verb = 'charge'
    GROUP BY 1, 2, 3
$$;

-- Keep the figures of a closed business day; what was kept of it before goes. Answers how many rows.
CREATE OR REPLACE FUNCTION payments_figure_day_v1(p_book integer, p_day date, p_now timestamptz)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_day_head h WHERE h.book_id = p_book AND h.business_day = p_day) THEN
        RAISE EXCEPTION 'business day % of book % is not closed', p_day, p_book;
    END IF;
    IF p_day <= (SELECT until_day FROM ledger_archived) THEN  -- its payments are out: nothing could be counted
        RAISE EXCEPTION 'business day % is archived', p_day;
    END IF;
    INSERT INTO figure_day AS d VALUES (p_book, p_day, p_now)  -- its row first: two at once wait here
    ON CONFLICT (book_id, business_day) DO UPDATE SET made_at = excluded.made_at;
    DELETE FROM figure_hour f WHERE f.business_day = p_day AND f.book_id = p_book;
    INSERT INTO figure_hour SELECT * FROM payments_figures_of_v1(p_book, ARRAY[p_day]);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;

-- Keep the charges of a day of the clock: one that is over, by the database's own clock, and so young that
-- no minute of it is forgotten yet; of another it does nothing. Answers how many rows.
CREATE OR REPLACE FUNCTION payments_traffic_day_v1(p_day date, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_since timestamptz := p_day::timestamp AT TIME ZONE 'Asia/Shanghai';
    v_until timestamptz := (p_day + 1)::timestamp AT TIME ZONE 'Asia/Shanghai';
    v_rows bigint;
BEGIN
    IF v_until > clock_timestamp() OR v_since < clock_timestamp() - interval '29 days' THEN
        RETURN 0;
    END IF;
    INSERT INTO traffic_day AS d VALUES (p_day, p_now)
    ON CONFLICT (day) DO UPDATE SET made_at = excluded.made_at;
    DELETE FROM traffic_hour t WHERE t.hour >= v_since AND t.hour < v_until;
    INSERT INTO traffic_hour SELECT * FROM payments_traffic_of_v1(v_since, v_until);
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;
