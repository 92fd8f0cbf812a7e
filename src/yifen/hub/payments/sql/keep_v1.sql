-- Bills kept for one payment to come. The owner's, called inside functions of trades; the caller's rows say why. Under the
-- bucket's head lock, as a charge: whichever comes first, the other one sees it.

-- Keep each of these bills for its `channel|serial`, if it is open, asks for just so much and nobody holds it. A code each, 0:
-- it is kept. Again for the same is the same.
CREATE OR REPLACE FUNCTION payments_keep_for_v1(p_bucket smallint, p_payable bigint[], p_fen bigint[], p_for text[])
RETURNS integer[] LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_codes integer[];
BEGIN
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    SELECT array_agg(CASE
        WHEN y.payable_id IS NULL THEN @PAYABLE_UNKNOWN
        WHEN y.state = 'withdrawn' THEN @PAYABLE_WITHDRAWN
        WHEN y.state = 'settled' THEN @ALREADY_PAID
        WHEN y.held_by IS NOT NULL OR y.kept_for <> u.serial OR u.twin > 1 THEN @PAYABLE_HELD
        WHEN y.mode = 'open' OR u.fen <> y.due_fen - y.paid_fen THEN @AMOUNT_WRONG
        ELSE 0 END ORDER BY u.n) INTO v_codes
    FROM (SELECT x.*, row_number() OVER (PARTITION BY x.payable ORDER BY x.n) AS twin
          FROM unnest(p_payable, p_fen, p_for) WITH ORDINALITY AS x (payable, fen, serial, n)) u
    LEFT JOIN payable y ON y.bucket = p_bucket AND y.payable_id = u.payable;
    UPDATE payable y SET kept_for = u.serial
    FROM unnest(p_payable, p_for, v_codes) AS u (payable, serial, code)
    WHERE u.code = 0 AND y.bucket = p_bucket AND y.payable_id = u.payable AND y.kept_for IS NULL;
    RETURN v_codes;
END $$;

-- Let them go, each from its own serial; what is kept for another stays.
CREATE OR REPLACE FUNCTION payments_let_go_v1(p_bucket smallint, p_payable bigint[], p_for text[])
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    UPDATE payable y SET kept_for = NULL FROM unnest(p_payable, p_for) AS u (payable, serial)
    WHERE y.bucket = p_bucket AND y.payable_id = u.payable AND y.kept_for = u.serial;
END $$;
