-- A file that was no evidence is withdrawn 撤回 by two people: it counts no longer, and what rested on it is undone
-- or told. Its bytes, rows and runs stay as they were.

-- Differences that rest on a file, each with what a withdrawal makes of it: `open` closes, for it is found anew if
-- it still is one; so does `explained`, which lines of this file or of others had explained together; `moving`
-- and `moved`: money is on its way, or has moved, which is for people; `said`: people or rules said that nothing is
-- to be done; `gone`: it was no difference any longer. Of the file's day all, for any of them may be one without
-- the file, or none.
CREATE OR REPLACE FUNCTION recon_rests_v1(p_file bigint)
RETURNS TABLE (item_id bigint, business_day date, fen bigint, standing text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH file AS (SELECT * FROM recon_file f WHERE f.file_id = p_file),
    shown AS (SELECT e.expected_id FROM recon_expected e WHERE e.file_id = p_file),
    runs AS (SELECT r.run_id FROM recon_run r, file f WHERE r.partner_id = f.partner_id AND p_file = ANY (r.files)),
    mine AS (
        SELECT i.item_id, i.group_no FROM recon_item i, file f
        WHERE i.partner_id = f.partner_id AND (i.file_id = p_file OR i.run_id IN (SELECT r.run_id FROM runs r)
            OR i.business_day = f.business_day AND i.expected_id IS NULL
            OR i.expected_id IN (SELECT s.expected_id FROM shown s))
    )
    SELECT i.item_id, i.business_day, greatest(coalesce(i.ours_fen, 0), coalesce(i.theirs_fen, 0)),
           CASE WHEN i.state IN ('open', 'waiting', 'proposed') OR i.state = 'doing' AND i.plan IS NULL THEN 'open'
                WHEN i.state = 'doing' THEN 'moving'
                WHEN i.closed_by = 'gone' THEN 'gone'
                WHEN i.closed_by IN ('cross_day', 'rule', 'group', 'arrived') THEN 'explained'
                WHEN i.action IN ('refund', 'book', 'suspend', 'resolve') THEN 'moved' ELSE 'said' END
    FROM recon_item i, file f
    WHERE i.partner_id = f.partner_id AND (i.item_id IN (SELECT m.item_id FROM mine m)
        OR i.group_no IN (SELECT m.group_no FROM mine m WHERE m.group_no IS NOT NULL));
$$;

-- Does a difference rest on evidence that still counts: was no file of its run withdrawn, or was it found anew?
CREATE OR REPLACE FUNCTION recon_stands_v1(p_item recon_item) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM recon_run u WHERE u.run_id = p_item.run_id AND u.void_at IS NULL
        UNION ALL
        SELECT FROM recon_item n JOIN recon_run u ON u.run_id = n.run_id AND u.void_at IS NULL
        WHERE n.partner_id = p_item.partner_id AND n.business_day = p_item.business_day
            AND n.serial = p_item.serial AND n.class = p_item.class AND n.nth = p_item.nth
            AND n.closed_by IS DISTINCT FROM 'gone');
$$;

-- A closed difference stays closed as it is, but what explained it may be gone: by a withdrawal alone.
CREATE OR REPLACE FUNCTION recon_closed_once_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'closed' AND NOT (
        NEW.closed_by = 'gone' AND OLD.closed_by IN ('cross_day', 'rule', 'group', 'arrived')
        AND to_jsonb(NEW) - 'closed_by' = to_jsonb(OLD) - 'closed_by'
        AND access_settled_v1('recon.withdraw', NULL) IS NOT NULL)
    THEN
        RAISE EXCEPTION 'item % is closed', OLD.item_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER closes_once BEFORE UPDATE ON recon_item
    FOR EACH ROW EXECUTE FUNCTION recon_closed_once_v1();

-- That an item was no difference any longer, or what explained it, a run says and a withdrawal, and no process:
-- what is gone counts in no bound of a day.
CREATE OR REPLACE FUNCTION recon_found_out_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'item %: % is found out by a run', NEW.item_id, coalesce(NEW.closed_by, OLD.closed_by)
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER found_out BEFORE UPDATE ON recon_item FOR EACH ROW
    WHEN (NEW.closed_by IS DISTINCT FROM OLD.closed_by
          AND (NEW.closed_by IN ('gone', 'cross_day', 'rule', 'group', 'arrived')
               OR OLD.closed_by IN ('gone', 'cross_day', 'rule', 'group', 'arrived')))
    EXECUTE FUNCTION recon_found_out_v1();

DROP TRIGGER IF EXISTS gone ON recon_item;
DROP FUNCTION IF EXISTS recon_gone_v1();

-- Did a file count before this very decision of two people?
CREATE OR REPLACE FUNCTION recon_counted_v1(p_file recon_file, p_but bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT a.action = 'recon.file' FROM access_authorisation a
        WHERE a.action IN ('recon.file', 'recon.withdraw') AND a.subject_key = p_file.file_id::text AND a.granted
            AND a.id <> p_but ORDER BY a.id DESC LIMIT 1), NOT p_file.uploaded);
$$;

-- As two people decided in this very transaction. Where expected money was shown stays with it, so that what moved
-- by that is told until another line shows it. Lock order: the partner's runs, items by number.
-- Codes: AUTHORISATION_INVALID (nobody did), FILE_MISSING (it is not there, or did not count).
CREATE OR REPLACE FUNCTION recon_withdraw_v1(p_file bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_decision bigint := access_settled_v1('recon.withdraw', p_file::text);
    v_file recon_file;
    v_items bigint[];
    v_days date[];
BEGIN
    SELECT * INTO v_file FROM recon_file f WHERE f.file_id = p_file;
    IF v_decision IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF recon_counted_v1(v_file, v_decision) IS NOT TRUE THEN
        RETURN @FILE_MISSING;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('recon_run', v_file.partner_id));
    PERFORM FROM recon_item i WHERE i.item_id IN (SELECT r.item_id FROM recon_rests_v1(p_file) r)
    ORDER BY i.item_id FOR UPDATE;
    SELECT array_agg(r.item_id), array_agg(DISTINCT r.business_day) INTO v_items, v_days
    FROM recon_rests_v1(p_file) r WHERE r.standing IN ('open', 'explained');
    UPDATE recon_run r SET void_at = p_now
    WHERE r.partner_id = v_file.partner_id AND r.void_at IS NULL
        AND (p_file = ANY (r.files) OR r.business_day = v_file.business_day OR r.business_day = ANY (v_days));
    UPDATE recon_item i SET state = 'closed', closed_at = coalesce(i.closed_at, p_now), closed_by = 'gone'
    WHERE i.item_id = ANY (v_items);
    UPDATE recon_expected e SET done = false
    WHERE e.partner_id = v_file.partner_id AND e.file_id = p_file AND e.done;
    RETURN 0;
END $$;
