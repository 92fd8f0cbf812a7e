-- What stays as it was entered, whoever may write the table: a shift's opening, an entry that was sent, how often a paper was
-- printed. What a page needs to change, it changes forwards.

-- A drawer begins with what its teller counted when he balanced it last, or with a supervisor's word on the difference, in
-- this very transaction (`opening` and the teller's id, of just this sum).
CREATE OR REPLACE FUNCTION counter_opening_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    NEW.left_fen := counter_left_v1(NEW.teller_id);
    NEW.opening_authorisation_id := (SELECT a.id FROM access_authorisation a
        WHERE a.id = access_settled_v1('desk.open', 'opening ' || NEW.teller_id) AND a.maker_id = NEW.teller_id
            AND a.content -> 'fen' = to_jsonb(NEW.opening_fen));
    IF NEW.opening_fen <> NEW.left_fen AND NEW.opening_authorisation_id IS NULL THEN
        RAISE EXCEPTION 'teller % left % fen and opens with %', NEW.teller_id, NEW.left_fen, NEW.opening_fen
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER opens_with BEFORE INSERT ON counter_shift
    FOR EACH ROW EXECUTE FUNCTION counter_opening_v1();

-- A shift's end is its last change; one that differs has a supervisor's word in this very transaction.
CREATE OR REPLACE FUNCTION counter_shift_kept_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF OLD.state <> 'open' OR (OLD.id, OLD.teller_id, OLD.institution_id, OLD.channel_id, OLD.business_day, OLD.opened_at,
            OLD.opening_fen, OLD.left_fen, OLD.opening_authorisation_id)
        IS DISTINCT FROM (NEW.id, NEW.teller_id, NEW.institution_id, NEW.channel_id, NEW.business_day, NEW.opened_at,
            NEW.opening_fen, NEW.left_fen, NEW.opening_authorisation_id)
        OR NEW.difference_fen <> 0 AND access_settled_v1('desk.close', 'shift ' || NEW.id) IS NULL
    THEN
        RAISE EXCEPTION 'shift % is kept as it was', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE ON counter_shift FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION counter_shift_kept_v1();

-- An entry goes forwards: draft, unknown, booked or refused, then reversed (also what a biller reversed before it was
-- booked) or refunded; what was sent keeps its money. What
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
            AND NOT (OLD.original_id IS NOT NULL AND OLD.state = 'refused' AND NEW.state = 'unknown')
    THEN
        RAISE EXCEPTION 'entry % is kept as it was', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE ON counter_entry FOR EACH ROW WHEN (OLD IS DISTINCT FROM NEW)
    EXECUTE FUNCTION counter_entry_kept_v1();

-- Whose account pays is what was drafted.
CREATE OR REPLACE FUNCTION counter_leg_kept_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM counter_entry e WHERE e.id = OLD.entry_id AND e.state = 'draft') THEN
        RAISE EXCEPTION 'entry % was sent: its account is kept as it was', OLD.entry_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER kept BEFORE UPDATE OF entry_id, core_id, transit, holder, cheque_no, cheque_on ON counter_core
    FOR EACH ROW EXECUTE FUNCTION counter_leg_kept_v1();

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
