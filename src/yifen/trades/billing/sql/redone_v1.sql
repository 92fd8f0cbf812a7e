-- A bill corrected by an amount, or to the area that it should have been of 按金额、按面积退补; a bill cancelled and made anew
-- by one decision 撤销重出. Runs of one bill, as those of correct_v1.sql.

-- Corrections of a bill that stand and were not by its use: what they say of it (`about`), whichever sign they have.
CREATE OR REPLACE FUNCTION billing_adjusted_v1(p_bill billing_bill) RETURNS TABLE (bill_id bigint, about jsonb)
LANGUAGE sql STABLE AS $$
    SELECT c.bill_id, r.subject FROM billing_bill c JOIN billing_run r ON r.run_id = c.run_id
    WHERE c.bucket = p_bill.bucket AND c.service_id = p_bill.service_id AND r.kind = 'correction'
        AND r.dropped_at IS NULL AND (r.subject ->> 'bill')::bigint = p_bill.bill_id
        AND r.subject ?| '{area_milli,amount}' AND NOT billing_is_cancelled_v1(c);
$$;

-- The lines of a bill of what follows no quantity as they would be of this area: by the prices that it has, and the days
-- that counted when it was made.
CREATE OR REPLACE FUNCTION billing_of_area_v1(p_bill billing_bill, p_area bigint)
RETURNS TABLE (price_id integer, part_no smallint, qty_milli bigint, amount_fen bigint) LANGUAGE sql STABLE AS $$
    SELECT l.price_id, l.part_no, l.qty_milli, l.amount_fen
    FROM billing_rate_v1(ARRAY(
        SELECT ROW(p.price_id, p.price_id, 0, 0, 0, p_area, NULL, NULL, NULL, NULL, NULL, CASE
                WHEN d.since = p_bill.from_on AND d.until = p_bill.to_on AND z.less IS NULL THEN d.alive
                ELSE d.alive * (d.until - d.since + 1 - coalesce(z.less, 0)) / (p_bill.to_on - p_bill.from_on + 1) END,
            greatest(1, round((r.to_on - r.from_on + 1) / 30.4375)))::billing_asked
        FROM billing_run r JOIN billing_piece k ON k.run_id = r.run_id AND k.piece = p_bill.piece
        JOIN billing_price_span p ON p.price_id IN (SELECT x.price_id FROM billing_line x
            WHERE x.bucket = p_bill.bucket AND x.bill_id = p_bill.bill_id)
        CROSS JOIN LATERAL (SELECT greatest(p.valid_from, p_bill.from_on) AS since,
            least(coalesce(p.until, p_bill.to_on), p_bill.to_on) AS until,
            (p_bill.to_on - p_bill.from_on + 1)::numeric / (r.to_on - r.from_on + 1) AS alive) d
        CROSS JOIN LATERAL (SELECT sum((least(x.to_on, d.until) - greatest(x.from_on, d.since) + 1) * (1 - x.share)) AS less
            FROM billing_share_row x WHERE x.bucket = p_bill.bucket AND x.service_id = p_bill.service_id
                AND x.made_at <= k.made_at AND coalesce(x.ended_at > k.made_at, true)
                AND x.from_on <= d.until AND x.to_on >= d.since) z
        WHERE r.run_id = p_bill.run_id)) l;
$$;

