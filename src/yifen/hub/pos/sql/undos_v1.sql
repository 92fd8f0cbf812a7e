-- What takes a sale back, of the terminal or of us. Lock order: the terminal's session, the sale, the undo. `p`: what is asked,
-- with `entry`, `seal` and `at` as of a sale.

-- A terminal's 0400: again and again the same undo; of a sale that never came it stays as a tombstone, but not in a batch that
-- is not open, where none can come. Answers a code and the undo: POS_ORIGINAL_UNKNOWN (no such sale), POS_ORIGINAL_UNFIT
-- (another amount; it reverses a void or a refund: an exception), POS_BATCH_CLOSED (an exception: its money is settled), BUSY
-- (it asked for something else meanwhile).
CREATE OR REPLACE FUNCTION pos_reverse_v1(p jsonb, p_now timestamptz) RETURNS TABLE (code integer, undo_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    p_terminal text := p ->> 'terminal';
    p_batch integer := p ->> 'batch';
    p_trace integer := p ->> 'trace';
    p_fen bigint := p ->> 'amount_fen';
    s pos_sale;
    u pos_undo;
    v_code integer := 0;
    v_entries bigint;
BEGIN
    SELECT x.entries INTO v_entries FROM pos_session x WHERE x.terminal_no = p_terminal FOR UPDATE;
    SELECT * INTO s FROM pos_sale x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace) FOR UPDATE;
    SELECT * INTO u FROM pos_undo x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace)
    ORDER BY x.kind <> 'reversal' LIMIT 1;
    IF u.undo_id IS NULL AND s.sale_id IS NULL AND NOT EXISTS (SELECT FROM pos_batch b
            WHERE (b.terminal_no, b.batch_no, b.state) = (p_terminal, p_batch, 'open')) THEN
        RETURN QUERY SELECT @POS_ORIGINAL_UNKNOWN, NULL::bigint;
        RETURN;
    ELSIF u.undo_id IS NOT NULL AND u.kind <> 'reversal' THEN
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
    IF v_entries + 1 IS DISTINCT FROM (p ->> 'entry')::bigint THEN
        RETURN QUERY SELECT @BUSY, NULL::bigint;
        RETURN;
    END IF;
    UPDATE pos_session SET entries = entries + 1 WHERE terminal_no = p_terminal;
    IF s.state = 'asked' THEN
        UPDATE pos_sale SET state = 'unknown', is_charged = true, changed_at = p_now WHERE sale_id = s.sale_id;
    END IF;
    INSERT INTO pos_undo AS x (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, entry_no, seal, hub_state, hub_code,
                               acquirer_state, made_at, settle_at)
    SELECT 'reversal', p_terminal, p_batch, p_trace, s.sale_id, p_fen, p ->> 'reason', v_entries + 1, decode(p ->> 'seal', 'hex'),
        CASE WHEN is_void THEN 'done' ELSE 'due' END, CASE WHEN is_void THEN @ORIGINAL_NOT_BOOKED ELSE 0 END,
        CASE WHEN is_void THEN 'none' ELSE 'due' END, (p ->> 'at')::timestamptz, CASE WHEN is_void THEN NULL ELSE p_now END
    FROM (SELECT s.sale_id IS NULL OR s.state IN ('declined', 'reversed') AS is_void) z
    RETURNING * INTO u;
    RETURN QUERY SELECT CASE WHEN s.sale_id IS NULL THEN @POS_ORIGINAL_UNKNOWN ELSE 0 END, u.undo_id;
END $$;

