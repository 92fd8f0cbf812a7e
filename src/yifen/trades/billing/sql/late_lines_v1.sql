-- A bill's late fee of a day, stretch by stretch, for people to follow: computed by billing_late_of_v1 at the end of each
-- stretch, so that there is one way to compute.

-- What was left of the bill itself at the end of a day: its principal less what of the payments did not cover its fee.
CREATE OR REPLACE FUNCTION billing_left_on_v1(p_bucket smallint, p_biller integer, p_account text, p_payable bigint,
    p_bill bigint, p_principal bigint, p_on date) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN p_principal - coalesce((SELECT sum(h.fen) FROM billing_history_v1(p_bucket, p_biller, p_account,
                ARRAY[p_payable]) h WHERE h.day <= p_on), 0)::bigint
        + coalesce((SELECT l.fee_fen - l.unpaid_fen FROM billing_late_of_v1(p_bucket, p_biller, p_account, p_on) l
                    WHERE l.bill_id = p_bill), 0);
END $$;

-- Stretches of days at one rate on one principal, behind the due date, grace and days that are not counted left out; a
-- stretch ends where something was paid, given back or waived, and with the year of the due date. `grown`: fen, not rounded.
CREATE OR REPLACE FUNCTION billing_late_lines_v1(p_bill bigint, p_on date)
RETURNS TABLE (from_on date, to_on date, days integer, rate numeric, left_fen bigint, grown numeric)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_bucket smallint := p_bill % 1000;
    v record;
    v_each billing_late_rule;
    v_from date;
    v_end date;
BEGIN
    SELECT o.owed, o.principal_fen, o.rule, coalesce(o.frozen, '{}') AS frozen, (o.owed).due_on AS due,
           (o.owed).biller_id AS biller, (o.owed).account_no AS account
    INTO v FROM billing_bill b JOIN billing_run r ON r.run_id = b.run_id
    CROSS JOIN LATERAL billing_overdue_v1(v_bucket, r.biller_id, b.account_no, p_on) o
    WHERE b.bucket = v_bucket AND b.bill_id = p_bill AND o.bill_id = p_bill;
    IF NOT FOUND THEN
        RETURN;
    END IF;
    v_each := v.rule; v_each.rate := 1; v_each.later_rate := 1;  -- permille are days then
    v_from := v.due - 1;
    FOR v_end IN SELECT DISTINCT x.day FROM (
            SELECT h.day FROM billing_history_v1(v_bucket, v.biller, v.account, ARRAY[(v.owed).payable_id]) h
            UNION SELECT w.waived_on FROM billing_waiver w WHERE w.bucket = v_bucket AND w.bill_id = p_bill
            UNION SELECT make_date(extract(year FROM v.due)::integer, 12, 31)
            UNION SELECT p_on) x (day)
        WHERE x.day >= v.due AND x.day <= p_on ORDER BY x.day
    LOOP
        to_on := v_end;
        days := billing_late_permille_v1(v_each, v.due, v_from, to_on, v.frozen);
        rate := CASE WHEN extract(year FROM to_on) > extract(year FROM v.due) THEN (v.rule).later_rate
            ELSE (v.rule).rate END;
        left_fen := billing_left_on_v1(v_bucket, v.biller, v.account, (v.owed).payable_id, p_bill, v.principal_fen, v_from);
        grown := left_fen / 1000.0 * billing_late_permille_v1(v.rule, v.due, v_from, to_on, v.frozen);
        from_on := greatest(v_from + 1, v.due + (v.rule).grace_days + CASE WHEN (v.rule).count_first THEN 0 ELSE 1 END);
        IF days > 0 THEN
            RETURN NEXT;
        END IF;
        v_from := v_end;
    END LOOP;
END $$;
