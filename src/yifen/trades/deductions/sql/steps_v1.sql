-- The steps of a deduction 卡扣. No process writes its tables: each step is one of these, and asks the rows that it rests
-- on: the clerk's session, the bank's signed answer kept with it, the hub's own record of our number.
-- Lock order: deduction, then its rows of deduction_back.

-- A row each change of state, by whoever makes it.
CREATE OR REPLACE FUNCTION deduction_event_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO deduction_event (deduction_no, at, state, code, note)
    VALUES (NEW.deduction_no, NEW.changed_at, NEW.state, NEW.code,
            CASE TG_OP WHEN 'INSERT' THEN NEW.asked_by ELSE NEW.reason END);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER events AFTER INSERT OR UPDATE OF state ON deduction
    FOR EACH ROW EXECUTE FUNCTION deduction_event_v1();

-- What the hub keeps with a deduction's number, which is its charge's serial; no row: it never came. `payment` is empty
-- for one that was refused or blocked, and where the bank's own return has the number; `ours`: it is just this
-- deduction's money.
CREATE OR REPLACE FUNCTION deduction_charge_v1(
    p deduction, OUT payment bigint, OUT payer payer_state, OUT biller biller_state, OUT ours boolean, OUT code integer
) RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.payment_id, y.payer_state, y.biller_state,
           (y.amount_fen, y.biller_id::bigint, y.account_no) = (p.amount_fen, p.biller_id::bigint, p.account_no), s.code
    FROM payment_serial s LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
        AND (y.channel_id, y.serial) = (s.partner_id, s.serial)
    WHERE s.bucket = payments_crc_v1(convert_to(p.channel_id || '|' || p.deduction_no, 'UTF8'))
            % (SELECT count(*) FROM ledger_head)
        AND s.partner_id = p.channel_id AND s.serial = p.deduction_no;
$$;

-- Written down before the bank is asked, by whose session it is. Codes: PERMISSION_MISSING, PORT_MISSING (no bank
-- listens for this channel), DEDUCTION_OPEN (another of this account is under way).
CREATE OR REPLACE FUNCTION deduction_ask_v1(
    p_session text, p_no text, p_channel integer, p_biller integer, p_account text, p_payer text, p_lines jsonb,
    p_fen bigint, p_quote text, p_sealed bytea, p_shown text, p_consent text, p_note text, p_now timestamptz,
    p_look_at timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_login text;
BEGIN
    SELECT u.login INTO v_login FROM access_user u JOIN partner p ON p.id = p_biller
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'deductions.ask', p.institution_id, p.id);
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF NOT EXISTS (SELECT FROM deduction_port d JOIN partner p ON p.id = d.channel_id
                      WHERE d.channel_id = p_channel AND d.enabled AND NOT p.suspended) THEN
        RETURN @PORT_MISSING;
    ELSIF p_fen IS DISTINCT FROM (SELECT sum((l ->> 'amount_fen')::bigint) FROM jsonb_array_elements(p_lines) l) THEN
        RETURN @DUES_CHANGED;
    END IF;
    INSERT INTO deduction (deduction_no, channel_id, biller_id, account_no, payer_name, lines, amount_fen, quote,
                           debtor_sealed, debtor_shown, consent, consent_note, asked_by, made_at, settle_at, changed_at)
    VALUES (p_no, p_channel, p_biller, p_account, p_payer, p_lines, p_fen, p_quote, p_sealed, p_shown, p_consent,
            p_note, v_login, p_now, p_look_at, p_now)
    ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 0 ELSE @DEDUCTION_OPEN END;
END $$;

