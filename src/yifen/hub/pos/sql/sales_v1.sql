-- The steps of a sale, of many in one transaction. Each is committed before or after a call, never around one. Lock order: the
-- terminals' sessions by number, sales by id, undos. `p`: an array; `item` numbers what is answered. Bytes are hex.

-- Where a sale can go. What is decided stays.
CREATE OR REPLACE FUNCTION pos_state_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    IF (OLD.state, NEW.state) NOT IN (('asked', 'booked'), ('asked', 'declined'), ('asked', 'unknown'),
            ('unknown', 'reversed'), ('booked', 'reversed')) THEN
        RAISE EXCEPTION 'pos_sale %: % never becomes %', OLD.sale_id, OLD.state, NEW.state;
    END IF;
    RETURN NEW;
END $$;
CREATE OR REPLACE TRIGGER states BEFORE UPDATE OF state ON pos_sale
    FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION pos_state_v1();

-- Why a terminal may not write in this batch, or 0; its session is locked. `p_entry`: the number that it seals this one
-- under. Codes: POS_TERMINAL_STOPPED, POS_SIGN_ON_FIRST, POS_BATCH_OTHER, BUSY (it asked for something else meanwhile).
CREATE OR REPLACE FUNCTION pos_open_v1(p_terminal text, p_batch integer, p_entry bigint)
RETURNS TABLE (code integer, channel_id integer, biller_id integer) LANGUAGE sql STABLE ROWS 1 AS $$
    SELECT CASE WHEN z.terminal_no IS NULL THEN @POS_SIGN_ON_FIRST
        WHEN t.state <> 'in_use' OR NOT a.enabled THEN @POS_TERMINAL_STOPPED
        WHEN b.terminal_no IS NULL THEN @POS_BATCH_OTHER
        WHEN z.entries + 1 IS DISTINCT FROM p_entry THEN @BUSY
        ELSE 0 END, t.channel_id, t.biller_id
    FROM pos_terminal t JOIN pos_acquirer a USING (acquirer_id) LEFT JOIN pos_session z USING (terminal_no)
    LEFT JOIN pos_batch b ON (b.terminal_no, b.batch_no, b.state) = (t.terminal_no, p_batch, 'open')
    WHERE t.terminal_no = p_terminal;
$$;

