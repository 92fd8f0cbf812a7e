-- Payouts 划付: from a settlement account to the biller's own account at a bank.
--
-- instructed → sent → done | returned | unknown; unknown → done | returned; done → returned, when
-- the bank gives it back later 退汇. The money is pending from the instruction on; done posts it,
-- returned voids it (or takes it back). The reference is the bank's key for ever: what it says it
-- never saw is sent once more, with the same reference (domain.md 1.1, case 20).

-- What of a biller's settlement account may be paid out on a day: parts that are due, less true-ups
-- and refunds taken there, less what was paid out and not returned.
CREATE OR REPLACE FUNCTION payout_due_v1(p_biller integer, p_on date) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ((SELECT coalesce(sum(s.amount_fen), 0) FROM settlement_part s
             WHERE s.biller_id = p_biller AND s.reason <> 'commission' AND s.payout_on <= p_on)
          - (SELECT coalesce(sum(c.net_fen), 0) FROM commission c
             WHERE c.biller_id = p_biller AND (c.reason = 'true_up' OR c.net_fen < 0))
          - (SELECT coalesce(sum(r.paid_fen), 0) FROM refund_claim r WHERE r.biller_id = p_biller)
          - (SELECT coalesce(sum(y.amount_fen), 0) FROM payout y
             WHERE y.biller_id = p_biller AND y.state <> 'returned'))::bigint;
$$;

