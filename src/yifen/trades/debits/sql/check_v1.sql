-- Rows are checked, and their bills kept for them, piece by piece; then the batch may go.

-- The bills that an item pays: the one that it names, or as many of the oldest as add up to its amount. A code, 0: found.
CREATE OR REPLACE FUNCTION debits_bills_v1(p_biller integer, p_bucket smallint, p_customer text, p_ref text, p_fen bigint,
    OUT payables bigint[], OUT refs text[], OUT fens bigint[], OUT due_on date, OUT code integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
    y record;
BEGIN
    payables := '{}'; refs := '{}'; fens := '{}'; code := 0;
    IF p_ref <> '' THEN
        SELECT ARRAY[x.payable_id], ARRAY[x.ref], ARRAY[p_fen], x.due_on INTO payables, refs, fens, due_on
        FROM payable x WHERE (x.bucket, x.biller_id, x.account_no, x.ref) = (p_bucket, p_biller, p_customer, p_ref);
        code := CASE WHEN FOUND THEN 0 ELSE @PAYABLE_UNKNOWN END;
        RETURN;
    END IF;
    FOR y IN SELECT x.payable_id, x.ref, x.due_on, x.due_fen - x.paid_fen AS fen FROM payable x
        WHERE x.bucket = p_bucket AND x.biller_id = p_biller AND x.account_no = p_customer AND x.state = 'open'
            AND x.mode <> 'open' AND x.due_fen > x.paid_fen ORDER BY x.due_on, x.payable_id
    LOOP
        EXIT WHEN p_fen = 0;
        payables := payables || y.payable_id; refs := refs || y.ref; fens := fens || y.fen;
        due_on := coalesce(due_on, y.due_on); p_fen := p_fen - y.fen;
    END LOOP;
    code := CASE WHEN payables = '{}' THEN @DEBIT_NOTHING_OPEN WHEN p_fen <> 0 THEN @AMOUNT_WRONG ELSE 0 END;
END $$;

-- Items that are not checked yet, with the mandates that may pay them, in their order; whoever asks has them to himself.
CREATE OR REPLACE FUNCTION debits_unchecked_v1(p_batch bigint, p_most integer, p_now timestamptz)
RETURNS TABLE (place integer, first text, row_sealed bytea, mandate_id bigint, number text, core_id integer, account_lookup text,
    holder_sealed bytea)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.place, i.first, i.row_sealed, m.mandate_id, m.number, m.core_id, m.account_lookup, m.holder_sealed
    FROM (SELECT x.*, b.biller_id FROM debit_item x JOIN debit_batch b USING (batch_id)
          WHERE x.batch_id = p_batch AND x.state = 'new' AND b.state = 'checking' ORDER BY x.place LIMIT p_most FOR UPDATE OF x) i
    LEFT JOIN LATERAL (SELECT f.*, row_number() OVER () AS n
                       FROM mandates_for_v1(i.biller_id, i.customer, debits_day_v1(i.biller_id, p_now)) f WHERE f.batch) m ON true
    ORDER BY i.place, m.n;
$$;

-- What became of them: of each its mandate, which is the customer's and in force, or why none will do. Then the bills, which are
-- kept. What the late fees are today is told first.
CREATE OR REPLACE FUNCTION debits_check_v1(p_batch bigint, p_place integer[], p_mandate bigint[], p_code integer[], p_now timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b debit_batch;
    i record;
    v record;
    v_day date;
BEGIN
    SELECT * INTO STRICT b FROM debit_batch x WHERE x.batch_id = p_batch AND x.state = 'checking' FOR UPDATE;
    p_now := payments_moment_v1(b.biller_id, p_now);
    v_day := debits_day_v1(b.biller_id, p_now);
    FOR i IN SELECT u.place, u.mandate, u.code, x.serial, x.customer, x.ref, x.asked_fen, debits_home_v1(b.biller_id, x.customer) AS bucket
        FROM unnest(p_place, p_mandate, p_code) AS u (place, mandate, code)
        JOIN debit_item x ON x.batch_id = p_batch AND x.place = u.place AND x.state = 'new'
        ORDER BY bucket, u.place  -- heads are locked in their order
    LOOP
        v := NULL;
        IF i.code = 0 AND NOT EXISTS (SELECT FROM mandates_for_v1(b.biller_id, i.customer, v_day) m
                                      WHERE m.mandate_id = i.mandate AND m.batch AND m.core_id = b.core_id) THEN
            i.code := @MANDATE_NONE;
        END IF;
        IF i.code = 0 THEN
            PERFORM payments_fresh_v1(i.bucket, b.biller_id, i.customer, p_now);
            SELECT * INTO v FROM debits_bills_v1(b.biller_id, i.bucket, i.customer, i.ref, i.asked_fen);
            i.code := v.code;
        END IF;
        IF i.code = 0 THEN
            i.code := (SELECT coalesce(min(nullif(c, 0)), 0) FROM unnest(payments_keep_for_v1(i.bucket, v.payables, v.fens,
                array_fill(b.channel_id || '|' || i.serial, ARRAY[cardinality(v.payables)]))) c);
            IF i.code <> 0 THEN  -- all of it or nothing
                PERFORM payments_let_go_v1(i.bucket, v.payables,
                                           array_fill(b.channel_id || '|' || i.serial, ARRAY[cardinality(v.payables)]));
            END IF;
            IF i.code = @PAYABLE_HELD AND EXISTS (SELECT FROM payable y WHERE y.bucket = i.bucket AND y.payable_id = ANY (v.payables)
                    AND y.kept_for LIKE b.channel_id || '|' || b.serial || '-%') THEN
                i.code := @DEBIT_TWICE;
            END IF;
        END IF;
        IF i.code = 0 THEN
            UPDATE debit_item SET state = 'ready', mandate_id = i.mandate, bucket = i.bucket, payables = v.payables, refs = v.refs,
                fens = v.fens, due_on = coalesce(v.due_on, debit_item.due_on), fresh_on = v_day, changed_at = p_now
            WHERE batch_id = p_batch AND place = i.place;
        ELSE
            UPDATE debit_item SET state = 'refused', code = i.code, changed_at = p_now WHERE batch_id = p_batch AND place = i.place;
        END IF;
    END LOOP;
END $$;

-- Every row is checked: what is whole waits for its window, what warns for two people. Answers the state.
CREATE OR REPLACE FUNCTION debits_checked_v1(p_batch bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT count(*) FILTER (WHERE i.state = 'new') AS new, count(*) FILTER (WHERE i.state = 'refused') AS refused,
           count(*) FILTER (WHERE i.state = 'ready') AS ready
    INTO v FROM debit_item i WHERE i.batch_id = p_batch;
    UPDATE debit_batch b SET settle_at = CASE WHEN v.refused > 0 AND v.ready > 0 THEN NULL ELSE b.received_at END,
        state = CASE WHEN v.ready = 0 THEN 'running' WHEN v.refused > 0 THEN 'checked' ELSE 'waiting' END,
        let_go_at = CASE WHEN v.refused = 0 OR v.ready = 0 THEN payments_moment_v1(b.biller_id, p_now) END
    WHERE b.batch_id = p_batch AND b.state = 'checking' AND v.new = 0;
    RETURN (SELECT b.state FROM debit_batch b WHERE b.batch_id = p_batch);
END $$;

-- What two people see of a batch that warns, and their word binds.
CREATE OR REPLACE FUNCTION debits_figures_v1(p_batch bigint)
RETURNS TABLE (rows bigint, fen bigint, ready bigint, ready_fen bigint, refused bigint, refused_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*), coalesce(sum(asked_fen), 0)::bigint, count(*) FILTER (WHERE state = 'ready'),
           coalesce(sum(amount_fen) FILTER (WHERE state = 'ready'), 0)::bigint, count(*) FILTER (WHERE state = 'refused'),
           coalesce(sum(asked_fen) FILTER (WHERE state = 'refused'), 0)::bigint
    FROM debit_item WHERE batch_id = p_batch;
$$;

-- Two people let a batch go that warns, in this very transaction. Codes: AUTHORISATION_INVALID, DEBIT_STATE, DEBIT_CHANGED.
CREATE OR REPLACE FUNCTION debits_let_go_v1(p_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('debits.let_go', p_serial);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_proposal);
    b debit_batch;
BEGIN
    SELECT * INTO b FROM debit_batch x WHERE x.serial = p_serial FOR UPDATE;
    IF v ->> 'serial' IS DISTINCT FROM b.serial THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF b.state <> 'checked' THEN
        RETURN @DEBIT_STATE;
    ELSIF v -> 'figures' IS DISTINCT FROM (SELECT to_jsonb(f) FROM debits_figures_v1(b.batch_id) f) THEN
        RETURN @DEBIT_CHANGED;
    END IF;
    UPDATE debit_batch SET state = 'waiting', let_go_at = payments_moment_v1(b.biller_id, p_now), proposal_id = v_proposal,
        settle_at = received_at WHERE batch_id = b.batch_id;
    RETURN 0;
END $$;

-- A batch that did not begin to run is dropped by one who may: its bills are anybody's again. Codes: PERMISSION_MISSING,
-- DEBIT_STATE.
CREATE OR REPLACE FUNCTION debits_drop_v1(p_session text, p_batch bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b debit_batch;
BEGIN
    SELECT * INTO b FROM debit_batch x WHERE x.batch_id = p_batch FOR UPDATE;
    IF debits_who_v1(p_session, b.biller_id) IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF b.state NOT IN ('checking', 'checked', 'waiting') THEN
        RETURN @DEBIT_STATE;
    END IF;
    PERFORM debits_ended_v1(p_batch, ARRAY(SELECT i.serial FROM debit_item i WHERE i.batch_id = p_batch AND i.state IN ('new', 'ready')),
                            @DEBIT_STATE, payments_moment_v1(b.biller_id, p_now));
    UPDATE debit_batch SET state = 'dropped', settle_at = NULL, done_at = payments_moment_v1(b.biller_id, p_now)
    WHERE batch_id = p_batch;
    RETURN 0;
END $$;

-- Items end here: their bills are let go, in the order of the buckets, and their mandates count them no more. `p_code`: why,
-- where the item does not know; 0: they are booked, and their mandates go on counting them.
CREATE OR REPLACE FUNCTION debits_ended_v1(p_batch bigint, p_serials text[], p_code integer, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    g record;
BEGIN
    IF p_code <> 0 THEN
        UPDATE debit_item SET state = CASE WHEN state = 'new' THEN 'refused' ELSE 'failed' END, code = coalesce(code, p_code),
            changed_at = p_now
        WHERE batch_id = p_batch AND serial = ANY (p_serials);
        PERFORM mandates_untake_v1('debit_item:' || s) FROM unnest(p_serials) s;
    END IF;
    FOR g IN SELECT i.bucket, array_agg(p.id) AS payables, array_agg(b.channel_id || '|' || i.serial) AS keepers
        FROM debit_item i JOIN debit_batch b USING (batch_id) CROSS JOIN LATERAL unnest(i.payables) AS p (id)
        WHERE i.batch_id = p_batch AND i.serial = ANY (p_serials) AND i.bucket IS NOT NULL GROUP BY i.bucket ORDER BY i.bucket
    LOOP
        PERFORM payments_let_go_v1(g.bucket, g.payables, g.keepers);
    END LOOP;
END $$;
