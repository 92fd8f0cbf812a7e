-- Money that paid a bill and was moved to the balance, when it was cancelled or corrected down: no return takes it from the
-- bill as well; a return of the payment gives it back off the balance, as far as it is there (payments_unspent_v1).

-- What of the money paid on bills' payables lies on balances, or was used of them since.
DROP FUNCTION IF EXISTS billing_moved_v1(smallint, bigint[]);
CREATE OR REPLACE FUNCTION billing_moved_v1(p_bucket smallint, p_payables bigint[])
RETURNS TABLE (payable_id bigint, fen bigint, balance_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.payable_id, -sum(s.amount_fen)::bigint - coalesce((
               SELECT sum(r.amount_fen) FROM billing_returned r
               WHERE r.bucket = p_bucket AND r.owed_id = y.payable_id), 0)::bigint, s.payable_id
    FROM payable y
    JOIN billing_bill b ON b.bucket = p_bucket AND y.ref ~ '^B[0-9]{1,18}$'
        AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
    JOIN billing_bill c ON c.bucket = p_bucket AND c.service_id = b.service_id AND c.corrects_id = b.bill_id
    JOIN billing_spent s ON s.bucket = p_bucket AND s.bill_id = c.bill_id AND s.amount_fen < 0
    WHERE y.bucket = p_bucket AND y.payable_id = ANY (p_payables)
    GROUP BY y.payable_id, s.payable_id;
$$;

-- It goes back: the balance has less, and the bill asks for no more than was left of it. Called inside a return, behind its
-- transfers; raises where the hub promised what is not there.
CREATE OR REPLACE FUNCTION billing_moved_back_v1(
    p_bucket smallint, p_payments bigint[], p_payables bigint[], p_fen bigint[], p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_what billing_booking;
BEGIN
    FOR v IN
        SELECT u.payment, u.payable, u.fen, y.biller_id, substr(y.ref, 2)::bigint AS bill, m.balance_id
        FROM unnest(p_payments, p_payables, p_fen) AS u (payment, payable, fen)
        JOIN billing_moved_v1(p_bucket, p_payables) m ON m.payable_id = u.payable
        JOIN payable y ON y.bucket = p_bucket AND y.payable_id = u.payable
    LOOP
        PERFORM billing_paid_v1(p_bucket, v.biller_id, p_now);
        v_what.bucket := p_bucket; v_what.biller_id := v.biller_id; v_what.kind := 'returned';
        v_what.spent_fen := v.fen; v_what.due_fen := 0; v_what.paid_fen := 0; v_what.kept_fen := 0;
        INSERT INTO billing_returned (document_id, bucket, payable_id, amount_fen, owed_id, payment_id, at)
        VALUES (billing_post_v1(p_now, v_what), p_bucket, v.balance_id, v.fen, v.payable, v.payment, p_now);
        IF payments_spend_v1(p_bucket, ARRAY[v.balance_id], ARRAY[v.fen]) <> '{0}'
            OR billing_lower_v1(p_bucket, v.biller_id, v.bill, v.fen) IS DISTINCT FROM v.fen THEN
            RAISE EXCEPTION 'what was moved off bill % could not be given back', v.bill;
        END IF;
    END LOOP;
END $$;
