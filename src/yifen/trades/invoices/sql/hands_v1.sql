-- Numbers in hands. The database finds by his session who acts, and asks whether he may. Lock order: ledger_head (of a
-- print), invoice_transfer, invoice_kind by number, ranges. A kind is locked by whoever cuts its ranges, so that nobody
-- reads pieces that another is just cutting.

-- Whose session this is, if he may do this where he works himself; NULL: nobody's.
CREATE OR REPLACE FUNCTION invoices_who_v1(
    p_session text, p_permission text, OUT who bigint, OUT institution bigint
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.id, u.institution_id FROM access_user u WHERE u.id = access_who_v1(p_session) AND u.partner_id IS NULL
        AND access_may_v1(u.id, p_permission, u.institution_id, NULL);
$$;

-- Did two people just agree to this, in this transaction? What it is about; NULL: they did not.
CREATE OR REPLACE FUNCTION invoices_signed_v1(p_proposal bigint, p_act text)
RETURNS access_authorisation LANGUAGE sql STABLE AS $$
    SELECT a FROM access_authorisation a WHERE a.id = p_proposal AND a.action = p_act AND a.granted
        AND a.settled_in = pg_current_xact_id()::text::bigint;
$$;

-- Cut these numbers out of the ranges that one holder has in one state; their ranges, which hold nothing else then.
-- NULL: not all of them are there. Called inside.
CREATE OR REPLACE FUNCTION invoices_cut_v1(
    p_kind integer, p_first bigint, p_last bigint, p_state text, p_institution bigint, p_user bigint
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    v invoice_range;
    v_ids bigint[];
    v_there numeric;
BEGIN
    PERFORM 1 FROM invoice_kind k WHERE k.kind_id = p_kind FOR NO KEY UPDATE;
    FOR v IN SELECT * FROM invoice_range r
        WHERE r.span && int8range(p_kind * 1000000000000 + p_first, p_kind * 1000000000000 + p_last, '[]')
            AND r.state = p_state AND r.institution_id = p_institution AND r.user_id IS NOT DISTINCT FROM p_user
        ORDER BY r.first_no FOR UPDATE
    LOOP
        v_ids := v_ids || v.range_id;
        v_there := coalesce(v_there, 0) + least(v.last_no, p_last) - greatest(v.first_no, p_first) + 1;
    END LOOP;
    IF v_there IS DISTINCT FROM p_last - p_first + 1 THEN
        RETURN NULL;
    END IF;
    FOR v IN SELECT * FROM invoice_range r WHERE r.range_id = ANY (v_ids)
        AND (r.first_no < p_first OR r.last_no > p_last)
    LOOP
        UPDATE invoice_range r SET first_no = greatest(r.first_no, p_first), last_no = least(r.last_no, p_last)
        WHERE r.range_id = v.range_id;
        INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, user_id, transfer_id, since)
        SELECT v.kind_id, x.first, x.last, v.state, v.institution_id, v.user_id, v.transfer_id, v.since
        FROM (VALUES (v.first_no, p_first - 1), (p_last + 1, v.last_no)) x (first, last) WHERE x.first <= x.last;
    END LOOP;
    RETURN v_ids;
END $$;

-- Is this a number of the kind, and in order?
CREATE OR REPLACE FUNCTION invoices_fits_v1(p_kind integer, p_first bigint, p_last bigint) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT coalesce((SELECT CASE WHEN p_first BETWEEN 0 AND p_last AND length(p_last::text) <= k.digits THEN 0
                                 ELSE @INVOICE_NUMBER_INVALID END
                     FROM invoice_kind k WHERE k.kind_id = p_kind), @INVOICE_KIND_UNKNOWN);
$$;

-- A kind of paper of a company. Codes: PERMISSION_MISSING, INVOICE_PREFIX_KNOWN.
CREATE OR REPLACE FUNCTION invoices_kind_v1(
    p_session text, p_biller integer, p_name text, p_prefix text, p_digits smallint, p_layout text, p_now timestamptz,
    OUT code integer, OUT kind integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who bigint := access_who_v1(p_session);
BEGIN
    IF (SELECT access_may_v1(v_who, 'invoices.kinds', p.institution_id, p.id) FROM partner p
        JOIN biller b ON b.partner_id = p.id WHERE p.id = p_biller) IS NOT TRUE THEN
        code := @PERMISSION_MISSING;
        RETURN;
    END IF;
    INSERT INTO invoice_kind (biller_id, name, prefix, digits, layout, made_by, made_at)
    VALUES (p_biller, p_name, p_prefix, p_digits, p_layout, v_who, p_now)
    ON CONFLICT (biller_id, prefix) DO NOTHING RETURNING kind_id INTO kind;
    code := CASE WHEN kind IS NULL THEN @INVOICE_PREFIX_KNOWN ELSE 0 END;
END $$;

-- Stock-in: the count of two people, who agreed in this transaction; faulty numbers are void at once. Content: kind,
-- institution, first, last, faulty (pairs). Codes: INVOICE_PROPOSAL_UNFIT, INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID,
-- INVOICE_NUMBER_KNOWN, INVOICE_NOT_HELD (a faulty number is none of these).
CREATE OR REPLACE FUNCTION invoices_receive_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation := invoices_signed_v1(p_proposal, 'invoices.receive');
    v_kind integer := v.content ->> 'kind';
    v_first bigint := v.content ->> 'first';
    v_last bigint := v.content ->> 'last';
    v_code integer := invoices_fits_v1(v_kind, v_first, v_last);
    v_bad jsonb;
    v_ids bigint[];
BEGIN
    IF v.id IS NULL OR (v.content ->> 'institution')::bigint IS DISTINCT FROM v.institution_id THEN
        RETURN @INVOICE_PROPOSAL_UNFIT;
    ELSIF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    PERFORM 1 FROM invoice_kind k WHERE k.kind_id = v_kind FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM invoice_range r WHERE r.span
            && int8range(v_kind * 1000000000000 + v_first, v_kind * 1000000000000 + v_last, '[]')) THEN
        RETURN @INVOICE_NUMBER_KNOWN;
    END IF;
    INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, since)
    VALUES (v_kind, v_first, v_last, 'hand', v.institution_id, p_now);
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, to_institution, signed_by, second_by, proposal_id, reason, at)
    VALUES (v_kind, v_first, v_last, 'receive', v.institution_id, v.maker_id, v.checker_id, v.id, v.reason, p_now);
    FOR v_bad IN SELECT * FROM jsonb_array_elements(v.content -> 'faulty') LOOP
        v_ids := invoices_cut_v1(v_kind, (v_bad ->> 0)::bigint, (v_bad ->> 1)::bigint, 'hand', v.institution_id, NULL);
        IF v_ids IS NULL THEN
            RETURN @INVOICE_NOT_HELD;  -- the caller's transaction ends with it
        END IF;
        UPDATE invoice_range r SET state = 'void', since = p_now WHERE r.range_id = ANY (v_ids);
        INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, signed_by, second_by, proposal_id,
                                 reason, at)
        VALUES (v_kind, (v_bad ->> 0)::bigint, (v_bad ->> 1)::bigint, 'faulty', v.institution_id, v.maker_id,
                v.checker_id, v.id, v.reason, p_now);
    END LOOP;
    RETURN 0;
