-- What holds steps back: promises and disputes by one person, plans by two; settled once.

-- A hold of a debt, and its bills with what they owe. Called inside. p_bills: NULL: all that are overdue.
CREATE OR REPLACE FUNCTION arrears_hold_v1(
    p_debt arrears_debt, p_kind text, p_until date, p_fen bigint, p_bills bigint[], p_note text, p_by text,
    p_proposal bigint, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
    v record;
BEGIN
    SELECT array_agg(x.bill_id) AS bills, array_agg(x.fen) AS owed, sum(y.paid_fen) AS paid INTO v
    FROM arrears_overdue_v1(p_debt, p_now) x JOIN payable y ON y.bucket = p_debt.bucket
        AND y.biller_id = p_debt.biller_id AND y.account_no = p_debt.account_no AND y.ref = 'B' || x.bill_id
    WHERE p_bills IS NULL OR x.bill_id = ANY (p_bills);
    INSERT INTO arrears_hold (bucket, customer_id, fee_id, biller_id, account_no, kind, from_on, until_on, amount_fen,
                              base_fen, note, made_by, made_at, proposal)
    VALUES (p_debt.bucket, p_debt.customer_id, p_debt.fee_id, p_debt.biller_id, p_debt.account_no, p_kind,
            arrears_today_v1(p_debt.biller_id, p_now), p_until, p_fen, v.paid, p_note, p_by,
            arrears_clock_v1(p_debt.biller_id, p_now), p_proposal)
    RETURNING hold_id INTO v_id;
    INSERT INTO arrears_hold_bill SELECT v_id, u.bill, u.fen FROM unnest(v.bills, v.owed) AS u (bill, fen);
    PERFORM arrears_keep_v1(p_debt.biller_id, p_debt.bucket, p_debt.customer_id, p_now);
    RETURN v_id;
END $$;

-- The overdue bills of a debt.
CREATE OR REPLACE FUNCTION arrears_overdue_v1(p_debt arrears_debt, p_now timestamptz)
RETURNS TABLE (bill_id bigint, due_on date, fen bigint, disputed boolean) LANGUAGE sql STABLE AS $$
    SELECT x.bill_id, x.due_on, x.fen, x.disputed
    FROM arrears_bills_v1(p_debt.biller_id, arrears_today_v1(p_debt.biller_id, p_now), p_debt.bucket, p_debt.customer_id) x
    JOIN billing_service s ON s.bucket = x.bucket AND s.service_id = x.service_id AND s.fee_id = p_debt.fee_id
    WHERE x.days > 0 ORDER BY x.due_on, x.bill_id;
$$;

-- Does a promise or a plan of the debt run?
CREATE OR REPLACE FUNCTION arrears_is_held_v1(p_debt arrears_debt, p_today date) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM arrears_hold h WHERE h.bucket = p_debt.bucket AND h.customer_id = p_debt.customer_id
        AND h.fee_id = p_debt.fee_id AND h.ended_at IS NULL AND h.kind IN ('promise', 'plan')
        AND arrears_hold_state_v1(h, p_today) = 'running');
$$;

