-- An order whose payment is taken back goes back to its payer 退款: in the transaction that takes it back,
-- whoever does (a repair, a person), so that no reversal stands without its outside leg.

-- Due at once: the job asks the pay method. An order that is not said to be booked yet is one too.
CREATE OR REPLACE FUNCTION checkout_back_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE checkout_order o
    SET state = 'refund_due', payment_id = NEW.payment_id, settle_at = o.paid_at, tries = 0,
        code = coalesce(nullif(o.code, 0), @PAYMENT_TAKEN_BACK)
    WHERE o.order_no = NEW.serial AND o.channel_id = NEW.channel_id AND o.state IN ('paid', 'booked');
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER checkout_back AFTER UPDATE ON payment FOR EACH ROW
    WHEN (OLD.payer_state = 'taken' AND NEW.payer_state IN ('returned', 'refunded'))
    EXECUTE FUNCTION checkout_back_v1();
