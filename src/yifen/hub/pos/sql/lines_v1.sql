-- How terminals stand on the line: working keys, batches.

-- New working keys, which wait until a message proves them. While some wait, they are the ones that are sent: who signs on in
-- a terminal's name, without its master key, takes nothing of what it was told, however long it rests. Answers the keys that
-- are sent, and the open batch (or the one that uploads), or minus a code: POS_TERMINAL_STOPPED.
CREATE OR REPLACE FUNCTION pos_signed_on_v1(p_terminal text, p_sealed bytea, p_now timestamptz)
RETURNS TABLE (batch_no integer, sealed bytea) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
    IF NOT EXISTS (SELECT FROM pos_terminal t JOIN pos_acquirer a USING (acquirer_id)
                   WHERE t.terminal_no = p_terminal AND t.state = 'in_use' AND a.enabled) THEN
        RETURN QUERY SELECT -@POS_TERMINAL_STOPPED, NULL::bytea;
        RETURN;
    END IF;
    INSERT INTO pos_session AS s (terminal_no, next_sealed, signed_at) VALUES (p_terminal, p_sealed, p_now)
    ON CONFLICT (terminal_no) DO UPDATE SET next_sealed = excluded.next_sealed, signed_at = excluded.signed_at
    WHERE s.next_sealed IS NULL;
    INSERT INTO pos_batch (terminal_no, batch_no, opened_at)
    SELECT p_terminal, 1, p_now WHERE NOT EXISTS (SELECT FROM pos_batch b WHERE b.terminal_no = p_terminal);
    RETURN QUERY SELECT b.batch_no, s.next_sealed FROM pos_batch b JOIN pos_session s USING (terminal_no)
        WHERE b.terminal_no = p_terminal AND b.state <> 'closed';
END $$;