-- 承诺: so much until a day, of a month at most; no second one while one runs, and none right behind a broken one that
-- was for the same oldest bill. Codes: as arrears_against_v1, HOLD_RUNS, PROMISE_WRONG (the day), PROMISE_SUM.
CREATE OR REPLACE FUNCTION arrears_promise_v1(
    p_session text, p_customer bigint, p_fee integer, p_until date, p_fen bigint, p_note text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_debt := arrears_now_v1(p_customer, p_fee, p_now);
    v_by text := arrears_who_v1(p_session, p_customer);
    v_today date := arrears_today_v1(v.biller_id, p_now);
    v_code integer := arrears_against_v1(v, v_by, NULL);
BEGIN
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF arrears_is_held_v1(v, v_today) OR (
        SELECT count(*) FROM arrears_hold h JOIN arrears_hold_bill b ON b.hold_id = h.hold_id
        WHERE h.bucket = v.bucket AND h.customer_id = v.customer_id AND h.fee_id = v.fee_id AND h.kind = 'promise'
            AND b.bill_id = v.oldest_bill) >= 3 THEN
        RETURN @HOLD_RUNS;
    ELSIF p_until IS NULL OR p_until NOT BETWEEN v_today AND v_today + 31 THEN
        RETURN @PROMISE_WRONG;
    ELSIF p_fen IS NULL OR p_fen NOT BETWEEN 1 AND v.owed_fen THEN
        RETURN @PROMISE_SUM;
    END IF;
    PERFORM arrears_hold_v1(v, 'promise', p_until, p_fen, NULL, p_note, v_by, NULL, p_now);
    RETURN 0;
END $$;

-- 异议 of some overdue bills, which hold no step any more until it is settled. Codes: as arrears_against_v1,
-- DISPUTE_WRONG (none, one that is not overdue or disputed already, or no reason).
CREATE OR REPLACE FUNCTION arrears_dispute_v1(
    p_session text, p_customer bigint, p_fee integer, p_bills bigint[], p_reason text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_debt := arrears_now_v1(p_customer, p_fee, p_now);
    v_by text := arrears_who_v1(p_session, p_customer);
    v_code integer := arrears_against_v1(v, v_by, NULL);
    v_there record;
BEGIN
    SELECT count(*) AS count, coalesce(sum(x.fen), 0)::bigint AS fen INTO v_there FROM arrears_overdue_v1(v, p_now) x
    WHERE x.bill_id = ANY (p_bills) AND NOT EXISTS (SELECT FROM arrears_hold_bill b
        JOIN arrears_hold h ON h.hold_id = b.hold_id AND h.kind = 'dispute' AND h.ended_at IS NULL
        WHERE b.bill_id = x.bill_id);  -- one that was upheld may be disputed anew, and rejected then
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF coalesce(cardinality(p_bills), 0) = 0 OR v_there.count <> cardinality(p_bills)
        OR btrim(coalesce(p_reason, '')) = '' THEN
        RETURN @DISPUTE_WRONG;
    END IF;
    PERFORM arrears_hold_v1(v, 'dispute', NULL, v_there.fen, p_bills, p_reason, v_by, NULL, p_now);
    RETURN 0;
END $$;

-- A dispute is settled, by another human than who wrote it down, whatever his login: rejected, and its bills hold steps
-- back no more; or upheld, and they do until they are mended. One that was upheld may still be rejected, by another human
-- than who upheld it. Codes: HOLD_UNKNOWN, PERMISSION_MISSING, CHECKER_IS_MAKER, REASON_MISSING.
CREATE OR REPLACE FUNCTION arrears_settle_v1(
    p_session text, p_hold bigint, p_upheld boolean, p_note text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_hold;
    v_by text;
BEGIN
    SELECT h.* INTO v FROM arrears_hold h
    WHERE h.hold_id = p_hold AND h.kind = 'dispute' AND h.ended_at IS NULL
        AND (h.upheld_at IS NULL OR p_upheld IS NOT TRUE) FOR UPDATE;
    v_by := billing_who_v1(p_session, 'arrears.do', v.biller_id);
    IF v.hold_id IS NULL THEN
        RETURN @HOLD_UNKNOWN;
    ELSIF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF EXISTS (SELECT FROM access_user u JOIN access_user m ON m.login IN (v.made_by, v.upheld_by)
            WHERE u.login = v_by AND access_person_v1(u.id) = access_person_v1(m.id)) THEN
        RETURN @CHECKER_IS_MAKER;
    ELSIF p_upheld IS NULL OR btrim(coalesce(p_note, '')) = '' THEN
        RETURN @REASON_MISSING;
    END IF;
    IF p_upheld THEN
        UPDATE arrears_hold h SET upheld_at = arrears_clock_v1(v.biller_id, p_now), upheld_by = v_by, upheld_note = p_note
        WHERE h.hold_id = p_hold;
    ELSE
        UPDATE arrears_hold h SET ended_at = arrears_clock_v1(v.biller_id, p_now), ended_by = v_by, ended_note = p_note,
            ended_why = 'rejected' WHERE h.hold_id = p_hold;
    END IF;
    PERFORM arrears_keep_v1(v.biller_id, v.bucket, v.customer_id, p_now);
    RETURN 0;
END $$;

-- 分期, as two people agreed to it. Content: customer, fee, bills (bill, paid_fen of each that is overdue), owed_fen (as it
-- was shown), rows (on, fen). It covers what was owed then; late fees that grew since are owed behind it. A promise or an
-- earlier plan ends. Codes: ARREARS_NOT_AGREED, ARREARS_UNKNOWN, PLAN_CHANGED (other bills are overdue, or something was
-- paid), PLAN_DAYS (a day twice, gone or too far), PLAN_WRONG (no rows, too many, not what is owed).
CREATE OR REPLACE FUNCTION arrears_plan_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_asked jsonb;
    v_by text;
    v_biller integer;
    v arrears_debt;
    v_today date;
    v_rows record;
    v_hold bigint;
BEGIN
    SELECT a.content, u.login, a.partner_id INTO v_asked, v_by, v_biller
    FROM access_authorisation a JOIN access_user u ON u.id = a.maker_id
    WHERE a.id = p_proposal AND a.action = 'arrears.plan' AND a.granted
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint  -- an old word is not said again
        AND NOT EXISTS (SELECT FROM arrears_hold h WHERE h.proposal = p_proposal);
    IF NOT FOUND THEN
        RETURN @ARREARS_NOT_AGREED;
    END IF;
    p_now := arrears_clock_v1(v_biller, p_now);
    v := arrears_now_v1((v_asked ->> 'customer')::bigint, (v_asked ->> 'fee')::integer, p_now);
    v_today := arrears_today_v1(v_biller, p_now);
    SELECT count(*) AS count, count(DISTINCT r ->> 'on') AS days, min((r ->> 'on')::date) AS first,
           max((r ->> 'on')::date) AS last, sum((r ->> 'fen')::bigint)::bigint AS fen, min((r ->> 'fen')::bigint) AS least
    INTO v_rows FROM jsonb_array_elements(v_asked -> 'rows') r;
    IF v.biller_id IS DISTINCT FROM v_biller OR v.owed_fen = 0 THEN
        RETURN @ARREARS_UNKNOWN;
    ELSIF v.owed_fen < (v_asked ->> 'owed_fen')::bigint OR (
        SELECT jsonb_agg(jsonb_build_object('bill', x.bill_id, 'paid_fen', y.paid_fen) ORDER BY x.due_on, x.bill_id)
        FROM arrears_overdue_v1(v, p_now) x JOIN payable y ON y.bucket = v.bucket AND y.biller_id = v.biller_id
            AND y.account_no = v.account_no AND y.ref = 'B' || x.bill_id) IS DISTINCT FROM v_asked -> 'bills' THEN
        RETURN @PLAN_CHANGED;
    ELSIF v_rows.days <> v_rows.count OR v_rows.first < v_today OR v_rows.last > v_today + 1096 THEN
        RETURN @PLAN_DAYS;
    ELSIF v_rows.count NOT BETWEEN 1 AND 36 OR v_rows.least <= 0
        OR v_rows.fen IS DISTINCT FROM (v_asked ->> 'owed_fen')::bigint THEN
        RETURN @PLAN_WRONG;
    END IF;
    UPDATE arrears_hold h SET ended_at = p_now, ended_by = v_by, ended_why = 'replaced'
    WHERE h.bucket = v.bucket AND h.customer_id = v.customer_id AND h.fee_id = v.fee_id AND h.ended_at IS NULL
        AND h.kind IN ('promise', 'plan');
    v_hold := arrears_hold_v1(v, 'plan', v_rows.last, v_rows.fen, NULL, '', v_by, p_proposal, p_now);
    INSERT INTO arrears_plan_row SELECT v_hold, (r ->> 'on')::date, (r ->> 'fen')::bigint
    FROM jsonb_array_elements(v_asked -> 'rows') r;
    PERFORM arrears_keep_v1(v.biller_id, v.bucket, v.customer_id, p_now);
    RETURN 0;
END $$;