-- What another area changes of a bill, line by line, beside what its corrections to an area changed already. No row: it has
-- no area, follows a quantity, or is not what its prices say by now.
CREATE OR REPLACE FUNCTION billing_area_lines_v1(p_bill billing_bill, p_area bigint)
RETURNS TABLE (price_id integer, part_no smallint, qty_milli bigint, amount_fen bigint) LANGUAGE sql STABLE AS $$
    WITH own AS (
        SELECT l.price_id, l.part_no, l.qty_milli, l.amount_fen, false AS again FROM billing_line l
        WHERE l.bucket = p_bill.bucket AND l.bill_id = p_bill.bill_id
    ), area AS (
        SELECT max(l.qty_milli / CASE t.basis WHEN 'area' THEN 1
            ELSE greatest(1, round((r.to_on - r.from_on + 1) / 30.4375)) END)::bigint AS milli
        FROM own l JOIN billing_part t ON t.price_id = l.price_id AND t.part_no = l.part_no
        JOIN billing_run r ON r.run_id = p_bill.run_id
        JOIN billing_fee f ON f.fee_id = r.fee_id AND NOT f.metered WHERE t.basis IN ('area', 'area_month')
    ), old AS (
        SELECT * FROM own
        UNION ALL
        SELECT l.price_id, l.part_no, l.qty_milli, l.amount_fen, true FROM billing_adjusted_v1(p_bill) c
        JOIN billing_line l ON l.bucket = p_bill.bucket AND l.bill_id = c.bill_id WHERE c.about ? 'area_milli'
    ), fresh AS (
        SELECT * FROM area a CROSS JOIN LATERAL billing_of_area_v1(p_bill, p_area)
        WHERE a.milli IS NOT NULL AND NOT EXISTS (
            SELECT o.price_id, o.part_no, o.qty_milli, o.amount_fen FROM own o
            EXCEPT SELECT * FROM billing_of_area_v1(p_bill, a.milli))
    )
    SELECT u.price_id, u.part_no, sum(u.qty)::bigint, sum(u.fen)::bigint
    FROM (SELECT f.price_id, f.part_no, f.qty_milli AS qty, f.amount_fen AS fen FROM fresh f
          UNION ALL
          SELECT o.price_id, o.part_no, -o.qty_milli, -o.amount_fen FROM old o WHERE EXISTS (SELECT FROM fresh)) u
    GROUP BY 1, 2 HAVING sum(u.qty) <> 0 OR sum(u.fen) <> 0 ORDER BY 1, 2;
$$;

