-- The steps of a sale and of what takes it back. Each is committed before or after a call, never around one. Lock order: the
-- terminal's session, the sale, the undo.

-- Where a sale can go. What is decided stays.
CREATE OR REPLACE FUNCTION pos_state_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('asked', 'authorised'), ('asked', 'declined'), ('asked', 'unknown'),
            ('authorised', 'booked'), ('authorised', 'declined'), ('authorised', 'unknown'), ('unknown', 'reversed'),
            ('booked', 'reversed')) THEN
        RAISE EXCEPTION 'pos_sale %: % never becomes %', OLD.sale_id, OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER states BEFORE UPDATE OF state ON pos_sale
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION pos_state_v1();

-- The intent, before the acquirer is asked: `p` has batch, trace, account_no, amount_fen, card_shown. Answers what stands under
-- terminal, batch and trace now: its id, serial, state, why it is declined, field 37 and 38, and whether it is new. Codes of
-- one that is not taken: POS_TRACE_REUSED, and those of pos_open_v1; REVERSED_BEFORE_CHARGE is kept.
CREATE OR REPLACE FUNCTION pos_ask_v1(p_terminal text, p jsonb, p_hash bytea, p_now timestamptz)
RETURNS TABLE (code integer, sale_id bigint, serial text, state text, acquirer_ref text, auth_code text, is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_batch integer := (p ->> 'batch')::integer;
    v_trace integer := (p ->> 'trace')::integer;
    v_code integer := pos_open_v1(p_terminal, v_batch);
    v_is_late boolean := EXISTS (SELECT FROM pos_undo u
        WHERE (u.terminal_no, u.batch_no, u.trace, u.kind) = (p_terminal, v_batch, v_trace, 'reversal'));
    s pos_sale;
BEGIN
    SELECT * INTO s FROM pos_sale x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, v_batch, v_trace);
    IF s.sale_id IS NOT NULL AND s.content_hash = p_hash THEN
        RETURN QUERY SELECT s.code, s.sale_id, s.serial, s.state, s.acquirer_ref, s.auth_code, false;
        RETURN;
    ELSIF s.sale_id IS NOT NULL OR EXISTS (SELECT FROM pos_undo u
            WHERE (u.terminal_no, u.batch_no, u.trace) = (p_terminal, v_batch, v_trace) AND u.kind <> 'reversal') THEN
        v_code := @POS_TRACE_REUSED;
    END IF;
    IF v_code <> 0 THEN
        RETURN QUERY SELECT v_code, NULL::bigint, NULL::text, NULL::text, ''::text, ''::text, false;
        RETURN;
    END IF;
    INSERT INTO pos_sale AS x (terminal_no, batch_no, trace, channel_id, biller_id, serial, content_hash, account_no, amount_fen,
        card_shown, state, code, made_at, changed_at)
    SELECT p_terminal, v_batch, v_trace, t.channel_id, t.biller_id,
        'POS' || p_terminal || lpad(v_batch::text, 6, '0') || lpad(v_trace::text, 6, '0'), p_hash, p ->> 'account_no',
        (p ->> 'amount_fen')::bigint, p ->> 'card_shown', CASE WHEN v_is_late THEN 'declined' ELSE 'asked' END,
        CASE WHEN v_is_late THEN @REVERSED_BEFORE_CHARGE ELSE 0 END, p_now, p_now
    FROM pos_terminal t WHERE t.terminal_no = p_terminal
    RETURNING * INTO s;
    RETURN QUERY SELECT s.code, s.sale_id, s.serial, s.state, ''::text, ''::text, true;
END $$;

