-- Tokens of sales 卡密: which is asked for next, and what the company's vending system said. Between the two the
-- worker speaks with it, outside any transaction.

-- The sale that is asked about next, of companies that are not to be left out; another look at it comes later and
-- later. `was_asked`: it may have been heard, so what became of it is asked first.
CREATE OR REPLACE FUNCTION billing_take_token_v1(p_now timestamptz, p_but integer[])
RETURNS TABLE (sale_id bigint, biller_id integer, meter text, qty_milli bigint, amount_fen bigint, was_asked boolean)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE billing_sale s SET token_state = 'asked', token_tries = s.token_tries + 1,
        token_at = p_now + least(interval '20 seconds' * power(2, least(s.token_tries, 12)), interval '1 hour')
    FROM (SELECT x.bucket, x.sale_id, x.token_state FROM billing_sale x
          WHERE x.token_state IN ('wanted', 'asked') AND x.token_at <= p_now AND NOT x.biller_id = ANY (p_but)
          ORDER BY x.token_at, x.sale_id LIMIT 1 FOR UPDATE SKIP LOCKED) o
    WHERE s.bucket = o.bucket AND s.sale_id = o.sale_id
    RETURNING s.sale_id, s.biller_id, s.meter, s.qty_milli, s.amount_fen, o.token_state = 'asked';
$$;

-- What it said of a sale that was asked about: its token, or why there is none. Once; later words change nothing.
CREATE OR REPLACE FUNCTION billing_token_v1(p_sale bigint, p_token text, p_reason text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE billing_sale s SET token = p_token, token_reason = p_reason, token_at = p_now,
        token_state = CASE WHEN p_token IS NULL THEN 'rejected' ELSE 'given' END
    WHERE s.bucket = p_sale % 1000 AND s.sale_id = p_sale AND s.token_state = 'asked';
    RETURN FOUND;
END $$;

-- A company's vending system from now on, as two people agreed. A sale whose token was asked of another address is not asked
-- again of the new one, for both may give it: it waits for two people, as one that was rejected. Codes: AUTHORISATION_INVALID, BILLER_NOT_BILLING.
CREATE OR REPLACE FUNCTION billing_vending_v1(p_biller integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT a.content -> 'vending' FROM access_authorisation a
                WHERE a.id = access_settled_v1('billing.vending', p_biller::text) AND a.partner_id = p_biller);
    v_sealed bytea := decode(v ->> 'sealed', 'base64');
BEGIN
    IF v IS NULL OR (v ->> 'biller')::integer IS DISTINCT FROM p_biller THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT EXISTS (SELECT FROM billing_biller b WHERE b.biller_id = p_biller) THEN
        RETURN @BILLER_NOT_BILLING;
    END IF;
    UPDATE billing_sale s SET token_state = 'rejected',
        token_reason = '已向原售电系统索取，未得答复 · asked of the system before, unanswered'
    FROM billing_vending g WHERE g.biller_id = p_biller AND g.endpoint <> v ->> 'endpoint'
        AND s.biller_id = p_biller AND s.token_state = 'asked';
    UPDATE billing_vending g SET endpoint = v ->> 'endpoint', sealed = coalesce(v_sealed, g.sealed),
        version = g.version + CASE WHEN v_sealed IS NULL THEN 0 ELSE 1 END
    WHERE g.biller_id = p_biller;
    IF NOT FOUND AND v_sealed IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT FOUND THEN
        INSERT INTO billing_vending VALUES (p_biller, v ->> 'endpoint', v_sealed, 1);
    END IF;
    RETURN 0;
END $$;