-- Correct a bill to an area, or (p_area NULL) by amounts, a line each, of which p_about says what each is for: objects, those
-- of cold days 不热 with `from` and `to`, which no other correction has given back. p_due: of what is asked for more. Codes:
-- BILL_UNKNOWN, PERMISSION_MISSING, PERIOD_WRONG (due before the run of the bill begins), RUN_OPEN, NO_AREA (as billing_area_lines_v1
-- has no row), CORRECTS_NOTHING, BILL_GIVEN_BACK (those days, or more than the bill), and as billing_against_v1.
CREATE OR REPLACE FUNCTION billing_adjust_v1(
    p_session text, p_bill bigint, p_area bigint, p_fens bigint[], p_about jsonb, p_due date, p_reason text,
    p_now timestamptz, OUT code integer, OUT run_id integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v billing_bill;
    v_service billing_service;
    v_fee billing_fee;
    v_by text;
    v_lines record;
    v_used bigint;
    v_carry bigint;
    v_no bigint := nextval('billing_bill_no') * 1000 + p_bill % 1000;
BEGIN
    SELECT b.* INTO v FROM billing_bill b WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill;
    SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = v.bucket AND s.service_id = v.service_id;
    PERFORM pg_advisory_xact_lock(8850, v_service.fee_id);
    SELECT f.* INTO v_fee FROM billing_fee f WHERE f.fee_id = v_service.fee_id;
    v_by := billing_who_v1(p_session, 'billing.run', v_fee.biller_id);
    code := CASE
        WHEN v.bill_id IS NULL THEN @BILL_UNKNOWN
        WHEN v_by IS NULL THEN @PERMISSION_MISSING
        WHEN NOT EXISTS (SELECT FROM billing_run r WHERE r.run_id = v.run_id
            AND p_due BETWEEN r.from_on AND '2199-12-31') THEN @PERIOD_WRONG
        ELSE billing_against_v1(v_service, p_bill, 0, v.to_on) END;
    code := CASE
        WHEN code <> 0 THEN code
        WHEN billing_is_open_v1(v_service.fee_id, v.service_id) THEN @RUN_OPEN
        WHEN EXISTS (SELECT FROM billing_adjusted_v1(v) c, jsonb_array_elements(c.about -> 'amount') a,
                         jsonb_array_elements(p_about) n
                     WHERE a ? 'from' AND n ? 'from' AND daterange((a ->> 'from')::date, (a ->> 'to')::date, '[]')
                         && daterange((n ->> 'from')::date, (n ->> 'to')::date, '[]')) THEN @BILL_GIVEN_BACK
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT count(*) AS found, array_agg(l.price_id) AS prices, array_agg(l.part_no) AS parts, array_agg(l.qty) AS qty,
           array_agg(l.fen) AS fen, coalesce(sum(l.fen), 0)::bigint AS total
    INTO v_lines
    FROM (SELECT a.price_id, a.part_no, a.qty_milli AS qty, a.amount_fen AS fen
          FROM billing_area_lines_v1(v, p_area) a WHERE p_area IS NOT NULL
          UNION ALL
          SELECT (SELECT x.price_id FROM billing_line x WHERE x.bucket = v.bucket AND x.bill_id = v.bill_id LIMIT 1), 0, 0, f
          FROM unnest(p_fens) f WHERE p_area IS NULL AND f <> 0) l;
    code := CASE
        WHEN v_lines.found = 0 AND p_area IS NOT NULL AND NOT EXISTS (
            SELECT FROM billing_area_lines_v1(v, p_area + 1000)) THEN @NO_AREA
        WHEN v_lines.total = 0 OR abs(v_lines.total) > 999999999999999 THEN @CORRECTS_NOTHING
        WHEN v_lines.total < 0 AND v_lines.total + (SELECT sum(c.amount_fen) FROM billing_with_corrections_v1(p_bill) c) < 0
            THEN @BILL_GIVEN_BACK
        ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT coalesce(max(u.used_milli), 0) INTO v_used FROM billing_used u
    WHERE u.bucket = v.bucket AND u.service_id = v.service_id
        AND u.cycle_on = billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, v.to_on);
    v_carry := billing_carry_v1(v.bucket, v.service_id);
    run_id := billing_single_v1('correction', v_service, v_fee.biller_id, v.from_on, v.to_on, p_due,
        jsonb_build_object('bill', p_bill, 'reason', p_reason) || CASE WHEN p_area IS NULL
            THEN jsonb_build_object('amount', p_about) ELSE jsonb_build_object('area_milli', p_area) END,
        v_lines.total, v_by, p_now);
    INSERT INTO billing_bill
    VALUES (v.bucket, v_no, billing_adjust_v1.run_id, 0, v.service_id, v.account_no, v.from_on, v.to_on, 0, v_used,
            v_carry, v_carry, v_lines.total, CASE WHEN v_lines.total < 0 THEN p_bill END);
    INSERT INTO billing_line
    SELECT v.bucket, v_no, row_number() OVER (), u.price, u.part, u.qty, u.fen
    FROM unnest(v_lines.prices, v_lines.parts, v_lines.qty, v_lines.fen) AS u (price, part, qty, fen);
END $$;

