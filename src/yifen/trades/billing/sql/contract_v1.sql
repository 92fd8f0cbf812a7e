-- 过户, 转移, 销户, 并户, 分户: what two people agreed to about customers and what they are billed for.

-- All readings of the meters of a service on a day end them and it; with a customer to go to, the meters go on at his,
-- from the next day. Codes: READING_BILLED, DAY_BILLED (what is not measured is billed to a later day, which the next
-- account would be asked for again), METER_UNKNOWN (one of its meters has no reading), and as billing_take_off_v1.
CREATE OR REPLACE FUNCTION billing_hand_over_v1(
    p_service billing_service, p_day date, p_readings jsonb, p_to billing_customer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_meter billing_meter;
    v_value bigint;
    v_code integer;
    v_at billing_counter;
    v_to smallint := p_to.bucket;
BEGIN
    IF p_day < p_service.from_on OR NOT billing_thaw_v1(p_service.bucket, p_service.service_id, p_day + 1) THEN
        RETURN @READING_BILLED;
    ELSIF EXISTS (SELECT FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id AND r.dropped_at IS NULL
            AND r.kind IN ('period', 'single', 'past')
        WHERE b.bucket = p_service.bucket AND b.service_id = p_service.service_id AND b.to_on > p_day
            AND NOT billing_is_cancelled_v1(b))
    THEN
        RETURN @DAY_BILLED;
    END IF;
    UPDATE billing_service s SET to_on = p_day WHERE s.bucket = p_service.bucket AND s.service_id = p_service.service_id;
    IF p_to.customer_id IS NOT NULL THEN
        v_at := billing_numbers_v1(v_to, 0, 1, (SELECT count(*)::integer FROM billing_meter m
            WHERE m.bucket = p_service.bucket AND m.service_id = p_service.service_id));
        INSERT INTO billing_service (bucket, service_id, customer_id, fee_id, class, region, area_milli, factor, from_on,
            prepaid)
        VALUES (v_to, (v_at.service + 1) * 1000 + v_to, p_to.customer_id, p_service.fee_id, p_service.class,
            p_service.region, p_service.area_milli, p_service.factor, p_day + 1, p_service.prepaid);
    END IF;
    PERFORM billing_shares_go_v1(p_service, p_day, CASE WHEN p_to.place_id = (  -- a share is of a flat
        SELECT c.place_id FROM billing_customer c WHERE c.bucket = p_service.bucket
            AND c.customer_id = p_service.customer_id) THEN (v_at.service + 1) * 1000 + v_to END, p_now);
    FOR v_meter IN SELECT * FROM billing_meter m WHERE m.bucket = p_service.bucket
        AND m.service_id = p_service.service_id AND m.removed_on IS NULL ORDER BY m.meter_id
    LOOP
        SELECT (r ->> 'value_milli')::bigint INTO v_value FROM jsonb_array_elements(p_readings) r
        WHERE r ->> 'number' = v_meter.number AND r ->> 'register' = v_meter.register;
        v_code := CASE WHEN v_value IS NULL THEN @METER_UNKNOWN
                       ELSE billing_take_off_v1(v_meter, p_day, v_value, p_now) END;
        IF v_code <> 0 THEN
            RETURN v_code;
        END IF;
        IF p_to.customer_id IS NOT NULL THEN
            v_at.meter := v_at.meter + 1;
            INSERT INTO billing_meter (bucket, meter_id, service_id, biller_id, number, register, multiplier, digits,
                fitted_on, fitted_milli)
            VALUES (v_to, v_at.meter * 1000 + v_to, (v_at.service + 1) * 1000 + v_to, v_meter.biller_id, v_meter.number,
                v_meter.register, v_meter.multiplier, v_meter.digits, p_day, v_value);
        END IF;
    END LOOP;
    RETURN 0;
END $$;

-- What a service used in its cycle goes on in the new one of an account from the next day: all of it is billed. Its own
-- bills are not corrected from then on, for their use counts there. Codes: TIERS_UNBILLED (of its last day no bill is
-- published).
CREATE OR REPLACE FUNCTION billing_tiers_go_v1(p_service billing_service, p_to billing_customer, p_day date)
RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_fee billing_fee;
    v_new bigint;
BEGIN
    SELECT f.* INTO v_fee FROM billing_fee f WHERE f.fee_id = p_service.fee_id AND f.metered AND f.cycle <> 'none';
    IF NOT FOUND THEN
        RETURN 0;
    ELSIF NOT EXISTS (SELECT FROM billing_bill b JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
        JOIN billing_run r ON r.run_id = b.run_id AND r.kind IN ('period', 'single', 'past')
        WHERE b.bucket = p_service.bucket AND b.service_id = p_service.service_id AND b.to_on = p_day
            AND NOT billing_is_cancelled_v1(b))
    THEN
        RETURN @TIERS_UNBILLED;
    END IF;
    UPDATE billing_service s SET tiers_gone = true
    WHERE s.bucket = p_service.bucket AND s.service_id = p_service.service_id;
    UPDATE billing_service s SET tiers_from = coalesce(p_service.tiers_from, p_service.from_on)
    WHERE s.bucket = p_to.bucket AND s.customer_id = p_to.customer_id AND s.fee_id = p_service.fee_id
        AND s.from_on = p_day + 1 RETURNING s.service_id INTO STRICT v_new;
    INSERT INTO billing_used
    SELECT p_to.bucket, v_new, u.cycle_on, u.used_milli FROM billing_used u
    WHERE u.bucket = p_service.bucket AND u.service_id = p_service.service_id
        AND u.cycle_on = billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, p_day + 1);
    RETURN 0;
