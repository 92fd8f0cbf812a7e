-- The steps of a single debit. No process writes its tables: each step asks the rows that it rests on: the mandate and its
-- limits, the partner's signed word that the worker read or the payer's own key, the move at the core, the hub's own record of
-- our serial. Lock order: mandate, single, its rows of mandate_back.

-- What the hub keeps with a debit's serial; no row: it never came. `ours`: it is just this debit's money.
CREATE OR REPLACE FUNCTION mandates_charge_v1(
    p mandate_single, OUT payment bigint, OUT payer payer_state, OUT biller biller_state, OUT ours boolean, OUT code integer
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.payment_id, y.payer_state, y.biller_state,
           (y.amount_fen, y.biller_id, y.account_no) = (p.amount_fen, m.biller_id, m.customer), s.code
    FROM mandate m CROSS JOIN payment_serial s LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
        AND (y.channel_id, y.serial) = (s.partner_id, s.serial)
    WHERE m.mandate_id = p.mandate_id
        AND s.bucket = payments_crc_v1(convert_to(p.channel_id || '|' || p.serial, 'UTF8')) % (SELECT count(*) FROM ledger_head)
        AND s.partner_id = p.channel_id AND s.serial = p.serial;
$$;

-- Written down before the core hears of it, counted against the mandate's limits in the same transaction; its move is written
-- with it. What is refused is a row too, with its code, where a partner's word asked for it: the word has one end.
-- Codes: MANDATE_CHANNEL_MISSING, SINGLE_BILLS, and as mandates_take_v1.
CREATE OR REPLACE FUNCTION mandates_single_in_v1(v mandate_single, p_now timestamptz, p_look_at timestamptz,
    OUT code integer, OUT single_id bigint, OUT serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m mandate;
BEGIN
    SELECT * INTO m FROM mandate x WHERE x.mandate_id = v.mandate_id FOR UPDATE;
    SELECT x.single_id, x.serial INTO single_id, serial FROM mandate_single x
    WHERE x.word_id = v.word_id OR x.form = v.form;
    IF FOUND THEN
        code := 0;
        RETURN;
    END IF;
    v.channel_id := mandates_channel_v1(m.institution_id);
    single_id := nextval(pg_get_serial_sequence('mandate_single', 'single_id'));
    SELECT k.current_day INTO v.day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = m.biller_id;
    serial := 'DD' || to_char(v.day, 'YYYYMMDD') || '-' || single_id;
    code := CASE WHEN v.channel_id IS NULL THEN @MANDATE_CHANNEL_MISSING
        WHEN v.amount_fen IS DISTINCT FROM (SELECT sum((l ->> 'amount_fen')::bigint) FROM jsonb_array_elements(v.lines) l)
            THEN @SINGLE_BILLS
        ELSE mandates_take_v1(m.mandate_id, 'mandate_single:' || single_id, v.amount_fen, p_now, v.way) END;
    IF code <> 0 THEN
        single_id := NULL;
        serial := NULL;
        RETURN;
    END IF;
    INSERT INTO mandate_single (single_id, serial, mandate_id, channel_id, way, word_id, form, lines, amount_fen, quote, day,
        settle_at, made_at, changed_at) OVERRIDING SYSTEM VALUE
    VALUES (single_id, serial, m.mandate_id, v.channel_id, v.way, v.word_id, v.form, v.lines, v.amount_fen, v.quote, v.day,
        p_look_at, p_now, p_now);
END $$;

-- No-feel: by the worker alone, who has read the partner's signature under its word; of a mandate of the biller and customer that
-- it names. Code, beside those of mandates_single_in_v1: MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_single_asked_v1(p_word bigint, p jsonb, p_now timestamptz, p_look_at timestamptz,
    OUT code integer, OUT single_id bigint, OUT serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v mandate_single := jsonb_populate_record(NULL::mandate_single, p);
BEGIN
    v.way := 'no_feel';
    v.word_id := p_word;
    v.form := NULL;
    IF NOT EXISTS (SELECT FROM mandate_word w JOIN mandate m ON m.mandate_id = v.mandate_id
            WHERE w.word_id = p_word AND w.what = 'debit' AND mandates_speaks_v1(w.partner_id, m.biller_id)) THEN
        code := @MANDATE_UNKNOWN;
        RETURN;
    END IF;
    SELECT i.code, i.single_id, i.serial INTO code, single_id, serial FROM mandates_single_in_v1(v, p_now, p_look_at) i;
END $$;

-- One-tap: by who has the payer's own key, of which only the ring knows. Code, beside those of mandates_single_in_v1:
-- MANDATE_UNKNOWN.
CREATE OR REPLACE FUNCTION mandates_single_tapped_v1(p_number text, p_key text, p jsonb, p_now timestamptz, p_look_at timestamptz,
    OUT code integer, OUT single_id bigint, OUT serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v mandate_single := jsonb_populate_record(NULL::mandate_single, p);
BEGIN
    v.way := 'one_tap';
    v.word_id := NULL;
    v.mandate_id := (SELECT m.mandate_id FROM mandate m WHERE m.number = p_number AND m.stop_hash = sha256(convert_to(p_key, 'UTF8')));
    IF v.mandate_id IS NULL OR coalesce(v.form, '') = '' THEN
        code := @MANDATE_UNKNOWN;
        RETURN;
    END IF;
    SELECT i.code, i.single_id, i.serial INTO code, single_id, serial FROM mandates_single_in_v1(v, p_now, p_look_at) i;
END $$;

-- May this partner speak of a biller's mandates? The biller itself, and a channel that is admitted for it.
CREATE OR REPLACE FUNCTION mandates_speaks_v1(p_partner integer, p_biller integer) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM partner y WHERE y.id = p_partner AND NOT y.suspended AND (y.id = p_biller
        OR EXISTS (SELECT FROM admission a WHERE a.channel_id = p_partner AND a.biller_id = p_biller AND a.active)));
$$;

-- Where a debit stands by what the core and the hub keep of its serial, whoever asks: taken, when the core has posted it; booked,
-- when the hub has; back_due, when the hub refused it, blocked it or took it back; refused or back, when the core says that nothing
-- of it stands. What has no move was never asked for. Answers the state, `unseen` where it is taken and the hub never saw it.
CREATE OR REPLACE FUNCTION mandates_single_follow_v1(p_single bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v mandate_single;
    m core_move;
    c record;
BEGIN
    SELECT * INTO STRICT v FROM mandate_single x WHERE x.single_id = p_single;
    PERFORM FROM mandate x WHERE x.mandate_id = v.mandate_id FOR UPDATE;
    SELECT * INTO STRICT v FROM mandate_single x WHERE x.single_id = p_single FOR UPDATE;
    SELECT * INTO m FROM core_move x WHERE x.serial = v.serial AND x.undoes IS NULL;
    IF v.state = 'asked' AND m.state = 'done' THEN
        UPDATE mandate_single SET state = 'taken', taken_at = p_now, changed_at = p_now, tries = 0, settle_at = p_now
        WHERE single_id = p_single;
        v.state := 'taken';
    ELSIF v.state IN ('asked', 'back_due') AND (m.serial IS NULL OR m.state IN ('refused', 'undone')) THEN
        v.state := CASE WHEN v.state = 'asked' OR v.taken_at IS NULL THEN 'refused' ELSE 'back' END;
        UPDATE mandate_single SET state = v.state, changed_at = p_now, settle_at = NULL, tries = 0,
            code = CASE v.state WHEN 'refused' THEN coalesce(m.code, @CORE_NOT_POSTED) ELSE code END
        WHERE single_id = p_single;
        PERFORM mandates_untake_v1('mandate_single:' || p_single);
        RETURN v.state;
    END IF;
    IF v.state <> 'taken' THEN
        RETURN v.state;
    END IF;
    SELECT * INTO c FROM mandates_charge_v1(v);
    IF NOT FOUND THEN
        RETURN 'unseen';
    ELSIF c.ours AND c.payer = 'taken' AND c.biller = 'booked' THEN
        UPDATE mandate_single SET state = 'booked', payment_id = c.payment, code = 0, changed_at = p_now, tries = 0, settle_at = NULL
        WHERE single_id = p_single;
        RETURN 'booked';
    ELSIF c.ours AND c.payer IN ('held', 'taken') THEN
        RETURN 'taken';
    END IF;
    UPDATE mandate_single SET state = 'back_due', changed_at = p_now, tries = 0, settle_at = p_now,
        code = coalesce(nullif(c.code, 0), @SINGLE_TAKEN_BACK) WHERE single_id = p_single;
    RETURN 'back_due';
END $$;

-- The hub's last word on it, for people to read.
CREATE OR REPLACE FUNCTION mandates_single_said_v1(p_single bigint, p_code integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE mandate_single SET code = p_code WHERE single_id = p_single AND state = 'taken';
$$;

-- Claims those that are due: another worker passes them by, and one that dies gets them again.
CREATE OR REPLACE FUNCTION mandates_single_due_v1(p_now timestamptz, p_waits integer[], p_most integer) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE mandate_single d SET tries = d.tries + 1,
        settle_at = p_now + make_interval(secs => p_waits[least(d.tries + 1, cardinality(p_waits))])
    FROM (SELECT x.single_id FROM mandate_single x WHERE x.settle_at <= p_now
          ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE t.single_id = d.single_id RETURNING d.single_id;
$$;

-- Is what is taken back of this payment given to its payer by what is here?
CREATE OR REPLACE FUNCTION mandates_gives_v1(p_channel integer, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM mandate_single d WHERE d.serial = p_serial AND d.channel_id = p_channel);
$$;

-- A return of a debit's payment goes back to the account it came from, in the transaction that takes it back, whoever does: a
-- move of its own from the transit account, whole or a part. With the last part nothing of it counts against the month.
CREATE OR REPLACE FUNCTION mandates_return_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v mandate_single;
    v_back bigint;
BEGIN
    SELECT d.* INTO v FROM payment y JOIN mandate_single d ON (d.serial, d.channel_id) = (y.serial, y.channel_id)
    WHERE y.bucket = NEW.bucket AND y.payment_id = NEW.payment_id AND d.state IN ('taken', 'booked');
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    PERFORM FROM mandate m WHERE m.mandate_id = v.mandate_id FOR UPDATE;
    v_back := nextval(pg_get_serial_sequence('mandate_back', 'back_id'));
    INSERT INTO mandate_back (back_id, single_id, serial, returned, amount_fen, due_at) OVERRIDING SYSTEM VALUE
    VALUES (v_back, v.single_id, 'DB' || to_char(v.day, 'YYYYMMDD') || '-' || v_back, NEW.serial, NEW.amount_fen, NEW.booked_at);
    UPDATE mandate_single d SET state = 'booked', payment_id = NEW.payment_id, changed_at = NEW.booked_at, tries = 0,
        settle_at = NEW.booked_at, code = CASE NEW.left_fen WHEN 0 THEN @SINGLE_TAKEN_BACK ELSE d.code END
    WHERE d.single_id = v.single_id;
    IF NEW.left_fen = 0 THEN
        PERFORM mandates_untake_v1('mandate_single:' || v.single_id);
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER mandates_return AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL) EXECUTE FUNCTION mandates_return_v1();
CREATE OR REPLACE TRIGGER mandates_returned AFTER UPDATE OF booked_at ON payment_return FOR EACH ROW
    WHEN (OLD.booked_at IS NULL AND NEW.booked_at IS NOT NULL) EXECUTE FUNCTION mandates_return_v1();

-- What became of a return's move at the core. With the last one the debit is back, where nothing of its payment is left.
-- Answers whether it is back.
CREATE OR REPLACE FUNCTION mandates_back_follow_v1(p_back bigint, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b mandate_back;
    v mandate_single;
BEGIN
    SELECT * INTO STRICT b FROM mandate_back x WHERE x.back_id = p_back;
    SELECT * INTO STRICT v FROM mandate_single x WHERE x.single_id = b.single_id FOR UPDATE;
    UPDATE mandate_back x SET back_at = p_now WHERE x.back_id = p_back AND x.back_at IS NULL
        AND EXISTS (SELECT FROM core_move m WHERE m.serial = x.serial AND m.state = 'done');
    IF NOT EXISTS (SELECT FROM mandate_back x WHERE x.single_id = v.single_id AND x.back_at IS NULL) THEN
        UPDATE mandate_single d SET settle_at = NULL, changed_at = p_now, tries = 0,
            state = CASE WHEN d.amount_fen = (SELECT sum(x.amount_fen) FROM mandate_back x WHERE x.single_id = v.single_id)
                         THEN 'back' ELSE d.state END
        WHERE d.single_id = v.single_id AND d.state = 'booked';
    END IF;
    RETURN (SELECT x.back_at IS NOT NULL FROM mandate_back x WHERE x.back_id = p_back);
END $$;

-- Claims the notice of a booked debit, once: who dies with it has it sent no second time.
CREATE OR REPLACE FUNCTION mandates_noticed_v1(p_single bigint, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE mandate_single SET noticed_at = p_now WHERE single_id = p_single AND state = 'booked' AND noticed_at IS NULL;
    RETURN FOUND;
END $$;

-- Does a debit ask the core for just this move? One that is asked, from its mandate's own account to the biller's transit account
-- of its fen, while the mandate is in force; the undo of what the hub never booked; what a return gives back the same way.
CREATE OR REPLACE FUNCTION mandates_moves_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.undoes IS NOT NULL THEN EXISTS (SELECT FROM mandate_single d
            WHERE d.serial = p.undoes AND p.document = 'mandate_single:' || d.single_id AND d.state = 'back_due')
        ELSE EXISTS (SELECT FROM mandate_single d JOIN mandate_use u ON u.document = 'mandate_single:' || d.single_id
            WHERE d.serial = p.serial AND p.document = u.document AND d.state = 'asked' AND p.what = 'DEBIT'
                AND (u.mandate_id, u.amount_fen) = (d.mandate_id, p.amount_fen) AND u.back_at IS NULL
                AND (p.day, p.amount_fen) = (d.day, d.amount_fen) AND mandates_move_fits_v1(p, d.mandate_id, d.amount_fen))
            OR EXISTS (SELECT FROM mandate_back b JOIN mandate_single d USING (single_id) JOIN mandate m USING (mandate_id)
                JOIN core_pair k ON (k.biller_id, k.core_id) = (m.biller_id, m.core_id)
            WHERE b.serial = p.serial AND p.document = 'mandate_back:' || b.back_id AND b.back_at IS NULL AND p.what = 'DEBIT'
                AND (p.core_id, p.biller_id, p.institution_id, p.amount_fen) = (m.core_id, m.biller_id, m.institution_id, b.amount_fen)
                AND p.owed AND NOT p.needs_pin AND p.credit_shown = m.account_shown
                AND p.debit_shown = corebank_masked_v1(k.transit)) END;
$$;
