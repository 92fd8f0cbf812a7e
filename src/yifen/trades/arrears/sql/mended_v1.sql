-- Disputes that were found right, and their accounts, as the worker sees to them and whoever looks at one.

-- The worker's, of a bucket: disputes that were found right end once all their bills are mended; their accounts are
-- worked out anew, for what is left of them is dunned. Called inside.
CREATE OR REPLACE FUNCTION arrears_mend_v1(p_bucket smallint, p_now timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    v arrears_hold;
BEGIN
    FOR v IN SELECT h.* FROM arrears_hold h WHERE h.bucket = p_bucket AND h.ended_at IS NULL AND h.upheld_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM arrears_hold_bill x WHERE x.hold_id = h.hold_id AND NOT arrears_mended_v1(h, x.bill_id))
    LOOP
        UPDATE arrears_hold h SET ended_at = arrears_clock_v1(v.biller_id, p_now), ended_by = 'worker', ended_why = 'upheld'
        WHERE h.hold_id = v.hold_id;
        PERFORM arrears_keep_v1(v.biller_id, p_bucket, v.customer_id, p_now);
    END LOOP;
END $$;

-- What the worker would do about a customer in its next minute, at once: for whoever looks at his page.
CREATE OR REPLACE FUNCTION arrears_look_v1(p_customer bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM arrears_keep_v1(c.biller_id, c.bucket, c.customer_id, p_now) FROM billing_customer c
    WHERE c.bucket = p_customer % 1000 AND c.customer_id = p_customer;
    PERFORM arrears_restore_v1(x.cut_id, p_now) FROM arrears_cut x
    WHERE x.bucket = p_customer % 1000 AND x.customer_id = p_customer AND x.ended_at IS NULL;
END $$;