-- Cancel a bill and make it anew of what its customer is by now: two runs, of which the second is published with the first
-- by one decision, or neither. Refused whole. Codes: as billing_cancel_v1, PERIOD_WRONG (due before it begins), PRICE_MISSING
-- (nothing would be billed), CORRECTS_NOTHING (the new one is the old one).
CREATE OR REPLACE FUNCTION billing_anew_v1(
    p_session text, p_bill bigint, p_due date, p_reason text, p_now timestamptz, OUT code integer, OUT run_id integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v billing_bill;
    v_run billing_run;
    v_back billing_bill;
    v_new integer;
BEGIN
    SELECT c.code, c.run_id INTO billing_anew_v1.code, billing_anew_v1.run_id
    FROM billing_cancel_v1(p_session, p_bill, p_reason, p_now) c;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT b.* INTO v FROM billing_bill b WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill;
    SELECT r.* INTO v_run FROM billing_run r WHERE r.run_id = v.run_id;
    SELECT b.* INTO v_back FROM billing_bill b WHERE b.run_id = billing_anew_v1.run_id;
    code := CASE
        WHEN v_run.kind NOT IN ('period', 'single') THEN @BILL_UNKNOWN
        WHEN (p_due BETWEEN v_run.from_on AND '2199-12-31') IS NOT TRUE THEN @PERIOD_WRONG
        ELSE 0 END;
    IF code = 0 THEN
        v_new := billing_make_again_v1(v, v_run, v_back, p_due, p_reason, billing_anew_v1.run_id, p_now);
        code := CASE
            WHEN NOT EXISTS (SELECT FROM billing_bill b WHERE b.run_id = v_new) THEN @PRICE_MISSING
            WHEN NOT EXISTS (
                SELECT FROM (SELECT l.price_id, l.part_no, l.qty_milli, l.amount_fen FROM billing_bill b
                             JOIN billing_line l ON l.bucket = b.bucket AND l.bill_id = b.bill_id WHERE b.run_id = v_new
                             UNION ALL
                             SELECT l.price_id, l.part_no, l.qty_milli, l.amount_fen FROM billing_line l
                             WHERE l.bucket = v_back.bucket AND l.bill_id = v_back.bill_id) l
                GROUP BY l.price_id, l.part_no HAVING sum(l.qty_milli) <> 0 OR sum(l.amount_fen) <> 0)
                THEN @CORRECTS_NOTHING
            ELSE 0 END;
    END IF;
    IF code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = code::text;  -- undoes the cancellation
    END IF;
    UPDATE billing_run r SET subject = r.subject || jsonb_build_object('anew', v_new)
    WHERE r.run_id = billing_anew_v1.run_id;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    code := SQLERRM::integer;
    run_id := NULL;
END $$;

-- The run that makes it again, at the tiers where its cancellation leaves them. Called inside, under the fee's lock.
CREATE OR REPLACE FUNCTION billing_make_again_v1(
    p_bill billing_bill, p_run billing_run, p_back billing_bill, p_due date, p_reason text, p_of integer, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
    v_new integer;
    v_fee billing_fee;
BEGIN
    SELECT f.* INTO STRICT v_fee FROM billing_fee f WHERE f.fee_id = p_run.fee_id;
    INSERT INTO billing_run (biller_id, fee_id, kind, from_on, to_on, due_on, subject, begun_at, begun_by)
    SELECT r.biller_id, r.fee_id, 'single', CASE WHEN v_fee.metered THEN p_bill.from_on ELSE p_run.from_on END,
           CASE WHEN v_fee.metered THEN p_bill.to_on ELSE p_run.to_on END, p_due,
           jsonb_build_object('service', p_bill.service_id, 'of', p_of, 'reason', p_reason), p_now, r.begun_by
    FROM billing_run r WHERE r.run_id = p_of RETURNING run_id INTO v_new;
    INSERT INTO billing_piece (run_id, piece, bucket, first_id, last_id, services)
    VALUES (v_new, 0, p_bill.bucket, p_bill.service_id, p_bill.service_id, 1);
    UPDATE billing_used u SET used_milli = u.used_milli + p_back.qty_milli
    WHERE u.bucket = p_bill.bucket AND u.service_id = p_bill.service_id AND v_fee.cycle <> 'none'
        AND u.cycle_on = billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, p_bill.to_on);
    PERFORM billing_make_v1(v_new, 0, p_now);
    UPDATE billing_used u SET used_milli = u.used_milli - p_back.qty_milli
    WHERE u.bucket = p_bill.bucket AND u.service_id = p_bill.service_id AND v_fee.cycle <> 'none'
        AND u.cycle_on = billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, p_bill.to_on);
    RETURN v_new;
END $$;
