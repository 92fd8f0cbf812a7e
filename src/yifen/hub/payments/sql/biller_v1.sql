-- payments_biller_result_v1: what a biller's own system answered, booked. One row a payment.
--
-- outcome: sent | booked | rejected | unknown | reversed | reverse_refused. An outcome that does not
-- fit the payment's state changes nothing (late and double answers are harmless); `done` says which.
-- A pending transfer is posted or voided, the serial gets its final code, the outbox its next step.
-- Rules: H3, H4; domain.md 1.1 and cases 1, 2.

DROP FUNCTION IF EXISTS payments_resolve_pending_v1(smallint, timestamptz, bigint[],
    ledger_kind[], date[]);
CREATE OR REPLACE FUNCTION payments_resolve_pending_v1(
    p_bucket smallint, p_now timestamptz, p_payments bigint[], p_kinds ledger_kind[],
    p_days date[], p_seals uuid[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_post record;
    v_bad integer;
BEGIN
    SELECT array_agg(i.item::integer ORDER BY t.transfer_no) AS items,
           array_agg(i.kind ORDER BY t.transfer_no) AS kinds,
           array_agg(t.debit_id ORDER BY t.transfer_no) AS debits,
           array_agg(t.credit_id ORDER BY t.transfer_no) AS credits,
           array_agg(t.amount_fen ORDER BY t.transfer_no) AS amounts,
           array_agg(t.transfer_no ORDER BY t.transfer_no) AS pendings,
           array_agg(NULL::bigint) AS nones,
           array_agg(i.payment ORDER BY t.transfer_no) AS ids,
           array_agg(t.detail_id ORDER BY t.transfer_no) AS payables,
           array_agg(i.day ORDER BY t.transfer_no) AS days,
           array_agg(i.seal ORDER BY t.transfer_no) AS seals
    INTO v_post
    FROM unnest(p_payments, p_kinds, p_days, p_seals) WITH ORDINALITY
        AS i (payment, kind, day, seal, item)
    JOIN ledger_transfer t ON t.bucket = p_bucket AND t.reference_id = i.payment
        AND t.transfer_no >= i.payment / 1000000000000 * 1000000000000 AND t.kind = 'pending';
    IF v_post.items IS NULL THEN
        RETURN;
    END IF;
    SELECT min(code) FILTER (WHERE code <> 0) INTO v_bad
    FROM ledger_post_v1(p_bucket, p_now, v_post.items, v_post.kinds, v_post.debits,
        v_post.credits, v_post.amounts, v_post.pendings, v_post.nones, v_post.ids,
        v_post.payables, v_post.days, v_post.seals);
    IF v_bad IS NOT NULL THEN
        RAISE EXCEPTION 'a pending transfer could not be resolved: code %', v_bad;
    END IF;
    UPDATE payable y
    SET held_by = NULL,
        paid_fen = y.paid_fen + CASE WHEN l.kind = 'post' AND y.mode <> 'open' THEN l.amount
                                     ELSE 0 END,
        state = CASE WHEN l.kind = 'post' AND y.mode <> 'open'
                          AND y.paid_fen + l.amount = y.due_fen THEN 'settled'
                     ELSE y.state END,
        balance_fen = y.balance_fen + CASE WHEN l.kind = 'post' THEN l.amount ELSE 0 END
    FROM unnest(v_post.payables, v_post.kinds, v_post.amounts) AS l (payable, kind, amount)
    WHERE y.bucket = p_bucket AND y.payable_id = l.payable;
END $$;

CREATE OR REPLACE FUNCTION payments_biller_result_v1(
    p_bucket smallint, p_now timestamptz, p_payment bigint[], p_outcome text[],
    p_biller_serial text[], p_biller_code text[], p_due timestamptz[]
) RETURNS TABLE (item integer, done boolean, code integer, business_day date,
                 booked_at timestamptz, biller_serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    v record;
    v_heads smallint[];  -- a serial's bucket is not that of its payment; without any the index is of no use
BEGIN
    PERFORM payments_lock_v1(p_bucket, CASE WHEN 'reversed' = ANY (p_outcome) THEN p_payment END);
    SELECT array_agg(h.bucket) INTO v_heads FROM ledger_head h;
    SELECT array_agg(u.payment ORDER BY u.item) AS payments,
           array_agg(y.channel_id ORDER BY u.item) AS channels,
           array_agg(y.serial ORDER BY u.item) AS serials,
           array_agg(k.current_day ORDER BY u.item) AS days,
           array_agg(y.business_day ORDER BY u.item) AS old_days,
           array_agg(y.amount_fen ORDER BY u.item) AS amounts,
           array_agg(y.booked_at IS NOT NULL ORDER BY u.item) AS was_booked,
           array_agg(r.serial ORDER BY u.item) AS return_serials,
           array_agg(r.verb ORDER BY u.item) AS return_verbs,
           array_agg(CASE WHEN u.outcome = 'reversed' THEN payments_return_seal_v1(
               r.verb, r.channel_id, r.serial, r.reason, s.content_hash) END ORDER BY u.item)
               AS seals,
           array_agg(CASE
               WHEN u.twin > 1 THEN NULL
               WHEN u.outcome = 'sent' AND y.biller_state = 'registered' THEN u.outcome
               WHEN u.outcome IN ('booked', 'rejected', 'unknown')
                   AND y.biller_state IN ('registered', 'sent', 'unknown') THEN u.outcome
               WHEN u.outcome IN ('reversed', 'reverse_refused') AND y.biller_state = 'reversing'
                   THEN u.outcome
               END ORDER BY u.item) AS outcomes
    INTO v
    FROM (SELECT *, row_number() OVER (PARTITION BY x.payment ORDER BY x.item) AS twin
          FROM unnest(p_payment, p_outcome) WITH ORDINALITY AS x (payment, outcome, item)) u
    LEFT JOIN payment y ON y.bucket = p_bucket AND y.payment_id = u.payment
    LEFT JOIN payment_return r ON r.bucket = p_bucket AND r.payment_id = u.payment
        AND r.booked_at IS NULL
    LEFT JOIN payment_serial s ON u.outcome = 'reversed' AND s.partner_id = r.channel_id
        AND s.serial = r.serial AND s.bucket = ANY (v_heads)
    LEFT JOIN partner p ON p.id = y.biller_id
    LEFT JOIN ledger_book k ON k.book_id = p.book_id;

    -- The channel's daily limit gets back what is not taken after all on the same day; what is booked
    -- on a later day counts there, where its reversal would give it back.
    INSERT INTO channel_usage AS x (channel_id, business_day, taken_fen)
    SELECT s.channel, s.today, sum(s.amount)
    FROM unnest(v.channels, v.old_days, v.days, v.amounts, v.outcomes)
        AS s (channel, day, today, amount, outcome)
    JOIN channel_usage o ON o.channel_id = s.channel AND o.business_day = s.day
    WHERE s.outcome = 'booked' AND s.day <> s.today GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (channel_id, business_day) DO UPDATE
    SET taken_fen = x.taken_fen + excluded.taken_fen;
    UPDATE channel_usage x SET taken_fen = x.taken_fen - u.amount
    FROM (SELECT s.channel, s.day, sum(s.amount) AS amount
          FROM unnest(v.channels, v.old_days, v.days, v.amounts, v.outcomes, v.was_booked)
              AS s (channel, day, today, amount, outcome, was_booked)
          WHERE CASE s.outcome WHEN 'booked' THEN s.day <> s.today
                               WHEN 'rejected' THEN s.day = s.today
                               WHEN 'reversed' THEN s.day = s.today AND NOT s.was_booked END
          GROUP BY 1, 2) u
    WHERE x.channel_id = u.channel AND x.business_day = u.day;

    PERFORM payments_resolve_pending_v1(p_bucket, p_now,
        array_agg(u.payment ORDER BY u.item),
        array_agg(CASE WHEN u.outcome = 'booked' THEN 'post' ELSE 'void' END::ledger_kind
                  ORDER BY u.item),
        array_agg(u.day ORDER BY u.item), array_agg(u.seal ORDER BY u.item))
    FROM unnest(v.payments, v.outcomes, v.was_booked, v.days, v.seals) WITH ORDINALITY
        AS u (payment, outcome, was_booked, day, seal, item)
    WHERE u.outcome IN ('booked', 'rejected') OR u.outcome = 'reversed' AND NOT u.was_booked
    HAVING count(*) > 0;
    PERFORM payments_contra_strict_v1(p_bucket, p_now, array_agg(u.payment ORDER BY u.item),
                                      array_agg(u.amount ORDER BY u.item),
                                      array_agg(u.day ORDER BY u.item),
                                      array_agg(u.seal ORDER BY u.item))
    FROM unnest(v.payments, v.amounts, v.outcomes, v.was_booked, v.days, v.seals) WITH ORDINALITY
        AS u (payment, amount, outcome, was_booked, day, seal, item)
    WHERE u.outcome = 'reversed' AND u.was_booked
    HAVING count(*) > 0;

    UPDATE payment y
    SET biller_state = CASE u.outcome WHEN 'reverse_refused'
                           THEN CASE WHEN u.was_booked THEN 'booked' ELSE 'unknown' END
                           ELSE u.outcome END::biller_state,
        payer_state = CASE u.outcome WHEN 'booked' THEN 'taken' WHEN 'rejected' THEN 'returned'
                           WHEN 'reversed' THEN CASE u.verb WHEN 'refund' THEN 'refunded'
                                                            ELSE 'returned' END
                           ELSE y.payer_state::text END::payer_state,
        booked_at = CASE WHEN u.outcome = 'booked' THEN p_now ELSE y.booked_at END,
        business_day = CASE WHEN u.outcome = 'booked' THEN u.day ELSE y.business_day END,
        biller_serial = coalesce(u.biller_serial, y.biller_serial),
        biller_code = coalesce(u.biller_code, y.biller_code)
    FROM unnest(v.payments, v.outcomes, v.was_booked, v.days, v.return_verbs, p_biller_serial,
                p_biller_code)
        AS u (payment, outcome, was_booked, day, verb, biller_serial, biller_code)
    WHERE u.outcome IS NOT NULL AND y.bucket = p_bucket AND y.payment_id = u.payment;

    -- Serials: the charge's, then the return's.
    UPDATE payment_serial s
    SET code = CASE u.outcome WHEN 'booked' THEN 0 WHEN 'rejected' THEN @BILLER_REJECTED
                              ELSE @REVERSED_BEFORE_CHARGE END
    FROM unnest(v.payments, v.channels, v.serials, v.outcomes, v.was_booked)
        AS u (payment, channel, serial, outcome, was_booked)
    WHERE (u.outcome IN ('booked', 'rejected') OR u.outcome = 'reversed' AND NOT u.was_booked)
        AND s.bucket = ANY (v_heads) AND s.partner_id = u.channel AND s.serial = u.serial
        AND s.payment_id = u.payment AND s.verb = 'charge';
    UPDATE payment_serial s
    SET code = CASE u.outcome WHEN 'reversed' THEN 0 ELSE @BILLER_REJECTED END
    FROM unnest(v.payments, v.channels, v.return_serials, v.outcomes)
        AS u (payment, channel, serial, outcome)
    WHERE u.outcome IN ('reversed', 'reverse_refused') AND s.bucket = ANY (v_heads)
        AND s.partner_id = u.channel AND s.serial = u.serial AND s.payment_id = u.payment;
    UPDATE payment_return r SET booked_at = p_now, business_day = u.day
    FROM unnest(v.payments, v.outcomes, v.days) AS u (payment, outcome, day)
    WHERE u.outcome = 'reversed' AND r.bucket = p_bucket AND r.payment_id = u.payment
        AND r.booked_at IS NULL;

    -- The outbox: finished work leaves, unfinished work gets its next step and time.
    DELETE FROM biller_call c USING unnest(v.payments, v.outcomes, v.was_booked)
        AS u (payment, outcome, was_booked)
    WHERE c.bucket = p_bucket AND c.payment_id = u.payment
        AND (u.outcome IN ('booked', 'rejected', 'reversed')
             OR u.outcome = 'reverse_refused' AND u.was_booked);
    UPDATE biller_call c
    SET step = 'confirm', due_at = coalesce(u.due, c.due_at)
    FROM unnest(v.payments, v.outcomes, v.was_booked, p_due)
        AS u (payment, outcome, was_booked, due)
    WHERE c.bucket = p_bucket AND c.payment_id = u.payment
        AND (u.outcome = 'unknown' OR u.outcome = 'sent'
             OR u.outcome = 'reverse_refused' AND NOT u.was_booked);

    INSERT INTO payment_event (bucket, payment_id, at, payer_state, biller_state, note)
    SELECT p_bucket, y.payment_id, p_now, y.payer_state, y.biller_state,
           concat_ws(' ', u.outcome, u.biller_code)
    FROM unnest(v.payments, v.outcomes, p_biller_code) AS u (payment, outcome, biller_code)
    JOIN payment y ON y.bucket = p_bucket AND y.payment_id = u.payment
    WHERE u.outcome IS NOT NULL;

    RETURN QUERY
    SELECT u.item::integer, u.outcome IS NOT NULL,
           CASE WHEN y.biller_state IN ('booked', 'reversed') AND y.booked_at IS NOT NULL THEN 0
                WHEN y.biller_state = 'rejected' THEN @BILLER_REJECTED
                WHEN y.biller_state = 'reversed' THEN @REVERSED_BEFORE_CHARGE
                ELSE @PROCESSING END,
           y.business_day, y.booked_at, y.biller_serial
    FROM unnest(v.payments, v.outcomes) WITH ORDINALITY AS u (payment, outcome, item)
    LEFT JOIN payment y ON y.bucket = p_bucket AND y.payment_id = u.payment;
END $$;

-- A contra that must succeed: the biller has agreed already.
DROP FUNCTION IF EXISTS payments_contra_strict_v1(smallint, timestamptz, bigint[], date[], uuid[]);
CREATE OR REPLACE FUNCTION payments_contra_strict_v1(
    p_bucket smallint, p_now timestamptz, p_payments bigint[], p_amounts bigint[], p_days date[],
    p_seals uuid[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_codes integer[] := payments_contra_v1(p_bucket, p_now, p_payments, p_amounts,
                                              p_days, p_seals);
BEGIN
    IF NOT 0 = ALL (v_codes) THEN
        RAISE EXCEPTION 'a contra the biller agreed to was refused by the ledger: %', v_codes;
    END IF;
END $$;

-- Take up to p_most outbox rows that are due. Each taking is a try and moves the row to its next
-- rung, p_ladder_s[tries] seconds on, so a worker that dies leaves it to be taken again; the last rung has five
-- minutes for its answer, then due_at is empty and reconciliation decides; a way that a trade brings knows our charge
-- again by its serial, so there it goes on every five minutes. p_owner names this taking: who lost its
-- answer
-- asks again in the same name and is told the same rows, so that no rung is passed untried.
DROP FUNCTION IF EXISTS payments_take_calls_v1(timestamptz, integer[], integer);
CREATE OR REPLACE FUNCTION payments_take_calls_v1(
    p_now timestamptz, p_ladder_s integer[], p_most integer, p_owner uuid
) RETURNS TABLE (payment_id bigint, step text, resent boolean, endpoint text, dialect text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_owner::text, 0));  -- behind a first asking under way
    RETURN QUERY SELECT c.payment_id, c.step, c.resent, c.endpoint, c.dialect
    FROM biller_call c WHERE c.taken_by = p_owner AND c.due_at IS NOT NULL;
    IF FOUND THEN
        RETURN;
    END IF;
    -- First the few, then those by their key: in one statement they would be sought in the whole table.
    SELECT array_agg(d.bucket) AS buckets, array_agg(d.payment_id) AS payments INTO v
    FROM (SELECT x.bucket, x.payment_id FROM biller_call x WHERE x.due_at <= p_now
          ORDER BY x.due_at LIMIT p_most FOR UPDATE SKIP LOCKED) d;
    RETURN QUERY WITH taken AS (
        UPDATE biller_call c
        SET tries = least(c.tries, cardinality(p_ladder_s)) + 1, taken_by = p_owner,
            due_at = CASE WHEN c.tries <= cardinality(p_ladder_s) OR c.endpoint !~ '^(https?|tcp)://'
                THEN p_now + coalesce(p_ladder_s[c.tries + 1], 300) * interval '1 second' END
        FROM unnest(v.buckets, v.payments) AS d (bucket, payment_id)
        WHERE c.bucket = d.bucket AND c.payment_id = d.payment_id
        RETURNING c.*)
    SELECT t.payment_id, t.step, t.resent, t.endpoint, t.dialect FROM taken t WHERE t.due_at IS NOT NULL;
END $$;

-- Before the one re-send 重发: true for the one owner who may do it, as often as he asks, for he may not
-- have heard the first answer; false for all others for ever after.
DROP FUNCTION IF EXISTS payments_claim_resend_v1(bigint);
CREATE OR REPLACE FUNCTION payments_claim_resend_v1(p_payment bigint, p_owner uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE biller_call c SET resent = true, resent_by = p_owner
    WHERE c.bucket = p_payment % 1000 AND c.payment_id = p_payment AND c.step <> 'reverse'
        AND (NOT c.resent OR c.resent_by = p_owner);
    RETURN FOUND;
END $$;
