-- Drafts 待确认 of the desk end with their shift, and at the latest with their business day: in the cut's own
-- transaction. Nothing is lost by it: what was confirmed is `unknown` before the hub hears of it, and no draft.
CREATE OR REPLACE FUNCTION counter_day_over_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE counter_entry e SET state = 'refused', result = @DRAFT_LAPSED
    FROM partner p
    WHERE e.state = 'draft' AND e.business_day < NEW.current_day
        AND p.id = e.channel_id AND p.book_id = NEW.book_id;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER drafts_end AFTER UPDATE OF current_day ON ledger_book FOR EACH ROW
    WHEN (OLD.current_day < NEW.current_day) EXECUTE FUNCTION counter_day_over_v1();
