-- What may become of a payer's order 缴费订单, whoever asks: the steps of orders/rules.py, each with what the
-- ledger keeps of its charge. A process that could write a state by itself would book without money, or have
-- the provider give back what stays paid. Not asked: the owner and his functions.

-- What the hub keeps with an order's number, which is its charge's serial; no row: it never came. `payment`
-- is empty for one that was refused or blocked.
CREATE OR REPLACE FUNCTION checkout_charge_v1(
    p_channel bigint, p_order text, OUT payment bigint, OUT fen bigint, OUT biller bigint, OUT account text,
    OUT taken boolean
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.payment_id, y.amount_fen, y.biller_id::bigint, y.account_no, y.payer_state = 'taken'
    FROM payment_serial s LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
        AND (y.channel_id, y.serial) = (s.partner_id, s.serial)
    WHERE s.bucket = payments_crc_v1(convert_to(p_channel || '|' || p_order, 'UTF8'))
            % (SELECT count(*) FROM ledger_head)
        AND s.partner_id = p_channel AND s.serial = p_order;
$$;

-- Did the pay method say so of the money that came, or of this refund? Its signed answer is kept in the same
-- transaction; whether the signature is its own is read again by `verify` and by the night. The simulated cashier
-- says nothing beside a real one.
DROP FUNCTION IF EXISTS checkout_answered_v1(checkout_order, text);
CREATE OR REPLACE FUNCTION checkout_answered_v1(p_order checkout_order, p_refund text, p_fen bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM checkout_answer a
        WHERE a.order_no = p_order.order_no AND a.refund_no = p_refund
            AND (a.method, a.amount_fen) = (p_order.method, p_fen)
            AND (p_refund <> '' OR a.trade_no = p_order.trade_no)
            AND (a.method <> 'simulated' OR NOT EXISTS (SELECT FROM pay_method m WHERE m.enabled)));
$$;

CREATE OR REPLACE FUNCTION checkout_moves_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
DECLARE
    v_came boolean := false; -- the money of it, in this step
    v_fits boolean;
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NEW;
    ELSIF TG_OP = 'INSERT' THEN
        v_fits := NEW.state = 'new' AND NEW.trade_no = ''
            AND num_nonnulls(NEW.received_fen, NEW.paid_at, NEW.payment_id) = 0;
    ELSE
        v_came := OLD.state IN ('paying', 'closed') AND NEW.state IN ('paid', 'refund_due');
        v_fits := CASE OLD.state || ' ' || NEW.state
            WHEN 'new paying' THEN true
            WHEN 'new closed' THEN true
            WHEN 'paying closed' THEN true
            WHEN 'paying paid' THEN NEW.received_fen = OLD.amount_fen
            WHEN 'paying refund_due' THEN NEW.received_fen <> OLD.amount_fen
            WHEN 'closed refund_due' THEN true
            WHEN 'paid booked' THEN EXISTS (
                SELECT FROM checkout_charge_v1(OLD.channel_id, OLD.order_no) c
                WHERE (c.payment, c.fen, c.biller, c.account)
                    = (NEW.payment_id, OLD.amount_fen, OLD.biller_id, OLD.account_no))
            -- Only what can never be booked any more: refused, blocked, or taken back.
            WHEN 'paid refund_due' THEN EXISTS (
                SELECT FROM checkout_charge_v1(OLD.channel_id, OLD.order_no) c WHERE c.taken IS NOT TRUE)
            WHEN 'booked refund_due' THEN EXISTS (
                SELECT FROM checkout_charge_v1(OLD.channel_id, OLD.order_no) c WHERE NOT c.taken)
            -- Whole, or all parts and together what came.
            WHEN 'refund_due refunded' THEN coalesce(
                (SELECT bool_and(p.state = 'back') AND sum(p.amount_fen) = OLD.received_fen
                 FROM checkout_part p WHERE p.order_no = OLD.order_no HAVING count(*) > 0),
                checkout_answered_v1(NEW, 'R' || OLD.order_no, OLD.received_fen))
            ELSE OLD.state = NEW.state END
            AND (NOT v_came OR checkout_answered_v1(NEW, '', NEW.received_fen))
            AND (v_came OR (OLD.received_fen, OLD.trade_no, OLD.paid_at)
                           IS NOT DISTINCT FROM (NEW.received_fen, NEW.trade_no, NEW.paid_at))
            AND (NEW.state = 'booked' AND OLD.state = 'paid'
                 OR OLD.payment_id IS NOT DISTINCT FROM NEW.payment_id);
    END IF;
    IF v_fits IS NOT TRUE THEN
        RAISE EXCEPTION 'order %: % is no step of it', NEW.order_no,
            CASE TG_OP WHEN 'INSERT' THEN NEW.state ELSE OLD.state || ' → ' || NEW.state END
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER moves BEFORE INSERT OR UPDATE ON checkout_order
    FOR EACH ROW EXECUTE FUNCTION checkout_moves_v1();

-- A part is back by the pay method's word for its own number, once and for all.
CREATE OR REPLACE FUNCTION checkout_part_moves_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE')
        OR NEW.state = OLD.state AND NEW.back_at IS NOT DISTINCT FROM OLD.back_at
        OR OLD.state = 'due' AND (SELECT checkout_answered_v1(o, OLD.refund_no, OLD.amount_fen)
                                  FROM checkout_order o WHERE o.order_no = OLD.order_no) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'part %: % → % is no step of it', OLD.refund_no, OLD.state, NEW.state
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER moves BEFORE UPDATE ON checkout_part
    FOR EACH ROW EXECUTE FUNCTION checkout_part_moves_v1();
