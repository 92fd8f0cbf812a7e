-- Single bills with the other sign: a bill cancelled 撤销, a use corrected 退补. Each is a run of one bill, published like
-- any other by two people's word.

-- A run of one bill that is made at once. Called inside; the caller writes the bill, whose number it has by then.
CREATE OR REPLACE FUNCTION billing_single_v1(
    p_kind text, p_service billing_service, p_biller integer, p_from date, p_to date, p_due date, p_subject jsonb,
    p_fen bigint, p_by text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_run integer;
BEGIN
    INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by)
    VALUES (p_biller, p_service.fee_id, p_kind, p_from, p_to, p_due,
            p_subject || jsonb_build_object('service', p_service.service_id), p_now, p_by)
    RETURNING run_id INTO v_run;
    INSERT INTO billing_piece
    VALUES (v_run, 0, p_service.bucket, p_service.service_id, p_service.service_id, 1, p_now, 1,
            greatest(p_fen, 0), greatest(-p_fen, 0), 0, NULL, (SELECT n.last_value * 1000 + 999 FROM billing_bill_no n));
    RETURN v_run;
END $$;

-- What the next bill of a service takes off 调尾: a correction hands it on as it is.
CREATE OR REPLACE FUNCTION billing_carry_v1(p_bucket smallint, p_service bigint) RETURNS bigint
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT b.carry_fen FROM billing_bill_counting b
        WHERE b.bucket = p_bucket AND b.service_id = p_service ORDER BY b.bill_id DESC LIMIT 1), 0);
$$;

-- Is there a bill that takes this one back?
CREATE OR REPLACE FUNCTION billing_is_cancelled_v1(p_bill billing_bill) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM billing_bill_counting x WHERE x.bucket = p_bill.bucket
        AND x.service_id = p_bill.service_id AND x.corrects_id = p_bill.bill_id AND x.kind = 'cancel');
$$;

-- A bill and what corrected it down: they are cancelled together, for what a correction gave is not given twice.
CREATE OR REPLACE FUNCTION billing_with_corrections_v1(p_bill bigint) RETURNS SETOF billing_bill
LANGUAGE sql STABLE AS $$
    SELECT b.* FROM billing_bill b WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill
    UNION ALL
    SELECT c.* FROM billing_bill b
    JOIN billing_bill c ON c.bucket = b.bucket AND c.service_id = b.service_id AND c.corrects_id = b.bill_id
    JOIN billing_run r ON r.run_id = c.run_id AND r.kind = 'correction' AND r.dropped_at IS NULL
    WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill AND NOT billing_is_cancelled_v1(c);
$$;

-- Was this bill lowered because another account took it over 接收欠费?
CREATE OR REPLACE FUNCTION billing_gave_over_v1(p_bill billing_bill) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT p_bill.corrects_id IS NOT NULL AND EXISTS (
        SELECT FROM billing_run r WHERE r.run_id = p_bill.run_id AND r.kind = 'correction' AND r.subject ? 'taken');
$$;