-- A void in the batch (whole, once) or a refund (of any terminal of the merchant; in parts, up to the sale). The same again is
-- the same. Codes: those of pos_open_v1, POS_TRACE_REUSED, POS_ORIGINAL_UNKNOWN, POS_ORIGINAL_UNFIT, AMOUNT_ABOVE_LEFT.
CREATE OR REPLACE FUNCTION pos_give_back_v1(p jsonb, p_now timestamptz) RETURNS TABLE (code integer, undo_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    p_kind text := p ->> 'kind';
    p_terminal text := p ->> 'terminal';
    p_batch integer := p ->> 'batch';
    p_trace integer := p ->> 'trace';
    p_fen bigint := p ->> 'amount_fen';
    p_ref text := p ->> 'ref';
    v_code integer;
    s pos_sale;
    u pos_undo;
    v_left bigint;
BEGIN
    PERFORM FROM pos_session x WHERE x.terminal_no = p_terminal FOR UPDATE;
    v_code := coalesce((SELECT o.code FROM pos_open_v1(p_terminal, p_batch, (p ->> 'entry')::bigint) o), @POS_TERMINAL_UNKNOWN);
    SELECT x.* INTO s FROM pos_sale x JOIN pos_terminal t ON t.terminal_no = x.terminal_no
        JOIN pos_terminal own ON own.terminal_no = p_terminal
    WHERE x.batch_no = (p ->> 'original_batch')::integer AND x.trace = (p ->> 'original_trace')::integer
        AND (t.merchant_no, t.biller_id, t.channel_id) = (own.merchant_no, own.biller_id, own.channel_id)
        AND (x.terminal_no = p_terminal OR p_kind = 'refund' AND x.acquirer_ref = p_ref AND p_ref <> '')
        AND (p_kind <> 'refund' OR p_ref IN ('', x.acquirer_ref))
    ORDER BY x.terminal_no <> p_terminal LIMIT 1 FOR UPDATE OF x;
    SELECT * INTO u FROM pos_undo x WHERE (x.kind, x.terminal_no, x.batch_no, x.trace) = (p_kind, p_terminal, p_batch, p_trace);
    IF u.undo_id IS NOT NULL THEN
        RETURN QUERY SELECT CASE WHEN u.sale_id = s.sale_id AND u.amount_fen = p_fen THEN 0 ELSE @POS_TRACE_REUSED END, u.undo_id;
        RETURN;
    END IF;
    -- What is left: neither given back by anybody, at a desk or as a chargeback too, nor about to be.
    v_left := s.amount_fen - coalesce((SELECT sum(r.amount_fen) FROM payment_return r
            WHERE r.bucket = s.payment_id % 1000 AND r.payment_id = s.payment_id), 0)
        - coalesce((SELECT sum(x.amount_fen) FROM pos_undo x WHERE x.sale_id = s.sale_id AND x.hub_state = 'due'), 0);
    v_code := CASE
        WHEN v_code <> 0 THEN v_code
        WHEN EXISTS (SELECT FROM pos_sale x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace))
            OR EXISTS (SELECT FROM pos_undo x WHERE (x.terminal_no, x.batch_no, x.trace) = (p_terminal, p_batch, p_trace))
            THEN @POS_TRACE_REUSED
        WHEN s.sale_id IS NULL OR s.state <> 'booked' THEN @POS_ORIGINAL_UNKNOWN
        WHEN p_kind NOT IN ('void', 'refund') OR p_fen <= 0
            OR p_kind = 'void' AND (s.batch_no <> p_batch OR s.amount_fen <> p_fen OR s.amount_fen <> v_left)
            THEN @POS_ORIGINAL_UNFIT
        WHEN p_fen > v_left THEN @AMOUNT_ABOVE_LEFT
        ELSE 0 END;
    IF v_code <> 0 THEN
        RETURN QUERY SELECT v_code, NULL::bigint;
        RETURN;
    END IF;
    UPDATE pos_session SET entries = entries + 1 WHERE terminal_no = p_terminal;
    INSERT INTO pos_undo AS x (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, entry_no, seal, hub_state,
                               acquirer_state, made_at, settle_at)
    VALUES (p_kind, p_terminal, p_batch, p_trace, s.sale_id, p_fen, '00', (p ->> 'entry')::bigint, decode(p ->> 'seal', 'hex'),
            'due', 'due', (p ->> 'at')::timestamptz, p_now) RETURNING * INTO u;
    RETURN QUERY SELECT 0, u.undo_id;
END $$;

-- The serials under which the hub was asked to give an undo's money back, one after the other.
CREATE OR REPLACE FUNCTION pos_return_serials_v1(u pos_undo, p_serial text) RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE u.kind WHEN 'reversal' THEN ARRAY[p_serial || 'R', p_serial || 'RF'] ELSE ARRAY[o.serial, o.serial || 'R'] END
    FROM (SELECT 'POS' || u.terminal_no || lpad(u.batch_no::text, 6, '0') || lpad(u.trace::text, 6, '0') AS serial) o;
$$;

