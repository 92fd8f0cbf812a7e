-- A teller who changes his branch, for good or for days, has balanced his drawer and left no cash in it: nobody would
-- answer for it. Cash leaves it by an opening with less, which a supervisor signs.

-- Codes: TELLER_SHIFT_OPEN, TELLER_HAS_CASH.
CREATE OR REPLACE FUNCTION counter_stays_v1(p_user bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM counter_shift s WHERE s.teller_id = p_user AND s.state = 'open')
        THEN @TELLER_SHIFT_OPEN WHEN counter_left_v1(p_user) <> 0 THEN @TELLER_HAS_CASH ELSE 0 END;
$$;

-- A shift is opened where its teller is: who moves just now waits for it, or it for him.
CREATE OR REPLACE FUNCTION counter_here_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM access_user u WHERE u.id = NEW.teller_id AND u.institution_id = NEW.institution_id AND u.is_active
    FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'teller % is not at institution %', NEW.teller_id, NEW.institution_id
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER where_he_is BEFORE INSERT ON counter_shift
    FOR EACH ROW EXECUTE FUNCTION counter_here_v1();
