-- Steps of dunning are done: the account is brought up to date and asked again in the same transaction, so that who paid
-- gets nothing; each once for a debt. What one person does is done by whose session it is.

-- The debt of a fee as it is now (by arrears_clock_v1): its bucket locked against payments, its late fees of today.
-- Called inside.
CREATE OR REPLACE FUNCTION arrears_now_v1(p_customer bigint, p_fee integer, p_now timestamptz) RETURNS arrears_debt
LANGUAGE plpgsql AS $$
DECLARE
    v billing_customer;
    v_debt arrears_debt;
BEGIN
    SELECT c.* INTO v FROM billing_customer c WHERE c.bucket = p_customer % 1000 AND c.customer_id = p_customer;
    PERFORM 1 FROM ledger_head h WHERE h.bucket = v.bucket FOR UPDATE;
    p_now := arrears_clock_v1(v.biller_id, p_now);
    PERFORM billing_refresh_v1(v.bucket, v.biller_id, v.account_no, p_now);
    SELECT n.* INTO v_debt FROM arrears_next_v1(v.biller_id, arrears_today_v1(v.biller_id, p_now), v.bucket,
                                                v.customer_id) n WHERE n.fee_id = p_fee;
    RETURN v_debt;
END $$;

-- What stands against one person's doing this about a debt: ARREARS_UNKNOWN, PERMISSION_MISSING, STEP_NOT_DUE (p_step: the
-- next one is another, or why it waits); 0: nothing.
CREATE OR REPLACE FUNCTION arrears_against_v1(p_debt arrears_debt, p_by text, p_step text) RETURNS integer
LANGUAGE sql STABLE AS $$
    SELECT CASE
        WHEN p_debt.biller_id IS NULL OR p_debt.owed_fen = 0 THEN @ARREARS_UNKNOWN
        WHEN p_by IS NULL THEN @PERMISSION_MISSING
        WHEN p_step IS NOT NULL AND (p_debt.next_kind IS DISTINCT FROM p_step OR p_debt.why <> '') THEN @STEP_NOT_DUE
        ELSE 0 END;
$$;

-- Who asks, by his session, of the company of a customer.
CREATE OR REPLACE FUNCTION arrears_who_v1(p_session text, p_customer bigint) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT billing_who_v1(p_session, 'arrears.do', c.biller_id) FROM billing_customer c
    WHERE c.bucket = p_customer % 1000 AND c.customer_id = p_customer;
$$;