-- Cancel a bill: one with its lines and use, and those of its corrections, the other way round. What is open of it is
-- withdrawn, what was paid, with its late fee, goes to the prepaid balance. Codes: BILL_UNKNOWN (none that is published,
-- it was billed and paid before the company came here, or it was cancelled, by itself or with the bill that it corrects),
-- PERMISSION_MISSING, BILL_TAKEN (another account owes it, until that one's bill is cancelled; or it is what the former's
-- was lowered by), BILL_WRITTEN_OFF, BILL_GIVEN_BACK (a correction that names no bill gave its use back already),
-- BILL_CORRECTED (a correction to an area, or by an amount, asks for more), RUN_OPEN.
CREATE OR REPLACE FUNCTION billing_cancel_v1(
    p_session text, p_bill bigint, p_reason text, p_now timestamptz, OUT code integer, OUT run_id integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v billing_bill;
    v_service billing_service;
    v_biller integer;
    v_by text;
    v_fen bigint;
    v_qty bigint;
    v_used bigint;  -- NULL: the fee counts no tiers
    v_no bigint := nextval('billing_bill_no') * 1000 + p_bill % 1000;
BEGIN
    SELECT b.* INTO v FROM billing_bill b WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill;
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = v.bucket AND s.service_id = v.service_id;
    PERFORM pg_advisory_xact_lock(8850, v_service.fee_id);
    SELECT f.biller_id INTO v_biller FROM billing_fee f WHERE f.fee_id = v_service.fee_id;
    v_by := billing_who_v1(p_session, 'billing.run', v_biller);
    SELECT sum(b.amount_fen), sum(b.qty_milli) INTO v_fen, v_qty FROM billing_with_corrections_v1(p_bill) b;
    SELECT coalesce(u.used_milli, 0) INTO v_used
    FROM billing_fee f LEFT JOIN billing_used u ON u.bucket = v.bucket AND u.service_id = v.service_id
        AND u.cycle_on = billing_cycle_on_v1(f.cycle, f.cycle_from, v.to_on)
    WHERE f.fee_id = v_service.fee_id AND f.cycle <> 'none';
    code := CASE
        WHEN v_biller IS NOT NULL AND v_by IS NULL THEN @PERMISSION_MISSING
        WHEN v.bill_id IS NULL OR NOT EXISTS (
                SELECT FROM billing_booking d WHERE d.run_id = v.run_id AND d.piece = v.piece)
            OR EXISTS (SELECT FROM billing_run r WHERE r.run_id = v.run_id AND r.kind IN ('cancel', 'past'))
            OR billing_is_cancelled_v1(v)
            OR EXISTS (SELECT FROM billing_bill o WHERE o.bucket = v.bucket AND o.bill_id = v.corrects_id
                       AND billing_is_cancelled_v1(o)) THEN @BILL_UNKNOWN
        WHEN billing_gave_over_v1(v) OR EXISTS (SELECT FROM billing_taken t WHERE t.fee_id = v_service.fee_id
            AND t.to_on = v.to_on AND t.bill_id = p_bill AND t.stands) THEN @BILL_TAKEN
        WHEN billing_written_v1(v.bucket, p_bill) <> 0 THEN @BILL_WRITTEN_OFF
        WHEN EXISTS (SELECT FROM billing_adjusted_v1(v) c JOIN billing_bill b ON b.bucket = v.bucket
            AND b.bill_id = c.bill_id AND b.corrects_id IS NULL) THEN @BILL_CORRECTED
        WHEN billing_is_open_v1(v_service.fee_id, v.service_id) THEN @RUN_OPEN
        WHEN v_qty > 0 AND v_used < v_qty THEN @BILL_GIVEN_BACK
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    run_id := billing_single_v1('cancel', v_service, v_biller, v.from_on, v.to_on, v.to_on,
                               jsonb_build_object('bill', p_bill, 'reason', p_reason), -v_fen, v_by, p_now);
    INSERT INTO billing_bill
    VALUES (v.bucket, v_no, billing_cancel_v1.run_id, 0, v.service_id, v.account_no, v.from_on, v.to_on, -v_qty,
            coalesce(v_used, 0), v.carry_fen, v.carried_fen, -v_fen, p_bill);
    INSERT INTO billing_line
    SELECT l.bucket, v_no, row_number() OVER (ORDER BY l.bill_id, l.line_no), l.price_id, l.part_no, -l.qty_milli,
           -l.amount_fen
    FROM billing_with_corrections_v1(p_bill) b JOIN billing_line l ON l.bucket = b.bucket AND l.bill_id = b.bill_id;
END $$;

-- What speaks against correcting a bill of a service by so much, as of a day; 0: nothing. Codes: BILL_UNKNOWN (none that
-- is published, it was cancelled, or is itself a correction), BILL_PAST, BILL_TAKEN, PERIOD_WRONG (the day is in another
-- cycle of tiers), BILL_WRITTEN_OFF, BILL_GIVEN_BACK (with what was given back before it is more than the bill has).
CREATE OR REPLACE FUNCTION billing_against_v1(p_service billing_service, p_bill bigint, p_qty bigint, p_on date)
RETURNS integer LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((
        SELECT CASE
            WHEN r.kind = 'past' THEN @BILL_PAST
            WHEN r.kind NOT IN ('period', 'single') OR billing_is_cancelled_v1(b) THEN @BILL_UNKNOWN
            WHEN EXISTS (SELECT FROM billing_taken t WHERE t.fee_id = r.fee_id AND t.to_on = b.to_on
                AND t.bill_id = p_bill) THEN @BILL_TAKEN
            WHEN billing_written_v1(b.bucket, p_bill) <> 0 THEN @BILL_WRITTEN_OFF
            WHEN billing_cycle_on_v1(f.cycle, f.cycle_from, p_on) <> billing_cycle_on_v1(f.cycle, f.cycle_from, b.to_on)
                THEN @PERIOD_WRONG
            WHEN p_qty < 0 AND p_qty + (SELECT sum(c.qty_milli) FROM billing_with_corrections_v1(p_bill) c) < 0
                THEN @BILL_GIVEN_BACK
            ELSE 0 END
        FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id JOIN billing_fee f ON f.fee_id = r.fee_id
        JOIN billing_booking d ON d.run_id = b.run_id AND d.piece = b.piece
        WHERE b.bucket = p_service.bucket AND b.bill_id = p_bill AND b.service_id = p_service.service_id),
        @BILL_UNKNOWN);
END $$;

-- Correct a use by so much, more or less: priced at the place of the tiers that its cycle has come to, walking back down
-- what was too much. p_on: a day of the cycle that is corrected, whose price counts. p_corrects: the bill that is
-- corrected, and lowered first; what gives back names one. Codes: SERVICE_UNKNOWN, PERMISSION_MISSING, SERVICE_PREPAID,
-- TIERS_GONE (its use counts in another account's tiers), PERIOD_WRONG (nothing to correct, a day that nobody means, or
-- due before it), PRICE_MISSING, RUN_OPEN, BILL_GIVEN_BACK (also: more than its cycle used, or, beside what was
-- given back by an amount, than the bill), and as billing_against_v1.
CREATE OR REPLACE FUNCTION billing_correct_v1(
    p_session text, p_service bigint, p_qty bigint, p_on date, p_due date, p_corrects bigint, p_reason text,
    p_now timestamptz, OUT code integer, OUT run_id integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_service billing_service;
    v_fee billing_fee;
    v_customer billing_customer;
    v_by text;
    v_price integer;
    v_used bigint;
    v_fen bigint;
    v_lines record;
    v_cycle date;
    v_carry bigint;
    v_no bigint := nextval('billing_bill_no') * 1000 + p_service % 1000;
BEGIN
    PERFORM pg_advisory_xact_lock(8850, s.fee_id) FROM billing_service s
    WHERE s.bucket = p_service % 1000 AND s.service_id = p_service;
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = p_service % 1000 AND s.service_id = p_service;
    SELECT f.* INTO v_fee FROM billing_fee f WHERE f.fee_id = v_service.fee_id AND f.metered;
    SELECT c.* INTO v_customer FROM billing_customer c
    WHERE c.bucket = v_service.bucket AND c.customer_id = v_service.customer_id;
    SELECT p.price_id INTO v_price FROM billing_price_span p
    WHERE p.fee_id = v_service.fee_id AND p.class = v_service.class AND p.region = v_service.region
        AND p.valid_from <= p_on AND coalesce(p.until, p_on) >= p_on;
    v_by := billing_who_v1(p_session, 'billing.run', v_fee.biller_id);
    v_cycle := billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, p_on);
    SELECT coalesce(max(u.used_milli), 0) INTO v_used FROM billing_used u
    WHERE u.bucket = v_service.bucket AND u.service_id = p_service AND u.cycle_on = v_cycle;
    code := CASE
        WHEN v_fee.fee_id IS NULL THEN @SERVICE_UNKNOWN
        WHEN v_by IS NULL THEN @PERMISSION_MISSING
        WHEN v_service.prepaid THEN @SERVICE_PREPAID
        WHEN v_service.tiers_gone THEN @TIERS_GONE
        WHEN p_qty = 0 OR p_qty NOT BETWEEN -999999999999 AND 999999999999
            OR p_on NOT BETWEEN '1990-01-01' AND '2199-12-31'  -- days.FIRST_DAY, LAST_DAY
            OR p_due NOT BETWEEN p_on AND '2199-12-31' THEN @PERIOD_WRONG
        WHEN v_price IS NULL THEN @PRICE_MISSING
        WHEN p_corrects IS NOT NULL OR p_qty < 0 THEN billing_against_v1(v_service, p_corrects, p_qty, p_on)
        ELSE 0 END;
    code := CASE
        WHEN code <> 0 THEN code
        WHEN billing_is_open_v1(v_service.fee_id, p_service) THEN @RUN_OPEN
        WHEN v_fee.cycle <> 'none' AND v_used + p_qty < 0 THEN @BILL_GIVEN_BACK
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT array_agg(l.line_no) AS nos, array_agg(l.part_no) AS parts, array_agg(l.qty_milli) AS qty,
           array_agg(l.amount_fen) AS fen, sum(l.amount_fen) AS total
    INTO v_lines
    FROM billing_rate_v1(ARRAY[ROW(1, v_price, p_qty, 0, 0, NULL, NULL, coalesce((
            SELECT h.persons FROM billing_household h WHERE h.bucket = v_service.bucket
                AND h.customer_id = v_service.customer_id AND h.from_on <= p_on ORDER BY h.from_on DESC LIMIT 1),
            v_customer.persons), extract(month FROM p_on)::smallint,
        billing_months_v1(v_fee.cycle, v_fee.by_months, v_cycle, coalesce(v_service.tiers_from, v_service.from_on), p_on,
            p_on), v_used, 0, 0
        )::billing_asked]) l;
    v_fen := coalesce(v_lines.total, 0);
    IF v_fen < 0 AND EXISTS (SELECT FROM billing_bill b CROSS JOIN LATERAL billing_adjusted_v1(b) c
            WHERE b.bucket = v_service.bucket AND b.bill_id = p_corrects)
        AND v_fen + (SELECT sum(c.amount_fen) FROM billing_with_corrections_v1(p_corrects) c) < 0 THEN
        code := @BILL_GIVEN_BACK;
        RETURN;
    END IF;
    v_carry := billing_carry_v1(v_service.bucket, p_service);
    run_id := billing_single_v1('correction', v_service, v_fee.biller_id, p_on, p_on, p_due,
                               jsonb_strip_nulls(jsonb_build_object('bill', p_corrects, 'reason', p_reason)), v_fen,
                               v_by, p_now);
    INSERT INTO billing_bill
    VALUES (v_service.bucket, v_no, billing_correct_v1.run_id, 0, p_service, v_customer.account_no, p_on, p_on, p_qty,
            v_used, v_carry, v_carry, v_fen, CASE WHEN p_qty < 0 THEN p_corrects END);
    INSERT INTO billing_line
    SELECT v_service.bucket, v_no, u.no, v_price, u.part, u.qty, u.fen
    FROM unnest(v_lines.nos, v_lines.parts, v_lines.qty, v_lines.fen) AS u (no, part, qty, fen);
END $$;