END $$;

-- Void papers of an institution are destroyed by two people, who agreed in this transaction. Content: kind,
-- institution, first, last. Codes: INVOICE_PROPOSAL_UNFIT, INVOICE_NOT_HELD.
CREATE OR REPLACE FUNCTION invoices_destroy_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation := invoices_signed_v1(p_proposal, 'invoices.destroy');
    v_kind integer := v.content ->> 'kind';
    v_first bigint := v.content ->> 'first';
    v_last bigint := v.content ->> 'last';
    v_ids bigint[];
BEGIN
    IF v.id IS NULL OR (v.content ->> 'institution')::bigint IS DISTINCT FROM v.institution_id THEN
        RETURN @INVOICE_PROPOSAL_UNFIT;
    END IF;
    v_ids := invoices_cut_v1(v_kind, v_first, v_last, 'void', v.institution_id, NULL);
    IF v_ids IS NULL THEN
        RETURN @INVOICE_NOT_HELD;
    END IF;
    UPDATE invoice_range r SET state = 'destroyed', since = p_now WHERE r.range_id = ANY (v_ids);
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, signed_by, second_by, proposal_id, reason,
                             at)
    VALUES (v_kind, v_first, v_last, 'destroy', v.institution_id, v.maker_id, v.checker_id, v.id, v.reason, p_now);
    RETURN 0;
END $$;

