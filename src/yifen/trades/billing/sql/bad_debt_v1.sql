-- 核销: what a bill asks for is no longer asked for, bad debt against receivable; 恢复催收: it is asked for again, so that
-- it can be paid. Late fees stand still in between. Each by two people, once.

-- What of a bill is written off at present.
CREATE OR REPLACE FUNCTION billing_written_v1(p_bucket smallint, p_bill bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(w.amount_fen), 0)::bigint FROM billing_write_off w
    WHERE w.bucket = p_bucket AND w.bill_id = p_bill;
$$;

-- Days on which it was written off, of which no late fee grows.
CREATE OR REPLACE FUNCTION billing_written_days_v1(p_bucket smallint, p_bill bigint) RETURNS datemultirange
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT range_agg(daterange(w.written_on + 1,
        CASE WHEN w.until IS NOT NULL THEN greatest(w.until, w.written_on) + 1 END))
    FROM (SELECT o.amount_fen, o.written_on, lead(o.written_on) OVER (ORDER BY o.document_id DESC) AS until
          FROM billing_write_off o WHERE o.bucket = p_bucket AND o.bill_id = p_bill) w WHERE w.amount_fen > 0;
$$;

-- What two people agreed to is done, once, whole or not at all. Content: bills (bill and fen of each: all that is open of
-- it with its late fee of today, or all that is written off). Locks the heads of their buckets. Codes:
-- CUSTOMERS_NOT_AGREED, ARREARS_CHANGED (another sum, or none), PAYABLE_HELD, RUN_HAS_SERVICE (it is being cancelled or
-- corrected).
CREATE OR REPLACE FUNCTION billing_write_off_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
BEGIN
    v_code := billing_do_write_off_v1(p_proposal, p_now);
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;  -- undoes what was done until then
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
CREATE OR REPLACE FUNCTION billing_do_write_off_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    v_asked record;
    v record;
    v_fen bigint;
BEGIN
    SELECT a.content -> 'bills' AS bills, a.partner_id::integer AS biller, a.action = 'arrears.take_up' AS again,
           m.at, (m.at AT TIME ZONE k.time_zone)::date AS today
    INTO v_asked
    FROM access_authorisation a JOIN partner p ON p.id = a.partner_id JOIN ledger_book k ON k.book_id = p.book_id
    CROSS JOIN LATERAL payments_moment_v1(p.id, p_now) m (at)
    WHERE a.id = p_proposal AND a.action IN ('arrears.write_off', 'arrears.take_up') AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint  -- an old word is not said again
        AND NOT EXISTS (SELECT FROM billing_write_off w WHERE w.proposal = p_proposal);
    IF NOT FOUND THEN
        RETURN @CUSTOMERS_NOT_AGREED;
    END IF;
    p_now := v_asked.at;
    PERFORM 1 FROM ledger_head h WHERE h.bucket IN (SELECT ((b ->> 'bill')::bigint % 1000)::smallint
        FROM jsonb_array_elements(v_asked.bills) b) ORDER BY h.bucket FOR UPDATE;
    PERFORM pg_advisory_xact_lock(8850, f.fee_id) FROM billing_fee f WHERE f.biller_id = v_asked.biller ORDER BY f.fee_id;
    PERFORM billing_refresh_v1(o.bucket, v_asked.biller, o.account_no, p_now), billing_paid_v1(o.bucket, v_asked.biller, p_now)
    FROM (SELECT DISTINCT b.bucket, b.account_no FROM jsonb_array_elements(v_asked.bills) e
          JOIN billing_bill b ON b.bucket = (e ->> 'bill')::bigint % 1000 AND b.bill_id = (e ->> 'bill')::bigint) o;
    FOR v IN
        SELECT (e ->> 'bill')::bigint AS bill_id, (e ->> 'fen')::bigint AS fen, b.bucket, b.service_id, r.fee_id, y AS owed
        FROM jsonb_array_elements(v_asked.bills) WITH ORDINALITY AS u (e, n)
        LEFT JOIN billing_bill b ON b.bucket = (e ->> 'bill')::bigint % 1000 AND b.bill_id = (e ->> 'bill')::bigint
        LEFT JOIN billing_run r ON r.run_id = b.run_id AND r.biller_id = v_asked.biller
        LEFT JOIN payable y ON y.bucket = b.bucket AND y.biller_id = r.biller_id AND y.account_no = b.account_no
            AND y.ref = 'B' || b.bill_id
        ORDER BY u.n
    LOOP
        v_fen := CASE WHEN v_asked.again THEN billing_written_v1(v.bucket, v.bill_id)
            WHEN (v.owed).state = 'open' THEN (v.owed).due_fen - (v.owed).paid_fen END;
        IF (v.owed).held_by IS NOT NULL OR (v.owed).kept_for IS NOT NULL THEN
            RETURN @PAYABLE_HELD;
        ELSIF (v.owed).payable_id IS NULL OR coalesce(v.fen, 0) <= 0 OR v_fen IS DISTINCT FROM v.fen THEN
            RETURN @ARREARS_CHANGED;
        ELSIF EXISTS (SELECT FROM billing_run r WHERE r.fee_id = v.fee_id AND r.published_at IS NULL
                AND r.dropped_at IS NULL AND r.kind IN ('cancel', 'correction')
                AND (r.subject ->> 'service')::bigint = v.service_id) THEN
            RETURN @RUN_HAS_SERVICE;
        END IF;
        PERFORM billing_write_one_v1(v.bill_id, v.owed, CASE WHEN v_asked.again THEN -v_fen ELSE v_fen END,
                                     v_asked.today, p_proposal, p_now);
    END LOOP;
    PERFORM billing_refresh_v1(o.bucket, v_asked.biller, o.account_no, p_now)
    FROM (SELECT DISTINCT b.bucket, b.account_no FROM billing_write_off w
          JOIN billing_bill b ON b.bucket = w.bucket AND b.bill_id = w.bill_id WHERE w.proposal = p_proposal) o;
    RETURN 0;
END $$;

-- One bill: its payable, its books, its row. Called inside. It is lowered to what was paid, never withdrawn: a payable
-- that was withdrawn comes back by no word.
CREATE OR REPLACE FUNCTION billing_write_one_v1(
    p_bill bigint, p_owed payable, p_fen bigint, p_on date, p_proposal bigint, p_now timestamptz
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v_what billing_booking;
BEGIN
    IF payments_import_payables_v1(p_owed.bucket, ARRAY[p_owed.biller_id], ARRAY[p_owed.account_no], ARRAY[p_owed.ref],
        ARRAY[p_owed.title], ARRAY[p_owed.mode], ARRAY[p_owed.due_fen - p_fen], ARRAY[p_owed.min_fen],
        ARRAY[p_owed.max_fen], ARRAY[p_owed.due_on], ARRAY[NULL::integer]) <> 1 THEN
        RAISE EXCEPTION 'the payable of bill % could not be changed', p_bill;
    END IF;
    v_what.bucket := p_owed.bucket; v_what.biller_id := p_owed.biller_id; v_what.kind := 'written';
    v_what.payable_id := p_owed.payable_id; v_what.written_fen := p_fen;
    v_what.due_fen := 0; v_what.spent_fen := 0; v_what.paid_fen := 0; v_what.kept_fen := 0;
    INSERT INTO billing_write_off
    SELECT p_owed.bucket, p_bill, p_fen, p_on, p_proposal, billing_post_v1(p_now, v_what);
END $$;
