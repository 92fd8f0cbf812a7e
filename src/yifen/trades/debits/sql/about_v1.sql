-- What the other functions ask: the rule, the day, where a key lives; and whose a proposal is.

-- The rule of a biller in force on a day.
CREATE OR REPLACE FUNCTION debits_rule_of_v1(p_biller integer, p_day date) RETURNS debit_rule
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r FROM debit_rule r WHERE r.biller_id = p_biller AND r.from_on <= p_day ORDER BY r.from_on DESC LIMIT 1;
$$;

-- The day on which something is, by the biller's book.
CREATE OR REPLACE FUNCTION debits_day_v1(p_biller integer, p_now timestamptz) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_moment_v1(p.id, p_now) AT TIME ZONE k.time_zone)::date
    FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = p_biller;
$$;

-- Where a key of an owner lives.
CREATE OR REPLACE FUNCTION debits_home_v1(p_owner integer, p_key text) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (payments_crc_v1(convert_to(p_owner || '|' || p_key, 'UTF8')) % (SELECT count(*) FROM ledger_head))::smallint;
$$;

-- A rule and a batch are their biller's.
CREATE OR REPLACE FUNCTION debits_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y
    WHERE p.action = 'debits.rule' AND y.id = (p.content ->> 'biller_id')::bigint
    UNION ALL SELECT y.institution_id, y.id FROM debit_batch b JOIN partner y ON y.id = b.biller_id
    WHERE p.action = 'debits.let_go' AND b.serial = p.subject_key;
$$;
