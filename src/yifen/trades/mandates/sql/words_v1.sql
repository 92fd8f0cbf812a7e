-- Signed requests of partners: kept as they came by the door, ended by the worker, who reads the signature again.

-- A word's end, once; `p_number`: of the mandate, or the debit's serial.
CREATE OR REPLACE FUNCTION mandates_word_end_v1(p_word bigint, p_code integer, p_number text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO mandate_word_end (word_id, code, number, done_at) VALUES (p_word, p_code, p_number, p_now) ON CONFLICT DO NOTHING;
    UPDATE mandate_word SET open = false WHERE word_id = p_word;
$$;

-- Kept; the same again is the same. Answers its number.
CREATE OR REPLACE FUNCTION mandates_word_v1(p_partner integer, p_serial text, p_what text, p_signed jsonb, p_body bytea,
    p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO mandate_word (partner_id, serial, what, signed, body, received_at)
    VALUES (p_partner, p_serial, p_what, p_signed, p_body, p_now) ON CONFLICT DO NOTHING;
    RETURN (SELECT w.word_id FROM mandate_word w WHERE (w.partner_id, w.serial) = (p_partner, p_serial));
END $$;

-- It could not be taken: again later; at the sixth time it is given up, with why.
CREATE OR REPLACE FUNCTION mandates_word_untaken_v1(p_word bigint, p_code integer, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mandate_word SET tries = tries + 1 WHERE word_id = p_word;
    IF (SELECT tries FROM mandate_word WHERE word_id = p_word) > 5 THEN
        PERFORM mandates_word_end_v1(p_word, p_code, '', p_now);
    END IF;
END $$;

-- Asked for by a partner whose word the worker has read. Codes: MANDATE_UNKNOWN, and as mandates_unfit_v1.
CREATE OR REPLACE FUNCTION mandates_ask_of_v1(p_word bigint, p jsonb, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_partner integer := (SELECT w.partner_id FROM mandate_word w WHERE w.word_id = p_word AND w.what = 'ask');
BEGIN
    IF mandates_speaks_v1(v_partner, (p ->> 'biller_id')::integer) IS NOT TRUE THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    RETURN mandates_ask_in_v1(p, 'partner', v_partner, p_now);
END $$;

-- Cancelled by the biller, or by the channel that asked for it; at once, for less is taken from then on.
-- Code: MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_cancel_of_v1(p_word bigint, p_number text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_partner integer := (SELECT w.partner_id FROM mandate_word w WHERE w.word_id = p_word AND w.what = 'cancel');
    m mandate;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.number = p_number AND v_partner IN (x.biller_id, x.asked_by) FOR UPDATE;
    IF NOT FOUND THEN
        RETURN @MANDATE_UNKNOWN;
    END IF;
    PERFORM mandates_over_v1(m, 'partner', (SELECT y.code FROM partner y WHERE y.id = v_partner), p_now);
    RETURN 0;
END $$;
