-- Papers of payments: printed once, again on their day by a supervisor's word, twice at most afterwards; and what a return
-- of the payment makes of them. The payment's bucket is locked first, as a return locks it: of a reprint and a reversal
-- one sees the other.

-- Of these payments, those that nobody reverses any more: they were printed again.
CREATE OR REPLACE FUNCTION invoices_held_v1(p_bucket smallint, p_payments bigint[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT DISTINCT p.payment_id FROM invoice_print p WHERE p.payment_id = ANY (p_payments) AND p.what = 'reprint';
$$;

-- The next number that this teller uses for a company: the lowest in his hand, of the kind that was there first.
CREATE OR REPLACE FUNCTION invoices_next_v1(p_teller bigint, p_biller integer, OUT kind integer, OUT number bigint,
    OUT institution bigint) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT r.kind_id, r.first_no, r.institution_id FROM invoice_range r
    JOIN invoice_kind k ON k.kind_id = r.kind_id AND k.biller_id = p_biller
    WHERE r.user_id = p_teller AND r.state = 'hand' ORDER BY r.kind_id, r.first_no LIMIT 1;
$$;

-- May this payment have such a paper now? Codes: INVOICE_PAYMENT_UNFIT, OUT_OF_SCOPE (another county union's, or not
-- collected at this institution's counter), INVOICE_ELECTRONIC, INVOICE_PRINTED, INVOICE_NOT_TODAY, INVOICE_NOT_PRINTED, INVOICE_TOO_OLD,
-- INVOICE_COPIES_OVER.
CREATE OR REPLACE FUNCTION invoices_may_print_v1(
    p_payment bigint, p_what text, p_institution bigint, p_now timestamptz, OUT code integer, OUT biller integer
) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v payment;
    v_day date;
    v_counter boolean;
    v_copies bigint;
    v_standing boolean;
BEGIN
    SELECT * INTO v FROM payment y WHERE y.bucket = (p_payment % 1000)::smallint AND y.payment_id = p_payment;
    biller := v.biller_id;
    SELECT k.current_day INTO v_day FROM partner p JOIN ledger_book k USING (book_id) WHERE p.id = v.biller_id
        AND p.institution_id IN (WITH RECURSIVE up AS (
            SELECT i.id, i.parent_id FROM institution i WHERE i.id = p_institution
            UNION ALL SELECT i.id, i.parent_id FROM institution i JOIN up ON i.id = up.parent_id) SELECT id FROM up);
    v_counter := EXISTS (SELECT FROM counter_entry e WHERE e.payment_id = p_payment AND e.original_id IS NULL
        AND e.institution_id = p_institution);
    SELECT count(*) FILTER (WHERE x.what = p_what), coalesce(bool_or(x.voided_at IS NULL AND x.what <> 'supplementary'),
        false) INTO v_copies, v_standing FROM invoice_print x WHERE x.payment_id = p_payment;
    code := CASE WHEN v_day IS NULL OR p_what <> 'supplementary' AND NOT v_counter THEN @OUT_OF_SCOPE
        WHEN (v.payer_state, v.biller_state) IS DISTINCT FROM ('taken'::payer_state, 'booked'::biller_state)
            OR EXISTS (SELECT FROM payment_return r WHERE r.bucket = v.bucket AND r.payment_id = p_payment)
            THEN @INVOICE_PAYMENT_UNFIT
        WHEN EXISTS (SELECT FROM invoice_electronic e WHERE e.payment_id = p_payment AND e.kind = 'blue'
            AND e.state NOT IN ('replaced', 'dropped')) THEN @INVOICE_ELECTRONIC
        WHEN p_what = 'first' AND v_copies > 0 THEN @INVOICE_PRINTED
        WHEN p_what <> 'supplementary' AND v.business_day <> v_day THEN @INVOICE_NOT_TODAY
        WHEN p_what = 'reprint' AND NOT v_standing THEN @INVOICE_NOT_PRINTED
        WHEN p_what = 'supplementary' AND v_standing THEN @INVOICE_PRINTED  -- its paper is out: no second one
        WHEN p_what = 'supplementary' AND v.business_day < (v_day - interval '6 months')::date THEN @INVOICE_TOO_OLD
        WHEN p_what = 'supplementary' AND v_copies >= 2 THEN @INVOICE_COPIES_OVER
        ELSE 0 END;
END $$;

-- Print: the number that is in the printer, which has to be the next one. A reprint's old numbers are void. Codes: as
-- invoices_may_print_v1, and PERMISSION_MISSING, SHIFT_NOT_OPEN, INVOICE_PROPOSAL_UNFIT, INVOICE_NONE_IN_HAND, INVOICE_NOT_LOWEST (`lowest`
-- is the right one). A reprint is its maker's, by what two people agreed in this transaction.
CREATE OR REPLACE FUNCTION invoices_print_v1(
    p_session text, p_payment bigint, p_what text, p_number bigint, p_proposal bigint, p_now timestamptz,
    OUT code integer, OUT print bigint, OUT lowest text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_who record;
    v_may record;
    v_next record;
    v_signed access_authorisation;
    v_copy integer;
    v_ids bigint[];
BEGIN
    IF p_what = 'reprint' THEN
        v_signed := invoices_signed_v1(p_proposal, 'invoices.reprint');
        IF v_signed.id IS NULL OR (v_signed.content ->> 'payment')::bigint IS DISTINCT FROM p_payment
                OR (v_signed.content ->> 'number')::bigint IS DISTINCT FROM p_number THEN
            code := @INVOICE_PROPOSAL_UNFIT;
            RETURN;
        END IF;
        SELECT u.id AS who, u.institution_id AS institution INTO v_who FROM access_user u WHERE u.id = v_signed.maker_id;
    ELSE
        SELECT * INTO v_who FROM invoices_who_v1(p_session, 'invoices.use');
    END IF;
    IF v_who.who IS NULL THEN
        code := @PERMISSION_MISSING;
        RETURN;
    END IF;
    PERFORM FROM counter_shift h WHERE h.teller_id = v_who.who AND h.state = 'open' FOR SHARE;  -- it does not end meanwhile
    IF NOT FOUND THEN
        code := @SHIFT_NOT_OPEN;  -- its papers are counted
        RETURN;
    END IF;
    PERFORM payments_lock_v1((p_payment % 1000)::smallint, NULL);
    SELECT * INTO v_may FROM invoices_may_print_v1(p_payment, p_what, v_who.institution, p_now);
    code := v_may.code;
    IF code <> 0 THEN
        RETURN;
    END IF;
    PERFORM 1 FROM invoice_kind k WHERE k.biller_id = v_may.biller ORDER BY k.kind_id FOR NO KEY UPDATE;
    SELECT * INTO v_next FROM invoices_next_v1(v_who.who, v_may.biller);
    code := CASE WHEN v_next.number IS NULL THEN @INVOICE_NONE_IN_HAND WHEN v_next.number IS DISTINCT FROM p_number
        THEN @INVOICE_NOT_LOWEST ELSE 0 END;
    lowest := (SELECT lpad(v_next.number::text, k.digits, '0') FROM invoice_kind k WHERE k.kind_id = v_next.kind
               AND code = @INVOICE_NOT_LOWEST);
    IF code <> 0 THEN
        RETURN;
    END IF;
    IF p_what = 'reprint' THEN
        PERFORM invoices_recall_v1(p_payment, 'void', v_who.who, p_proposal, '重打', p_now);
    END IF;
    v_ids := invoices_cut_v1(v_next.kind, p_number, p_number, 'hand', v_next.institution, v_who.who);
    UPDATE invoice_range r SET state = 'used', since = p_now WHERE r.range_id = ANY (v_ids);
    SELECT count(*) + 1 INTO v_copy FROM invoice_print x WHERE x.payment_id = p_payment AND x.what = p_what;
    INSERT INTO invoice_print (payment_id, kind_id, number, what, copy_no, institution_id, teller_id, printed_at,
                               proposal_id)
    VALUES (p_payment, v_next.kind, p_number, p_what, v_copy, v_who.institution, v_who.who, p_now,
            CASE p_what WHEN 'reprint' THEN p_proposal END)
    RETURNING print_id INTO print;
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, from_user, signed_by, second_by,
                             proposal_id, payment_id, reason, at)
    VALUES (v_next.kind, p_number, p_number, 'use', v_next.institution, v_who.who, v_who.who, v_signed.checker_id, p_proposal,
            p_payment, CASE p_what WHEN 'reprint' THEN '重打' WHEN 'supplementary' THEN '补打' ELSE '' END, p_now);
END $$;

-- The numbers that stand for a payment are void, for ever. p_act: void (by a reprint), undo (its payment went back).
-- Called inside.
CREATE OR REPLACE FUNCTION invoices_recall_v1(
    p_payment bigint, p_act text, p_who bigint, p_proposal bigint, p_reason text, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    WITH gone AS (
        UPDATE invoice_print x SET voided_at = p_now
        WHERE x.payment_id = p_payment AND x.voided_at IS NULL AND (p_act = 'undo' OR x.what <> 'supplementary')
        RETURNING x.kind_id, x.number
    ), void AS (
        UPDATE invoice_range r SET state = 'void', since = p_now FROM gone g
        WHERE r.kind_id = g.kind_id AND r.state = 'used'
            AND r.span @> (g.kind_id * 1000000000000 + g.number)
        RETURNING r.kind_id, r.first_no, r.institution_id, r.user_id
    )
    INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, from_user, signed_by, second_by, proposal_id,
                             payment_id, reason, at)
    SELECT v.kind_id, v.first_no, v.first_no, p_act, v.institution_id, v.user_id, p_who,
           (SELECT a.checker_id FROM access_authorisation a WHERE a.id = p_proposal), p_proposal, p_payment, p_reason,
           p_now FROM void v ORDER BY v.kind_id, v.first_no;
END $$;

-- Nothing is left of a payment, whoever took it back and by whatever door: its numbers are void in that transaction; of
-- a return at the counter its teller and his supervisor signed.
CREATE OR REPLACE FUNCTION invoices_returned_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM invoices_recall_v1(NEW.payment_id, 'undo', e.teller_id, e.authorisation_id,
                               CASE NEW.verb WHEN 'reverse' THEN '冲正' ELSE '退款' END, NEW.booked_at)
    FROM (VALUES (1)) x LEFT JOIN counter_entry e ON e.channel_id = NEW.channel_id AND e.serial = NEW.serial
        AND e.original_id IS NOT NULL
    WHERE EXISTS (SELECT FROM invoice_print x WHERE x.payment_id = NEW.payment_id AND x.voided_at IS NULL);
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER invoices_return AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL AND NEW.left_fen = 0) EXECUTE FUNCTION invoices_returned_v1();
CREATE OR REPLACE TRIGGER invoices_returned AFTER UPDATE OF booked_at ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL AND NEW.left_fen = 0) EXECUTE FUNCTION invoices_returned_v1();