-- The bank says so, under its signature: of the deduction (`p_number` ''), or of what is given back under a number.
-- Answers the state. What it says again, or of what is decided, changes nothing; but that it took
-- what is refused, by itself or by a paper, is kept, once, and found by verify.
CREATE OR REPLACE FUNCTION deduction_answered_v1(
    p_no text, p_state text, p_number text, p_fen bigint, p_serial text, p_reason text, p_sealed bytea,
    p_now timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v deduction;
    v_back deduction_back;
    v_fits boolean;
BEGIN
    SELECT * INTO STRICT v FROM deduction d WHERE d.deduction_no = p_no FOR UPDATE;
    SELECT * INTO v_back FROM deduction_back b WHERE b.number = p_number AND b.deduction_no = p_no FOR UPDATE;
    v_fits := CASE WHEN p_number = '' THEN v.state = 'asked' AND p_state IN ('taken', 'refused') AND p_fen = v.amount_fen
        ELSE v_back.back_at IS NULL AND p_fen = v_back.amount_fen
            -- That it took nothing is an answer only of what was given up before it said anything.
            AND (p_state = 'back' OR p_state = 'refused' AND v.state = 'back_due' AND v.taken_at IS NULL) END;
    IF p_number = '' AND p_state = 'taken' AND p_fen = v.amount_fen AND v.state = 'refused' AND NOT EXISTS (
        SELECT FROM deduction_answer a WHERE (a.deduction_no, a.number, a.state) = (p_no, '', 'taken')) THEN
        INSERT INTO deduction_answer (deduction_no, state, number, amount_fen, bank_serial, reason, at, sealed)
        VALUES (p_no, p_state, p_number, p_fen, p_serial, p_reason, p_now, p_sealed);
    END IF;
    IF v_fits IS NOT TRUE THEN
        RETURN v.state;
    END IF;
    INSERT INTO deduction_answer (deduction_no, state, number, amount_fen, bank_serial, reason, at, sealed)
    VALUES (p_no, p_state, p_number, p_fen, p_serial, p_reason, p_now, p_sealed);
    IF p_state = 'back' THEN
        UPDATE deduction_back SET back_at = p_now WHERE number = p_number;
    END IF;
    UPDATE deduction d SET changed_at = p_now, tries = 0,
        reason = CASE WHEN p_reason <> '' THEN p_reason ELSE d.reason END,
        code = CASE WHEN p_state = 'refused' AND p_number = '' THEN @BANK_REFUSED ELSE d.code END,
        bank_serial = CASE p_state WHEN 'taken' THEN p_serial ELSE d.bank_serial END,
        taken_at = CASE WHEN p_state = 'refused' THEN NULL ELSE coalesce(d.taken_at, p_now) END,
        state = CASE WHEN p_number = '' THEN p_state WHEN p_state = 'refused' THEN 'refused'
                     WHEN d.state = 'back_due' AND deduction_all_back_v1(p_no, d.amount_fen) THEN 'back'
                     ELSE d.state END,
        settle_at = CASE WHEN p_state = 'taken' OR EXISTS (SELECT FROM deduction_back b
                         WHERE b.deduction_no = p_no AND b.back_at IS NULL AND p_state <> 'refused') THEN p_now END
    WHERE d.deduction_no = p_no RETURNING state INTO v.state;
    RETURN v.state;
END $$;

CREATE OR REPLACE FUNCTION deduction_all_back_v1(p_no text, p_fen bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(bool_and(b.back_at IS NOT NULL) AND sum(b.amount_fen) = p_fen, false)
    FROM deduction_back b WHERE b.deduction_no = p_no;
$$;

-- Where a taken one stands by the hub's record of its number, whoever asks: booked; or to be given back, for the charge
-- was refused, blocked or taken back, or the number is another's. Answers the state, `unseen` where the hub never saw it.
CREATE OR REPLACE FUNCTION deduction_booked_v1(p_no text, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v deduction;
    c record;
BEGIN
    SELECT * INTO STRICT v FROM deduction d WHERE d.deduction_no = p_no FOR UPDATE;
    SELECT * INTO c FROM deduction_charge_v1(v);
    IF v.state <> 'taken' THEN
        RETURN v.state;
    ELSIF NOT FOUND THEN
        RETURN 'unseen';
    ELSIF c.ours AND c.payer = 'taken' AND c.biller = 'booked' THEN
        UPDATE deduction SET state = 'booked', payment_id = c.payment, code = 0, changed_at = p_now, tries = 0,
            settle_at = (SELECT p_now FROM deduction_back b WHERE b.deduction_no = p_no AND b.back_at IS NULL LIMIT 1)
        WHERE deduction_no = p_no;
        RETURN 'booked';
    ELSIF c.ours AND c.payer IN ('held', 'taken') THEN
        RETURN 'taken';
    END IF;
    INSERT INTO deduction_back (number, deduction_no, serial, amount_fen, due_at)
    VALUES ('R' || p_no, p_no, '', v.amount_fen, p_now);
    UPDATE deduction SET state = 'back_due', changed_at = p_now, tries = 0, settle_at = p_now,
        code = coalesce(nullif(c.code, 0), @DEDUCTION_TAKEN_BACK)
    WHERE deduction_no = p_no;
    RETURN 'back_due';
END $$;

-- What the bank never saw in its time is given up: from now on it is asked back, which blocks it there.
CREATE OR REPLACE FUNCTION deduction_give_up_v1(p_no text, p_code integer, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v deduction;
BEGIN
    SELECT * INTO STRICT v FROM deduction d WHERE d.deduction_no = p_no FOR UPDATE;
    IF v.state <> 'asked' THEN
        RETURN v.state;
    END IF;
    INSERT INTO deduction_back (number, deduction_no, serial, amount_fen, due_at)
    VALUES ('R' || p_no, p_no, '', v.amount_fen, p_now);
    UPDATE deduction SET state = 'back_due', code = p_code, changed_at = p_now, tries = 0, settle_at = p_now
    WHERE deduction_no = p_no;
    RETURN 'back_due';
END $$;

-- The hub's last word on it, for people to read.
CREATE OR REPLACE FUNCTION deduction_said_v1(p_no text, p_code integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE deduction SET code = p_code WHERE deduction_no = p_no AND state = 'taken';
$$;

-- Claims those that are due: another worker passes them by, and one that dies gets them again.
CREATE OR REPLACE FUNCTION deduction_due_v1(p_now timestamptz, p_waits integer[], p_most integer) RETURNS SETOF text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE deduction d SET tries = d.tries + 1,
        settle_at = p_now + make_interval(secs => p_waits[least(d.tries + 1, cardinality(p_waits))])
    FROM (SELECT x.deduction_no FROM deduction x WHERE x.settle_at <= p_now
          ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) t
    WHERE t.deduction_no = d.deduction_no RETURNING d.deduction_no;
$$;

-- Who gives the account its money for this return. What we took back (a chargeback, a repair) the port is asked for;
-- but not what the bank's own message took back, nor what its file says that it gave: that the bank did by itself.
DROP FUNCTION IF EXISTS deduction_giver_v1(bigint, text);
CREATE OR REPLACE FUNCTION deduction_giver_v1(p payment_return) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN payments_asked_v1(p) THEN 'port' ELSE 'bank' END;
$$;

-- Is what is taken back of this payment given to its payer by a deduction of it?
CREATE OR REPLACE FUNCTION deduction_gives_v1(p_channel integer, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM deduction d WHERE d.deduction_no = p_serial AND d.channel_id = p_channel);
$$;

-- A return of a deduction's payment goes back to the account it came from, in the transaction that takes it back,
-- whoever does: whole, or a part under a number of its own, for each part leaves less.
CREATE OR REPLACE FUNCTION deduction_return_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    v_no text;
    v_by text;
BEGIN
    SELECT d.deduction_no INTO v_no FROM payment y
    JOIN deduction d ON d.deduction_no = y.serial AND d.channel_id = y.channel_id AND d.state IN ('taken', 'booked')
    WHERE y.bucket = NEW.bucket AND y.payment_id = NEW.payment_id;
    IF FOUND THEN
        PERFORM FROM deduction d WHERE d.deduction_no = v_no FOR UPDATE;
        v_by := deduction_giver_v1(NEW);
        INSERT INTO deduction_back (number, deduction_no, serial, amount_fen, given_by, due_at, back_at)
        VALUES ('R' || v_no || '-' || NEW.left_fen, v_no, NEW.serial, NEW.amount_fen, v_by, NEW.booked_at,
                CASE v_by WHEN 'bank' THEN NEW.booked_at END);
        UPDATE deduction d SET tries = 0, changed_at = NEW.booked_at, payment_id = NEW.payment_id,
            settle_at = CASE WHEN v_by = 'port' THEN NEW.booked_at
                             WHEN NEW.left_fen = 0 AND deduction_all_back_v1(v_no, d.amount_fen) THEN NULL
                             ELSE d.settle_at END,
            state = CASE WHEN NEW.left_fen > 0 THEN d.state
                         WHEN deduction_all_back_v1(v_no, d.amount_fen) THEN 'back' ELSE 'back_due' END,
            code = CASE NEW.left_fen WHEN 0 THEN @DEDUCTION_TAKEN_BACK ELSE d.code END
        WHERE d.deduction_no = v_no;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER deduction_return AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL) EXECUTE FUNCTION deduction_return_v1();
CREATE OR REPLACE TRIGGER deduction_returned AFTER UPDATE OF booked_at ON payment_return FOR EACH ROW
    WHEN (OLD.booked_at IS NULL AND NEW.booked_at IS NOT NULL) EXECUTE FUNCTION deduction_return_v1();

-- The port of a channel's bank, as two people decided in this very transaction. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION deduction_port_v1(p_code text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v jsonb := (SELECT content FROM access_authorisation WHERE id = access_settled_v1('deductions.port', p_code));
BEGIN
    INSERT INTO deduction_port (channel_id, endpoint, enabled)
    SELECT c.partner_id, v ->> 'endpoint', (v ->> 'enabled')::boolean
    FROM channel c JOIN partner p ON p.id = c.partner_id
    WHERE p.code = p_code AND v ->> 'channel' = p_code
    ON CONFLICT (channel_id) DO UPDATE SET endpoint = excluded.endpoint, enabled = excluded.enabled;
    RETURN CASE WHEN FOUND THEN 0 ELSE @AUTHORISATION_INVALID END;
END $$;

-- The bank says on paper that it holds nothing of what is to go back, as two people decided in this very transaction; its
-- port has given no answer that ends it for a quarter of an hour. What it never said to have taken is refused. Codes:
-- BACK_NOT_DUE (it is back, or too new), AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION deduction_outside_v1(p_number text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_reference text := (SELECT content ->> 'reference' FROM access_authorisation
        WHERE id = access_settled_v1('deductions.outside', p_number) AND content ->> 'number' = p_number);
    v deduction;
BEGIN
    IF coalesce(v_reference, '') = '' THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    SELECT d.* INTO v FROM deduction d JOIN deduction_back b ON b.deduction_no = d.deduction_no
    WHERE b.number = p_number FOR UPDATE OF d;
    p_now := payments_moment_v1(v.channel_id, p_now);
    UPDATE deduction_back SET given_by = 'outside', reference = v_reference, back_at = p_now
    WHERE number = p_number AND back_at IS NULL AND due_at < p_now - interval '15 minutes';
    IF NOT FOUND THEN
        RETURN @BACK_NOT_DUE;
    END IF;
    UPDATE deduction d SET changed_at = p_now, tries = 0, reason = v_reference,
        state = CASE WHEN d.state <> 'back_due' THEN d.state WHEN d.taken_at IS NULL THEN 'refused'
                     WHEN deduction_all_back_v1(d.deduction_no, d.amount_fen) THEN 'back' ELSE d.state END,
        settle_at = CASE WHEN EXISTS (SELECT FROM deduction_back b
                         WHERE b.deduction_no = d.deduction_no AND b.back_at IS NULL) THEN p_now END
    WHERE d.deduction_no = v.deduction_no;
    RETURN 0;
END $$;
