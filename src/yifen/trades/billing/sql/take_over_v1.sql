-- 接收欠费: what an account owes goes to another of the same company. Each open bill of the former is lowered by a bill with
-- the other sign to what was paid of it, and its rest is billed anew to the other, with the same lines and due date.

-- Open bills of an account with what is left of them, and their late fee, on a day.
CREATE OR REPLACE FUNCTION billing_arrears_v1(p_bucket smallint, p_biller integer, p_account text, p_on date)
RETURNS TABLE (bill_id bigint, owed payable, rest_fen bigint, late_fen bigint, is_waived boolean, fee_id integer, class text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.bill_id, y, y.due_fen - y.paid_fen - coalesce(l.told_unpaid, 0), coalesce(l.unpaid_fen, 0),
           EXISTS (SELECT FROM billing_waiver w WHERE w.bucket = p_bucket AND w.bill_id = b.bill_id)
               OR EXISTS (SELECT FROM billing_freeze f WHERE f.bucket = p_bucket AND f.biller_id = p_biller
                          AND f.account_no = p_account AND coalesce(f.bill_id, b.bill_id) = b.bill_id), s.fee_id, s.class
    FROM payable y
    JOIN billing_bill b ON b.bucket = p_bucket
        AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
    JOIN billing_service s ON s.bucket = p_bucket AND s.service_id = b.service_id
    LEFT JOIN LATERAL (
        -- what of the fee was told already and not paid: what the payable asks for more than the bill itself, less
        -- what was paid of it
        SELECT x.unpaid_fen, (x.owed).due_fen + billing_written_v1(p_bucket, x.bill_id) - x.principal_fen
            - (x.fee_fen - x.unpaid_fen) AS told_unpaid
        FROM billing_late_of_v1(p_bucket, p_biller, p_account, p_on) x WHERE x.bill_id = b.bill_id) l ON true
    WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = p_account AND y.state = 'open'
        AND y.balance_fen IS NULL AND y.due_fen > y.paid_fen
    ORDER BY b.bill_id;
$$;

-- What two people agreed to is done, once. Content: bucket, customer (whose it was), to (bucket, customer), bills (bill
-- and rest_fen of each that is open). Locks both buckets' heads. Refused whole. Codes: CUSTOMERS_NOT_AGREED,
-- CUSTOMER_CLOSED (the other account), ARREARS_CHANGED (others are open by now), ARREARS_WAIVED (a late fee was waived, or
-- is not counted), TAKER_LACKS_FEE, PAYABLE_HELD, RUN_HAS_SERVICE.
CREATE OR REPLACE FUNCTION billing_take_over_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
BEGIN
    v_code := billing_do_take_over_v1(p_proposal, p_now);
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;  -- undoes what was done until then
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
CREATE OR REPLACE FUNCTION billing_do_take_over_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_asked jsonb;
    v_biller integer;
    v_by text;
    v_on date;
    v_from billing_customer;
    v_to billing_customer;
    v record;
    v_service billing_service;
BEGIN
    SELECT a.content, a.partner_id, u.login, (p_now AT TIME ZONE k.time_zone)::date INTO v_asked, v_biller, v_by, v_on
    FROM access_authorisation a JOIN access_user u ON u.id = a.maker_id
    JOIN partner p ON p.id = a.partner_id JOIN ledger_book k ON k.book_id = p.book_id
    WHERE a.id = p_proposal AND a.action = 'billing.take_over' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint;  -- an old word is not said again
    IF NOT FOUND THEN
        RETURN @CUSTOMERS_NOT_AGREED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket IN ((v_asked ->> 'bucket')::smallint,
        (v_asked #>> '{to,bucket}')::smallint) ORDER BY h.bucket FOR UPDATE;
    SELECT c.* INTO v_from FROM billing_customer c WHERE c.bucket = (v_asked ->> 'bucket')::smallint
        AND c.customer_id = (v_asked ->> 'customer')::bigint AND c.biller_id = v_biller;
    SELECT c.* INTO v_to FROM billing_customer c WHERE c.bucket = (v_asked #>> '{to,bucket}')::smallint
        AND c.customer_id = (v_asked #>> '{to,customer}')::bigint AND c.biller_id = v_biller AND c.closed_on IS NULL;
    IF v_from.customer_id IS NULL OR v_to.customer_id IS NULL OR v_from.customer_id = v_to.customer_id THEN
        RETURN @CUSTOMER_CLOSED;
    END IF;
    PERFORM pg_advisory_xact_lock(8850, f.fee_id) FROM billing_fee f WHERE f.biller_id = v_biller ORDER BY f.fee_id;
    PERFORM billing_refresh_v1(v_from.bucket, v_biller, v_from.account_no, p_now);
    PERFORM billing_paid_v1(b, v_biller, p_now)
    FROM (SELECT DISTINCT b FROM unnest(ARRAY[v_from.bucket, v_to.bucket]) b ORDER BY b) n;
    IF (SELECT jsonb_agg(jsonb_build_object('bill', r.bill_id, 'rest_fen', r.rest_fen) ORDER BY r.bill_id)
        FROM billing_arrears_v1(v_from.bucket, v_biller, v_from.account_no, v_on) r) IS DISTINCT FROM v_asked -> 'bills'
    THEN
        RETURN @ARREARS_CHANGED;
    END IF;
    FOR v IN SELECT r.* FROM billing_arrears_v1(v_from.bucket, v_biller, v_from.account_no, v_on) r LOOP
        SELECT s.* INTO v_service FROM billing_service s WHERE s.bucket = v_to.bucket
            AND s.customer_id = v_to.customer_id AND s.fee_id = v.fee_id AND s.class = v.class ORDER BY s.from_on DESC LIMIT 1;
        IF (v.owed).held_by IS NOT NULL OR (v.owed).kept_for IS NOT NULL THEN
            RETURN @PAYABLE_HELD;
        ELSIF v.is_waived THEN
            RETURN @ARREARS_WAIVED;
        ELSIF v_service.service_id IS NULL THEN
            RETURN @TAKER_LACKS_FEE;
        ELSIF billing_is_open_v1(v.fee_id, (SELECT b.service_id FROM billing_bill b WHERE b.bucket = v_from.bucket
                AND b.bill_id = v.bill_id)) OR billing_is_open_v1(v.fee_id, v_service.service_id) THEN
            RETURN @RUN_HAS_SERVICE;
        END IF;
        PERFORM billing_take_one_v1(g, v.owed, v.rest_fen, v_service, v_to.account_no, v_biller, p_proposal, v_by, p_now)
        FROM billing_give_over_v1(v.bill_id, v.owed, v.rest_fen, v_biller, p_proposal, v_by, p_now) g;
    END LOOP;
    RETURN 0;
END $$;

-- A published bill of one run that has a bill's lines with the other sign, and in one more (part 0) what of them is not
-- meant.
CREATE OR REPLACE FUNCTION billing_other_sign_v1(
    p_bill bigint, p_fen bigint, p_service billing_service, p_account text, p_corrects bigint, p_due date,
    p_biller integer, p_subject jsonb, p_by text, p_now timestamptz
) RETURNS billing_bill LANGUAGE plpgsql AS $$
DECLARE
    v billing_bill;
    v_old billing_bill;
    v_more bigint;
    v_lines integer;
BEGIN
    SELECT b.* INTO STRICT v_old FROM billing_bill b WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill;
    v.bucket := p_service.bucket; v.bill_id := nextval('billing_bill_no') * 1000 + v.bucket; v.piece := 0;
    v.run_id := billing_single_v1('correction', p_service, p_biller, v_old.from_on, v_old.to_on, p_due, p_subject,
                                  p_fen, p_by, p_now);
    v.service_id := p_service.service_id; v.account_no := p_account; v.from_on := v_old.from_on; v.to_on := v_old.to_on;
    v.qty_milli := 0; v.used_milli := 0;  -- the use stays where it was billed
    v.carry_fen := billing_carry_v1(v.bucket, v.service_id);
    v.carried_fen := v.carry_fen;  -- handed on as it is
    v.amount_fen := p_fen; v.corrects_id := p_corrects;
    INSERT INTO billing_bill SELECT v.*;
    INSERT INTO billing_line
    SELECT v.bucket, v.bill_id, row_number() OVER (ORDER BY l.bill_id, l.line_no), l.price_id, l.part_no,
           -l.qty_milli, -l.amount_fen
    FROM billing_with_corrections_v1(p_bill) b JOIN billing_line l ON l.bucket = b.bucket AND l.bill_id = b.bill_id;
    SELECT v.amount_fen - coalesce(sum(l.amount_fen), 0), count(*) INTO v_more, v_lines
    FROM billing_line l WHERE l.bucket = v.bucket AND l.bill_id = v.bill_id;
    INSERT INTO billing_line
    SELECT v.bucket, v.bill_id, v_lines + 1, l.price_id, 0, 0, v_more FROM billing_line l
    WHERE l.bucket = p_bill % 1000 AND l.bill_id = p_bill AND v_more <> 0 LIMIT 1;
    RETURN v;
END $$;

-- The former's: what is open of its payable goes, what of the late fee was told with it.
CREATE OR REPLACE FUNCTION billing_give_over_v1(
    p_bill bigint, p_owed payable, p_fen bigint, p_biller integer, p_proposal bigint, p_by text, p_now timestamptz
) RETURNS billing_bill LANGUAGE plpgsql AS $$
DECLARE
    v billing_bill;
    v_service billing_service;
    v_what billing_booking;
    v_late bigint := p_owed.due_fen - p_owed.paid_fen - p_fen;
BEGIN
    SELECT s.* INTO STRICT v_service FROM billing_service s JOIN billing_bill b ON b.bucket = s.bucket
        AND b.service_id = s.service_id WHERE b.bucket = p_bill % 1000 AND b.bill_id = p_bill;
    v := billing_other_sign_v1(p_bill, -p_fen, v_service, p_owed.account_no, p_bill, p_owed.due_on, p_biller,
        jsonb_build_object('bill', p_bill, 'taken', p_proposal), p_by, p_now);
    IF billing_lower_v1(v.bucket, p_biller, p_bill, p_fen + v_late) IS DISTINCT FROM p_fen + v_late THEN
        RAISE EXCEPTION 'bill % is not open by % fen any more', p_bill, p_fen + v_late;
    END IF;
    v_what.bucket := v.bucket; v_what.biller_id := p_biller; v_what.spent_fen := 0; v_what.paid_fen := 0;
    v_what.kept_fen := 0;
    IF v_late <> 0 THEN
        v_what.kind := 'late'; v_what.payable_id := p_owed.payable_id; v_what.due_fen := -v_late;
        PERFORM billing_post_v1(p_now, v_what);
    END IF;
    v_what.kind := 'published'; v_what.payable_id := NULL; v_what.run_id := v.run_id; v_what.piece := 0;
    v_what.due_fen := v.amount_fen;
    PERFORM billing_post_v1(p_now, v_what);
    UPDATE billing_run r SET published_at = p_now WHERE r.run_id = v.run_id;
    RETURN v;
END $$;

-- The other's: billed anew; his balance pays first, as of any bill.
CREATE OR REPLACE FUNCTION billing_take_one_v1(
    p_given billing_bill, p_owed payable, p_fen bigint, p_service billing_service, p_account text, p_biller integer,
    p_proposal bigint, p_by text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v billing_bill;
    v_what billing_booking;
BEGIN
    v := billing_other_sign_v1(p_given.bill_id, p_fen, p_service, p_account, NULL, p_owed.due_on, p_biller,
        jsonb_build_object('bill', p_given.corrects_id, 'taken', p_proposal), p_by, p_now);
    INSERT INTO billing_spent
    SELECT v.bucket, s.bill_id, s.payable_id, s.spent_fen
    FROM billing_spending_v1(v.run_id, 0, v.bucket, p_biller) s WHERE s.spent_fen > 0;
    PERFORM billing_spend_v1(v.bucket, ARRAY[v.bill_id]);
    SELECT coalesce(sum(s.amount_fen), 0) INTO v_what.spent_fen FROM billing_spent s
    WHERE s.bucket = v.bucket AND s.bill_id = v.bill_id;
    IF p_fen > v_what.spent_fen AND payments_import_payables_v1(v.bucket, ARRAY[p_biller], ARRAY[p_account],
        ARRAY['B' || v.bill_id], ARRAY[p_owed.title], ARRAY[p_owed.mode], ARRAY[p_fen - v_what.spent_fen],
        ARRAY[p_owed.min_fen], ARRAY[p_owed.max_fen], ARRAY[p_owed.due_on], ARRAY[NULL::integer]) <> 1
    THEN
        RAISE EXCEPTION 'bill % did not become a payable of %', v.bill_id, p_account;
    END IF;
    v_what.bucket := v.bucket; v_what.biller_id := p_biller; v_what.kind := 'published'; v_what.run_id := v.run_id;
    v_what.piece := 0; v_what.due_fen := v.amount_fen; v_what.paid_fen := 0; v_what.kept_fen := 0;
    PERFORM billing_post_v1(p_now, v_what);
    UPDATE billing_run r SET published_at = p_now WHERE r.run_id = v.run_id;
END $$;