-- Where a biller's money goes: its own account in the ledger, ours at the bank, the payee as it is
-- now. returned: the newest payout came back from just this payee.
CREATE OR REPLACE FUNCTION payout_way_v1(
    p_biller integer, OUT debit_id integer, OUT credit_id integer, OUT bank_id integer,
    OUT same_book boolean, OUT payee jsonb, OUT returned boolean, OUT open_day date
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.account_id, b.account_id, e.bank_id, l.book_id = p.book_id, w.payee,
           coalesce((SELECT y.state = 'returned' AND y.payee = w.payee FROM payout y
                     WHERE y.biller_id = p_biller ORDER BY y.document_id LIMIT 1), false),
           k.current_day
    FROM payee e
    JOIN partner p ON p.id = e.biller_id
    JOIN ledger_book k ON k.book_id = p.book_id
    JOIN bank b ON b.partner_id = e.bank_id
    JOIN ledger_account l ON l.account_id = b.account_id
    LEFT JOIN ledger_account a ON a.code = ledger_code_v1('settlement', p.book_id, p.code)
    CROSS JOIN LATERAL (SELECT jsonb_build_object(
        'account_no', e.account_no, 'account_name', e.account_name, 'bank_code', e.bank_code,
        'bank_name', e.bank_name) AS payee) w
    WHERE e.biller_id = p_biller;
$$;

-- p_due_on: the working day on which it goes. p_again: although the last one was returned and the
-- payee is the same, which two people say in this very transaction. Codes: NOTHING_DUE, PAYEE_MISSING, PAYEE_RETURNED, BANK_INVALID (another book).
CREATE OR REPLACE FUNCTION payout_instruct_v1(
    p_biller integer, p_on date, p_due_on date, p_again boolean, p_now timestamptz,
    OUT code integer, OUT document_id bigint, OUT reference text, OUT amount_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_way record;
    v_buckets smallint[];
    v record;
    v_text text;
BEGIN
    PERFORM pg_advisory_xact_lock(8401, p_biller);
    SELECT * INTO v_way FROM payout_way_v1(p_biller);
    amount_fen := payout_due_v1(p_biller, p_on);
    code := CASE WHEN amount_fen <= 0 THEN @NOTHING_DUE
                 WHEN v_way.bank_id IS NULL THEN @PAYEE_MISSING
                 WHEN NOT v_way.same_book THEN @BANK_INVALID
                 WHEN v_way.returned AND (NOT p_again OR access_settled_v1('payouts.again',
                     (SELECT p.code FROM partner p WHERE p.id = p_biller)) IS NULL)
                     THEN @PAYEE_RETURNED ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    v_buckets := ARRAY(SELECT f.bucket FROM settlement_free_v1(v_way.debit_id) f);
    PERFORM settlement_lock_v1(v_buckets);
    SELECT * INTO v_way FROM payout_way_v1(p_biller);
    SELECT least(amount_fen, coalesce(sum(f.free_fen), 0)) INTO amount_fen
    FROM settlement_free_v1(v_way.debit_id) f WHERE f.bucket = ANY (v_buckets);
    IF amount_fen <= 0 THEN
        code := @NOTHING_DUE;
        RETURN;
    END IF;
    document_id := -nextval('document_no');
    reference := 'PO' || to_char(p_due_on, 'YYYYMMDD') || '-' || -document_id;
    FOR v IN
        SELECT m.bucket, least(m.free_fen, amount_fen - m.start)::bigint AS amount
        FROM (SELECT f.bucket, f.free_fen, sum(f.free_fen) OVER (ORDER BY f.bucket) - f.free_fen
                  AS start
              FROM settlement_free_v1(v_way.debit_id) f WHERE f.bucket = ANY (v_buckets)) m
        WHERE amount_fen > m.start ORDER BY m.bucket
    LOOP
        PERFORM settlement_post_v1(v.bucket, p_now, ARRAY['pending'::ledger_kind],
            ARRAY[v_way.debit_id], ARRAY[v_way.credit_id], ARRAY[v.amount], ARRAY[NULL::bigint],
            ARRAY[NULL::bigint], ARRAY[document_id], ARRAY[0::bigint], v_way.open_day);
    END LOOP;
    INSERT INTO payout (document_id, reference, biller_id, bank_id, due_on, debit_id, credit_id,
                        amount_fen, payee, state, instructed_at, changed_at)
    VALUES (document_id, reference, p_biller, v_way.bank_id, p_due_on, v_way.debit_id,
            v_way.credit_id, amount_fen, v_way.payee, 'instructed', p_now, p_now);
    INSERT INTO payout_event (document_id, at, state) VALUES (document_id, p_now, 'instructed');
    INSERT INTO recon_expected (partner_id, business_day, kind, serial, amount_fen, account_no,
                                document_id)
    VALUES (v_way.bank_id, p_due_on, 'out', reference, amount_fen, v_way.payee ->> 'account_no',
            document_id);
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    GET STACKED DIAGNOSTICS v_text = MESSAGE_TEXT;
    code := v_text::integer;
    document_id := NULL;
END $$;

-- Post, void, or (p_kind 'posted') take back what a payout has in the ledger, in every bucket.
CREATE OR REPLACE FUNCTION payout_resolve_v1(
    p_payout payout, p_kind ledger_kind, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_day date;
    v record;
BEGIN
    PERFORM settlement_lock_v1(ARRAY(
        SELECT h.bucket FROM ledger_head h JOIN ledger_transfer t
            ON t.bucket = h.bucket AND t.reference_id = p_payout.document_id));
    SELECT k.current_day INTO STRICT v_day FROM ledger_book k JOIN ledger_account a USING (book_id)
    WHERE a.account_id = p_payout.debit_id;
    FOR v IN
        SELECT t.bucket, t.transfer_no, t.amount_fen FROM ledger_head h JOIN ledger_transfer t
            ON t.bucket = h.bucket AND t.reference_id = p_payout.document_id
        WHERE t.kind = CASE p_kind WHEN 'posted' THEN 'post' ELSE 'pending' END::ledger_kind
        ORDER BY t.bucket
    LOOP
        PERFORM settlement_post_v1(v.bucket, p_now, ARRAY[p_kind],
            ARRAY[CASE p_kind WHEN 'posted' THEN p_payout.credit_id ELSE p_payout.debit_id END],
            ARRAY[CASE p_kind WHEN 'posted' THEN p_payout.debit_id ELSE p_payout.credit_id END],
            ARRAY[v.amount_fen],
            ARRAY[CASE p_kind WHEN 'posted' THEN NULL ELSE v.transfer_no END],
            ARRAY[CASE p_kind WHEN 'posted' THEN v.transfer_no END],
            ARRAY[p_payout.document_id], ARRAY[0::bigint], v_day);
    END LOOP;
END $$;

-- What became of it, whoever proved it: a step of the three functions behind it, which nobody else
-- calls. A repeat changes nothing. p_ask_at: when
-- the bank is asked next, of a payout that is not decided. What was rejected is no longer expected
-- on the bank's statement; what left and came back (p_left) is expected there twice, out and in.
-- Codes: PAYOUT_UNKNOWN, PAYOUT_STATE, PERIOD_ARCHIVED (what it moved is out: its month has to be brought back first).
CREATE OR REPLACE FUNCTION payout_mark_v1(
    p_document bigint, p_state payout_state, p_bank_serial text, p_reason text, p_now timestamptz,
    p_ask_at timestamptz, p_left boolean, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v payout;
BEGIN
    SELECT * INTO v FROM payout WHERE document_id = p_document FOR UPDATE;
    changed := false;
    code := CASE WHEN v.document_id IS NULL THEN @PAYOUT_UNKNOWN
                 WHEN v.state = p_state THEN 0
                 WHEN p_state IN ('done', 'returned') AND NOT EXISTS (
                     SELECT FROM ledger_head h JOIN ledger_transfer t
                         ON t.bucket = h.bucket AND t.reference_id = p_document) THEN @PERIOD_ARCHIVED
                 WHEN (v.state, p_state) IN (('instructed', 'sent'), ('sent', 'done'),
                     ('sent', 'returned'), ('sent', 'unknown'), ('unknown', 'done'),
                     ('unknown', 'returned'), ('done', 'returned')) THEN 0
                 ELSE @PAYOUT_STATE END;
    IF code <> 0 OR v.state = p_state THEN
        RETURN;
    END IF;
    IF p_state IN ('done', 'returned') THEN
        PERFORM payout_resolve_v1(v, CASE WHEN p_state = 'done' THEN 'post'
            WHEN v.state = 'done' THEN 'posted' ELSE 'void' END::ledger_kind, p_now);
    END IF;
    IF p_state = 'returned' AND (p_left OR v.state = 'done') THEN
        INSERT INTO recon_expected (partner_id, business_day, kind, serial, amount_fen, account_no,
                                    document_id)
        VALUES (v.bank_id, v.due_on, 'in', coalesce(nullif(p_bank_serial, ''), v.reference || '-R'),
                v.amount_fen, v.payee ->> 'account_no', p_document)
        ON CONFLICT (partner_id, serial) DO NOTHING;
    ELSIF p_state = 'returned' THEN
        UPDATE recon_expected SET done = true
        WHERE partner_id = v.bank_id AND serial = v.reference AND NOT done;
    END IF;
    UPDATE payout SET state = p_state, changed_at = p_now,
        bank_serial = coalesce(bank_serial, nullif(p_bank_serial, '')),
        reason = coalesce(nullif(p_reason, ''), reason),
        ask_at = CASE WHEN p_state IN ('sent', 'unknown') THEN p_ask_at END
    WHERE document_id = p_document;
    INSERT INTO payout_event (document_id, at, state, note)
    VALUES (p_document, p_now, p_state, concat_ws(' ', nullif(p_bank_serial, ''), p_reason));
    changed := true;
END $$;

-- The bank's answer at its port, of what was sent there. Codes: PAYOUT_UNKNOWN, PAYOUT_STATE (gone by
-- file, so that no port can know of it).
CREATE OR REPLACE FUNCTION payout_answered_v1(
    p_document bigint, p_state payout_state, p_bank_serial text, p_reason text, p_now timestamptz,
    p_ask_at timestamptz, p_left boolean, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payout WHERE document_id = p_document AND file_no IS NOT NULL) THEN
        code := @PAYOUT_STATE;
        changed := false;
    ELSE
        SELECT m.code, m.changed INTO code, changed
        FROM payout_mark_v1(p_document, p_state, p_bank_serial, p_reason, p_now, p_ask_at, p_left) m;
    END IF;
END $$;

-- The bank's statement shows it: done. Codes: PAYOUT_UNKNOWN, PAYOUT_STATE, EVIDENCE_MISSING.
CREATE OR REPLACE FUNCTION payout_shown_v1(
    p_document bigint, p_now timestamptz, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM payout y WHERE y.document_id = p_document
               AND NOT settlement_shown_v1(p_document, y.reference))
    THEN
        code := @EVIDENCE_MISSING;
        changed := false;
    ELSE
        SELECT m.code, m.changed INTO code, changed FROM payout_mark_v1(
            p_document, 'done', '', 'on the bank''s statement', p_now, NULL, false) m;
    END IF;
END $$;

-- Two people have it in writing: what they said stands in their proposal, decided in this very
-- transaction. Codes: AUTHORISATION_INVALID (nobody did), PAYOUT_STATE.
CREATE OR REPLACE FUNCTION payout_decided_v1(
    p_document bigint, p_now timestamptz, OUT code integer, OUT changed boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v access_authorisation;
    v_content jsonb;
BEGIN
    SELECT * INTO v FROM access_authorisation WHERE id = (
        SELECT access_settled_v1('payouts.mark', y.reference) FROM payout y
        WHERE y.document_id = p_document);
    v_content := v.content;
    IF v.id IS NULL OR v_content ->> 'state' NOT IN ('done', 'returned') THEN
        code := @AUTHORISATION_INVALID;
        changed := false;
        RETURN;
    END IF;
    SELECT m.code, m.changed INTO code, changed FROM payout_mark_v1(
        p_document, (v_content ->> 'state')::payout_state, v_content ->> 'bank_serial',
        concat_ws(' ', 'proposal ' || v.id, nullif(v.reason, '')), p_now, NULL,
        (v_content ->> 'left')::boolean) m;
END $$;

-- Sent again to a payee from where it came back, as two people decided in this very transaction.
-- Codes: those of payout_instruct_v1, AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION payout_again_v1(
    p_biller integer, p_due_on date, p_now timestamptz,
    OUT code integer, OUT document_id bigint, OUT reference text, OUT amount_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    code := @AUTHORISATION_INVALID;
    IF access_settled_v1('payouts.again', (SELECT p.code FROM partner p WHERE p.id = p_biller))
        IS NOT NULL
    THEN
        SELECT i.code, i.document_id, i.reference, i.amount_fen
        INTO code, document_id, reference, amount_fen
        FROM partner p JOIN ledger_book k USING (book_id), LATERAL payout_instruct_v1(
            p_biller, (p_now AT TIME ZONE k.time_zone)::date, p_due_on, true, p_now) i
        WHERE p.id = p_biller;
    END IF;
END $$;

-- Take instructed payouts that are due: they are sent from now on, whatever becomes of who took
-- them; committed before the first byte leaves. p_ask_at: none for those that go by file.
CREATE OR REPLACE FUNCTION payout_take_v1(
    p_bank integer, p_on date, p_now timestamptz, p_ask_at timestamptz, p_most integer
) RETURNS SETOF payout LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH due AS (
        SELECT document_id FROM payout
        WHERE bank_id = p_bank AND state = 'instructed' AND due_on <= p_on
        ORDER BY document_id DESC LIMIT p_most FOR UPDATE SKIP LOCKED
    ), taken AS (
        UPDATE payout y SET state = 'sent', changed_at = p_now, ask_at = p_ask_at
        FROM due WHERE y.document_id = due.document_id RETURNING y.*
    ), told AS (
        INSERT INTO payout_event (document_id, at, state) SELECT document_id, p_now, state
        FROM taken RETURNING 1
    )
    SELECT * FROM taken ORDER BY document_id DESC;
$$;

-- Take undecided payouts whose question is due; the next one is a rung of p_ladder_s later.
CREATE OR REPLACE FUNCTION payout_take_asked_v1(
    p_bank integer, p_now timestamptz, p_ladder_s integer[], p_most integer
) RETURNS SETOF payout LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH due AS (
        SELECT document_id FROM payout
        WHERE bank_id = p_bank AND state IN ('sent', 'unknown') AND ask_at <= p_now
        ORDER BY ask_at LIMIT p_most FOR UPDATE SKIP LOCKED
    )
    UPDATE payout y SET tries = y.tries + 1, ask_at = p_now + make_interval(
        secs => p_ladder_s[least(y.tries + 1, cardinality(p_ladder_s))])
    FROM due WHERE y.document_id = due.document_id RETURNING y.*;
$$;

-- The right to the one re-send of a payout that the bank has just said it never saw.
CREATE OR REPLACE FUNCTION payout_resend_v1(
    p_document bigint, p_now timestamptz, p_ask_at timestamptz
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE payout SET state = 'sent', resent = true, changed_at = p_now, ask_at = p_ask_at
    WHERE document_id = p_document AND state IN ('sent', 'unknown') AND NOT resent
        AND file_no IS NULL;
    IF FOUND THEN
        INSERT INTO payout_event (document_id, at, state, note)
        VALUES (p_document, p_now, 'sent', 'never seen by the bank, sent once more');
    END IF;
    RETURN FOUND;
END $$;

-- The file in which payouts left; they were taken in the same transaction.
CREATE OR REPLACE FUNCTION payout_file_v1(
    p_bank integer, p_documents bigint[], p_name text, p_amount bigint, p_body bytea,
    p_now timestamptz
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_file bigint;
BEGIN
    INSERT INTO payout_file (bank_id, name, payouts, amount_fen, body, made_at)
    VALUES (p_bank, p_name, cardinality(p_documents), p_amount, p_body, p_now)
    RETURNING file_no INTO v_file;
    UPDATE payout SET file_no = v_file
    WHERE document_id = ANY (p_documents) AND bank_id = p_bank AND file_no IS NULL
        AND state = 'sent';
    RETURN v_file;
END $$;
