-- Who decides what is done about a difference: two people by a proposal (acts `repair` and
-- `repair.release`), or the partner's own policy. No caller's word names anybody.

-- The item follows its proposal: made, `proposed`; agreed to, `doing`; refused or withdrawn, as it was
-- before. Only an item that waits for people follows.
CREATE OR REPLACE FUNCTION recon_follow_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
    v_item recon_item;
    v_before jsonb;
    v_old jsonb;
    v_act text;
BEGIN
    IF NEW.action <> 'repair' OR NEW.shown IS NULL
        OR TG_OP = 'UPDATE' AND (OLD.decided_at IS NOT NULL OR NEW.decided_at IS NULL)
    THEN
        RETURN NULL;
    END IF;
    SELECT * INTO v_item FROM recon_item WHERE item_id = NEW.subject_key::bigint FOR UPDATE;
    v_old := to_jsonb(v_item);
    IF TG_OP = 'INSERT' AND v_item.state IN ('open', 'waiting') THEN
        v_act := 'propose';
        UPDATE recon_item SET state = 'proposed', action = NEW.content ->> 'action', decided_by = NULL,
            proposed_by = (SELECT login FROM access_user WHERE id = NEW.maker_id)
        WHERE item_id = v_item.item_id RETURNING * INTO v_item;
    ELSIF TG_OP = 'UPDATE' AND v_item.state = 'proposed' AND NEW.granted THEN
        v_act := 'approve';
        UPDATE recon_item SET state = 'doing',
            decided_by = (SELECT login FROM access_user WHERE id = NEW.checker_id)
        WHERE item_id = v_item.item_id RETURNING * INTO v_item;
    ELSIF TG_OP = 'UPDATE' AND v_item.state = 'proposed' THEN
        v_act := CASE WHEN NEW.checker_id IS NULL THEN 'withdraw' ELSE 'refuse' END;
        SELECT a.before INTO v_before FROM recon_act a
        WHERE a.item_id = v_item.item_id AND a.act = 'propose' ORDER BY a.act_id DESC LIMIT 1;
        UPDATE recon_item SET state = (v_before ->> 'state')::recon_state,
            action = v_before ->> 'action', proposed_by = NULL, decided_by = NULL
        WHERE item_id = v_item.item_id RETURNING * INTO v_item;
    ELSE
        RETURN NULL;
    END IF;
    INSERT INTO recon_act (item_id, at, who, act, note, before, after)
    SELECT v_item.item_id, coalesce(NEW.decided_at, NEW.requested_at), u.login, v_act,
           CASE v_act WHEN 'propose' THEN NEW.reason ELSE NEW.answer END, v_old, to_jsonb(v_item)
    FROM access_user u WHERE u.id = coalesce(NEW.checker_id, NEW.maker_id);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER recon_follows AFTER INSERT OR UPDATE ON access_authorisation
    FOR EACH ROW EXECUTE FUNCTION recon_follow_v1();

-- What two people said of an item is written here alone.
CREATE OR REPLACE FUNCTION recon_said_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'USAGE') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'item %: % is said by a proposal', NEW.item_id, NEW.act USING ERRCODE = 'restrict_violation';
END $$;
CREATE OR REPLACE TRIGGER said BEFORE INSERT ON recon_act FOR EACH ROW
    WHEN (NEW.act IN ('propose', 'approve', 'refuse', 'withdraw')) EXECUTE FUNCTION recon_said_v1();

-- Who proposed and who decided is written by nobody but the owner's functions; a process may forget it.
CREATE OR REPLACE FUNCTION recon_words_v1() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.proposed_by IS NOT DISTINCT FROM OLD.proposed_by OR NEW.proposed_by IS NULL)
        AND (NEW.decided_by IS NOT DISTINCT FROM OLD.decided_by OR NEW.decided_by IS NULL)
        OR pg_has_role(current_user, (SELECT relowner FROM pg_class WHERE oid = TG_RELID), 'MEMBER')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'who proposed and decided stands in the proposal' USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE OR REPLACE TRIGGER words BEFORE UPDATE ON recon_item
    FOR EACH ROW EXECUTE FUNCTION recon_words_v1();

-- Did two people decide just this action of this item: its newest proposal that was agreed to?
CREATE OR REPLACE FUNCTION recon_agreed_v1(p_item recon_item) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT a.content ->> 'action' = p_item.action AND lower(m.login) = lower(p_item.proposed_by)
            AND lower(c.login) = lower(p_item.decided_by)
        FROM access_authorisation a
        JOIN access_user m ON m.id = a.maker_id JOIN access_user c ON c.id = a.checker_id
        WHERE a.action = 'repair' AND a.subject_key = p_item.item_id::text AND a.granted
        ORDER BY a.id DESC LIMIT 1), false);
$$;

-- Does the partner's policy, its own or the default, let this difference go to suspense by itself? What a
-- channel has more, up to the policy's limit; what could not be booked goes there too, and a sale of
-- theirs which was to be given back and was refused here meanwhile. As repair/rules.py decides.
CREATE OR REPLACE FUNCTION recon_goes_alone_v1(p_item recon_item) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT recon_difference_v1(p_item) > 0 AND p.party = 'channel' AND p.automatic
            AND CASE p.action
                WHEN 'suspend' THEN p.fen_max IS NULL OR recon_difference_v1(p_item) <= p.fen_max
                WHEN 'book' THEN true
                WHEN 'refund' THEN p_item.class = 'status' AND p_item.ours_kind IS NULL
                ELSE false END
        FROM recon_policy_v1(p_item) p), false);
$$;

-- 认领: whose it is from now on; only oneself, found by the session. Codes: PERMISSION_MISSING,
-- ITEM_UNKNOWN, ITEM_CLOSED.
CREATE OR REPLACE FUNCTION recon_own_v1(
    p_session text, p_item bigint, p_mine boolean, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_old recon_item;
    v_new recon_item;
    v_login text;
BEGIN
    SELECT * INTO v_old FROM recon_item WHERE item_id = p_item FOR UPDATE;
    SELECT u.login INTO v_login FROM access_user u JOIN partner p ON p.id = v_old.partner_id
    WHERE u.id = access_who_v1(p_session)
        AND access_may_v1(u.id, 'repair.propose', p.institution_id, p.id);
    IF v_old.item_id IS NULL THEN
        RETURN @ITEM_UNKNOWN;
    ELSIF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v_old.state = 'closed' THEN
        RETURN @ITEM_CLOSED;
    END IF;
    UPDATE recon_item SET owner = CASE WHEN p_mine THEN v_login END
    WHERE item_id = p_item RETURNING * INTO v_new;
    INSERT INTO recon_act (item_id, at, who, act, note, before, after)
    VALUES (p_item, p_now, v_login, 'own', coalesce(v_new.owner, ''), to_jsonb(v_old), to_jsonb(v_new));
    RETURN 0;
END $$;