END $$;

-- What a proposal about one customer says is done, once. `content`: bucket and customer of whom it is; fee, or services
-- (none: all of his); day, the last one of his; readings of its meters on that day; to: the new holder (bucket, account_no,
-- name, marks, contact, persons, consent: 过户, he is closed; 分户, he goes on with the rest), or an account that is there
-- (customer: 转移; 并户, he is closed); neither: 销户, he is closed; tiers: what was used goes along. Locks both buckets'
-- heads. Refused whole. Codes: CUSTOMERS_NOT_AGREED, CUSTOMER_CLOSED, ACCOUNT_IN_USE, FEE_TWICE (the other account has
-- it already), SPLIT_SERVICES (none, or none that stays), RUN_HAS_SERVICE (a run that is not published: its bills are of
-- the account as it was), and as billing_hand_over_v1 and billing_tiers_go_v1.
CREATE OR REPLACE FUNCTION billing_contract_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
BEGIN
    v_code := billing_do_contract_v1(p_proposal, p_now);
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;  -- undoes what was done until then
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
CREATE OR REPLACE FUNCTION billing_do_contract_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_asked jsonb;
    v_act text;
    v_biller integer;
    v_from billing_customer;
    v_to billing_customer;
    v_service billing_service;
    v_code integer;
    v_day date;
