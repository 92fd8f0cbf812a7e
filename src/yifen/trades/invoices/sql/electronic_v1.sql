-- Electronic invoices 数电票, asked for, mended, given up by people. Lock order: ledger_head (of the payment's bucket), then
-- rows of invoice_electronic: the blue one first.

-- A seller is its biller's.
CREATE OR REPLACE FUNCTION invoices_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'invoices.issuer' AND y.id::text = p.subject_key;
$$;

-- The seller and its rates, as two people decided in this very transaction. An empty key: that of now stays. Code:
-- AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION invoices_issuer_v1(p_biller integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('invoices.issuer', p_biller::text));
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF (v ->> 'biller')::integer IS DISTINCT FROM p_biller THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    UPDATE invoice_issuer i SET seller = v ->> 'seller', tax_no = v ->> 'tax_no', platform = v ->> 'platform',
        endpoint = v ->> 'endpoint', sealed = coalesce(v_sealed, i.sealed), enabled = (v ->> 'enabled')::boolean,
        version = i.version + CASE WHEN v_sealed IS NULL THEN 0 ELSE 1 END
    WHERE i.biller_id = p_biller;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO invoice_issuer VALUES (p_biller, v ->> 'seller', v ->> 'tax_no', v ->> 'platform', v ->> 'endpoint',
            v_sealed, 1, (v ->> 'enabled')::boolean);
    END IF;
    DELETE FROM invoice_rate r WHERE r.biller_id = p_biller;
    INSERT INTO invoice_rate SELECT p_biller, r.fee, r.class, r.goods_code, r.goods_name, r.rate_permille, r.exempt, r.from_on,
        r.to_on FROM jsonb_populate_recordset(NULL::invoice_rate, v -> 'rates') r;
    RETURN 0;
END $$;

-- Without the tax that is inside, half a fen up.
CREATE OR REPLACE FUNCTION invoices_net_v1(p_fen bigint, p_permille integer) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
    SELECT round(p_fen * 1000::numeric / (1000 + p_permille))::bigint;
$$;

-- What an invoice of a payment says, a line a bill that was paid: the tax is inside what was paid, to the fen. NULL: a line
-- has no rate. Called inside.
CREATE OR REPLACE FUNCTION invoices_lines_v1(p_payment bigint) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN bool_and(x.goods_code IS NOT NULL) THEN jsonb_agg(jsonb_build_object('no', x.no, 'payable', x.payable_id,
        'title', x.title, 'code', x.goods_code, 'name', x.goods_name, 'permille', x.rate_permille, 'exempt', x.exempt,
        'fen', x.amount_fen, 'net', invoices_net_v1(x.amount_fen, x.rate_permille),
        'tax', x.amount_fen - invoices_net_v1(x.amount_fen, x.rate_permille)) ORDER BY x.no) END
    FROM (SELECT row_number() OVER (ORDER BY t.transfer_no) AS no, y.payable_id, y.title, t.amount_fen, r.*
        FROM payment m
        JOIN ledger_transfer t ON t.bucket = m.bucket AND t.reference_id = m.payment_id AND t.kind IN ('posted', 'pending')
            AND t.reverses_no IS NULL
        JOIN payable y ON y.bucket = t.bucket AND y.payable_id = t.detail_id
        LEFT JOIN billing_bill b ON b.bucket = y.bucket AND y.ref ~ '^B[0-9]{1,18}$'
            AND b.bill_id = CASE WHEN y.ref ~ '^B[0-9]{1,18}$' THEN substr(y.ref, 2)::bigint END
        LEFT JOIN billing_service s ON s.bucket = b.bucket AND s.service_id = b.service_id
        LEFT JOIN LATERAL (SELECT q.goods_code, q.goods_name, q.rate_permille, q.exempt FROM invoice_rate q
            WHERE q.biller_id = m.biller_id AND starts_with(y.title, q.fee) AND q.class IN ('', coalesce(s.class, ''))
                AND m.business_day BETWEEN q.from_on AND coalesce(q.to_on, 'infinity')
            ORDER BY length(q.fee) DESC, length(q.class) DESC, q.from_on DESC LIMIT 1) r ON true
        WHERE m.bucket = (p_payment % 1000)::smallint AND m.payment_id = p_payment) x;
$$;

-- The next serial of a kind (E, S, R) and a payment, whose bucket or whose blue row the caller has locked. Called inside.
CREATE OR REPLACE FUNCTION invoices_serial_v1(p_kind text, p_payment bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    SELECT CASE p_kind WHEN 'blue' THEN 'E' WHEN 'sheet' THEN 'S' ELSE 'R' END || p_payment || '-' || (
        SELECT count(*) + 1 FROM invoice_electronic e WHERE e.payment_id = p_payment AND e.kind = p_kind);
$$;

-- May this payment have an electronic invoice? Codes: as invoices_may_print_v1 has them of a supplementary print, and
-- INVOICE_NO_ISSUER, INVOICE_PAPER_STANDS.
CREATE OR REPLACE FUNCTION invoices_may_issue_v1(p_payment bigint, p_institution bigint, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    m record := invoices_may_print_v1(p_payment, 'supplementary', p_institution, p_now);
BEGIN
    RETURN CASE WHEN m.code NOT IN (0, @INVOICE_COPIES_OVER, @INVOICE_PRINTED) THEN m.code
        WHEN NOT EXISTS (SELECT FROM invoice_issuer i WHERE i.biller_id = m.biller AND i.enabled) THEN @INVOICE_NO_ISSUER
        WHEN EXISTS (SELECT FROM invoice_print x WHERE x.payment_id = p_payment AND x.voided_at IS NULL)
            THEN @INVOICE_PAPER_STANDS
        ELSE 0 END;
END $$;

-- Write one down for an institution; the platform hears of it afterwards. `p_who` 0: who paid asks on his own page. Codes: as
-- invoices_may_issue_v1, INVOICE_RATE_MISSING. Called inside.
CREATE OR REPLACE FUNCTION invoices_order_v1(
    p_payment bigint, p_institution bigint, p_who bigint, p_buyer bytea, p_shown text, p_now timestamptz,
    OUT code integer, OUT order_no text
) LANGUAGE plpgsql AS $$
DECLARE
    v_lines jsonb;
BEGIN
    PERFORM payments_lock_v1((p_payment % 1000)::smallint, NULL);
    code := invoices_may_issue_v1(p_payment, p_institution, p_now);
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_lines := invoices_lines_v1(p_payment);
    IF v_lines IS NULL THEN
        code := @INVOICE_RATE_MISSING;
        RETURN;
    END IF;
    order_no := invoices_serial_v1('blue', p_payment);
    INSERT INTO invoice_electronic (order_no, kind, payment_id, biller_id, institution_id, asked_by, asked_at, buyer_sealed,
        buyer_shown, lines, total_fen, tax_fen, state, look_at, changed_at)
    SELECT order_no, 'blue', p_payment, y.biller_id, p_institution, p_who, p_now, p_buyer, p_shown, v_lines,
        y.amount_fen, (SELECT sum((l ->> 'tax')::bigint) FROM jsonb_array_elements(v_lines) l), 'asked', p_now, p_now
    FROM payment y WHERE y.bucket = (p_payment % 1000)::smallint AND y.payment_id = p_payment;
END $$;

-- Asked for by a teller. Codes: PERMISSION_MISSING, and as invoices_order_v1.
CREATE OR REPLACE FUNCTION invoices_ask_v1(
    p_session text, p_payment bigint, p_buyer bytea, p_shown text, p_now timestamptz, OUT code integer, OUT order_no text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
BEGIN
    SELECT * INTO v_who FROM invoices_who_v1(p_session, 'invoices.use');
    code := @PERMISSION_MISSING;
    IF v_who.who IS NOT NULL THEN
        SELECT * INTO code, order_no
        FROM invoices_order_v1(p_payment, v_who.institution, v_who.who, p_buyer, p_shown, p_now);
    END IF;
END $$;

-- Asked for by who paid: only of a payment that a payer's own order made, on behalf of the company's institution, whose
-- clerks see to it when it fails. Codes: OUT_OF_SCOPE, and as invoices_order_v1.
CREATE OR REPLACE FUNCTION invoices_ask_own_v1(
    p_payment bigint, p_buyer bytea, p_shown text, p_now timestamptz, OUT code integer, OUT order_no text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_institution bigint := (
        SELECT y.institution_id FROM payment m JOIN partner y ON y.id = m.biller_id
        JOIN checkout_order o ON o.order_no = m.serial AND o.channel_id = m.channel_id
        WHERE m.bucket = (p_payment % 1000)::smallint AND m.payment_id = p_payment AND o.state = 'booked');
BEGIN
    code := @OUT_OF_SCOPE;
    IF v_institution IS NOT NULL THEN
        SELECT * INTO code, order_no FROM invoices_order_v1(p_payment, v_institution, 0, p_buyer, p_shown, p_now);
    END IF;
END $$;

-- A failed one is sent again under a new serial, an invoice with the buyer's mended data and today's rates; one that the
-- worker gave up looking at is looked at again. NULL buyer: as it was. Codes: PERMISSION_MISSING, OUT_OF_SCOPE,
-- INVOICE_NOT_FAILED, INVOICE_RATE_MISSING, INVOICE_PAYMENT_UNFIT.
CREATE OR REPLACE FUNCTION invoices_again_v1(
    p_session text, p_order text, p_buyer bytea, p_shown text, p_now timestamptz, OUT code integer, OUT order_no text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e invoice_electronic;
    v_lines jsonb;
BEGIN
    code := invoices_failed_v1(p_session, p_order);
    SELECT * INTO e FROM invoice_electronic x WHERE x.order_no = p_order;
    IF code = @INVOICE_NOT_FAILED AND e.state IN ('asked', 'issuing', 'signing', 'confirming', 'unknown')
            AND e.look_at IS NULL THEN
        UPDATE invoice_electronic x SET look_at = p_now, tries = 0 WHERE x.order_no = p_order;
        code := 0;
        order_no := p_order;
        RETURN;
    ELSIF code <> 0 THEN
        RETURN;
    END IF;
    v_lines := CASE e.kind WHEN 'blue' THEN invoices_lines_v1(e.payment_id) ELSE e.lines END;
    IF v_lines IS NULL THEN
        code := @INVOICE_RATE_MISSING;
        RETURN;
    END IF;
    order_no := invoices_serial_v1(e.kind, e.payment_id);
    UPDATE invoice_electronic x SET state = 'replaced', changed_at = p_now, ended_by = access_who_v1(p_session)
    WHERE x.order_no = p_order;
    INSERT INTO invoice_electronic (order_no, kind, payment_id, biller_id, institution_id, asked_by, asked_at, buyer_sealed,
        buyer_shown, lines, total_fen, tax_fen, blue, return_serial, sheet, follows, state, look_at, changed_at)
    VALUES (order_no, e.kind, e.payment_id, e.biller_id, e.institution_id, access_who_v1(p_session), p_now,
        coalesce(p_buyer, e.buyer_sealed), CASE WHEN p_buyer IS NULL THEN e.buyer_shown ELSE p_shown END, v_lines, e.total_fen,
        (SELECT sum((l ->> 'tax')::bigint) FROM jsonb_array_elements(v_lines) l), e.blue, e.return_serial, e.sheet, p_order,
        'asked', p_now, p_now);
    UPDATE invoice_electronic x SET blue = invoices_again_v1.order_no WHERE x.blue = p_order AND x.state = 'waiting';
END $$;

-- A failed one is given up, with a reason; of an invoice, what waits for it too. Codes: as invoices_again_v1.
CREATE OR REPLACE FUNCTION invoices_drop_v1(p_session text, p_order text, p_reason text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer := invoices_failed_v1(p_session, p_order);
BEGIN
    IF v_code = 0 THEN
        UPDATE invoice_electronic x SET state = 'dropped', reason = p_reason, changed_at = p_now,
            ended_by = access_who_v1(p_session)
        WHERE x.order_no = p_order OR x.blue = p_order AND x.state = 'waiting';
    END IF;
    RETURN v_code;
END $$;

-- One that failed, locked with its payment, for who may mend it: its own institution's, or of one above. Called inside.
CREATE OR REPLACE FUNCTION invoices_failed_v1(p_session text, p_order text) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    e invoice_electronic;
BEGIN
    PERFORM payments_lock_v1((x.payment_id % 1000)::smallint, NULL) FROM invoice_electronic x WHERE x.order_no = p_order;
    SELECT * INTO e FROM invoice_electronic x WHERE x.order_no = p_order FOR UPDATE;
    RETURN CASE WHEN e.order_no IS NULL OR NOT EXISTS (SELECT FROM access_user u WHERE u.id = access_who_v1(p_session)
                AND u.partner_id IS NULL AND access_may_v1(u.id, 'invoices.electronic', e.institution_id, NULL))
            THEN @PERMISSION_MISSING
        WHEN e.state <> 'failed' THEN @INVOICE_NOT_FAILED
        ELSE 0 END;
END $$;
