-- The moment a caller says it is, as far as it can be believed.

-- Within the days between the clock's and the open business day of the partner's book, both with all their hours: whoever
-- passes a time in puts nothing into a year to come, nor before the day that is open. NULL: there is no such partner.
CREATE OR REPLACE FUNCTION payments_moment_v1(p_partner bigint, p_now timestamptz) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT least(greatest(p_now, least(c.today, k.current_day)::timestamp AT TIME ZONE k.time_zone),
                 (greatest(c.today, k.current_day) + 1)::timestamp AT TIME ZONE k.time_zone - interval '1 microsecond')
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id
    CROSS JOIN LATERAL (SELECT (clock_timestamp() AT TIME ZONE k.time_zone)::date AS today) c WHERE p.id = p_partner;
$$;
