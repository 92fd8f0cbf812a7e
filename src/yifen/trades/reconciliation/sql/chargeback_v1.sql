-- 退单 by two people: the row that they agreed to, how it goes on, and that the channel gave its payer the money.
-- None moves money: the hub's own return does (payments_return_v1).

-- The serial of a chargeback's message: each try has its own, for a refused one is used up.
CREATE OR REPLACE FUNCTION recon_chargeback_serial_v1(p recon_chargeback) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
    SELECT 'CB' || p.chargeback_id || CASE WHEN p.tries > 0 THEN '-' || p.tries ELSE '' END;
$$;

-- Is this return one that two people agreed to, which has no end yet?
CREATE OR REPLACE FUNCTION recon_chargeback_asks_v1(
    p_payment bigint, p_channel bigint, p_verb text, p_serial text, p_fen bigint
) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM recon_chargeback c WHERE c.state = 'doing' AND recon_chargeback_serial_v1(c) = p_serial
            AND (c.payment_id, c.channel_id, c.verb, c.amount_fen) = (p_payment, p_channel, p_verb, p_fen));
$$;

-- What is left of a payment.
CREATE OR REPLACE FUNCTION recon_left_v1(p_payment bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.amount_fen - coalesce((SELECT sum(r.amount_fen) FROM payment_return r
        WHERE r.bucket = y.bucket AND r.payment_id = y.payment_id AND r.booked_at IS NOT NULL), 0)::bigint
    FROM payment y WHERE y.bucket = p_payment % 1000 AND y.payment_id = p_payment;
$$;

-- As two people agreed in this very transaction, to just what was left when they looked. Codes: AUTHORISATION_INVALID,
-- CHARGEBACK_UNDER_WAY, AMOUNT_ABOVE_LEFT (another is left by now).
CREATE OR REPLACE FUNCTION recon_chargeback_v1(
    p_payment bigint, p_now timestamptz, OUT code integer, OUT chargeback bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_said access_authorisation;
BEGIN
    SELECT * INTO v_said FROM access_authorisation
    WHERE id = access_settled_v1('payments.chargeback', p_payment::text);
    IF NOT FOUND OR EXISTS (SELECT FROM recon_chargeback c WHERE c.proposal_id = v_said.id) THEN
        code := @AUTHORISATION_INVALID;
    ELSIF EXISTS (SELECT FROM recon_chargeback c WHERE c.payment_id = p_payment AND c.state = 'doing') THEN
        code := @CHARGEBACK_UNDER_WAY;
    ELSIF recon_left_v1(p_payment) IS DISTINCT FROM (v_said.content ->> 'left')::bigint THEN
        code := @AMOUNT_ABOVE_LEFT;
    ELSE
        INSERT INTO recon_chargeback (proposal_id, payment_id, channel_id, biller_id, original, amount_fen, reason,
                                      note, verb, made_by, decided_by, made_at)
        SELECT v_said.id, p_payment, y.channel_id, y.biller_id, y.serial, (v_said.content ->> 'fen')::bigint,
               v_said.content ->> 'reason', v_said.content ->> 'note',
               CASE WHEN y.business_day = k.current_day THEN 'reverse' ELSE 'refund' END, m.login, d.login, p_now
        FROM payment y JOIN partner b ON b.id = y.biller_id JOIN ledger_book k ON k.book_id = b.book_id,
             access_user m, access_user d
        WHERE y.bucket = p_payment % 1000 AND y.payment_id = p_payment AND m.id = v_said.maker_id
            AND d.id = v_said.checker_id
        RETURNING chargeback_id INTO chargeback;
        code := CASE WHEN chargeback IS NULL THEN @AUTHORISATION_INVALID ELSE 0 END;
    END IF;
END $$;

-- How it stands, by what the hub keeps: done is what took just this back from just this payment under its serial.
-- `p_said`: what the hub answered to its message. A refusal is its own only where that is what the hub keeps, for the
-- channel may have used the serial before. Then it goes again under another; so does a whole one that met the cut on
-- its way, by the other verb. Nothing kept, or no answer: it is sent again.
DROP FUNCTION IF EXISTS recon_chargeback_follow_v1(bigint, timestamptz);
CREATE OR REPLACE FUNCTION recon_chargeback_follow_v1(
    p_chargeback bigint, p_now timestamptz, p_said integer DEFAULT NULL
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v recon_chargeback;
    v_kept payment_serial;
    v_code integer;
    v_booked boolean;
BEGIN
    SELECT * INTO STRICT v FROM recon_chargeback c WHERE c.chargeback_id = p_chargeback FOR UPDATE;
    SELECT * INTO v_kept FROM payment_serial s
    WHERE s.bucket = payments_crc_v1(convert_to(v.channel_id || '|' || recon_chargeback_serial_v1(v), 'UTF8'))
            % (SELECT count(*) FROM ledger_head)
        AND s.partner_id = v.channel_id AND s.serial = recon_chargeback_serial_v1(v);
    SELECT r.booked_at IS NOT NULL INTO v_booked FROM payment_return r
    WHERE r.bucket = v.payment_id % 1000
        AND (r.payment_id, r.channel_id, r.serial) = (v.payment_id, v.channel_id, recon_chargeback_serial_v1(v))
        AND (r.verb::text, r.amount_fen) = (v.verb, v.amount_fen);
    v_code := v_kept.code;
    IF v.state <> 'doing' OR v_code IS NULL THEN
        RETURN v.state;
    ELSIF v_booked IS NULL AND (v_code IN (0, @PROCESSING) OR v_kept.verb::text <> v.verb
        OR v_kept.payment_id <> v.payment_id OR p_said = @SERIAL_REUSED)
    THEN
        UPDATE recon_chargeback SET tries = tries + 1 WHERE chargeback_id = p_chargeback;
        RETURN 'again';
    ELSIF v_code NOT IN (0, @PROCESSING) AND p_said IS DISTINCT FROM v_code THEN
        RETURN 'doing';
    ELSIF v_code IN (@DAY_CLOSED_USE_REFUND, @DAY_OPEN_USE_REVERSE) AND v.amount_fen = (SELECT y.amount_fen
        FROM payment y WHERE y.bucket = v.payment_id % 1000 AND y.payment_id = v.payment_id)
    THEN
        UPDATE recon_chargeback SET tries = tries + 1,
            verb = CASE v_code WHEN @DAY_CLOSED_USE_REFUND THEN 'refund' ELSE 'reverse' END
        WHERE chargeback_id = p_chargeback;
        RETURN 'again';
    ELSIF v_code = @PROCESSING THEN
        UPDATE recon_chargeback SET code = v_code WHERE chargeback_id = p_chargeback;
        RETURN 'doing';
    END IF;
    UPDATE recon_chargeback SET state = CASE v_code WHEN 0 THEN 'done' ELSE 'refused' END, code = v_code,
        ended_at = p_now
    WHERE chargeback_id = p_chargeback RETURNING state INTO v.state;
    RETURN v.state;
END $$;

-- Was this return asked for here: by a chargeback or a repair of just this payment, under the number of a try that was
-- made? Not by a difference in which the channel's own file says that it gave the money.
CREATE OR REPLACE FUNCTION recon_asked_v1(p payment_return) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
            SELECT FROM recon_chargeback c
            WHERE c.chargeback_id = substring(p.serial FROM '^CB([1-9][0-9]{0,17})(?:-[1-9][0-9]*)?$')::bigint
                AND recon_chargeback_serial_v1(c) = p.serial
                AND (c.channel_id, c.payment_id, c.verb, c.amount_fen)
                    = (p.channel_id, p.payment_id, p.verb::text, p.amount_fen))
        OR EXISTS (
            SELECT FROM recon_item i JOIN payment y ON y.bucket = p.bucket AND y.payment_id = p.payment_id
            WHERE i.item_id = substring(p.serial FROM '^RC([1-9][0-9]{0,17})(?:-[1-9][0-9]*)?$')::bigint
                AND coalesce(substring(p.serial FROM '-([1-9][0-9]{0,8})$')::integer, 0) <= i.tries
                AND i.action = 'refund'
                AND (i.payment_id = p.payment_id OR i.payment_id IS NULL AND i.partner_id = p.channel_id
                     AND i.original = y.serial)
                AND (i.partner_id <> p.channel_id OR coalesce(i.theirs_kind NOT IN ('refund', 'void'), true)));
$$;

-- Chargebacks with where the payer's money is: it goes back by itself (a payer's order, a deduction), or somebody
-- outside has to give it.
CREATE OR REPLACE VIEW recon_chargeback_shown AS
SELECT c.*, recon_chargeback_serial_v1(c) AS serial, c.state = 'done' AND x.outside AS is_outside,
       c.state = 'done' AND x.outside AND c.noted_at IS NULL AS is_due
FROM recon_chargeback c JOIN channel h ON h.partner_id = c.channel_id
CROSS JOIN LATERAL (SELECT h.hosted <> 'payer' AND NOT payments_gives_v1(c.channel_id, c.original) AS outside) x;

-- The channel gave its payer the money, or never had it, by this paper. Once. Codes: INPUT_INVALID, PERMISSION_MISSING,
-- CHARGEBACK_UNKNOWN, CHARGEBACK_NOT_DUE (nobody outside has to give anything, or it was noted before).
CREATE OR REPLACE FUNCTION recon_chargeback_outside_v1(
    p_session text, p_chargeback bigint, p_reference text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v recon_chargeback;
    v_login text;
BEGIN
    SELECT * INTO v FROM recon_chargeback c WHERE c.chargeback_id = p_chargeback FOR UPDATE;
    SELECT u.login INTO v_login FROM access_user u JOIN partner p ON p.id = v.biller_id
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'payments.chargeback', p.institution_id, p.id);
    IF v.chargeback_id IS NULL THEN
        RETURN @CHARGEBACK_UNKNOWN;
    ELSIF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF btrim(coalesce(p_reference, '')) = '' OR length(p_reference) > 64 THEN
        RETURN @INPUT_INVALID;
    ELSIF NOT EXISTS (SELECT FROM recon_chargeback_shown s WHERE s.chargeback_id = p_chargeback AND s.is_due) THEN
        RETURN @CHARGEBACK_NOT_DUE;
    END IF;
    UPDATE recon_chargeback SET reference = btrim(p_reference), noted_by = v_login, noted_at = p_now
    WHERE chargeback_id = p_chargeback;
    RETURN 0;
END $$;

-- Does this difference of the channel's leg only say that a chargeback of ours and a line of theirs, each under its own
-- number, are one thing? Both are counted in their order, so that one explains one: the nth line of theirs by which so
-- much of the payment is taken back, and the nth chargeback of as much.
CREATE OR REPLACE FUNCTION recon_is_chargeback_v1(p recon_item, p_payment bigint, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ours AS (SELECT c.channel_id, c.amount_fen, recon_chargeback_serial_v1(c) AS serial,
                         row_number() OVER (ORDER BY c.chargeback_id) AS nth
                  FROM recon_chargeback c WHERE c.payment_id = p_payment AND c.state = 'done'
                      AND c.amount_fen = coalesce(p.theirs_fen, p.ours_fen)),
    theirs AS (SELECT i.item_id, row_number() OVER (ORDER BY i.item_id) AS nth FROM recon_item i
               WHERE i.partner_id = p.partner_id AND i.class = 'theirs_only' AND i.original = p_serial
                   AND i.theirs_kind IN ('refund', 'void') AND i.theirs_fen = coalesce(p.theirs_fen, p.ours_fen)
                   AND i.closed_by IS DISTINCT FROM 'gone' AND i.action IS DISTINCT FROM 'refund')
    SELECT CASE WHEN NOT EXISTS (SELECT FROM recon_chargeback c WHERE c.payment_id = p_payment) THEN false
        WHEN p.class = 'theirs_only' THEN EXISTS (SELECT FROM theirs t JOIN ours o USING (nth)
            WHERE t.item_id = p.item_id AND o.channel_id = p.partner_id)
        WHEN p.class = 'ours_only' THEN EXISTS (SELECT FROM ours o JOIN theirs t USING (nth)
            WHERE o.channel_id = p.partner_id AND o.serial = p.serial)
        ELSE false END;
$$;
