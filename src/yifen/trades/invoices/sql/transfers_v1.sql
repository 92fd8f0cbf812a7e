-- Hand-overs 交接 between institutions, an institution and its tellers: who gives signs, who takes signs, and what was not
-- taken stays in transit.

-- May papers go this way? Inside an institution between store and tellers and from teller to teller; down from a store
-- to one below or to a teller there (a small branch has no keeper); up into a store. Void paper only goes into a store, not
-- down.
CREATE OR REPLACE FUNCTION invoices_way_v1(
    p_from bigint, p_from_user bigint, p_to bigint, p_to_user bigint, p_void boolean
) RETURNS boolean LANGUAGE sql STABLE AS $$
    WITH RECURSIVE up (start, id) AS (
        SELECT i.id, i.id FROM institution i WHERE i.id IN (p_from, p_to)
        UNION ALL SELECT u.start, i.parent_id FROM up u JOIN institution i ON i.id = u.id WHERE i.parent_id IS NOT NULL
    )
    SELECT (p_from, coalesce(p_from_user, 0)) <> (p_to, coalesce(p_to_user, 0))
        AND EXISTS (SELECT FROM institution i WHERE i.id = p_to AND i.closed_at IS NULL)
        AND CASE WHEN p_from = p_to THEN NOT p_void OR p_to_user IS NULL
            ELSE p_to_user IS NULL AND EXISTS (SELECT FROM up WHERE start = p_from AND id = p_to)
                OR p_from_user IS NULL AND NOT p_void AND EXISTS (SELECT FROM up WHERE start = p_to AND id = p_from) END
        AND (p_to_user IS NULL OR EXISTS (SELECT FROM access_user u WHERE u.id = p_to_user AND u.institution_id = p_to
                 AND u.is_active AND access_may_v1(u.id, 'invoices.use', p_to, NULL)));
$$;

-- Hand over: out of his own hand (p_own), or out of the store of his institution. Codes: PERMISSION_MISSING,
-- INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID, INVOICE_WAY_UNFIT, INVOICE_NOT_HELD.
CREATE OR REPLACE FUNCTION invoices_give_v1(
    p_session text, p_kind integer, p_first bigint, p_last bigint, p_void boolean, p_own boolean, p_to bigint,
    p_to_user bigint, p_now timestamptz, OUT code integer, OUT transfer bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
    v_user bigint;
    v_from bigint;
    v_ids bigint[];
BEGIN
    SELECT * INTO v_who FROM invoices_who_v1(p_session, CASE WHEN p_own THEN 'invoices.use' ELSE 'invoices.keep' END);
    v_user := CASE WHEN p_own THEN v_who.who END;
    v_from := v_who.institution;
    IF p_own THEN  -- where he took it, should he work elsewhere by now
        v_from := coalesce((SELECT r.institution_id FROM invoice_range r WHERE r.user_id = v_who.who
            AND r.kind_id = p_kind AND p_first BETWEEN r.first_no AND r.last_no), v_from);
    END IF;
    code := CASE WHEN v_who.who IS NULL THEN @PERMISSION_MISSING ELSE invoices_fits_v1(p_kind, p_first, p_last) END;
    IF code = 0 AND invoices_way_v1(v_from, v_user, p_to, p_to_user, p_void) IS NOT TRUE THEN
        code := @INVOICE_WAY_UNFIT;
    END IF;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_ids := invoices_cut_v1(p_kind, p_first, p_last, CASE WHEN p_void THEN 'void' ELSE 'hand' END, v_from, v_user);
    IF v_ids IS NULL THEN
        code := @INVOICE_NOT_HELD;
        RETURN;
    END IF;
    INSERT INTO invoice_transfer (kind_id, first_no, last_no, is_void, from_institution, from_user, to_institution, to_user,
                                  given_by, given_at)
    VALUES (p_kind, p_first, p_last, p_void, v_from, v_user, p_to, p_to_user, v_who.who, p_now)
    RETURNING transfer_id INTO transfer;
    UPDATE invoice_range r SET transfer_id = transfer, since = p_now,
        state = CASE WHEN p_void THEN 'void_transit' ELSE 'transit' END
    WHERE r.range_id = ANY (v_ids);
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, is_void, from_institution, from_user, to_institution, to_user,
                             signed_by, transfer_id, at)
    VALUES (p_kind, p_first, p_last, 'give', p_void, v_from, v_user, p_to, p_to_user, v_who.who, transfer, p_now);
END $$;

-- It ends: taken or refused by its receiver, withdrawn by who gave. Who takes types what he counted, and it must be what
-- the giver wrote. Codes: INVOICE_TRANSFER_ENDED, INVOICE_TRANSFER_NOT_YOURS, INVOICE_TRANSFER_DIFFERS.
CREATE OR REPLACE FUNCTION invoices_end_v1(
    p_session text, p_transfer bigint, p_word text, p_first bigint, p_last bigint, p_reason text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_keeper record;
    v_teller record;
    v_who bigint;
    v invoice_transfer;
    v_is_mine boolean;
BEGIN
    SELECT * INTO v_keeper FROM invoices_who_v1(p_session, 'invoices.keep');
    SELECT * INTO v_teller FROM invoices_who_v1(p_session, 'invoices.use');
    v_who := coalesce(v_keeper.who, v_teller.who);
    SELECT * INTO v FROM invoice_transfer t WHERE t.transfer_id = p_transfer FOR UPDATE;
    IF p_word = 'withdrawn' THEN
        v_is_mine := v.given_by = v_who OR v.from_user IS NULL AND v.from_institution = v_keeper.institution;
    ELSE
        v_is_mine := p_word IN ('taken', 'refused') AND access_person_v1(v.given_by) <> access_person_v1(v_who)
            AND CASE WHEN v.to_user IS NULL THEN v.to_institution = v_keeper.institution
                     ELSE v.to_user = v_teller.who END;
    END IF;
    IF v_is_mine IS NOT TRUE THEN
        RETURN @INVOICE_TRANSFER_NOT_YOURS;
    ELSIF v.state <> 'offered' THEN
        RETURN @INVOICE_TRANSFER_ENDED;
    ELSIF p_word = 'taken' AND (v.first_no, v.last_no) IS DISTINCT FROM (p_first, p_last) THEN
        RETURN @INVOICE_TRANSFER_DIFFERS;
    END IF;
    PERFORM 1 FROM invoice_kind k WHERE k.kind_id = v.kind_id FOR NO KEY UPDATE;
    UPDATE invoice_transfer t SET state = p_word, decided_by = v_who, decided_at = p_now, reason = p_reason
    WHERE t.transfer_id = p_transfer;
    UPDATE invoice_range r SET transfer_id = NULL, since = p_now, state = CASE WHEN v.is_void THEN 'void' ELSE 'hand' END,
        institution_id = CASE p_word WHEN 'taken' THEN v.to_institution ELSE r.institution_id END,
        user_id = CASE p_word WHEN 'taken' THEN v.to_user ELSE r.user_id END
    WHERE r.transfer_id = p_transfer;
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, is_void, from_institution, from_user, to_institution, to_user,
                             signed_by, second_by, transfer_id, reason, at)
    VALUES (v.kind_id, v.first_no, v.last_no, CASE p_word WHEN 'taken' THEN 'take' WHEN 'refused' THEN 'refuse'
            ELSE 'withdraw' END, v.is_void, v.from_institution, v.from_user, v.to_institution, v.to_user, v.given_by,
            v_who, p_transfer, p_reason, p_now);
    RETURN 0;
END $$;
