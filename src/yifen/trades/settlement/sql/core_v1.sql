-- What stands on a company's transit account at a bank's core is swept as a whole (4692, a pair of a merchant): of it no
-- commission is taken out, and nothing is paid out through a bank. Pair and agreement refuse each other, whoever comes second.

-- Why a biller's money cannot be swept: AGREEMENT_AT_CORE, an agreement in force on its book's day, or to come, does not
-- leave it whole; 0: it can.
CREATE OR REPLACE FUNCTION settlement_whole_v1(p_biller integer) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM agreement_in_force a JOIN partner y ON y.id = a.biller_id JOIN ledger_book k USING (book_id)
        WHERE a.biller_id = p_biller AND (a.mode = 'net' OR a.payout)
            AND (a.next_valid_from IS NULL OR a.next_valid_from > k.current_day))
        THEN @AGREEMENT_AT_CORE ELSE 0 END;
$$;

-- Code, as the message of YF001: AGREEMENT_AT_CORE. An agreement that leaves it whole is taken always, so that one of before
-- has a way out; one that begins later, or is gone, lets the one before it run on.
CREATE OR REPLACE FUNCTION settlement_at_core_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := CASE TG_OP WHEN 'DELETE' THEN OLD.biller_id ELSE NEW.biller_id END;
    v_asks boolean := true;
BEGIN
    PERFORM pg_advisory_xact_lock(8425, v_biller);
    IF TG_TABLE_NAME = 'agreement' AND TG_OP <> 'DELETE' THEN
        v_asks := NEW.mode = 'net' OR NEW.payout OR TG_OP = 'UPDATE' AND NEW.valid_from > OLD.valid_from;
    END IF;
    IF v_asks AND settlement_whole_v1(v_biller) <> 0
            AND EXISTS (SELECT FROM core_pair p WHERE p.biller_id = v_biller AND p.merchant <> '') THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = (@AGREEMENT_AT_CORE)::text;
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER whole_at_core AFTER INSERT OR DELETE OR UPDATE ON agreement
    FOR EACH ROW EXECUTE FUNCTION settlement_at_core_v1();
CREATE OR REPLACE TRIGGER whole_at_core AFTER INSERT OR UPDATE ON core_pair
    FOR EACH ROW WHEN (NEW.merchant <> '') EXECUTE FUNCTION settlement_at_core_v1();
