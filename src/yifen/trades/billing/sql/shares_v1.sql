-- Shares 份额 of what follows no quantity, as two people agreed to in another trade, whose functions call these: no process
-- does. No bill is rated again: days of which a bill stands keep their share until that bill is cancelled.

-- The first bill that stands of a day in this time and is no correction; NULL: none is.
CREATE OR REPLACE FUNCTION billing_billed_v1(p_service bigint, p_from date, p_to date) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT min(b.bill_id) FROM billing_bill_counting b
    WHERE b.bucket = p_service % 1000 AND b.service_id = p_service AND b.kind IN ('period', 'single', 'past')
        AND b.from_on <= p_to AND b.to_on >= p_from
        AND NOT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = b.bucket
            AND x.service_id = b.service_id AND x.kind = 'cancel' AND x.corrects_id = b.bill_id);
$$;

-- What speaks against another share of these days; 0: nothing. It holds the fee until the end, so that no run of it
-- begins. Codes: CUSTOMERS_NOT_AGREED (no two people of this company, or an old word), SERVICE_UNKNOWN, RUN_HAS_SERVICE,
-- SHARE_BILLED.
CREATE OR REPLACE FUNCTION billing_share_against_v1(p_proposal bigint, p_service bigint, p_from date, p_to date)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_fee integer;
    v_biller integer;
BEGIN
    SELECT f.fee_id, f.biller_id INTO v_fee, v_biller FROM billing_service s JOIN billing_fee f ON f.fee_id = s.fee_id
    WHERE s.bucket = p_service % 1000 AND s.service_id = p_service AND NOT s.prepaid;
    IF NOT FOUND THEN
        RETURN @SERVICE_UNKNOWN;
    END IF;
    PERFORM pg_advisory_xact_lock(8850, v_fee);
    RETURN CASE
        WHEN NOT EXISTS (SELECT FROM access_authorisation a WHERE a.id = p_proposal AND a.granted
            AND a.partner_id = v_biller AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint)
            THEN @CUSTOMERS_NOT_AGREED
        WHEN billing_is_open_v1(v_fee, p_service) THEN @RUN_HAS_SERVICE
        WHEN billing_billed_v1(p_service, p_from, p_to) IS NOT NULL THEN @SHARE_BILLED
        ELSE 0 END;
END $$;

-- From a day to a day a service pays this share. Codes: SHARE_WRONG (not from 0 up to below 1, outside of the service's
-- life, over another share), and as billing_share_against_v1.
CREATE OR REPLACE FUNCTION billing_share_v1(
    p_proposal bigint, p_service bigint, p_from date, p_to date, p_share numeric, p_why text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_code integer := billing_share_against_v1(p_proposal, p_service, p_from, p_to);
BEGIN
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF p_share IS NULL OR p_share < 0 OR p_share >= 1 OR p_from IS NULL OR p_to IS NULL OR p_from > p_to
        OR NOT EXISTS (SELECT FROM billing_service s WHERE s.bucket = p_service % 1000 AND s.service_id = p_service
            AND s.from_on <= p_from AND coalesce(s.to_on, p_to) >= p_to)
        OR EXISTS (SELECT FROM billing_share s WHERE s.bucket = p_service % 1000 AND s.service_id = p_service
            AND s.from_on <= p_to AND s.to_on >= p_from)
    THEN
        RETURN @SHARE_WRONG;
    END IF;
    INSERT INTO billing_share_row (bucket, service_id, from_on, to_on, share, why, proposal, made_at)
    VALUES (p_service % 1000, p_service, p_from, p_to, p_share, p_why, p_proposal, p_now);
    RETURN 0;
END $$;

-- A share stands no longer from a day on. Codes: SHARE_WRONG (there is none that has that day), and as
-- billing_share_against_v1.
CREATE OR REPLACE FUNCTION billing_share_end_v1(p_proposal bigint, p_share bigint, p_day date, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v billing_share_row;
    v_code integer;
BEGIN
    PERFORM pg_advisory_xact_lock(8850, s.fee_id)  -- the fee before the share, as a change of contract locks them
    FROM billing_share_row r JOIN billing_service s ON s.bucket = r.bucket AND s.service_id = r.service_id
    WHERE r.share_id = p_share;
    SELECT r.* INTO v FROM billing_share_row r
    WHERE r.share_id = p_share AND r.ended_at IS NULL AND p_day BETWEEN r.from_on AND r.to_on FOR UPDATE;
    IF NOT FOUND THEN
        RETURN @SHARE_WRONG;
    END IF;
    v_code := billing_share_against_v1(p_proposal, v.service_id, p_day, v.to_on);
    IF v_code = 0 THEN
        PERFORM billing_share_cut_v1(v, p_day - 1, p_now);
    END IF;
    RETURN v_code;
END $$;

-- It goes no further than a day; nothing is left of one that begins later.
CREATE OR REPLACE FUNCTION billing_share_cut_v1(p_share billing_share_row, p_last date, p_now timestamptz) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE billing_share_row r SET ended_at = p_now WHERE r.share_id = p_share.share_id;
    INSERT INTO billing_share_row (bucket, service_id, from_on, to_on, share, why, proposal, made_at)
    SELECT p_share.bucket, p_share.service_id, p_share.from_on, p_last, p_share.share, p_share.why, p_share.proposal, p_now
    WHERE p_share.from_on <= p_last;
END $$;

-- A service ends on a day; what stands of its shares behind it goes on at the service that follows it at the same place
-- (NULL: none does), for a flat that is cut off stays so whoever holds it.
CREATE OR REPLACE FUNCTION billing_shares_go_v1(p_service billing_service, p_day date, p_next bigint, p_now timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v billing_share_row;
BEGIN
    FOR v IN SELECT r.* FROM billing_share_row r WHERE r.bucket = p_service.bucket
        AND r.service_id = p_service.service_id AND r.ended_at IS NULL AND r.to_on > p_day ORDER BY r.share_id FOR UPDATE
    LOOP
        PERFORM billing_share_cut_v1(v, p_day, p_now);
        INSERT INTO billing_share_row (bucket, service_id, from_on, to_on, share, why, proposal, made_at)
        SELECT p_next % 1000, p_next, greatest(v.from_on, p_day + 1), v.to_on, v.share, v.why, v.proposal, p_now
        WHERE p_next IS NOT NULL;
    END LOOP;
END $$;
