-- A refund that the channel gave its payer 外部已退: seen to by one person, found by the session, once.
-- Codes: INPUT_INVALID (no number), PERMISSION_MISSING, ITEM_UNKNOWN, ACTION_NOT_POSSIBLE (nobody outside has to
-- give anything), REPAIR_DONE_BEFORE.
CREATE OR REPLACE FUNCTION recon_outside_v1(
    p_session text, p_item bigint, p_reference text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_item recon_item;
    v_login text;
    v_due record;
BEGIN
    SELECT * INTO v_item FROM recon_item WHERE item_id = p_item FOR UPDATE;
    SELECT u.login INTO v_login FROM access_user u JOIN partner p ON p.id = v_item.partner_id
    WHERE u.id = access_who_v1(p_session)
        AND access_may_v1(u.id, 'repair.propose', p.institution_id, p.id);
    SELECT d.item_id, d.closed_at INTO v_due FROM recon_outside_due d WHERE d.item_id = p_item;
    IF v_item.item_id IS NULL THEN
        RETURN @ITEM_UNKNOWN;
    ELSIF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF btrim(coalesce(p_reference, '')) = '' OR length(p_reference) > 64 THEN
        RETURN @INPUT_INVALID;
    ELSIF v_due.item_id IS NULL THEN
        RETURN @ACTION_NOT_POSSIBLE;
    ELSIF v_due.closed_at IS NOT NULL THEN
        RETURN @REPAIR_DONE_BEFORE;
    END IF;
    INSERT INTO recon_outside VALUES (p_item, btrim(p_reference), p_now, v_login);
    INSERT INTO recon_act (item_id, at, who, act, note, before, after)
    VALUES (p_item, p_now, v_login, 'outside', btrim(p_reference), to_jsonb(v_item), to_jsonb(v_item));
    RETURN 0;
END $$;