-- Does nothing of a sale's payment stand, as far as this undo goes? By the hub's own rows: it gave back just that, or the
-- payment was never booked and never will be. `p_home`: the bucket of the sale's serial; in another one nothing is found.
CREATE OR REPLACE FUNCTION pos_given_back_v1(u pos_undo, s pos_sale, p_home integer) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM payment_serial o WHERE (o.bucket, o.partner_id, o.serial) = (p_home, s.channel_id, s.serial)
        AND (o.verb = 'tombstone' OR o.payment_id IS NULL OR o.code NOT IN (0, @PROCESSING)
            OR EXISTS (SELECT FROM payment_return r WHERE r.bucket = o.payment_id % 1000 AND r.payment_id = o.payment_id
                AND r.serial = ANY (pos_return_serials_v1(u, s.serial)) AND r.amount_fen = u.amount_fen
                AND r.booked_at IS NOT NULL)));
$$;

-- A half of an undo is done, refused, or still due. The hub's half is done where the hub's rows say so, whoever says it here.
-- Its refusal of a reversal leaves the card's money where it is, and of any undo the acquirer then hears nothing; the
-- acquirer's refusal, after the hub gave it back, is an exception. `p` has undo, half, state, code, field39, home, look_at,
-- and of the acquirer's word answer and answer_by. Answers whether it counts.
CREATE OR REPLACE FUNCTION pos_half_v1(p jsonb, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    p_undo bigint := p ->> 'undo';
    p_half text := p ->> 'half';
    p_state text := p ->> 'state';
    u pos_undo;
    s pos_sale;
BEGIN
    SELECT x.* INTO s FROM pos_sale x JOIN pos_undo y USING (sale_id) WHERE y.undo_id = p_undo FOR UPDATE OF x;
    SELECT * INTO u FROM pos_undo x WHERE x.undo_id = p_undo FOR UPDATE;
    IF p_half = 'hub' AND u.hub_state = 'due' THEN
        IF p_state = 'done' AND NOT pos_given_back_v1(u, s, (p ->> 'home')::integer) THEN
            RETURN false;
        END IF;
        u.hub_state := p_state;
        u.hub_code := p ->> 'code';
        u.acquirer_state := CASE WHEN p_state = 'refused' THEN 'none' ELSE u.acquirer_state END;
        IF p_state = 'done' AND u.kind IN ('reversal', 'void') THEN
            UPDATE pos_sale SET state = 'reversed', changed_at = p_now
            WHERE sale_id = u.sale_id AND state IN ('unknown', 'booked');
        END IF;
    ELSIF p_half = 'acquirer' AND u.hub_state = 'done' AND u.acquirer_state = 'due' AND (p_state = 'due' OR p ? 'answer') THEN
        u.acquirer_state := p_state;
        u.acquirer_code := p ->> 'field39';
        IF p_state <> 'due' THEN
            u.answer := decode(p ->> 'answer', 'hex');
            u.answer_by := p ->> 'answer_by';
        END IF;
    ELSE
        RETURN false;
    END IF;
    UPDATE pos_undo SET hub_state = u.hub_state, hub_code = u.hub_code, acquirer_state = u.acquirer_state,
        acquirer_code = u.acquirer_code, answer = u.answer, answer_by = u.answer_by,
        tries = CASE WHEN p_state = 'due' THEN tries + 1 ELSE tries END,
        settle_at = CASE WHEN u.hub_state = 'due' OR u.acquirer_state = 'due' THEN (p ->> 'look_at')::timestamptz END
    WHERE undo_id = p_undo;
    IF p_state = 'refused' AND (p_half = 'acquirer' OR u.kind = 'reversal') THEN
        INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, undo_id, ours_fen, their_fen, code, made_at)
        VALUES (CASE p_half WHEN 'hub' THEN 'money_stays' ELSE 'acquirer_refused' END, u.terminal_no, u.batch_no, u.trace, p_undo,
                u.amount_fen, u.amount_fen, (p ->> 'code')::integer, p_now) ON CONFLICT DO NOTHING;
    END IF;
    RETURN true;
END $$;

-- Undos that are due, each for a while the caller's own.
CREATE OR REPLACE FUNCTION pos_due_v1(p_now timestamptz, p_look_at timestamptz, p_most integer) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE pos_undo u SET settle_at = p_look_at FROM (
        SELECT x.undo_id FROM pos_undo x WHERE x.settle_at <= p_now ORDER BY x.settle_at LIMIT p_most FOR UPDATE SKIP LOCKED) y
    WHERE u.undo_id = y.undo_id RETURNING u.undo_id;
$$;
