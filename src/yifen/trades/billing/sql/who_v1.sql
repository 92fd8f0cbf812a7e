-- Who says it: what one person alone may do here is done by whose session it is. Nobody tells these functions who he is.

-- The login of whose session this is, if he may do this to what is this company's; NULL: nobody's, or he may not.
CREATE OR REPLACE FUNCTION billing_who_v1(p_session text, p_permission text, p_biller integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.login FROM access_user u JOIN partner p ON p.id = p_biller
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, p_permission, p.institution_id, p.id);
$$;

-- As they were, believing whoever called.
DROP FUNCTION IF EXISTS billing_begin_v1(integer, bigint, date, date, date, text, timestamptz);
DROP FUNCTION IF EXISTS billing_cancel_v1(bigint, text, text, timestamptz);
DROP FUNCTION IF EXISTS billing_correct_v1(bigint, bigint, date, date, bigint, text, text, timestamptz);
DROP FUNCTION IF EXISTS billing_drop_v1(integer, timestamptz);
DROP FUNCTION IF EXISTS billing_read_v1(integer, text[], text[], date[], bigint[], text, text, text, timestamptz);
DROP FUNCTION IF EXISTS billing_estimate_v1(bigint, text, timestamptz);
DROP FUNCTION IF EXISTS billing_swap_v1(
    integer, text, text, date, bigint, text, numeric, smallint, bigint, timestamptz);
DROP FUNCTION IF EXISTS billing_accept_v1(bigint, bigint, text, text, timestamptz);