-- What the acquirer said (authorised, declined), or the hub (booked, or declined after all: then the card's part is undone).
-- Answers the state that it has now: who comes too late changes nothing.
CREATE OR REPLACE FUNCTION pos_said_v1(
    p_sale bigint, p_state text, p_code integer, p_ref text, p_auth text, p_payment bigint, p_now timestamptz
) RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    s pos_sale;
BEGIN
    SELECT * INTO s FROM pos_sale x WHERE x.sale_id = p_sale FOR UPDATE;
    IF (s.state, p_state) NOT IN (('asked', 'authorised'), ('asked', 'declined'), ('authorised', 'booked'),
                                  ('authorised', 'declined')) THEN
        RETURN s.state;
    END IF;
    UPDATE pos_sale SET state = p_state, code = p_code, acquirer_ref = coalesce(p_ref, acquirer_ref),
        auth_code = coalesce(p_auth, auth_code), payment_id = coalesce(p_payment, payment_id), changed_at = p_now,
        is_charged = p_state IN ('authorised', 'booked')
    WHERE sale_id = p_sale;
    IF s.state = 'authorised' AND p_state = 'declined' THEN
        INSERT INTO pos_undo (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state, hub_code,
                              acquirer_state, made_at, settle_at)
        VALUES ('reversal', s.terminal_no, s.batch_no, s.trace, p_sale, s.amount_fen, '96', 'done', p_code, 'due', p_now, p_now)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN p_state;
END $$;

-- A sale that nobody knows of any more is to be undone; whoever still works on it comes too late.
CREATE OR REPLACE FUNCTION pos_lose_v1(p_sale bigint, p_reason text, p_now timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    s pos_sale;
    v_undo bigint;
BEGIN
    SELECT * INTO s FROM pos_sale x WHERE x.sale_id = p_sale FOR UPDATE;
    IF s.state IN ('asked', 'authorised') THEN
        UPDATE pos_sale SET state = 'unknown', is_charged = true, changed_at = p_now WHERE sale_id = p_sale;
        INSERT INTO pos_undo (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state, acquirer_state,
                              made_at, settle_at)
        VALUES ('reversal', s.terminal_no, s.batch_no, s.trace, p_sale, s.amount_fen, p_reason, 'due', 'due', p_now, p_now)
        ON CONFLICT DO NOTHING;
    END IF;
    SELECT u.undo_id INTO v_undo FROM pos_undo u WHERE u.sale_id = p_sale AND u.kind = 'reversal';
    RETURN v_undo;
END $$;

-- A terminal's 0400: again and again the same undo; of a sale that never came it stays as a tombstone. Answers a code and the
-- undo: POS_ORIGINAL_UNKNOWN (a tombstone was set), POS_ORIGINAL_UNFIT (another amount; it reverses a void or a refund: an
-- exception), POS_BATCH_CLOSED (an exception: its money is settled).
CREATE OR REPLACE FUNCTION pos_reverse_v1(
    p_terminal text, p_batch integer, p_trace integer, p_fen bigint, p_reason text, p_now timestamptz
) RETURNS TABLE (code integer, undo_id bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    s pos_sale;
    u pos_undo;
    v_code integer := 0;
BEGIN
    PERFORM FROM pos_session x WHERE x.terminal_no = p_terminal FOR UPDATE;
    SELECT * INTO s FROM pos_sale x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace) FOR UPDATE;
    SELECT * INTO u FROM pos_undo x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace)
    ORDER BY x.kind <> 'reversal' LIMIT 1;
    IF u.undo_id IS NOT NULL AND u.kind <> 'reversal' THEN
        v_code := @POS_ORIGINAL_UNFIT;
    ELSIF u.undo_id IS NOT NULL AND (s.sale_id IS NULL OR s.amount_fen = p_fen) THEN
        RETURN QUERY SELECT CASE WHEN u.sale_id IS NULL THEN @POS_ORIGINAL_UNKNOWN ELSE 0 END, u.undo_id;
        RETURN;
    ELSIF s.sale_id IS NOT NULL AND s.amount_fen <> p_fen THEN
        RETURN QUERY SELECT @POS_ORIGINAL_UNFIT, NULL::bigint;
        RETURN;
    ELSIF EXISTS (SELECT FROM pos_batch b WHERE (b.terminal_no, b.batch_no, b.state) = (p_terminal, p_batch, 'closed'))
            AND s.state IS DISTINCT FROM 'declined' THEN
        v_code := @POS_BATCH_CLOSED;
    END IF;
    IF v_code <> 0 THEN
        INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, undo_id, ours_fen, their_fen, code, made_at)
        VALUES ('money_stays', p_terminal, p_batch, p_trace, u.undo_id, coalesce(s.amount_fen, u.amount_fen, 0), p_fen,
                v_code, p_now) ON CONFLICT DO NOTHING;
        RETURN QUERY SELECT v_code, NULL::bigint;
        RETURN;
    END IF;
    IF s.state IN ('asked', 'authorised') THEN
        UPDATE pos_sale SET state = 'unknown', is_charged = true, changed_at = p_now WHERE sale_id = s.sale_id;
    END IF;
    INSERT INTO pos_undo AS x (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state, hub_code,
                               acquirer_state, made_at, settle_at)
    SELECT 'reversal', p_terminal, p_batch, p_trace, s.sale_id, p_fen, p_reason,
        CASE WHEN is_void THEN 'done' ELSE 'due' END, CASE WHEN is_void THEN @ORIGINAL_NOT_BOOKED ELSE 0 END,
        CASE WHEN is_void THEN 'none' ELSE 'due' END, p_now, CASE WHEN is_void THEN NULL ELSE p_now END
    FROM (SELECT s.sale_id IS NULL OR s.state IN ('declined', 'reversed') AS is_void) z
    RETURNING * INTO u;
    RETURN QUERY SELECT CASE WHEN s.sale_id IS NULL THEN @POS_ORIGINAL_UNKNOWN ELSE 0 END, u.undo_id;