-- The intent, before the acquirer is asked; `p` has terminal, batch, trace, account_no, amount_fen, card_shown, hash, entry,
-- seal, at. Answers what stands under terminal, batch and trace now: its id, serial, state, why it is declined, field 37
-- and 38, and whether it is new. Codes of one that is not taken: POS_TRACE_REUSED, and those of pos_open_v1;
-- REVERSED_BEFORE_CHARGE is kept.
CREATE OR REPLACE FUNCTION pos_ask_v1(p jsonb, p_now timestamptz)
RETURNS TABLE (item integer, code integer, sale_id bigint, serial text, state text, acquirer_ref text, auth_code text,
               is_new boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM pos_session z WHERE z.terminal_no IN (SELECT x ->> 'terminal' FROM jsonb_array_elements(p) x)
    ORDER BY z.terminal_no FOR UPDATE;
    RETURN QUERY
    WITH asked AS MATERIALIZED (
        SELECT i.*, decode(i.hash, 'hex') AS content_hash,
            row_number() OVER (PARTITION BY i.terminal ORDER BY i.item) AS nth
        FROM jsonb_to_recordset(p) AS i (item integer, terminal text, batch integer, trace integer, account_no text,
            amount_fen bigint, card_shown text, hash text, entry bigint, seal text, at timestamptz)
    ), judged AS MATERIALIZED (
        SELECT i.*, s.sale_id, s.content_hash IS NOT DISTINCT FROM i.content_hash AS is_same, o.is_late, t.channel_id,
            t.biller_id, CASE WHEN s.sale_id IS NOT NULL OR o.is_other THEN @POS_TRACE_REUSED
                WHEN i.nth > 1 THEN @BUSY
                ELSE coalesce(t.code, @POS_TERMINAL_UNKNOWN) END AS code
        FROM asked i
        LEFT JOIN LATERAL pos_open_v1(i.terminal, i.batch, i.entry) t ON true
        LEFT JOIN LATERAL (SELECT x.sale_id, x.content_hash FROM pos_sale x
            WHERE (x.terminal_no, x.batch_no, x.trace) = (i.terminal, i.batch, i.trace) LIMIT 1) s ON true
        CROSS JOIN LATERAL (SELECT coalesce(bool_or(u.kind = 'reversal'), false) AS is_late,
                                   coalesce(bool_or(u.kind <> 'reversal'), false) AS is_other FROM pos_undo u
            WHERE (u.terminal_no, u.batch_no, u.trace) = (i.terminal, i.batch, i.trace)) o
    ), made AS (
        INSERT INTO pos_sale AS x (terminal_no, batch_no, trace, channel_id, biller_id, serial, content_hash, account_no,
            amount_fen, card_shown, state, code, entry_no, seal, made_at, changed_at)
        SELECT i.terminal, i.batch, i.trace, i.channel_id, i.biller_id,
            'POS' || i.terminal || lpad(i.batch::text, 6, '0') || lpad(i.trace::text, 6, '0'), i.content_hash, i.account_no,
            i.amount_fen, i.card_shown, CASE WHEN i.is_late THEN 'declined' ELSE 'asked' END,
            CASE WHEN i.is_late THEN @REVERSED_BEFORE_CHARGE ELSE 0 END, i.entry, decode(i.seal, 'hex'), i.at, p_now
        FROM judged i WHERE i.code = 0
        RETURNING *
    ), counted AS (
        UPDATE pos_session z SET entries = z.entries + 1 FROM made m WHERE z.terminal_no = m.terminal_no
    )
    SELECT i.item, coalesce(m.code, s.code, i.code), coalesce(m.sale_id, s.sale_id), coalesce(m.serial, s.serial),
        coalesce(m.state, s.state), coalesce(s.acquirer_ref, ''), coalesce(s.auth_code, ''), m.sale_id IS NOT NULL
    FROM judged i LEFT JOIN made m ON (m.terminal_no, m.trace) = (i.terminal, i.trace) AND i.code = 0
    LEFT JOIN pos_sale s ON s.sale_id = i.sale_id AND i.is_same;
END $$;

-- How sales end: `booked` where the hub has booked the payment of its serial; `declined` where it has none, by the acquirer,
-- or by the hub (`charged`: the card is then given its money back); `unknown`: it is undone. `p` has sale, state, code, ref,
-- auth, answer, answer_by, charged, home (the bucket of its serial), reason and seal (of what undoes it, made at p_now), at.
-- Answers the state that it has now and its reversal, if there is one: who comes too late changes nothing.
CREATE OR REPLACE FUNCTION pos_end_v1(p jsonb, p_now timestamptz) RETURNS TABLE (item integer, state text, undo_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
    PERFORM FROM pos_sale s WHERE s.sale_id IN (SELECT (x ->> 'sale')::bigint FROM jsonb_array_elements(p) x)
    ORDER BY s.sale_id FOR UPDATE;
    RETURN QUERY
    WITH said AS MATERIALIZED (
        SELECT i.*, s.state AS old, y.payment_id
        FROM jsonb_to_recordset(p) AS i (item integer, sale bigint, state text, code integer, ref text, auth text, answer text,
            answer_by text, charged boolean, home smallint, reason text, seal text, at timestamptz)
        JOIN pos_sale s ON s.sale_id = i.sale
        LEFT JOIN LATERAL (SELECT y.payment_id FROM payment_serial o
            JOIN payment y ON y.bucket = o.payment_id % 1000 AND y.payment_id = o.payment_id
            WHERE (o.bucket, o.partner_id, o.serial) = (i.home, s.channel_id, s.serial) AND o.verb = 'charge'
                AND y.booked_at IS NOT NULL AND (y.biller_id, y.amount_fen) = (s.biller_id, s.amount_fen)
            LIMIT 1) y ON i.state <> 'unknown'
    ), ended AS (
        UPDATE pos_sale s SET state = i.state, code = i.code, acquirer_ref = i.ref, auth_code = i.auth, is_charged = i.charged,
            payment_id = i.payment_id, answer = decode(i.answer, 'hex'), answer_by = i.answer_by, changed_at = p_now
        FROM said i WHERE s.sale_id = i.sale AND i.old = 'asked'
            AND (i.state = 'unknown' OR (i.state = 'booked') = (i.payment_id IS NOT NULL))
        RETURNING s.*, i.item, i.reason, i.seal AS undo_seal, i.at
    ), undone AS (
        INSERT INTO pos_undo (kind, terminal_no, batch_no, trace, sale_id, amount_fen, reason, hub_state, hub_code,
                              acquirer_state, seal, made_at, settle_at)
        SELECT 'reversal', e.terminal_no, e.batch_no, e.trace, e.sale_id, e.amount_fen, e.reason,
            CASE e.state WHEN 'unknown' THEN 'due' ELSE 'done' END, e.code, 'due', decode(e.undo_seal, 'hex'), e.at, p_now
        FROM ended e WHERE e.state = 'unknown' OR e.state = 'declined' AND e.is_charged
        ON CONFLICT DO NOTHING RETURNING undo_id, sale_id
    )
    SELECT i.item, coalesce(e.state, i.old), coalesce(u.undo_id, CASE WHEN i.old <> 'asked' THEN (
        SELECT x.undo_id FROM pos_undo x WHERE x.sale_id = i.sale AND x.kind = 'reversal') END)
    FROM said i LEFT JOIN ended e ON e.sale_id = i.sale LEFT JOIN undone u ON u.sale_id = i.sale;
END $$;
