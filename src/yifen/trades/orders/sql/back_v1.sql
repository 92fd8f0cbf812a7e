-- An order whose payment is taken back goes back to its payer 退款: in the transaction that takes it back,
-- whoever does (a repair, a person), so that no reversal stands without its outside leg.

-- Due at once: the job asks the pay method. An order that is not said to be booked yet is one too. Where parts
-- were given before, what is left is a part as they are, and the job looks at the parts.
CREATE OR REPLACE FUNCTION checkout_back_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE checkout_order o
    SET state = 'refund_due', payment_id = NEW.payment_id, tries = 0,
        settle_at = CASE WHEN NOT EXISTS (SELECT FROM checkout_part p WHERE p.order_no = o.order_no)
                         THEN o.paid_at END,
        code = coalesce(nullif(o.code, 0), @PAYMENT_TAKEN_BACK)
    WHERE o.order_no = NEW.serial AND o.channel_id = NEW.channel_id AND o.state IN ('paid', 'booked');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER checkout_back AFTER UPDATE ON payment FOR EACH ROW
    WHEN (OLD.payer_state = 'taken' AND NEW.payer_state IN ('returned', 'refunded'))
    EXECUTE FUNCTION checkout_back_v1();

-- A refund in part 部分退款, and the last one after parts. What is left after it makes its number at the pay
-- method: each part leaves less than the one before.
CREATE OR REPLACE FUNCTION checkout_part_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
BEGIN
    INSERT INTO checkout_part (refund_no, order_no, payment_id, serial, amount_fen, state, due_at, settle_at, tries)
    SELECT 'R' || o.order_no || '-' || NEW.left_fen, o.order_no, NEW.payment_id, NEW.serial, NEW.amount_fen, 'due',
           NEW.booked_at, o.paid_at, 0
    FROM payment y JOIN checkout_order o ON o.order_no = y.serial AND o.channel_id = y.channel_id
    WHERE y.bucket = NEW.bucket AND y.payment_id = NEW.payment_id AND NEW.amount_fen < y.amount_fen;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER checkout_part AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL) EXECUTE FUNCTION checkout_part_v1();