BEGIN
    SELECT a.content, a.action, a.partner_id INTO v_asked, v_act, v_biller FROM access_authorisation a
    WHERE a.id = p_proposal AND a.granted AND a.action IN
        ('billing.holder', 'billing.move', 'billing.close', 'billing.merge', 'billing.split')
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;  -- an old word is not said again
    IF NOT FOUND THEN
        RETURN @CUSTOMERS_NOT_AGREED;
    END IF;
    v_day := (v_asked ->> 'day')::date;
    PERFORM 1 FROM ledger_head h WHERE h.bucket IN ((v_asked ->> 'bucket')::smallint,
        (v_asked #>> '{to,bucket}')::smallint) ORDER BY h.bucket FOR UPDATE;
    SELECT c.* INTO v_from FROM billing_customer c
    WHERE c.bucket = (v_asked ->> 'bucket')::smallint AND c.customer_id = (v_asked ->> 'customer')::bigint
        AND c.biller_id = v_biller AND c.closed_on IS NULL;
    IF NOT FOUND OR v_day < v_from.opened_on THEN
        RETURN @CUSTOMER_CLOSED;
    END IF;
    PERFORM billing_alone_v1(v_from.biller_id);
    IF v_act IN ('billing.holder', 'billing.split') THEN
        v_to := billing_new_holder_v1(v_from, v_asked -> 'to', v_day, p_now);
        IF v_to.customer_id IS NULL THEN
            RETURN @ACCOUNT_IN_USE;
        ELSIF v_act = 'billing.split' THEN
            UPDATE billing_customer c SET before_id = NULL
            WHERE c.bucket = v_to.bucket AND c.customer_id = v_to.customer_id;  -- he is there too
            IF (SELECT count(*) FILTER (WHERE v_asked -> 'services' @> to_jsonb(s.service_id)) NOT BETWEEN 1 AND count(*) - 1
                FROM billing_service s
                WHERE s.bucket = v_from.bucket AND s.customer_id = v_from.customer_id AND s.to_on IS NULL)
            THEN
                RETURN @SPLIT_SERVICES;
            END IF;
        END IF;
    ELSIF v_act IN ('billing.move', 'billing.merge') THEN
        SELECT c.* INTO v_to FROM billing_customer c WHERE c.bucket = (v_asked #>> '{to,bucket}')::smallint
            AND c.customer_id = (v_asked #>> '{to,customer}')::bigint AND c.closed_on IS NULL
            AND c.biller_id = v_from.biller_id AND c.customer_id <> v_from.customer_id AND c.opened_on <= v_day + 1;
        IF NOT FOUND THEN
            RETURN @CUSTOMER_CLOSED;
        ELSIF EXISTS (SELECT FROM billing_service s JOIN billing_service o ON o.fee_id = s.fee_id
            WHERE s.bucket = v_to.bucket AND s.customer_id = v_to.customer_id AND (s.to_on IS NULL OR s.to_on > v_day)
                AND o.bucket = v_from.bucket AND o.customer_id = v_from.customer_id AND o.to_on IS NULL
                AND (v_act = 'billing.merge' OR o.fee_id = (v_asked ->> 'fee')::integer))
        THEN
            RETURN @FEE_TWICE;
        END IF;
    END IF;
    PERFORM pg_advisory_xact_lock(8850, f.fee_id)  -- no run of them begins meanwhile
    FROM (SELECT DISTINCT s.fee_id FROM billing_service s WHERE s.bucket = v_from.bucket
          AND s.customer_id = v_from.customer_id AND s.to_on IS NULL) f ORDER BY f.fee_id;
    FOR v_service IN SELECT * FROM billing_service s WHERE s.bucket = v_from.bucket
        AND s.customer_id = v_from.customer_id AND s.to_on IS NULL
        AND (v_act <> 'billing.move' OR s.fee_id = (v_asked ->> 'fee')::integer)
        AND (v_act <> 'billing.split' OR v_asked -> 'services' @> to_jsonb(s.service_id)) ORDER BY s.service_id
    LOOP
        IF billing_is_open_v1(v_service.fee_id, v_service.service_id) THEN
            RETURN @RUN_HAS_SERVICE;
        END IF;
        v_code := billing_hand_over_v1(v_service, v_day, v_asked -> 'readings', v_to, p_now);
        IF v_code = 0 AND (v_asked ->> 'tiers')::boolean THEN
            v_code := billing_tiers_go_v1(v_service, v_to, v_day);
        END IF;
        IF v_code <> 0 THEN
            RETURN v_code;
        END IF;
    END LOOP;
    IF v_act NOT IN ('billing.move', 'billing.split') THEN
        UPDATE billing_customer c SET closed_on = v_day
        WHERE c.bucket = v_from.bucket AND c.customer_id = v_from.customer_id;
    END IF;
    RETURN 0;
END $$;

-- A new account at the same place, of another holder, from the next day; NULL: the account number is taken.
CREATE OR REPLACE FUNCTION billing_new_holder_v1(
    p_from billing_customer, p_to jsonb, p_day date, p_now timestamptz
) RETURNS billing_customer LANGUAGE plpgsql AS $$
DECLARE
    v_to billing_customer;
    v_bucket smallint := (p_to ->> 'bucket')::smallint;
    v_at billing_counter;
BEGIN
    IF EXISTS (SELECT FROM payer p WHERE p.bucket = v_bucket AND p.biller_id = p_from.biller_id
        AND p.account_no = p_to ->> 'account_no')
        OR EXISTS (SELECT FROM billing_customer c WHERE c.bucket = v_bucket AND c.biller_id = p_from.biller_id
            AND c.account_no = p_to ->> 'account_no')
    THEN
        RETURN NULL;
    END IF;
    PERFORM payments_import_payers_v1(v_bucket, ARRAY[p_from.biller_id], ARRAY[p_to ->> 'account_no'],
        ARRAY[p_to ->> 'name']);
    v_at := billing_numbers_v1(v_bucket, 1, 0, 0);
    INSERT INTO billing_customer (bucket, customer_id, biller_id, account_no, place_id, persons, contact, consent_at,
        opened_on, before_id, marks)
    VALUES (v_bucket, (v_at.customer + 1) * 1000 + v_bucket, p_from.biller_id, p_to ->> 'account_no', p_from.place_id,
        (p_to ->> 'persons')::smallint, p_to ->> 'contact', CASE WHEN (p_to ->> 'consent')::boolean THEN p_now END,
        p_day + 1, p_from.customer_id, ARRAY(SELECT m::smallint FROM jsonb_array_elements_text(p_to -> 'marks') m))
    RETURNING * INTO v_to;
    RETURN v_to;
END $$;
