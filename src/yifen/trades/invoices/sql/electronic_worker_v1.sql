-- What becomes of electronic invoices: the steps of an order at a tax platform, each committed before or after a call, never
-- around one; and what a return of the payment makes of them. Lock order: the blue one, then what is about it.

-- It is sent now: for the first time, or once more when nothing of it is in flight, for it was last sent before `p_before`
-- (NULL: only for the first time). False: somebody else sends it, or it is decided. An invoice that the platform never saw
-- is not sent once all of its payment went back: it is over.
CREATE OR REPLACE FUNCTION invoices_sending_v1(p_order text, p_before timestamptz, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM invoice_electronic x WHERE x.order_no = p_order AND x.sent_at <= p_before FOR UPDATE;
    IF FOUND AND invoices_over_v1(p_order, p_now) THEN
        RETURN false;
    END IF;
    UPDATE invoice_electronic SET sent_at = p_now
    WHERE order_no = p_order AND state IN ('asked', 'issuing', 'signing', 'confirming', 'unknown')
        AND (sent_at IS NULL OR sent_at <= p_before);
    RETURN FOUND;
END $$;

-- Is this invoice of a payment of which nothing is left? Then it ends here, with what waits for it. Called inside.
CREATE OR REPLACE FUNCTION invoices_over_v1(p_order text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE invoice_electronic x SET state = 'dropped', reason = 'returned', changed_at = p_now, look_at = NULL
    WHERE (x.order_no = p_order AND x.kind = 'blue' OR x.blue = p_order AND x.state = 'waiting') AND EXISTS (
        SELECT FROM payment_return r WHERE r.bucket = (x.payment_id % 1000)::smallint AND r.payment_id = x.payment_id
            AND r.left_fen = 0 AND r.booked_at IS NOT NULL);
    RETURN FOUND;
END $$;

-- Claims those that are due, later and later, and `p_tries` times at most: another worker passes them by, and one that dies
-- gets them again.
CREATE OR REPLACE FUNCTION invoices_due_v1(p_now timestamptz, p_waits integer[], p_tries integer, p_most integer)
RETURNS SETOF text LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE invoice_electronic e SET tries = e.tries + 1, look_at = CASE WHEN e.tries + 1 < p_tries
        THEN p_now + make_interval(secs => p_waits[least(e.tries + 1, cardinality(p_waits))]) END
    FROM (SELECT x.order_no FROM invoice_electronic x WHERE x.look_at <= p_now
          ORDER BY x.look_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE t.order_no = e.order_no RETURNING e.order_no;
$$;

-- No answer: nobody knows. It is looked at again as it is due.
CREATE OR REPLACE FUNCTION invoices_unknown_v1(p_order text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE invoice_electronic SET state = 'unknown', changed_at = p_now WHERE order_no = p_order AND state = 'asked';
$$;

-- The platform's word, under its signature; what is decided hears none, and a number of another invoice is a failure. Answers
-- the state. An invoice that is issued lets
-- its sheets go; one that failed after all was given back is over, for there is nothing to invoice. A sheet that both sides
-- agreed to (or that needs no word) asks for its red invoice, by a serial of its own.
CREATE OR REPLACE FUNCTION invoices_said_v1(
    p_order text, p_state text, p_platform text, p_code integer, p_reason text, p_number text, p_sheet_no text,
    p_issued_at timestamptz, p_now timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e invoice_electronic;
BEGIN
    PERFORM FROM invoice_electronic x WHERE x.order_no = (SELECT y.blue FROM invoice_electronic y WHERE y.order_no = p_order)
        FOR UPDATE;
    SELECT * INTO STRICT e FROM invoice_electronic x WHERE x.order_no = p_order FOR UPDATE;
    IF e.state NOT IN ('asked', 'issuing', 'signing', 'confirming', 'unknown') THEN
        RETURN e.state;
    ELSIF EXISTS (SELECT FROM invoice_electronic x WHERE x.order_no <> p_order
            AND (x.number = p_number OR x.sheet_no = p_sheet_no)) THEN
        p_state := 'failed';
        p_code := CASE e.kind WHEN 'sheet' THEN @INVOICE_SHEET_ENDED ELSE @INVOICE_ISSUE_FAILED END;
        p_reason := 'of another: ' || coalesce(p_number, p_sheet_no);
        p_number := NULL;
        p_sheet_no := NULL;
        p_issued_at := NULL;
    END IF;
    UPDATE invoice_electronic x SET state = p_state, platform_state = p_platform, code = p_code, reason = p_reason,
        number = p_number, sheet_no = p_sheet_no, issued_at = p_issued_at, changed_at = p_now,
        look_at = CASE WHEN p_state NOT IN ('done', 'failed') THEN x.look_at END
    WHERE x.order_no = p_order;
    IF p_state = 'done' AND e.kind = 'blue' THEN
        UPDATE invoice_electronic x SET state = 'asked', look_at = p_now, changed_at = p_now
        WHERE x.blue = p_order AND x.state = 'waiting';
    ELSIF p_state = 'failed' AND e.kind = 'blue' THEN
        PERFORM invoices_over_v1(p_order, p_now);
    ELSIF p_state = 'done' AND e.kind = 'sheet' THEN
        INSERT INTO invoice_electronic (order_no, kind, payment_id, biller_id, institution_id, asked_by, asked_at, buyer_sealed,
            buyer_shown, lines, total_fen, tax_fen, blue, return_serial, sheet, state, look_at, changed_at)
        VALUES (invoices_serial_v1('red', e.payment_id), 'red', e.payment_id, e.biller_id, e.institution_id, e.asked_by, p_now,
            e.buyer_sealed, e.buyer_shown, e.lines, e.total_fen, e.tax_fen, e.blue, e.return_serial, p_order, 'asked', p_now,
            p_now);
    END IF;
    RETURN p_state;
END $$;

-- Of the lines of an invoice, those that so much of it takes back, from the last one on, as the hub gives back; of a line
-- that is taken back by and by, the tax adds up to the line's. Called inside.
CREATE OR REPLACE FUNCTION invoices_red_lines_v1(p_blue text, p_fen bigint) RETURNS jsonb
LANGUAGE sql STABLE AS $$
    WITH line AS (
        SELECT l.value AS line, (l.value ->> 'no')::integer AS no, (l.value ->> 'permille')::integer AS permille,
            (l.value ->> 'fen')::bigint - coalesce(g.fen, 0) AS fen, (l.value ->> 'net')::bigint - coalesce(g.net, 0) AS net
        FROM invoice_electronic e CROSS JOIN jsonb_array_elements(e.lines) l
        LEFT JOIN LATERAL (SELECT sum((x.value ->> 'fen')::bigint)::bigint AS fen, sum((x.value ->> 'net')::bigint)::bigint AS net
            FROM invoice_electronic s CROSS JOIN jsonb_array_elements(s.lines) x
            WHERE s.blue = e.order_no AND s.kind = 'sheet' AND s.state NOT IN ('replaced', 'dropped')
                AND x.value -> 'no' = l.value -> 'no') g ON true
        WHERE e.order_no = p_blue
    ), part AS (
        SELECT x.*, least(x.fen, p_fen - x.before) AS part FROM (
            SELECT l.*, sum(l.fen) OVER (ORDER BY l.no DESC) - l.fen AS before FROM line l) x
        WHERE x.fen > 0 AND x.before < p_fen
    )
    SELECT jsonb_agg(p.line || jsonb_build_object('fen', p.part, 'net', n.net, 'tax', p.part - n.net) ORDER BY p.no)
    FROM part p CROSS JOIN LATERAL (SELECT CASE WHEN p.part = p.fen THEN p.net ELSE greatest(p.part - p.fen + p.net,
        least(invoices_net_v1(p.part::bigint, p.permille), p.net)) END::bigint AS net) n;
$$;

-- A payment was given back, whole or in part, by whatever door: what was never sent, or failed, is not issued for what is
-- gone; else a red confirmation sheet is asked for, once it is known what became of the invoice. Nothing is asked outside
-- here, so that money is not held up.
CREATE OR REPLACE FUNCTION invoices_red_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    b invoice_electronic;
BEGIN
    SELECT * INTO b FROM invoice_electronic x WHERE x.payment_id = NEW.payment_id AND x.kind = 'blue'
        AND x.state NOT IN ('replaced', 'dropped') FOR UPDATE;
    IF NOT FOUND THEN
        RETURN NULL;
    ELSIF NEW.left_fen = 0 AND (b.sent_at IS NULL OR b.state = 'failed') THEN
        UPDATE invoice_electronic x SET state = 'dropped', reason = 'returned', changed_at = NEW.booked_at, look_at = NULL
        WHERE x.order_no = b.order_no OR x.blue = b.order_no AND x.state = 'waiting';
        RETURN NULL;
    END IF;
    INSERT INTO invoice_electronic (order_no, kind, payment_id, biller_id, institution_id, asked_by, asked_at, buyer_sealed,
        buyer_shown, lines, total_fen, tax_fen, blue, return_serial, state, look_at, changed_at)
    SELECT invoices_serial_v1('sheet', b.payment_id), 'sheet', b.payment_id, b.biller_id, b.institution_id, b.asked_by,
        NEW.booked_at, b.buyer_sealed, b.buyer_shown, r.lines, t.fen, t.tax, b.order_no, NEW.serial,
        CASE b.state WHEN 'done' THEN 'asked' ELSE 'waiting' END, CASE b.state WHEN 'done' THEN NEW.booked_at END, NEW.booked_at
    FROM (SELECT invoices_red_lines_v1(b.order_no, NEW.amount_fen) AS lines) r
    CROSS JOIN LATERAL (SELECT sum((l ->> 'fen')::bigint) AS fen, sum((l ->> 'tax')::bigint) AS tax
        FROM jsonb_array_elements(r.lines) l) t
    WHERE t.fen > 0
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER invoices_red AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL) EXECUTE FUNCTION invoices_red_v1();
CREATE OR REPLACE TRIGGER invoices_red_booked AFTER UPDATE OF booked_at ON payment_return FOR EACH ROW
    WHEN (OLD.booked_at IS NULL AND NEW.booked_at IS NOT NULL) EXECUTE FUNCTION invoices_red_v1();
