-- What went through a meter between two readings.

-- Is it likely that it passed its last digit: would less than a tenth of all it can show have gone through?
CREATE OR REPLACE FUNCTION billing_rolled_v1(p_before bigint, p_after bigint, p_digits smallint) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT (p_after - p_before + power(10::numeric, p_digits + 3)::bigint) * 10 < power(10::numeric, p_digits + 3)::bigint;
$$;

-- Thousandths, before the multiplier. A reading that is smaller than the one before means that the meter passed its
-- last digit. After an estimate it may also mean that this was too high, or passed the last digit too early: then
-- the nearer of the two counts, and what went through may be below zero.
CREATE OR REPLACE FUNCTION billing_between_v1(
    p_before bigint, p_before_kind text, p_after bigint, p_digits smallint
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT p_after - p_before + CASE
        WHEN p_before_kind = 'estimated' AND billing_rolled_v1(p_after, p_before, p_digits)
            THEN -power(10::numeric, p_digits + 3)::bigint
        WHEN p_after >= p_before OR p_before_kind = 'estimated' AND NOT billing_rolled_v1(p_before, p_after, p_digits)
            THEN 0
        ELSE power(10::numeric, p_digits + 3)::bigint END;
$$;