-- Torn, smeared, misfed before it was used: void, with a reason; or lost: blocked at once; or found again; or given up
-- as lost for good. p_user: in whose hand it is, NULL: the institution's store. A teller says it of his own papers, a
-- keeper of all of his institution; what was blocked only a keeper who is not its holder takes up again. Codes:
-- PERMISSION_MISSING, INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID, INVOICE_NOT_HELD.
CREATE OR REPLACE FUNCTION invoices_mark_v1(
    p_session text, p_act text, p_kind integer, p_first bigint, p_last bigint, p_user bigint, p_reason text,
    p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_keeper record;
    v_teller record;
    v_code integer := invoices_fits_v1(p_kind, p_first, p_last);
    v_where bigint;
    v_ids bigint[];
BEGIN
    SELECT * INTO v_keeper FROM invoices_who_v1(p_session, 'invoices.keep');
    SELECT * INTO v_teller FROM invoices_who_v1(p_session, 'invoices.use');
    v_where := coalesce(v_keeper.institution, (
        SELECT r.institution_id FROM invoice_range r WHERE r.user_id = v_teller.who AND r.kind_id = p_kind
            AND p_first BETWEEN r.first_no AND r.last_no));
    IF p_act NOT IN ('void', 'lost', 'found')
            OR p_act = 'found' AND (v_keeper.who IS NULL OR v_keeper.who = p_user)
            OR v_keeper.who IS NULL AND (v_teller.who IS NULL OR p_user IS DISTINCT FROM v_teller.who) THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    v_ids := invoices_cut_v1(p_kind, p_first, p_last, CASE p_act WHEN 'found' THEN 'blocked' ELSE 'hand' END, v_where,
                             p_user);
    IF v_ids IS NULL AND p_act = 'void' AND v_keeper.who <> coalesce(p_user, 0) THEN
        v_ids := invoices_cut_v1(p_kind, p_first, p_last, 'blocked', v_where, p_user);
    END IF;
    IF v_ids IS NULL THEN
        RETURN @INVOICE_NOT_HELD;
    END IF;
    UPDATE invoice_range r SET since = p_now,
        state = CASE p_act WHEN 'void' THEN 'void' WHEN 'lost' THEN 'blocked' ELSE 'hand' END
    WHERE r.range_id = ANY (v_ids);
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, from_user, signed_by, reason, at)
    VALUES (p_kind, p_first, p_last, p_act, v_where, p_user, coalesce(v_keeper.who, v_teller.who), p_reason, p_now);
    RETURN 0;
END $$;

-- A count 盘点 of what a holder has in hand of a kind, against the book. A teller counts his own each day, a keeper his
-- institution's each week, its head each month. Codes: PERMISSION_MISSING, INVOICE_KIND_UNKNOWN, INVOICE_NUMBER_INVALID.
CREATE OR REPLACE FUNCTION invoices_count_v1(
    p_session text, p_cadence text, p_kind integer, p_user bigint, p_first bigint[], p_last bigint[], p_now timestamptz,
    OUT code integer, OUT counted bigint, OUT missing text, OUT surplus text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
    v_row invoice_count;
BEGIN
    SELECT * INTO v_who FROM invoices_who_v1(p_session, CASE p_cadence WHEN 'day' THEN 'invoices.use' WHEN 'week' THEN
        'invoices.keep' WHEN 'month' THEN 'invoices.head' ELSE '' END);
    code := CASE WHEN v_who.who IS NULL OR p_cadence = 'day' AND p_user IS DISTINCT FROM v_who.who
            OR p_user IS NOT NULL AND p_user <> v_who.who AND NOT EXISTS (
                SELECT FROM access_user u WHERE u.id = p_user AND u.institution_id = v_who.institution)
        THEN @PERMISSION_MISSING
        ELSE coalesce((SELECT max(invoices_fits_v1(p_kind, x.a, x.b)) FROM unnest(p_first, p_last) x (a, b)),
                      invoices_fits_v1(p_kind, 0, 0)) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    PERFORM 1 FROM invoice_kind k WHERE k.kind_id = p_kind FOR NO KEY UPDATE;
    INSERT INTO invoice_count (kind_id, institution_id, user_id, cadence, counted_by, counted_at, last_act, book, counted)
    VALUES (p_kind, v_who.institution, p_user, p_cadence, v_who.who, p_now,
        (SELECT coalesce(max(a.act_id), 0) FROM invoice_act a WHERE a.kind_id = p_kind),
        (SELECT coalesce(range_agg(int8range(r.first_no, r.last_no, '[]')), '{}') FROM invoice_range r
         WHERE r.kind_id = p_kind AND r.state = 'hand' AND CASE WHEN p_user IS NULL
             THEN r.user_id IS NULL AND r.institution_id = v_who.institution ELSE r.user_id = p_user END),
        (SELECT coalesce(range_agg(int8range(x.a, x.b, '[]')), '{}') FROM unnest(p_first, p_last) x (a, b)))
    RETURNING * INTO v_row;
    counted := v_row.count_id;
    missing := v_row.missing::text;
    surplus := v_row.surplus::text;
END $$;
