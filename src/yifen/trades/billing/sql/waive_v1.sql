-- What two people agreed to about late fees: waived 减免, not counted 停计, rules 违约金规则. Each takes a proposal, does
-- what stands in it once, and asks again for what the account owes. The proposal is bound to its biller.

-- Waive so much of a bill's late fee on the day of p_now. Content: bill, amount_fen. Codes: LATE_NOT_AGREED,
-- WAIVER_TOO_LARGE (less is unpaid by now).
CREATE OR REPLACE FUNCTION billing_waive_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_unpaid bigint;
BEGIN
    SELECT a.partner_id::integer AS biller, b.bucket, b.bill_id, b.account_no, (a.content ->> 'amount_fen')::bigint AS fen,
           (p_now AT TIME ZONE k.time_zone)::date AS today INTO v
    FROM access_authorisation a
    JOIN partner p ON p.id = a.partner_id
    JOIN ledger_book k ON k.book_id = p.book_id
    JOIN billing_bill b ON b.bucket = (a.content ->> 'bill')::bigint % 1000
        AND b.bill_id = (a.content ->> 'bill')::bigint
    JOIN billing_run r ON r.run_id = b.run_id AND r.biller_id = a.partner_id
    WHERE a.id = p_proposal AND a.action = 'billing.waive' AND a.granted;
    IF NOT FOUND OR EXISTS (SELECT FROM billing_waiver w WHERE w.proposal = p_proposal) THEN
        RETURN @LATE_NOT_AGREED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v.bucket FOR UPDATE;
    SELECT l.unpaid_fen INTO v_unpaid FROM billing_late_of_v1(v.bucket, v.biller, v.account_no, v.today) l
    WHERE l.bill_id = v.bill_id AND (l.owed).state = 'open';
    IF v.fen > coalesce(v_unpaid, 0) THEN
        RETURN @WAIVER_TOO_LARGE;
    END IF;
    INSERT INTO billing_waiver (bucket, bill_id, amount_fen, waived_on, proposal)
    VALUES (v.bucket, v.bill_id, v.fen, v.today, p_proposal);
    PERFORM billing_refresh_v1(v.bucket, v.biller, v.account_no, p_now);
    RETURN 0;
END $$;

-- Days on which a bill, or with `all` every bill of its account, asks for no late fee. Content: bill, all, from, to
-- (none: for good). Codes: LATE_NOT_AGREED.
CREATE OR REPLACE FUNCTION billing_freeze_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v billing_freeze;
BEGIN
    SELECT b.bucket, a.partner_id, b.account_no, CASE WHEN NOT (a.content ->> 'all')::boolean THEN b.bill_id END,
           (a.content ->> 'from')::date, (a.content ->> 'to')::date
    INTO v.bucket, v.biller_id, v.account_no, v.bill_id, v.from_on, v.to_on
    FROM access_authorisation a
    JOIN billing_bill b ON b.bucket = (a.content ->> 'bill')::bigint % 1000
        AND b.bill_id = (a.content ->> 'bill')::bigint
    JOIN billing_run r ON r.run_id = b.run_id AND r.biller_id = a.partner_id
    WHERE a.id = p_proposal AND a.action = 'billing.freeze' AND a.granted;
    IF NOT FOUND OR EXISTS (SELECT FROM billing_freeze f WHERE f.proposal = p_proposal) THEN
        RETURN @LATE_NOT_AGREED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v.bucket FOR UPDATE;
    INSERT INTO billing_freeze (bucket, biller_id, account_no, bill_id, from_on, to_on, proposal)
    VALUES (v.bucket, v.biller_id, v.account_no, v.bill_id, v.from_on, v.to_on, p_proposal);
    PERFORM billing_refresh_v1(v.bucket, v.biller_id, v.account_no, p_now);
    RETURN 0;
END $$;

-- A rule of a fee and class for bills that are due from a day on, not before p_now. Content: rule, the columns of
-- billing_late_rule. Codes: LATE_NOT_AGREED, LATE_RULE_PAST, LATE_RULE_TAKEN.
CREATE OR REPLACE FUNCTION billing_late_rule_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT x.*, (p_now AT TIME ZONE k.time_zone)::date AS today INTO v
    FROM access_authorisation a
    JOIN partner p ON p.id = a.partner_id
    JOIN ledger_book k ON k.book_id = p.book_id
    CROSS JOIN LATERAL jsonb_populate_record(NULL::billing_late_rule, a.content -> 'rule') x
    JOIN billing_fee f ON f.fee_id = x.fee_id AND f.biller_id = a.partner_id
    WHERE a.id = p_proposal AND a.action = 'billing.late_rule' AND a.granted;
    IF NOT FOUND THEN
        RETURN @LATE_NOT_AGREED;
    ELSIF v.valid_from < v.today THEN
        RETURN @LATE_RULE_PAST;
    END IF;
    INSERT INTO billing_late_rule (fee_id, class, valid_from, rate, later_rate, grace_days, count_first, min_fen,
                                   cap_permille, truncated, fee_first)
    VALUES (v.fee_id, v.class, v.valid_from, v.rate, v.later_rate, v.grace_days, v.count_first, v.min_fen,
            v.cap_permille, v.truncated, v.fee_first)
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE @LATE_RULE_TAKEN END;
END $$;