END $$;

-- A void in the batch (whole, once) or a refund (of any terminal of the merchant; in parts, up to the sale). The same again is
-- the same. Codes: those of pos_open_v1, POS_TRACE_REUSED, POS_ORIGINAL_UNKNOWN, POS_ORIGINAL_UNFIT, AMOUNT_ABOVE_LEFT.
CREATE OR REPLACE FUNCTION pos_give_back_v1(
    p_kind text, p_terminal text, p_batch integer, p_trace integer, p_original_batch integer, p_original_trace integer,
    p_fen bigint, p_ref text, p_now timestamptz
) RETURNS TABLE (code integer, undo_id bigint) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_code integer := pos_open_v1(p_terminal, p_batch);
    s pos_sale;
    u pos_undo;
BEGIN
    SELECT x.* INTO s FROM pos_sale x JOIN pos_terminal t ON t.terminal_no = x.terminal_no
        JOIN pos_terminal own ON own.terminal_no = p_terminal
    WHERE x.batch_no = p_original_batch AND x.trace = p_original_trace
        AND (t.merchant_no, t.biller_id, t.channel_id) = (own.merchant_no, own.biller_id, own.channel_id)
        AND (x.terminal_no = p_terminal OR p_kind = 'refund' AND x.acquirer_ref = p_ref AND p_ref <> '')
        AND (p_kind <> 'refund' OR p_ref IN ('', x.acquirer_ref))
    ORDER BY x.terminal_no <> p_terminal LIMIT 1 FOR UPDATE OF x;
    SELECT * INTO u FROM pos_undo x WHERE (x.kind, x.terminal_no, x.batch_no, x.trace) = (p_kind, p_terminal, p_batch, p_trace);
    IF u.undo_id IS NOT NULL THEN
        RETURN QUERY SELECT CASE WHEN u.sale_id = s.sale_id AND u.amount_fen = p_fen THEN 0 ELSE @POS_TRACE_REUSED END, u.undo_id;
        RETURN;
    END IF;
    v_code := CASE
        WHEN v_code <> 0 THEN v_code
        WHEN EXISTS (SELECT FROM pos_sale x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace))
            OR EXISTS (SELECT FROM pos_undo x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace))
            THEN @POS_TRACE_REUSED
        WHEN s.sale_id IS NULL OR s.state <> 'booked' THEN @POS_ORIGINAL_UNKNOWN
        WHEN p_kind NOT IN ('void', 'refund') OR p_fen <= 0
            OR p_kind = 'void' AND (s.batch_no <> p_batch OR s.amount_fen <> p_fen OR EXISTS (
                SELECT FROM pos_undo x WHERE x.sale_id = s.sale_id AND x.hub_state <> 'refused')) THEN @POS_ORIGINAL_UNFIT
        WHEN p_fen > s.amount_fen - coalesce((SELECT sum(x.amount_fen) FROM pos_undo x
                WHERE x.sale_id = s.sale_id AND x.hub_state <> 'refused'), 0) THEN @AMOUNT_ABOVE_LEFT
        ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN QUERY SELECT v_code, NULL::bigint;
        RETURN;
    END IF;
    INSERT INTO pos_undo AS x (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state, acquirer_state,
                               made_at, settle_at)
    VALUES (p_kind, p_terminal, p_batch, p_trace, s.sale_id, p_fen, '00', 'due', 'due', p_now, p_now) RETURNING * INTO u;
    RETURN QUERY SELECT 0, u.undo_id;
