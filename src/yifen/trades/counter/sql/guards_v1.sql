-- What stays as it was entered, whoever may write the table: a shift's opening, an entry that was sent, how often a paper was
-- printed. What a page needs to change, it changes forwards.

-- A drawer begins with what its teller counted when he balanced it last, or with a supervisor's word on the difference, in
-- this very transaction (`opening` and the teller's id, of just this sum). The owner is free of it.
CREATE OR REPLACE FUNCTION counter_opening_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    NEW.left_fen := counter_left_v1(NEW.teller_id);
    NEW.opening_authorisation_id := (SELECT a.id FROM access_authorisation a
        WHERE a.id = access_settled_v1('desk.open', 'opening ' || NEW.teller_id) AND a.maker_id = NEW.teller_id
            AND a.content -> 'fen' = to_jsonb(NEW.opening_fen));
    IF NEW.opening_fen <> NEW.left_fen AND NEW.opening_authorisation_id IS NULL
            AND NOT pg_has_role(session_user, current_user, 'MEMBER') THEN
        RAISE EXCEPTION 'teller % left % fen and opens with %', NEW.teller_id, NEW.left_fen, NEW.opening_fen
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER opens_with BEFORE INSERT ON counter_shift
    FOR EACH ROW EXECUTE FUNCTION counter_opening_v1();

-- A shift's end is its last change: what should be in the drawer is reckoned here, and what was counted from the pieces; one
-- that differs has a supervisor's word in this very transaction. With what nobody knows of yet it does not end.
CREATE OR REPLACE FUNCTION counter_shift_kept_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'open' OR (OLD.id, OLD.teller_id, OLD.institution_id, OLD.channel_id, OLD.business_day, OLD.opened_at,
            OLD.opening_fen, OLD.left_fen, OLD.opening_authorisation_id)
        IS DISTINCT FROM (NEW.id, NEW.teller_id, NEW.institution_id, NEW.channel_id, NEW.business_day, NEW.opened_at,
            NEW.opening_fen, NEW.left_fen, NEW.opening_authorisation_id)
        OR NEW.difference_fen <> 0 AND access_settled_v1('desk.close', 'shift ' || NEW.id) IS NULL
        OR NEW.state <> 'open' AND NOT pg_has_role(session_user, current_user, 'MEMBER') AND (
            (NEW.opening_fen + desk_cash_v1(NEW.id), counter_counted_v1(NEW.counted)) IS DISTINCT FROM
            (NEW.expected_fen, NEW.counted_fen))
    THEN
        RAISE EXCEPTION 'shift % is kept as it was', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE ON counter_shift FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION counter_shift_kept_v1();

-- The word of two people, given in this very transaction, by which an entry takes another back in this shift; NULL: none.
CREATE OR REPLACE FUNCTION counter_word_v1(p counter_entry) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.id FROM counter_entry o JOIN access_authorisation a
        ON a.id IN (access_settled_v1('desk.reversal', o.serial), access_settled_v1('desk.refund', o.serial))
    WHERE o.id = p.original_id AND a.content -> 'entry' = to_jsonb(o.id) AND a.content -> 'shift' = to_jsonb(p.shift_id)
        AND a.maker_id = p.teller_id;
$$;

-- An entry begins in its teller's open shift: a collection as a draft that nobody was sent, what takes one back with two
-- people's word. Else it would wait for a result that nobody can find. The owner is free of it.
CREATE OR REPLACE FUNCTION counter_entry_begins_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(session_user, current_user, 'MEMBER') OR EXISTS (SELECT FROM counter_shift h
            WHERE h.id = NEW.shift_id AND h.state = 'open' AND (h.teller_id, h.institution_id, h.channel_id, h.business_day)
                = (NEW.teller_id, NEW.institution_id, NEW.channel_id, NEW.business_day))
        AND NEW.prints = 0 AND NEW.booked_at IS NULL AND (CASE WHEN NEW.original_id IS NULL
            THEN NEW.state = 'draft' AND num_nonnulls(NEW.sent_at, NEW.result, NEW.payment_id, NEW.authorisation_id) = 0
            ELSE NEW.state = 'unknown' AND NEW.sent_at IS NOT NULL AND NEW.authorisation_id = counter_word_v1(NEW) END)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'no entry begins as % in shift %', NEW.state, NEW.shift_id USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER begins BEFORE INSERT ON counter_entry
    FOR EACH ROW EXECUTE FUNCTION counter_entry_begins_v1();

-- What was sent where there is a core has its posting there in the same transaction, so that the worker can end it.
CREATE OR REPLACE FUNCTION counter_entry_sent_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF corebank_of_v1(NEW.institution_id) IS NOT NULL AND NOT pg_has_role(session_user, current_user, 'MEMBER')
            AND NOT EXISTS (SELECT FROM core_move m WHERE m.serial = NEW.serial AND m.document = 'counter_entry:' || NEW.id) THEN
        RAISE EXCEPTION 'entry % was sent and the core was not asked', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
DROP TRIGGER IF EXISTS sent_with_move ON counter_entry;
CREATE CONSTRAINT TRIGGER sent_with_move AFTER UPDATE OF state ON counter_entry DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.state = 'draft' AND NEW.state = 'unknown') EXECUTE FUNCTION counter_entry_sent_v1();

