-- What other trades' functions call, inside their own transactions; no process does.

-- Asked for once: while one is open for the same thing, that one is answered as it stands. A customer who is not this
-- company's is a fault of the caller's.
CREATE OR REPLACE FUNCTION visits_ask_v1(
    p_biller integer, p_bucket smallint, p_customer bigint, p_service bigint, p_kind text, p_trade text, p_ref text,
    p_why text, p_due date, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    IF NOT EXISTS (SELECT FROM billing_customer c WHERE (c.bucket, c.customer_id, c.biller_id)
            = (p_bucket, p_customer, p_biller)) THEN
        RAISE EXCEPTION 'customer % is not of biller %', p_customer, p_biller;
    END IF;
    LOOP -- the one that was open may end between the two
        INSERT INTO visit (biller_id, bucket, customer_id, service_id, kind, asked_trade, asked_ref, why, due_on, asked_at)
        VALUES (p_biller, p_bucket, p_customer, p_service, p_kind, p_trade, p_ref, p_why, p_due, p_now)
        ON CONFLICT (asked_trade, asked_ref, kind) WHERE done_at IS NULL AND dropped_at IS NULL DO NOTHING
        RETURNING visit_id INTO v_id;
        IF v_id IS NULL THEN
            SELECT visit_id INTO v_id FROM visit
            WHERE (asked_trade, asked_ref, kind) = (p_trade, p_ref, p_kind) AND done_at IS NULL AND dropped_at IS NULL;
        END IF;
        EXIT WHEN v_id IS NOT NULL;
    END LOOP;
    RETURN v_id;
END $$;

-- Its reason is gone: nobody goes there any more. NULL: none is open.
CREATE OR REPLACE FUNCTION visits_drop_v1(p_trade text, p_ref text, p_kind text, p_now timestamptz) RETURNS bigint
LANGUAGE sql AS $$
    UPDATE visit SET dropped_at = p_now
    WHERE (asked_trade, asked_ref, kind) = (p_trade, p_ref, p_kind) AND done_at IS NULL AND dropped_at IS NULL
    RETURNING visit_id;
$$;