-- A message proved the new keys: from now on they alone count.
CREATE OR REPLACE FUNCTION pos_proved_v1(p_terminal text, p_sealed bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE pos_session SET sealed = next_sealed, next_sealed = NULL
    WHERE terminal_no = p_terminal AND next_sealed = p_sealed;
$$;

-- What a batch adds up to here: what terminals were told was paid, and what they were told was given back.
CREATE OR REPLACE FUNCTION pos_totals_v1(p_terminal text, p_batch integer)
RETURNS TABLE (debit_count integer, debit_fen bigint, credit_count integer, credit_fen bigint)
LANGUAGE sql STABLE AS $$
    SELECT d.n, d.fen, c.n, c.fen FROM
        (SELECT count(*)::integer AS n, coalesce(sum(s.amount_fen), 0)::bigint AS fen FROM pos_sale s
         WHERE s.terminal_no = p_terminal AND s.batch_no = p_batch AND (s.state = 'booked' OR s.state = 'reversed'
            AND EXISTS (SELECT FROM pos_undo u WHERE u.sale_id = s.sale_id AND u.kind = 'void' AND u.hub_state = 'done'))) d,
        (SELECT count(*)::integer AS n, coalesce(sum(u.amount_fen), 0)::bigint AS fen FROM pos_undo u
         WHERE u.terminal_no = p_terminal AND u.batch_no = p_batch AND u.kind <> 'reversal' AND u.hub_state = 'done') c;
$$;

-- The next batch. One of 999999 is followed by 1, if that is free.
CREATE OR REPLACE FUNCTION pos_next_batch_v1(p_terminal text, p_batch integer, p_now timestamptz) RETURNS void
LANGUAGE sql AS $$
    UPDATE pos_batch SET state = 'closed', closed_at = p_now WHERE terminal_no = p_terminal AND batch_no = p_batch;
    INSERT INTO pos_batch (terminal_no, batch_no, opened_at) VALUES (p_terminal, p_batch % 999999 + 1, p_now);
$$;

-- 0500: both sides' totals. 1: they are equal, the batch is closed; 2: they differ, the terminal uploads; again is the same
-- answer. Minus a code: POS_BATCH_OTHER, POS_SIGN_ON_FIRST, POS_UNKNOWN (a sale or an undo of it is still decided).
CREATE OR REPLACE FUNCTION pos_settle_v1(
    p_terminal text, p_batch integer, p_debit_count integer, p_debit_fen bigint, p_credit_count integer, p_credit_fen bigint,
    p_seal bytea, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b pos_batch;
    t record;
BEGIN
    PERFORM FROM pos_session s WHERE s.terminal_no = p_terminal FOR UPDATE;
    IF NOT FOUND THEN
        RETURN -@POS_SIGN_ON_FIRST;
    END IF;
    SELECT * INTO b FROM pos_batch x WHERE x.terminal_no = p_terminal AND x.batch_no = p_batch;
    IF b.batch_no IS NULL THEN
        RETURN -@POS_BATCH_OTHER;
    ELSIF b.state <> 'open' THEN
        RETURN CASE WHEN (b.their_debit_count, b.their_debit_fen, b.their_credit_count, b.their_credit_fen)
                IS DISTINCT FROM (p_debit_count, p_debit_fen, p_credit_count, p_credit_fen) THEN -@POS_BATCH_OTHER
            WHEN (b.debit_count, b.debit_fen, b.credit_count, b.credit_fen)
                = (b.their_debit_count, b.their_debit_fen, b.their_credit_count, b.their_credit_fen) THEN 1 ELSE 2 END;
    ELSIF EXISTS (SELECT FROM pos_sale s WHERE s.terminal_no = p_terminal AND s.batch_no = p_batch
                    AND s.state = 'asked')
        OR EXISTS (SELECT FROM pos_undo u WHERE u.terminal_no = p_terminal AND u.batch_no = p_batch AND u.hub_state = 'due') THEN
        RETURN -@POS_UNKNOWN;
    END IF;
    SELECT * INTO t FROM pos_totals_v1(p_terminal, p_batch);
    UPDATE pos_batch SET debit_count = t.debit_count, debit_fen = t.debit_fen, credit_count = t.credit_count,
        credit_fen = t.credit_fen, their_debit_count = p_debit_count, their_debit_fen = p_debit_fen,
        their_credit_count = p_credit_count, their_credit_fen = p_credit_fen, seal = p_seal
    WHERE terminal_no = p_terminal AND batch_no = p_batch;
    IF (t.debit_count, t.debit_fen, t.credit_count, t.credit_fen)
        = (p_debit_count, p_debit_fen, p_credit_count, p_credit_fen) THEN
        PERFORM pos_next_batch_v1(p_terminal, p_batch, p_now);
        RETURN 1;
    END IF;
    UPDATE pos_batch SET state = 'uploading' WHERE terminal_no = p_terminal AND batch_no = p_batch;
    INSERT INTO pos_exception (kind, terminal_no, batch_no, ours_fen, their_fen, code, made_at)
    VALUES ('totals_differ', p_terminal, p_batch, t.debit_fen - t.credit_fen, p_debit_fen - p_credit_fen, 0, p_now)
    ON CONFLICT DO NOTHING;
    RETURN 2;
END $$;

-- 0320: a part of what the terminal has of a batch; the same again changes nothing. Codes: POS_BATCH_OTHER (it does not
-- upload), POS_TRACE_REUSED (a trace with another amount than before).
CREATE OR REPLACE FUNCTION pos_upload_v1(p_terminal text, p_batch integer, p_traces integer[], p_fen bigint[], p_seals bytea[])
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM pos_session s WHERE s.terminal_no = p_terminal FOR UPDATE;
    IF NOT EXISTS (SELECT FROM pos_batch b WHERE (b.terminal_no, b.batch_no, b.state) = (p_terminal, p_batch, 'uploading')) THEN
        RETURN @POS_BATCH_OTHER;
    END IF;
    INSERT INTO pos_batch_item SELECT p_terminal, p_batch, x.trace, x.fen, x.seal
    FROM unnest(p_traces, p_fen, p_seals) AS x (trace, fen, seal) ON CONFLICT DO NOTHING;
    RETURN CASE WHEN EXISTS (
        SELECT FROM unnest(p_traces, p_fen) AS x (trace, fen) JOIN pos_batch_item i
            ON (i.terminal_no, i.batch_no, i.trace) = (p_terminal, p_batch, x.trace) WHERE i.amount_fen <> x.fen)
        THEN @POS_TRACE_REUSED ELSE 0 END;
END $$;

-- The end of it, with the seal of the count: every sale and credit that one side has otherwise is an exception of its own, and the batch is closed. Codes:
-- POS_BATCH_OTHER, POS_FIELD_MISSING (another count than came). Again: 0.
CREATE OR REPLACE FUNCTION pos_uploaded_v1(p_terminal text, p_batch integer, p_count integer, p_seal bytea, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_state text;
    v_count integer := (SELECT count(*) FROM pos_batch_item i WHERE i.terminal_no = p_terminal AND i.batch_no = p_batch);
BEGIN
    PERFORM FROM pos_session s WHERE s.terminal_no = p_terminal FOR UPDATE;
    SELECT b.state INTO v_state FROM pos_batch b WHERE b.terminal_no = p_terminal AND b.batch_no = p_batch;
    IF v_state IS DISTINCT FROM 'uploading' THEN
        RETURN CASE WHEN v_state = 'closed' AND v_count = p_count THEN 0 ELSE @POS_BATCH_OTHER END;
    ELSIF v_count <> p_count THEN
        RETURN @POS_FIELD_MISSING;
    END IF;
    INSERT INTO pos_exception (kind, terminal_no, batch_no, trace, ours_fen, their_fen, code, made_at)
    SELECT 'item_differs', p_terminal, p_batch, i.trace, coalesce(i.ours_fen, 0), coalesce(i.their_fen, 0), 0, p_now
    FROM pos_item i WHERE (i.terminal_no, i.batch_no) = (p_terminal, p_batch) AND i.ours_fen IS DISTINCT FROM i.their_fen
    ON CONFLICT DO NOTHING;
    UPDATE pos_batch SET items = p_count, items_seal = p_seal WHERE terminal_no = p_terminal AND batch_no = p_batch;
    PERFORM pos_next_batch_v1(p_terminal, p_batch, p_now);
    RETURN 0;
END $$;