-- Is there the payment, or what takes it back, that an entry says it is?
CREATE OR REPLACE FUNCTION counter_paid_v1(p counter_entry) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p.original_id IS NULL
        THEN EXISTS (SELECT FROM payment y WHERE (y.bucket, y.payment_id, y.channel_id, y.serial)
                     = ((p.payment_id % 1000)::smallint, p.payment_id, p.channel_id, p.serial))
        ELSE EXISTS (SELECT FROM payment_return r WHERE (r.bucket, r.payment_id, r.channel_id, r.serial)
                     = ((p.payment_id % 1000)::smallint, p.payment_id, p.channel_id, p.serial)) END;
$$;

-- An entry goes forwards: draft, unknown, booked or refused, then reversed (also what a biller reversed before it was
-- booked) or refunded; what was sent keeps its money, and is booked with its own payment. What
-- takes back may be tried again, in another shift, while it is not booked.
CREATE OR REPLACE FUNCTION counter_entry_kept_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.id, OLD.institution_id, OLD.channel_id, OLD.code, OLD.serial, OLD.original_id, OLD.biller_id, OLD.account_no,
            OLD.amount_fen, OLD.lines, OLD.at)
        IS DISTINCT FROM (NEW.id, NEW.institution_id, NEW.channel_id, NEW.code, NEW.serial, NEW.original_id, NEW.biller_id,
            NEW.account_no, NEW.amount_fen, NEW.lines, NEW.at)
        OR OLD.state <> 'draft' AND (OLD.pay_kind, OLD.from_account, OLD.tendered_fen, OLD.change_fen)
            IS DISTINCT FROM (NEW.pay_kind, NEW.from_account, NEW.tendered_fen, NEW.change_fen)
        OR (OLD.original_id IS NULL OR OLD.state = 'booked') AND (OLD.shift_id, OLD.teller_id) <> (NEW.shift_id, NEW.teller_id)
        OR NEW.prints NOT BETWEEN OLD.prints AND OLD.prints + 1
        OR OLD.state <> NEW.state AND (OLD.state || '-' || NEW.state) <> ALL (ARRAY['draft-unknown', 'draft-refused',
            'unknown-booked', 'unknown-refused', 'unknown-reversed', 'booked-reversed', 'booked-refunded', 'refused-reversed'])
            AND NOT (OLD.original_id IS NOT NULL AND OLD.state = 'refused' AND NEW.state = 'unknown'
                     AND NEW.authorisation_id IS NOT DISTINCT FROM counter_word_v1(NEW))
        OR NEW.state = 'unknown' AND NEW.sent_at IS NULL
        OR NEW.state IN ('booked', 'reversed', 'refunded') AND (OLD.state, OLD.payment_id) IS DISTINCT FROM (NEW.state, NEW.payment_id)
            AND NOT pg_has_role(session_user, current_user, 'MEMBER') AND NOT counter_paid_v1(NEW)
    THEN
        RAISE EXCEPTION 'entry % is kept as it was', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE ON counter_entry FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION counter_entry_kept_v1();

-- Whose account pays is what was drafted; the owner alone seals it anew.
CREATE OR REPLACE FUNCTION counter_leg_kept_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM counter_entry e WHERE e.id = OLD.entry_id AND e.state = 'draft')
        AND NOT (pg_has_role(session_user, current_user, 'MEMBER')
                 AND to_jsonb(OLD) - 'account_sealed' = to_jsonb(NEW) - 'account_sealed') THEN
        RAISE EXCEPTION 'entry % was sent: its account is kept as it was', OLD.entry_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE ON counter_core
    FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW) EXECUTE FUNCTION counter_leg_kept_v1();

-- Prints are counted, one by one.
CREATE OR REPLACE FUNCTION counter_printed_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.prints <> 1
            OR TG_OP = 'UPDATE' AND (NEW.document, NEW.prints) IS DISTINCT FROM (OLD.document, OLD.prints + 1) THEN
        RAISE EXCEPTION 'prints of % are counted one by one', NEW.document USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER counted BEFORE INSERT OR UPDATE ON counter_voucher
    FOR EACH ROW EXECUTE FUNCTION counter_printed_v1();
