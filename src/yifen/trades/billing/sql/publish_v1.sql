-- Publishing 发布: what two people agreed to becomes payables, balances are used, the books are written.

-- What two people agree to: the figures of each piece, and of the run that is published with it. Its rows cannot change,
-- for nobody writes them but make; once some were given up it is no longer what was agreed to, and nothing more of it is
-- published.
CREATE OR REPLACE FUNCTION billing_figures_v1(p_run integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT encode(sha256(convert_to(string_agg(concat_ws('|', k.run_id, k.piece, k.bucket, k.made_at, k.bills,
        k.asked_fen, k.given_fen, k.missing), E'\n' ORDER BY k.run_id, k.piece), 'UTF8')), 'hex')
    FROM billing_piece k WHERE k.dropped_at IS NULL AND k.run_id IN (p_run, (
        SELECT (r.subject ->> 'anew')::integer FROM billing_run r WHERE r.run_id = p_run));
$$;

-- Of a piece's bills that ask, those that the account's balance pays something of, the oldest first. Most accounts have
-- none: only bills of those that have one are looked at.
CREATE OR REPLACE FUNCTION billing_spending_v1(p_run integer, p_piece integer, p_bucket smallint, p_biller integer)
RETURNS TABLE (bill_id bigint, account_no text, from_on date, to_on date, amount_fen bigint, payable_id bigint,
               spent_fen bigint)
LANGUAGE sql STABLE AS $$
    SELECT g.* FROM (
        SELECT b.bill_id, b.account_no, b.from_on, b.to_on, b.amount_fen, y.payable_id,
               greatest(0, least(b.amount_fen, y.balance_fen - (sum(b.amount_fen) OVER (
                   PARTITION BY b.account_no ORDER BY b.bill_id) - b.amount_fen)))::bigint AS spent_fen
        FROM billing_bill b
        JOIN payable y ON y.bucket = b.bucket AND y.biller_id = p_biller AND y.account_no = b.account_no
            AND y.balance_fen > 0
        WHERE b.run_id = p_run AND b.piece = p_piece AND b.amount_fen > 0
            AND NOT EXISTS (SELECT FROM billing_run r WHERE r.run_id = p_run AND r.kind = 'past')) g
    WHERE g.spent_fen > 0;
$$;

-- Lower the payable of a bill that is corrected or cancelled, as far as it is open: it is withdrawn where nothing of it
-- is left, paid or written off, for a write-off may be taken up again. Answers what was lowered; NULL: money is in flight on it, try again.
CREATE OR REPLACE FUNCTION billing_lower_v1(p_bucket smallint, p_biller integer, p_bill bigint, p_fen bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v payable;
    v_lower bigint;
    v_done boolean;
BEGIN
    SELECT y.* INTO v FROM billing_bill b
    JOIN payable y ON y.bucket = b.bucket AND y.biller_id = p_biller AND y.account_no = b.account_no
        AND y.ref = 'B' || b.bill_id
    WHERE b.bucket = p_bucket AND b.bill_id = p_bill FOR UPDATE OF y;
    IF v.held_by IS NOT NULL OR v.kept_for IS NOT NULL THEN
        RETURN NULL;
    END IF;
    v_lower := CASE WHEN v.state = 'open' THEN least(p_fen, v.due_fen - v.paid_fen) ELSE 0 END;
    IF coalesce(v_lower, 0) = 0 THEN
        RETURN 0;
    END IF;
    v_done := CASE WHEN v_lower = v.due_fen AND billing_written_v1(p_bucket, p_bill) = 0
        THEN payments_withdraw_payable_v1(p_bucket, p_biller, v.account_no, v.ref)
        ELSE payments_import_payables_v1(p_bucket, ARRAY[p_biller], ARRAY[v.account_no], ARRAY[v.ref],
            ARRAY[v.title], ARRAY[v.mode], ARRAY[v.due_fen - v_lower], ARRAY[v.min_fen], ARRAY[v.max_fen],
            ARRAY[v.due_on], ARRAY[NULL::integer]) = 1 END;
    IF NOT v_done THEN
        RAISE EXCEPTION 'the payable of bill % could not be lowered', p_bill;
    END IF;
    RETURN v_lower;
END $$;

-- The late fee of a bill as the books have it, as a document of it would be.
CREATE OR REPLACE FUNCTION billing_late_booked_v1(p_bucket smallint, p_biller integer, p_bill bigint)
RETURNS billing_booking LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v billing_booking;
BEGIN
    v.bucket := p_bucket; v.biller_id := p_biller; v.kind := 'late';
    v.spent_fen := 0; v.paid_fen := 0; v.kept_fen := 0;
    SELECT y.payable_id, coalesce(sum(k.due_fen), 0) INTO v.payable_id, v.due_fen
    FROM billing_bill b
    JOIN payable y ON y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = b.account_no
        AND y.ref = 'B' || b.bill_id
    LEFT JOIN billing_booking k ON k.bucket = p_bucket AND k.kind = 'late' AND k.payable_id = y.payable_id
    WHERE b.bucket = p_bucket AND b.bill_id = p_bill GROUP BY y.payable_id;
    v.due_fen := coalesce(v.due_fen, 0);
    RETURN v;
END $$;

-- Amounts for balances of accounts, which are made where there are none, each noted with its bill.
CREATE OR REPLACE FUNCTION billing_credit_v1(
    p_bucket smallint, p_biller integer, p_bills bigint[], p_accounts text[], p_fen bigint[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM billing_balances_v1(p_bucket, p_biller, ARRAY(
        SELECT u.account_no FROM unnest(p_accounts, p_fen) AS u (account_no, fen) WHERE u.fen > 0));
    INSERT INTO billing_spent
    SELECT p_bucket, u.bill, y.payable_id, -u.fen
    FROM unnest(p_bills, p_accounts, p_fen) AS u (bill, account_no, fen)
    JOIN payable y ON y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = u.account_no
        AND y.ref = 'PREPAID' WHERE u.fen > 0;
    PERFORM billing_spend_v1(p_bucket, p_bills);
END $$;

-- Takes from balances, or gives to them, what stands in billing_spent of these bills. Raises: a balance is too small.
CREATE OR REPLACE FUNCTION billing_spend_v1(p_bucket smallint, p_bills bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_codes integer[];
BEGIN
    SELECT payments_spend_v1(p_bucket, array_agg(s.payable_id), array_agg(s.amount_fen)) INTO v_codes
    FROM billing_spent s WHERE s.bucket = p_bucket AND s.bill_id = ANY (p_bills) HAVING count(*) > 0;
    IF NOT 0 = ALL (coalesce(v_codes, '{}')) THEN
        RAISE EXCEPTION 'balances of bucket % could not be moved: %', p_bucket, v_codes;
    END IF;
END $$;

-- The balance of each of these accounts, made where it is not there.
CREATE OR REPLACE FUNCTION billing_balances_v1(p_bucket smallint, p_biller integer, p_accounts text[]) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT payments_balance_v1(p_bucket, p_biller, array_agg(a), array_agg('PREPAID'::text), '预存款', 1,
                               999999999999999, NULL)
    FROM (SELECT DISTINCT a FROM unnest(p_accounts) a WHERE NOT EXISTS (
        SELECT FROM payable y WHERE y.bucket = p_bucket AND y.biller_id = p_biller AND y.account_no = a
            AND y.ref = 'PREPAID')) n HAVING count(*) > 0;
$$;

-- Before an account is told: where the company takes money ahead of bills 预存, a customer has a balance to pay it on.
CREATE OR REPLACE FUNCTION billing_balance_v1(p_bucket smallint, p_biller integer, p_account text, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT billing_balances_v1(p_bucket, p_biller, ARRAY[c.account_no])
    FROM billing_customer c JOIN billing_biller b ON b.biller_id = c.biller_id AND b.prepaid
    WHERE c.bucket = p_bucket AND c.biller_id = p_biller AND c.account_no = p_account AND c.closed_on IS NULL;
$$;

-- Publish one piece of an agreed run, and with a bill's cancellation the one that is made anew, or neither; a piece that is
-- published stays as it is. Locks the bucket's head. Codes: RUN_NOT_AGREED (nobody agreed, or its figures are not those that
-- were agreed to), PAYABLE_HELD (money is in flight on the bill that is corrected: try again), RUN_STALE (the tiers of a
-- service are elsewhere by now).
CREATE OR REPLACE FUNCTION billing_publish_v1(p_proposal bigint, p_piece integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_run billing_run;
    v_new billing_run;
    v_code integer;
BEGIN
    SELECT r.* INTO v_run FROM access_authorisation a JOIN billing_run r ON r.run_id::text = a.subject_key
    WHERE a.id = p_proposal AND a.action = 'billing.publish' AND a.granted AND a.partner_id = r.biller_id
        AND r.dropped_at IS NULL AND NOT r.subject ? 'of' AND a.content ->> 'figures' = billing_figures_v1(r.run_id);
    IF (v_run.subject ? 'anew') IS NOT TRUE THEN
        RETURN billing_publish_run_v1(v_run, p_piece, p_now);
    END IF;
    v_code := billing_publish_run_v1(v_run, p_piece, p_now);
    IF v_code = 0 THEN
        SELECT r.* INTO v_new FROM billing_run r WHERE r.run_id = (v_run.subject ->> 'anew')::integer;
        v_code := billing_publish_run_v1(v_new, 0, p_now);
    END IF;
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;  -- undoes the cancellation too
    END IF;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- One piece of a run that is agreed to; called inside.
CREATE OR REPLACE FUNCTION billing_publish_run_v1(v_run billing_run, p_piece integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_fee billing_fee;
    v_what billing_booking;
    v_bill billing_bill;
    v_give record;
    v_lowered bigint;
    v_late billing_booking;
    v_written integer;
    v_wanted integer;
    v_title text;
BEGIN
    SELECT k.bucket INTO v_what.bucket FROM billing_piece k
    WHERE k.run_id = v_run.run_id AND k.piece = p_piece AND k.made_at IS NOT NULL;
    IF v_what.bucket IS NULL THEN
        RETURN @RUN_NOT_AGREED;
    END IF;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v_what.bucket FOR UPDATE;
    IF EXISTS (SELECT FROM billing_booking d WHERE d.run_id = v_run.run_id AND d.piece = p_piece) THEN
        RETURN 0;
    END IF;
    SELECT * INTO STRICT v_fee FROM billing_fee f WHERE f.fee_id = v_run.fee_id;
    IF v_fee.cycle <> 'none' AND EXISTS (
        SELECT FROM (SELECT DISTINCT ON (b.service_id, c.cycle_on) b.bucket, b.service_id, b.used_milli, c.cycle_on
                     FROM billing_bill b
                     CROSS JOIN LATERAL (SELECT billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, b.to_on) AS cycle_on) c
                     WHERE b.run_id = v_run.run_id AND b.piece = p_piece
                     ORDER BY b.service_id, c.cycle_on, b.bill_id) b
        LEFT JOIN billing_used u ON u.bucket = b.bucket AND u.service_id = b.service_id AND u.cycle_on = b.cycle_on
        WHERE b.used_milli <> coalesce(u.used_milli, 0))
    THEN
        RETURN @RUN_STALE;
    END IF;
    PERFORM billing_paid_v1(v_what.bucket, v_run.biller_id, p_now);
    v_title := concat_ws(' ', v_fee.name, v_run.from_on, '–', v_run.to_on);
    v_what.kind := 'published'; v_what.biller_id := v_run.biller_id; v_what.run_id := v_run.run_id;
    v_what.piece := p_piece; v_what.paid_fen := 0; v_what.kept_fen := 0;

    -- Bills that give.
    SELECT array_agg(b.bill_id) AS bills, array_agg(b.account_no) AS accounts, array_agg(-b.amount_fen) AS fen,
           min(b.corrects_id) AS corrected
    INTO v_give FROM billing_bill b
    WHERE v_run.kind <> 'past' AND b.run_id = v_run.run_id AND b.piece = p_piece AND b.amount_fen < 0;
    IF v_give.corrected IS NOT NULL THEN  -- of a run of one bill
        v_late := billing_late_booked_v1(v_what.bucket, v_run.biller_id, v_give.corrected);
        IF v_run.kind = 'cancel' THEN  -- nor was its late fee ever due
            v_give.fen[1] := v_give.fen[1] + v_late.due_fen;
        END IF;
        v_lowered := billing_lower_v1(v_what.bucket, v_run.biller_id, v_give.corrected, v_give.fen[1]);
        IF v_lowered IS NULL THEN
            RETURN @PAYABLE_HELD;
        END IF;
        v_give.fen[1] := v_give.fen[1] - v_lowered;
    END IF;
    IF v_give.bills IS NOT NULL THEN
        PERFORM billing_credit_v1(v_what.bucket, v_run.biller_id, v_give.bills, v_give.accounts, v_give.fen);
    END IF;

    -- Bills that ask: balances first, what is left becomes payables.
    INSERT INTO billing_spent
    SELECT v_what.bucket, s.bill_id, s.payable_id, s.spent_fen
    FROM billing_spending_v1(v_run.run_id, p_piece, v_what.bucket, v_run.biller_id) s;
    IF FOUND THEN
        PERFORM billing_spend_v1(v_what.bucket, array_agg(b.bill_id))
        FROM billing_bill b JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id
        WHERE b.run_id = v_run.run_id AND b.piece = p_piece AND b.amount_fen > 0;
    END IF;
    SELECT n.bills, coalesce(payments_import_payables_v1(v_what.bucket, n.biller, n.account, n.ref, n.title, n.mode,
               n.due, n.least, n.most, n.due_on, n.credit), 0)
    INTO v_wanted, v_written
    FROM (SELECT count(*) AS bills, array_agg(v_run.biller_id) AS biller, array_agg(b.account_no) AS account,
                 array_agg('B' || b.bill_id) AS ref,
                 array_agg(v_title) AS title,
                 array_agg(v_fee.mode) AS mode, array_agg(b.amount_fen - coalesce(s.amount_fen, 0)) AS due,
                 array_agg(1::bigint) AS least, array_agg(999999999999999) AS most, array_agg(v_run.due_on) AS due_on,
                 array_agg(NULL::integer) AS credit
          FROM billing_bill b LEFT JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id
          WHERE v_run.kind <> 'past' AND b.run_id = v_run.run_id AND b.piece = p_piece AND b.amount_fen > 0
              AND b.amount_fen > coalesce(s.amount_fen, 0)) n
    WHERE n.bills > 0;
    IF v_written <> v_wanted THEN
        RAISE EXCEPTION 'of % bills of piece % of run % only % became payables', v_wanted, p_piece, v_run.run_id,
            v_written;
    END IF;

    INSERT INTO billing_used AS u
    SELECT b.bucket, b.service_id, billing_cycle_on_v1(v_fee.cycle, v_fee.cycle_from, b.to_on), sum(b.qty_milli)
    FROM billing_bill b WHERE b.run_id = v_run.run_id AND b.piece = p_piece AND v_fee.cycle <> 'none'
    GROUP BY 1, 2, 3
    ON CONFLICT (bucket, service_id, cycle_on) DO UPDATE SET used_milli = u.used_milli + excluded.used_milli;
    SELECT coalesce(sum(b.amount_fen), 0), coalesce(sum(s.amount_fen), 0)
    INTO v_what.due_fen, v_what.spent_fen
    FROM billing_bill b LEFT JOIN billing_spent s ON s.bucket = b.bucket AND s.bill_id = b.bill_id
    WHERE v_run.kind <> 'past' AND b.run_id = v_run.run_id AND b.piece = p_piece;
    PERFORM billing_post_v1(p_now, v_what);
    IF v_run.kind = 'cancel' AND v_late.due_fen <> 0 THEN
        v_late.due_fen := -v_late.due_fen;
        PERFORM billing_post_v1(p_now, v_late);
    END IF;
    PERFORM 1 FROM billing_run r WHERE r.run_id = v_run.run_id FOR UPDATE;  -- of two last pieces one sees the other
    UPDATE billing_run r SET published_at = p_now WHERE r.run_id = v_run.run_id AND NOT EXISTS (
        SELECT FROM billing_piece k WHERE k.run_id = r.run_id AND NOT EXISTS (
            SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece));
    RETURN 0;
END $$;

-- Give up what of a run is not published, even if it was agreed to: the whole run, or of one of which some pieces are
-- published the others, so that it is finished; their services are billed by another run. What is made anew goes with
-- the cancellation of the bill before it. Locks the heads of their
-- buckets, as publishing does. Codes: RUN_UNKNOWN, PERMISSION_MISSING, RUN_PUBLISHED (all of it).
CREATE OR REPLACE FUNCTION billing_drop_v1(p_session text, p_run integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := (SELECT r.biller_id FROM billing_run r WHERE r.run_id = p_run);
BEGIN
    IF v_biller IS NULL THEN
        RETURN @RUN_UNKNOWN;
    ELSIF billing_who_v1(p_session, 'billing.run', v_biller) IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    p_run := coalesce((SELECT (r.subject ->> 'of')::integer FROM billing_run r WHERE r.run_id = p_run), p_run);
    PERFORM 1 FROM ledger_head h WHERE h.bucket IN (SELECT k.bucket FROM billing_piece k WHERE k.run_id = p_run)
    ORDER BY h.bucket FOR UPDATE;
    PERFORM 1 FROM billing_run r WHERE r.run_id = p_run FOR UPDATE;
    IF (SELECT s.state FROM billing_run_state s WHERE s.run_id = p_run) = 'published' THEN
        RETURN @RUN_PUBLISHED;
    END IF;
    IF NOT EXISTS (SELECT FROM billing_booking d WHERE d.run_id = p_run) THEN
        UPDATE billing_run r SET dropped_at = p_now WHERE r.dropped_at IS NULL
            AND r.run_id IN (p_run, (SELECT (x.subject ->> 'anew')::integer FROM billing_run x WHERE x.run_id = p_run));
        RETURN 0;
    END IF;
    UPDATE billing_piece k SET dropped_at = p_now WHERE k.run_id = p_run AND NOT EXISTS (
        SELECT FROM billing_booking d WHERE d.run_id = k.run_id AND d.piece = k.piece);
    UPDATE billing_run r SET published_at = p_now WHERE r.run_id = p_run;
    RETURN 0;
END $$;

-- Nothing of what was given up is booked: who publishes may have looked before it was.
CREATE OR REPLACE FUNCTION billing_booked_v1() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM billing_run r JOIN billing_piece k ON k.run_id = r.run_id
               WHERE r.run_id = NEW.run_id AND k.piece = NEW.piece
                   AND (r.dropped_at IS NOT NULL OR k.dropped_at IS NOT NULL)) THEN
        RAISE EXCEPTION 'piece % of run % was given up', NEW.piece, NEW.run_id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER given_up BEFORE INSERT ON billing_booking
    FOR EACH ROW WHEN (NEW.kind = 'published') EXECUTE FUNCTION billing_booked_v1();