-- The step is done. Called inside.
CREATE OR REPLACE FUNCTION arrears_do_v1(
    p_debt arrears_debt, p_on date, p_by text, p_how text, p_note text, p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    v_id bigint;
BEGIN
    INSERT INTO arrears_done (bucket, customer_id, fee_id, biller_id, bill_id, step_no, kind, rule_id, owed_fen, done_on,
                              done_at, done_by, how, note)
    VALUES (p_debt.bucket, p_debt.customer_id, p_debt.fee_id, p_debt.biller_id, p_debt.oldest_bill, p_debt.next_no,
            p_debt.next_kind, p_debt.rule_id, p_debt.asked_fen, p_on, arrears_clock_v1(p_debt.biller_id, p_now), p_by,
            p_how, p_note)
    RETURNING done_id INTO v_id;
    PERFORM arrears_keep_v1(p_debt.biller_id, p_debt.bucket, p_debt.customer_id, p_now);
    RETURN v_id;
END $$;

-- The worker's: the message of a debt, if it is due as of now. The step is done where it cannot be sent (no phone, the
-- consent was taken back), for the next one must not wait for it. `contact` is sealed; NULL: nothing is to be sent.
CREATE OR REPLACE FUNCTION arrears_claim_v1(
    p_customer bigint, p_fee integer, p_now timestamptz, OUT done_id bigint, OUT biller_id integer, OUT biller text,
    OUT account_no text, OUT fee text, OUT fen bigint, OUT due_on date, OUT contact text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_debt := arrears_now_v1(p_customer, p_fee, p_now);
    v_customer billing_customer;
BEGIN
    IF v.next_kind IS DISTINCT FROM 'message' OR v.why <> '' THEN
        PERFORM arrears_keep_v1(c.biller_id, c.bucket, c.customer_id, p_now) FROM billing_customer c
        WHERE c.bucket = p_customer % 1000 AND c.customer_id = p_customer;
        RETURN;
    END IF;
    SELECT c.* INTO v_customer FROM billing_customer c WHERE c.bucket = v.bucket AND c.customer_id = p_customer;
    done_id := arrears_do_v1(v, arrears_today_v1(v.biller_id, p_now), 'worker', CASE
        WHEN v_customer.contact IS NULL THEN 'no_phone' WHEN v_customer.withdrawn_at IS NOT NULL THEN 'withdrawn'
        ELSE 'sms' END, '', p_now);
    SELECT v.biller_id, p.name, v.account_no, f.name, v.asked_fen, v.oldest_on,
           CASE WHEN v_customer.withdrawn_at IS NULL THEN v_customer.contact END
    INTO arrears_claim_v1.biller_id, biller, arrears_claim_v1.account_no, fee, fen, due_on, contact
    FROM billing_fee f JOIN partner p ON p.id = v.biller_id WHERE f.fee_id = p_fee;
END $$;
-- The message of a step went into the outbox, in the same transaction; of one that was there before: once more.
CREATE OR REPLACE FUNCTION arrears_sent_v1(p_done bigint, p_notification bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO arrears_message AS m VALUES (p_done, p_notification)
    ON CONFLICT (done_id) DO UPDATE SET notification_id = excluded.notification_id, tries = m.tries + 1;
$$;
-- One that its carrier put off, if the debt's bill is still open as of now and the consent stands; else it is sent no
-- more.
CREATE OR REPLACE FUNCTION arrears_again_v1(
    p_done bigint, p_now timestamptz, OUT done_id bigint, OUT biller_id integer, OUT biller text,
    OUT account_no text, OUT fee text, OUT fen bigint, OUT due_on date, OUT contact text
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_done;
    v_debt arrears_debt;
BEGIN
    SELECT d.* INTO STRICT v FROM arrears_done d WHERE d.done_id = p_done;
    v_debt := arrears_now_v1(v.customer_id, v.fee_id, p_now);
    PERFORM 1 FROM arrears_message m JOIN notification n ON n.id = m.notification_id AND n.state = 'later'
    WHERE m.done_id = p_done AND m.tries < 9 FOR UPDATE OF m;
    IF NOT FOUND THEN  -- another worker was here
        RETURN;
    ELSIF v_debt.oldest_bill IS DISTINCT FROM v.bill_id OR v_debt.why IN ('plan', 'promised', 'held', 'disputed') THEN
        UPDATE arrears_message m SET tries = 9 WHERE m.done_id = p_done;
        RETURN;
    END IF;
    SELECT p_done, v.biller_id, p.name, v_debt.account_no, f.name, v_debt.asked_fen, v_debt.oldest_on,
           CASE WHEN c.withdrawn_at IS NULL THEN c.contact END
    INTO arrears_again_v1.done_id, arrears_again_v1.biller_id, biller, arrears_again_v1.account_no, fee, fen, due_on, contact
    FROM billing_fee f JOIN partner p ON p.id = v.biller_id
    JOIN billing_customer c ON c.bucket = v.bucket AND c.customer_id = v.customer_id WHERE f.fee_id = v.fee_id;
    IF contact IS NULL THEN
        UPDATE arrears_message m SET tries = 9 WHERE m.done_id = p_done;
    END IF;
END $$;

-- A call that was due. p_outcome: reached, promised (until p_until, so much; no other outcome takes these), disputed (its
-- page takes the bills), no_phone (none, or a number that does not exist: the step is done), or unreached: three days of
-- it end the step. Codes: as arrears_against_v1, INPUT_INVALID, as arrears_promise_v1.
CREATE OR REPLACE FUNCTION arrears_call_v1(
    p_session text, p_customer bigint, p_fee integer, p_outcome text, p_until date, p_fen bigint, p_note text,
    p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_debt := arrears_now_v1(p_customer, p_fee, p_now);
    v_by text := arrears_who_v1(p_session, p_customer);
    v_today date := arrears_today_v1(v.biller_id, p_now);
    v_code integer := arrears_against_v1(v, v_by, 'call');
BEGIN
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF p_outcome IS NULL OR p_outcome NOT IN ('reached', 'promised', 'disputed', 'unreached', 'no_phone') THEN
        RETURN @INPUT_INVALID;
    ELSIF p_outcome <> 'promised' AND (p_until IS NOT NULL OR p_fen IS NOT NULL) THEN
        RETURN @INPUT_INVALID;
    ELSIF p_outcome = 'promised' THEN
        v_code := arrears_promise_v1(p_session, p_customer, p_fee, p_until, p_fen, p_note, p_now);
        IF v_code <> 0 THEN
            RETURN v_code;
        END IF;
    ELSIF p_outcome = 'unreached' THEN
        INSERT INTO arrears_call (bucket, customer_id, bill_id, step_no, called_on, called_by, note)
        VALUES (v.bucket, p_customer, v.oldest_bill, v.next_no, v_today, v_by, p_note) ON CONFLICT DO NOTHING;
        IF (SELECT count(*) FROM arrears_call c WHERE c.bucket = v.bucket AND c.bill_id = v.oldest_bill
                AND c.step_no = v.next_no) < 3 THEN
            RETURN 0;
        END IF;
    END IF;
    PERFORM arrears_do_v1(v, v_today, v_by, p_outcome, p_note, p_now);
    RETURN 0;
END $$;

-- The worker's: calls that are due in a bucket to whom no phone is kept are done, a hundred at most; the next step must
-- not wait for them. Answers how many.
CREATE OR REPLACE FUNCTION arrears_skip_calls_v1(p_bucket smallint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_debt arrears_debt;
    v_count integer := 0;
BEGIN
    FOR v IN SELECT d.customer_id, d.fee_id FROM arrears_debt d
        JOIN billing_customer c ON c.bucket = d.bucket AND c.customer_id = d.customer_id AND c.contact IS NULL
        WHERE d.bucket = p_bucket AND d.next_kind = 'call' AND d.why = '' ORDER BY 1, 2 LIMIT 100 LOOP
        v_debt := arrears_now_v1(v.customer_id, v.fee_id, p_now);
        IF v_debt.next_kind = 'call' AND v_debt.why = '' THEN
            PERFORM arrears_do_v1(v_debt, arrears_today_v1(v_debt.biller_id, p_now), 'worker', 'no_phone', '', p_now);
            v_count := v_count + 1;
        END IF;
    END LOOP;
    RETURN v_count;
END $$;

-- Sheets of a batch, for debts whose letter or notice is due; who paid meanwhile, or has his, gets none. A letter is done
-- with its sheet, a notice once it was served. All of one company, a hundred at most: each locks its bucket. Codes:
-- PERMISSION_MISSING, BATCH_TOO_LARGE, BATCH_EMPTY.
CREATE OR REPLACE FUNCTION arrears_letters_v1(
    p_session text, p_biller integer, p_kind text, p_customers bigint[], p_fees integer[], p_now timestamptz,
    OUT code integer, OUT batch bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_by text := billing_who_v1(p_session, 'arrears.do', p_biller);
    v_today date := arrears_today_v1(p_biller, p_now);
    v record;
    v_debt arrears_debt;
    v_count integer := 0;
    v_letter bigint;
BEGIN
    code := @PERMISSION_MISSING;
    IF v_by IS NULL OR p_kind NOT IN ('letter', 'notice') THEN
        RETURN;
    ELSIF cardinality(p_customers) > 100 OR cardinality(p_fees) > 100 THEN
        code := @BATCH_TOO_LARGE;
        RETURN;
    END IF;
    p_now := arrears_clock_v1(p_biller, p_now);
    batch := nextval('arrears_batch_no');
    FOR v IN SELECT u.customer, u.fee FROM unnest(p_customers, p_fees) AS u (customer, fee)
             ORDER BY u.customer % 1000, u.customer, u.fee LOOP  -- so that two batches never wait for each other
        v_debt := arrears_now_v1(v.customer, v.fee, p_now);
        CONTINUE WHEN v_debt.biller_id IS DISTINCT FROM p_biller OR v_debt.why <> ''
            OR v_debt.next_kind IS DISTINCT FROM p_kind;
        INSERT INTO arrears_letter (batch, bucket, customer_id, fee_id, biller_id, bill_id, step_no, kind, rule_id, owed_fen,
                                    oldest_on, cut_days, printed_at, printed_by)
        SELECT arrears_letters_v1.batch, v_debt.bucket, v.customer, v.fee, p_biller, v_debt.oldest_bill, v_debt.next_no, p_kind,
               v_debt.rule_id, v_debt.asked_fen, v_debt.oldest_on, CASE WHEN p_kind = 'notice' THEN (
                   SELECT s.after_days FROM arrears_step s WHERE s.rule_id = v_debt.rule_id AND s.kind = 'cut') END, p_now, v_by
        ON CONFLICT DO NOTHING RETURNING letter_no INTO v_letter;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO arrears_letter_bill
        SELECT v_letter, x.bill_id, y.title, x.due_on, x.fen - l.late, l.late
        FROM arrears_overdue_v1(v_debt, p_now) x
        JOIN payable y ON y.bucket = v_debt.bucket AND y.biller_id = p_biller AND y.account_no = v_debt.account_no
            AND y.ref = 'B' || x.bill_id
        LEFT JOIN billing_late_of_v1(v_debt.bucket, p_biller, v_debt.account_no, v_today) f ON f.bill_id = x.bill_id
        CROSS JOIN LATERAL (SELECT greatest(least(f.unpaid_fen, x.fen), 0) AS late) l WHERE NOT x.disputed;
        v_count := v_count + 1;
        IF p_kind = 'letter' THEN
            PERFORM arrears_do_v1(v_debt, v_today, v_by, 'printed', '', p_now);
        END IF;
    END LOOP;
    code := CASE WHEN v_count > 0 THEN 0 ELSE @BATCH_EMPTY END;
END $$;

-- A sheet, or a batch of them, is printed again. Codes: LETTER_UNKNOWN, PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION arrears_reprint_v1(p_session text, p_letter bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_letter;
    v_by text;
BEGIN
    SELECT l.* INTO v FROM arrears_letter l WHERE l.letter_no = p_letter;
    v_by := billing_who_v1(p_session, 'arrears.do', v.biller_id);
    IF v.letter_no IS NULL THEN
        RETURN @LETTER_UNKNOWN;
    ELSIF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    END IF;
    INSERT INTO arrears_print (letter_no, printed_at, printed_by)
    VALUES (p_letter, arrears_clock_v1(v.biller_id, p_now), v_by);
    RETURN 0;
END $$;

-- A notice was served: handed over, posted, or left at the door before a witness (`note` says who). The legal days count
-- from then on. Codes: LETTER_UNKNOWN, as arrears_against_v1, SERVED_DAY (before it was printed, or to come), INPUT_INVALID.
CREATE OR REPLACE FUNCTION arrears_serve_v1(
    p_session text, p_letter bigint, p_how text, p_on date, p_note text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v arrears_letter;
    v_debt arrears_debt;
    v_by text;
    v_code integer;
BEGIN
    SELECT l.* INTO v FROM arrears_letter l WHERE l.letter_no = p_letter AND l.kind = 'notice';
    IF NOT FOUND THEN
        RETURN @LETTER_UNKNOWN;
    END IF;
    v_debt := arrears_now_v1(v.customer_id, v.fee_id, p_now);
    v_by := arrears_who_v1(p_session, v.customer_id);
    v_code := arrears_against_v1(v_debt, v_by, 'notice');
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF (v_debt.oldest_bill, v_debt.next_no) <> (v.bill_id, v.step_no) THEN
        RETURN @STEP_NOT_DUE;
    ELSIF p_on IS NULL OR p_on NOT BETWEEN arrears_day_v1(v.biller_id, v.printed_at)
            AND arrears_today_v1(v.biller_id, p_now) THEN
        RETURN @SERVED_DAY;
    ELSIF p_how IS NULL OR p_how NOT IN ('handed', 'posted', 'left') OR btrim(coalesce(p_note, '')) = '' THEN
        RETURN @INPUT_INVALID;
    END IF;
    PERFORM arrears_do_v1(v_debt, p_on, v_by, p_how, p_note, p_now);
    RETURN 0;
END $$;

-- May he collect for a company: who duns, goes to its doors, or takes money at a desk, also of a branch below its
-- institution, unless that is the root?
CREATE OR REPLACE FUNCTION arrears_may_collect_v1(p_user bigint, p_institution bigint, p_biller bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM unnest('{arrears.do,visits.do,desk.work}'::text[]) AS u (permission)
                   WHERE access_may_v1(p_user, u.permission, p_institution, p_biller))
        OR EXISTS (
            WITH RECURSIVE above AS (
                SELECT i.id, i.parent_id FROM access_user u JOIN institution i ON i.id = u.institution_id
                WHERE u.id = p_user AND u.is_active AND u.partner_id IS NULL
                UNION ALL
                SELECT i.id, i.parent_id FROM institution i JOIN above a ON i.id = a.parent_id
            )
            SELECT FROM above a JOIN access_user_role r ON r.user_id = p_user
            JOIN access_permission m ON m.role = r.role AND m.permission = 'desk.work'
            WHERE a.id = p_institution AND a.parent_id IS NOT NULL);
$$;

-- Who collects in a community or a building; no user: nobody. Codes: COLLECTOR_WRONG (no such place or person of this
-- company, or a door), PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION arrears_collector_v1(p_session text, p_place bigint, p_user bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_biller integer := (SELECT l.biller_id FROM billing_place l WHERE l.place_id = p_place AND l.level <= 2);
    v_institution bigint := (SELECT p.institution_id FROM partner p WHERE p.id = v_biller);
BEGIN
    IF billing_who_v1(p_session, 'arrears.do', v_biller) IS NULL AND v_biller IS NOT NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF v_biller IS NULL OR p_user IS NOT NULL AND NOT arrears_may_collect_v1(p_user, v_institution, v_biller) THEN
        RETURN @COLLECTOR_WRONG;
    END IF;
    DELETE FROM arrears_collector c WHERE c.place_id = p_place;
    INSERT INTO arrears_collector SELECT v_biller, p_place, p_user WHERE p_user IS NOT NULL;
    RETURN 0;
END $$;
