-- Booking: what bills, balances and payments mean for a company's books (decision 0037).

-- A document and its transfers; each amount with its sign. Raises when the ledger refuses it.
-- Its lines (detail): 1 due, 2 spent, 3 paid, 4 kept, 5 sold, 6 written.
CREATE OR REPLACE FUNCTION billing_post_v1(p_now timestamptz, p_what billing_booking) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_codes integer[];
BEGIN
    p_what.document_id := -nextval('document_no');
    p_what.at := p_now;
    p_what.sold_fen := coalesce(p_what.sold_fen, 0);
    p_what.written_fen := coalesce(p_what.written_fen, 0);
    SELECT k.current_day INTO STRICT p_what.business_day
    FROM partner p JOIN ledger_book k ON k.book_id = p.book_id WHERE p.id = p_what.biller_id;
    INSERT INTO billing_booking SELECT p_what.*;
    -- What is receivable rises before it falls, so that it never falls below zero between.
    SELECT array_agg(1) AS items, array_agg('posted'::ledger_kind) AS kinds,
           array_agg(m.debit ORDER BY m.falls, m.line) AS debits, array_agg(m.credit ORDER BY m.falls, m.line) AS credits,
           array_agg(m.fen ORDER BY m.falls, m.line) AS amounts, array_agg(NULL::bigint) AS nones,
           array_agg(p_what.document_id) AS documents, array_agg(m.line ORDER BY m.falls, m.line) AS lines,
           array_agg(p_what.business_day) AS days
    INTO v
    FROM billing_biller b
    CROSS JOIN LATERAL (VALUES
        (1::bigint, b.receivable_id, b.billed_id, p_what.due_fen),
        (2, b.prepaid_id, b.receivable_id, p_what.spent_fen),
        (3, b.collected_id, b.receivable_id, p_what.paid_fen),
        (4, b.collected_id, b.prepaid_id, p_what.kept_fen),
        (5, b.prepaid_id, b.billed_id, p_what.sold_fen),
        (6, b.bad_debt_id, b.receivable_id, p_what.written_fen)) AS w (line, debit, credit, fen)
    CROSS JOIN LATERAL (SELECT w.line, abs(w.fen) AS fen, CASE WHEN w.fen > 0 THEN w.debit ELSE w.credit END AS debit,
        CASE WHEN w.fen > 0 THEN w.credit ELSE w.debit END AS credit,
        b.receivable_id = CASE WHEN w.fen > 0 THEN w.credit ELSE w.debit END AS falls) m
    WHERE b.biller_id = p_what.biller_id AND w.fen <> 0;
    IF v.items IS NOT NULL THEN
        SELECT array_agg(p.code) INTO v_codes
        FROM ledger_post_v1(p_what.bucket, p_now, v.items, v.kinds, v.debits, v.credits, v.amounts, v.nones,
                            v.nones, v.documents, v.lines, v.days) p;
        IF NOT 0 = ALL (v_codes) THEN
            RAISE EXCEPTION 'billing document % was refused by the ledger: %', p_what, v_codes;
        END IF;
    END IF;
    RETURN p_what.document_id;
END $$;

-- What was paid on bills and balances, and given back, since it was booked last. Called before anything else of the
-- bucket is booked, so that no account is asked for what it has not been given yet. The hub's payables say which
-- transfers are of bills: "B" and the number of one, or a balance.
CREATE OR REPLACE FUNCTION billing_paid_v1(p_bucket smallint, p_biller integer, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_what billing_booking;
    v_moved boolean;
BEGIN
    SELECT h.transfer_no INTO STRICT v_what.last_no FROM ledger_head h WHERE h.bucket = p_bucket FOR UPDATE;
    SELECT coalesce(max(k.last_no), 0) + 1 INTO v_what.first_no FROM billing_booking k
    WHERE k.bucket = p_bucket AND k.biller_id = p_biller AND k.kind = 'paid';
    SELECT coalesce(sum(p.fen) FILTER (WHERE NOT p.kept), 0), coalesce(sum(p.fen) FILTER (WHERE p.kept), 0),
           count(*) > 0
    INTO v_what.paid_fen, v_what.kept_fen, v_moved
    FROM billing_payment p
    WHERE p.bucket = p_bucket AND p.biller_id = p_biller
        AND p.transfer_no BETWEEN v_what.first_no AND v_what.last_no;
    IF NOT v_moved AND v_what.last_no - v_what.first_no < 10000 THEN
        RETURN NULL;
    END IF;
    v_what.bucket := p_bucket; v_what.biller_id := p_biller; v_what.kind := 'paid';
    v_what.due_fen := 0; v_what.spent_fen := 0;
    RETURN billing_post_v1(p_now, v_what);
END $$;

-- The worker's: every bucket of every company that bills. A bucket at a time, each in a transaction of the caller.
CREATE OR REPLACE FUNCTION billing_book_v1(p_bucket smallint, p_now timestamptz) RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(billing_paid_v1(p_bucket, b.biller_id, p_now))::integer FROM billing_biller b;
$$;

-- A company that bills here goes on being one that may: hosted, and asking for quotes (billing_open_v1). Code, as the
-- message of YF001: BILLER_BILLS_HERE. The owner is free of it, as of the guards of two people, who come first.
CREATE OR REPLACE FUNCTION billing_stays_v1() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF (NEW.quote_ttl_s IS NULL OR NEW.endpoint <> '')
        AND current_user <> (SELECT pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.oid = TG_RELID)
        AND EXISTS (SELECT FROM billing_biller b WHERE b.biller_id = OLD.partner_id) THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = (@BILLER_BILLS_HERE)::text;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER who_bills_here BEFORE UPDATE OF quote_ttl_s, endpoint ON biller
    FOR EACH ROW EXECUTE FUNCTION billing_stays_v1();

-- A company begins to bill here: its accounts are opened. In the transaction of two people's word. Codes:
-- BILLER_NOT_BILLED (nobody agreed, it has a system of its own, or asks for no quotes, so that yesterday's late fee
-- could be paid).
CREATE OR REPLACE FUNCTION billing_open_v1(p_proposal bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT p.id, p.book_id, p.code, p.code || ' ' || p.name AS whose, (a.content ->> 'prepaid')::boolean AS prepaid
    INTO v FROM access_authorisation a JOIN partner p ON p.id = a.partner_id
    JOIN biller b ON b.partner_id = p.id AND b.endpoint = '' AND b.quote_ttl_s IS NOT NULL
    WHERE a.id = p_proposal AND a.action = 'billing.open' AND a.granted AND a.content ->> 'biller' = p.id::text
        AND a.settled_in = pg_current_xact_id_if_assigned()::text::bigint  -- an old word is not said again
    FOR SHARE OF b;
    IF NOT FOUND THEN
        RETURN @BILLER_NOT_BILLED;
    END IF;
    INSERT INTO billing_biller
    SELECT v.id, v.prepaid, ledger_open_kind_v1('bill_receivable', v.book_id, v.code, v.whose),
        ledger_open_kind_v1('billed', v.book_id, v.code, v.whose),
        ledger_open_kind_v1('bill_prepaid', v.book_id, v.code, v.whose),
        ledger_open_kind_v1('bill_collected', v.book_id, v.code, v.whose),
        ledger_open_kind_v1('bill_loss', v.book_id, v.code, v.whose)
    ON CONFLICT (biller_id) DO UPDATE SET prepaid = excluded.prepaid;
    RETURN 0;
END $$;