END $$;

-- A half of an undo is done, refused, or still due. The hub's refusal of a reversal leaves the card's money where it is, and of
-- any undo the acquirer then hears nothing; the acquirer's refusal, after the hub gave it back, is an exception.
CREATE OR REPLACE FUNCTION pos_half_v1(
    p_undo bigint, p_half text, p_state text, p_code integer, p_field39 text, p_now timestamptz, p_look_at timestamptz
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    u pos_undo;
BEGIN
    PERFORM FROM pos_sale x JOIN pos_undo y USING (sale_id) WHERE y.undo_id = p_undo FOR UPDATE OF x;
    SELECT * INTO u FROM pos_undo x WHERE x.undo_id = p_undo FOR UPDATE;
    IF p_half = 'hub' AND u.hub_state = 'due' THEN
        u.hub_state := p_state;
        u.hub_code := p_code;
        u.acquirer_state := CASE WHEN p_state = 'refused' THEN 'none' ELSE u.acquirer_state END;
        IF p_state = 'done' AND u.kind IN ('reversal', 'void') THEN
            UPDATE pos_sale SET state = 'reversed', changed_at = p_now
            WHERE sale_id = u.sale_id AND state IN ('unknown', 'booked');
        END IF;
    ELSIF p_half = 'acquirer' AND u.hub_state = 'done' AND u.acquirer_state = 'due' THEN
        u.acquirer_state := p_state;
        u.acquirer_code := p_field39;
    ELSE
        RETURN;
    END IF;
    UPDATE pos_undo SET hub_state = u.hub_state, hub_code = u.hub_code, acquirer_state = u.acquirer_state,
        acquirer_code = u.acquirer_code, tries = CASE WHEN p_state = 'due' THEN tries + 1 ELSE tries END,
        settle_at = CASE WHEN u.hub_state = 'due' OR u.acquirer_state = 'due' THEN p_look_at END
    WHERE undo_id = p_undo;
    IF p_half = 'acquirer' AND p_state = 'refused' OR p_half = 'hub' AND p_state = 'refused' AND u.kind = 'reversal' THEN
        INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, undo_id, ours_fen, their_fen, code, made_at)
        VALUES (CASE p_half WHEN 'hub' THEN 'money_stays' ELSE 'acquirer_refused' END, u.terminal_no, u.batch_no, u.trace, p_undo,
                u.amount_fen, u.amount_fen, p_code, p_now) ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- What a door takes up now, each for a while its own: undos that are due, among them those of sales whose door went away.
CREATE OR REPLACE FUNCTION pos_due_v1(p_now timestamptz, p_lost_before timestamptz, p_look_at timestamptz, p_most integer)
RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pos_lose_v1(x.sale_id, '98', p_now) FROM (
        SELECT s.sale_id FROM pos_sale s WHERE s.state IN ('asked', 'authorised') AND s.made_at < p_lost_before
        ORDER BY s.made_at LIMIT p_most) x;
    RETURN QUERY UPDATE pos_undo u SET settle_at = p_look_at FROM (
        SELECT x.undo_id FROM pos_undo x WHERE x.settle_at <= p_now ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) y
    WHERE u.undo_id = y.undo_id RETURNING u.undo_id;
END $$;
