-- A batch runs: pack by pack at the core, then booked by the hub. Each step is a transaction, and the rows say what is next:
-- whoever is killed leaves nothing half done.

-- Batches that are due; whoever asks has them to himself for a while.
CREATE OR REPLACE FUNCTION debits_due_v1(p_now timestamptz, p_until timestamptz) RETURNS SETOF bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE debit_batch b SET settle_at = p_until
    FROM (SELECT x.batch_id FROM debit_batch x WHERE x.settle_at <= p_now ORDER BY x.settle_at LIMIT 4 FOR UPDATE SKIP LOCKED) t
    WHERE t.batch_id = b.batch_id RETURNING b.batch_id;
$$;

-- It is looked at again then.
CREATE OR REPLACE FUNCTION debits_later_v1(p_batch bigint, p_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE debit_batch SET settle_at = p_at WHERE batch_id = p_batch AND settle_at IS NOT NULL;
$$;

-- Does the bank's window stand open for it? A batch that waits begins to run then. Answers that.
CREATE OR REPLACE FUNCTION debits_open_v1(p_batch bigint, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_open boolean;
BEGIN
    SELECT (payments_moment_v1(b.biller_id, p_now) AT TIME ZONE k.time_zone)::time BETWEEN r.opens_at AND r.closes_at
    INTO v_open FROM debit_batch b JOIN debit_rule r USING (rule_id) JOIN partner p ON p.id = b.biller_id
    JOIN ledger_book k ON k.book_id = p.book_id WHERE b.batch_id = p_batch;
    UPDATE debit_batch b SET state = 'running', started_at = payments_moment_v1(b.biller_id, p_now),
        day = debits_day_v1(b.biller_id, p_now)
    WHERE b.batch_id = p_batch AND b.state = 'waiting' AND v_open;
    RETURN v_open;
END $$;

-- Late fees of today, where the rule has them recomputed: of one bucket's items that are next. Answers how many.
CREATE OR REPLACE FUNCTION debits_fresh_v1(p_batch bigint, p_most integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b debit_batch;
    i debit_item;
    v_day date;
    v_bucket smallint;
    v_count integer := 0;
    v_for text[];
BEGIN
    SELECT x.* INTO b FROM debit_batch x JOIN debit_rule r USING (rule_id)
    WHERE x.batch_id = p_batch AND x.state = 'running' AND r.late = 'recomputed' FOR UPDATE OF x;
    v_day := debits_day_v1(b.biller_id, p_now);
    SELECT x.bucket INTO v_bucket FROM debit_item x
    WHERE x.batch_id = p_batch AND x.state = 'ready' AND x.fresh_on < v_day AND b.batch_id IS NOT NULL LIMIT 1;
    FOR i IN SELECT x.* FROM debit_item x WHERE x.batch_id = p_batch AND x.state = 'ready' AND x.fresh_on < v_day
        AND x.bucket = v_bucket ORDER BY x.place LIMIT p_most FOR UPDATE
    LOOP
        v_for := array_fill(b.channel_id || '|' || i.serial, ARRAY[cardinality(i.payables)]);
        PERFORM payments_let_go_v1(i.bucket, i.payables, v_for);
        PERFORM payments_fresh_v1(i.bucket, b.biller_id, i.customer, p_now);
        SELECT array_agg(y.due_fen - y.paid_fen ORDER BY u.n) INTO i.fens
        FROM unnest(i.payables) WITH ORDINALITY AS u (id, n) JOIN payable y ON y.bucket = i.bucket AND y.payable_id = u.id;
        PERFORM payments_keep_for_v1(i.bucket, i.payables, i.fens, v_for);
        UPDATE debit_item SET fens = i.fens, amount_fen = (SELECT sum(f) FROM unnest(i.fens) f), fresh_on = v_day
        WHERE batch_id = p_batch AND place = i.place;
        v_count := v_count + 1;
    END LOOP;
    RETURN v_count;
END $$;

-- The next pack: items in their order, due day first, then place in the file, each counted by its mandate, or failed with the
-- code that says why not. Of a biller whose bills are paid oldest first none goes before an older one of its customer. What the
-- caller needs to write the moves; in his transaction. No row: nothing is left to ask for.
CREATE OR REPLACE FUNCTION debits_pack_v1(p_batch bigint, p_most integer, p_now timestamptz)
RETURNS TABLE (pack text, serial text, amount_fen bigint, customer text, number text, account_sealed bytea, core_id integer,
    institution_id bigint, biller_id integer, transit text, day date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    b debit_batch;
    i debit_item;
    v_oldest boolean;
    v_code integer;
    v_pack text;
    v_failed text[] := '{}';
    v_taken text[] := '{}';
BEGIN
    SELECT x.* INTO b FROM debit_batch x WHERE x.batch_id = p_batch AND x.state = 'running' FOR UPDATE;
    IF NOT FOUND OR EXISTS (SELECT FROM debit_item x WHERE x.batch_id = p_batch AND x.state = 'asked') THEN
        RETURN;
    END IF;
    p_now := payments_moment_v1(b.biller_id, p_now);
    v_oldest := (SELECT x.oldest_first AND x.endpoint = '' FROM biller x WHERE x.partner_id = b.biller_id);
    FOR i IN SELECT x.* FROM debit_item x WHERE x.batch_id = p_batch AND x.state = 'ready'
            AND NOT (v_oldest AND EXISTS (SELECT FROM debit_item o WHERE o.batch_id = p_batch AND o.customer = x.customer
                AND o.state IN ('ready', 'asked', 'posted', 'back')
                AND (coalesce(o.due_on, 'infinity'), o.place) < (coalesce(x.due_on, 'infinity'), x.place)))
        ORDER BY x.due_on, x.place LIMIT p_most FOR UPDATE
    LOOP
        v_code := CASE WHEN v_oldest AND EXISTS (SELECT FROM payable y, payable f
                WHERE f.bucket = i.bucket AND f.payable_id = i.payables[1] AND y.bucket = i.bucket AND y.biller_id = b.biller_id
                    AND y.account_no = i.customer AND y.state = 'open' AND y.mode <> 'open'
                    AND (y.due_on, y.payable_id) < (f.due_on, f.payable_id)) THEN @OLDER_UNPAID
            ELSE mandates_take_v1(i.mandate_id, 'debit_item:' || i.serial, i.amount_fen, p_now, 'batch') END;
        IF v_code = 0 THEN
            v_taken := v_taken || i.serial;
        ELSE
            UPDATE debit_item SET code = v_code, state = 'failed', changed_at = p_now WHERE serial = i.serial;
            v_failed := v_failed || i.serial;
        END IF;
    END LOOP;
    IF v_failed <> '{}' THEN
        PERFORM debits_ended_v1(p_batch, v_failed, @DEBIT_STATE, p_now);
    END IF;
    UPDATE debit_item SET state = 'asked', changed_at = p_now WHERE serial = ANY (v_taken);
    IF v_taken <> '{}' THEN
        UPDATE debit_batch SET packs = packs + 1 WHERE batch_id = p_batch RETURNING serial || '-P' || packs INTO v_pack;
    END IF;
    RETURN QUERY SELECT CASE WHEN x.state = 'asked' THEN v_pack END, x.serial, x.amount_fen, x.customer, m.number,
        m.account_sealed, m.core_id, m.institution_id, m.biller_id, k.transit, debits_day_v1(b.biller_id, p_now)
    FROM debit_item x JOIN mandate m USING (mandate_id) JOIN core_pair k ON k.biller_id = b.biller_id
    WHERE x.serial = ANY (v_taken || v_failed) ORDER BY x.due_on, x.place;
END $$;

-- Items of the caller's pack whose mandate cannot be read: they fail, before any move of them is written.
CREATE OR REPLACE FUNCTION debits_unread_v1(p_batch bigint, p_serials text[], p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT debits_ended_v1(p_batch, ARRAY(SELECT i.serial FROM debit_item i WHERE i.batch_id = p_batch AND i.serial = ANY (p_serials)
        AND i.state = 'asked' AND NOT EXISTS (SELECT FROM core_move m WHERE m.serial = i.serial)), @DEBIT_UNREADABLE, p_now);
$$;

-- What the core said counts here: taken, refused, given back. Answers how many changed.
CREATE OR REPLACE FUNCTION debits_follow_v1(p_batch bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows integer;
    v_failed text[];
BEGIN
    PERFORM FROM debit_batch b WHERE b.batch_id = p_batch FOR UPDATE;
    p_now := payments_moment_v1((SELECT b.biller_id FROM debit_batch b WHERE b.batch_id = p_batch), p_now);
    UPDATE debit_item i SET state = 'posted', posted_at = p_now, changed_at = p_now
    FROM core_move m WHERE i.batch_id = p_batch AND i.state = 'asked' AND m.serial = i.serial AND m.state = 'done';
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    WITH refused AS (
        UPDATE debit_item i SET code = m.code, state = 'failed', changed_at = p_now
        FROM core_move m WHERE i.batch_id = p_batch AND i.state = 'asked' AND m.serial = i.serial AND m.state = 'refused'
        RETURNING i.serial
    )
    SELECT array_agg(r.serial) INTO v_failed FROM refused r;
    v_failed := coalesce(v_failed, '{}') || ARRAY(
        SELECT i.serial FROM debit_item i JOIN core_move m ON m.serial = i.serial AND m.state IN ('undone', 'refused')
        WHERE i.batch_id = p_batch AND i.state = 'back');
    PERFORM debits_ended_v1(p_batch, v_failed, @DEBIT_STATE, p_now);
    RETURN v_rows + cardinality(v_failed);
END $$;

-- What the hub keeps of these items' serials: booked; or it will never have it, so that it goes back at the core. What it does
-- not know stays. Answers how many are decided.
CREATE OR REPLACE FUNCTION debits_booked_v1(p_batch bigint, p_serials text[], p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b debit_batch;
    v_booked text[];
    v_back integer;
BEGIN
    SELECT * INTO STRICT b FROM debit_batch x WHERE x.batch_id = p_batch FOR UPDATE;
    p_now := payments_moment_v1(b.biller_id, p_now);
    WITH known AS (
        SELECT i.serial, s.code, y.payment_id, y.payer_state, y.biller_state, (y.amount_fen, y.biller_id, y.account_no)
                   = (i.amount_fen, b.biller_id, i.customer) AS ours
        FROM debit_item i JOIN payment_serial s ON s.bucket = debits_home_v1(b.channel_id, i.serial)
            AND s.partner_id = b.channel_id AND s.serial = i.serial
        LEFT JOIN payment y ON y.bucket = s.target_bucket AND y.payment_id = s.payment_id
            AND (y.channel_id, y.serial) = (s.partner_id, s.serial)
        WHERE i.batch_id = p_batch AND i.serial = ANY (p_serials) AND i.state = 'posted'
    ), told AS (
        UPDATE debit_item i SET changed_at = p_now,
            state = CASE WHEN k.ours AND k.payer_state = 'taken' AND k.biller_state = 'booked' THEN 'booked' ELSE 'back' END,
            payment_id = CASE WHEN k.ours AND k.payer_state = 'taken' AND k.biller_state = 'booked' THEN k.payment_id END,
            code = CASE WHEN k.ours AND k.payer_state = 'taken' AND k.biller_state = 'booked' THEN NULL
                        ELSE coalesce(nullif(k.code, 0), @DEBIT_TAKEN_BACK) END
        FROM known k WHERE i.serial = k.serial AND (k.ours AND k.payer_state IN ('held', 'taken') AND k.biller_state <> 'booked') IS NOT TRUE
        RETURNING i.serial, i.state
    )
    SELECT array_agg(t.serial) FILTER (WHERE t.state = 'booked'), count(*) FILTER (WHERE t.state = 'back')
    INTO v_booked, v_back FROM told t;
    PERFORM debits_ended_v1(p_batch, coalesce(v_booked, '{}'), 0, p_now);
    RETURN coalesce(cardinality(v_booked), 0) + v_back;
END $$;

-- Nothing is left to do: it is over. Answers the state.
CREATE OR REPLACE FUNCTION debits_done_v1(p_batch bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE debit_batch b SET state = 'done', done_at = payments_moment_v1(b.biller_id, p_now), settle_at = NULL
    WHERE b.batch_id = p_batch AND b.state = 'running' AND NOT EXISTS (
        SELECT FROM debit_item i WHERE i.batch_id = p_batch AND i.state IN ('new', 'ready', 'asked', 'posted', 'back'));
    RETURN (SELECT b.state FROM debit_batch b WHERE b.batch_id = p_batch);
END $$;

-- Its result was handed out.
CREATE OR REPLACE FUNCTION debits_fetched_v1(p_batch bigint, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE debit_batch SET fetched_at = payments_moment_v1(biller_id, p_now)
    WHERE batch_id = p_batch AND state = 'done' AND fetched_at IS NULL;
$$;

-- Does an item ask the core for just this move? One that is asked, of its fen, under its mandate; the undo of one that the hub
-- will not have, or whose payment was taken back whole.
CREATE OR REPLACE FUNCTION debits_moves_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM debit_item i
        WHERE i.serial = coalesce(p.undoes, p.serial) AND p.document = 'debit_item:' || i.serial
            AND (p.what, p.teller) = ('DEBIT', 'batch') AND CASE
            WHEN p.undoes IS NOT NULL THEN i.state = 'back' OR i.returned_at IS NOT NULL
            ELSE i.state = 'asked' AND p.amount_fen = i.amount_fen AND mandates_move_fits_v1(p, i.mandate_id, i.amount_fen) END);
$$;

-- What is taken back whole of a debit's payment goes back to the account it came from, whoever takes it back.
CREATE OR REPLACE FUNCTION debits_return_v1() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE debit_item i SET returned_at = NEW.booked_at FROM debit_batch b, payment y
    WHERE y.bucket = NEW.bucket AND y.payment_id = NEW.payment_id AND i.serial = y.serial AND b.batch_id = i.batch_id
        AND b.channel_id = y.channel_id AND i.returned_at IS NULL;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER debits_return AFTER INSERT ON payment_return FOR EACH ROW
    WHEN (NEW.booked_at IS NOT NULL AND NEW.left_fen = 0) EXECUTE FUNCTION debits_return_v1();
CREATE OR REPLACE TRIGGER debits_returned AFTER UPDATE OF booked_at ON payment_return FOR EACH ROW
    WHEN (OLD.booked_at IS NULL AND NEW.booked_at IS NOT NULL AND NEW.left_fen = 0) EXECUTE FUNCTION debits_return_v1();

-- Is what is taken back of this payment given to its payer by its item?
CREATE OR REPLACE FUNCTION debits_gives_v1(p_channel integer, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM debit_item i JOIN debit_batch b USING (batch_id)
                   WHERE i.serial = p_serial AND b.channel_id = p_channel);
$$;

-- A biller's rule from a day on, as two people decided in this very transaction. Code: AUTHORISATION_INVALID.
CREATE OR REPLACE FUNCTION debits_rule_v1(p_subject text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('debits.rule', p_subject);
    r debit_rule := jsonb_populate_record(NULL::debit_rule, (SELECT content FROM access_authorisation WHERE id = v_proposal));
BEGIN
    IF p_subject IS DISTINCT FROM r.biller_id || ':' || r.from_on THEN
        RETURN @AUTHORISATION_INVALID;
    END IF;
    INSERT INTO debit_rule (biller_id, from_on, layout, opens_at, closes_at, late, again_most, proposal_id)
    VALUES (r.biller_id, r.from_on, r.layout, r.opens_at, r.closes_at, r.late, r.again_most, v_proposal)
    ON CONFLICT (biller_id, from_on) DO UPDATE SET (layout, opens_at, closes_at, late, again_most, proposal_id)
        = (excluded.layout, excluded.opens_at, excluded.closes_at, excluded.late, excluded.again_most, v_proposal);
    RETURN 0;
END $$;
