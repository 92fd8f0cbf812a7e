-- Batches are made: of a file, of a biller's open bills, of what failed before. Nothing is kept or debited yet.

-- Who asks, if he may run debits of this biller; '': it came by a pipe, which only the worker says. NULL: he may not.
CREATE OR REPLACE FUNCTION debits_who_v1(p_session text, p_biller integer) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.login FROM access_user u JOIN partner p ON p.id = p_biller
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'debits.run', p.institution_id, p.id);
$$;

-- A new batch, still filing. Codes: DEBIT_RULE_MISSING.
CREATE OR REPLACE FUNCTION debits_new_v1(p_biller integer, p_source text, p_layout text, p_name text, p_sha256 bytea, p_head jsonb,
    p_again_of bigint, p_by text, p_now timestamptz, OUT batch bigint, OUT code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r debit_rule := debits_rule_of_v1(p_biller, debits_day_v1(p_biller, p_now));
    k core_pair;
    v_channel integer;
BEGIN
    code := 0;
    SELECT * INTO k FROM core_pair x WHERE x.biller_id = p_biller;
    v_channel := mandates_channel_v1(k.contracting_id);
    IF r.rule_id IS NULL OR v_channel IS NULL THEN
        code := @DEBIT_RULE_MISSING;
        RETURN;
    END IF;
    INSERT INTO debit_batch (biller_id, rule_id, core_id, institution_id, channel_id, source, layout, name, sha256, head, again_of,
        rows, amount_fen, received_at, received_by)
    VALUES (p_biller, r.rule_id, k.core_id, k.contracting_id, v_channel, p_source, coalesce(nullif(p_layout, ''), r.layout),
        left(p_name, 200), p_sha256, p_head, p_again_of, 1, 0, payments_moment_v1(p_biller, p_now), p_by)
    RETURNING batch_id INTO batch;
END $$;

-- A file, by one who may; its rows follow in this very transaction. The same bytes are the same batch. `batch` is empty where
-- it is refused. Codes: PERMISSION_MISSING, DEBIT_NAME_TAKEN, DEBIT_RULE_MISSING.
CREATE OR REPLACE FUNCTION debits_take_v1(p_session text, p_biller integer, p_layout text, p_name text, p_sha256 bytea,
    p_head jsonb, p_now timestamptz, OUT batch bigint, OUT is_new boolean, OUT code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_login text := debits_who_v1(p_session, p_biller);
BEGIN
    IF v_login IS NULL THEN
        code := @PERMISSION_MISSING;
        RETURN;
    END IF;
    SELECT * INTO batch, is_new, code FROM debits_receive_v1(p_biller, p_layout, p_name, p_sha256, p_head, v_login, p_now);
END $$;

-- The same of a file that came by a pipe; the worker alone may.
CREATE OR REPLACE FUNCTION debits_receive_v1(p_biller integer, p_layout text, p_name text, p_sha256 bytea, p_head jsonb,
    p_by text, p_now timestamptz, OUT batch bigint, OUT is_new boolean, OUT code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    code := 0;
    is_new := false;
    PERFORM pg_advisory_xact_lock(hashtext('debit_file'), p_biller);  -- two of one biller, one after the other
    SELECT b.batch_id INTO batch FROM debit_batch b WHERE b.biller_id = p_biller AND b.source = 'file' AND b.sha256 = p_sha256;
    IF FOUND THEN
        RETURN;
    ELSIF EXISTS (SELECT FROM debit_batch b WHERE b.biller_id = p_biller AND b.source = 'file' AND b.name = left(p_name, 200)) THEN
        code := @DEBIT_NAME_TAKEN;
        RETURN;
    END IF;
    is_new := true;
    SELECT n.batch, n.code INTO batch, code
    FROM debits_new_v1(p_biller, 'file', p_layout, p_name, p_sha256, p_head, NULL, p_by, p_now) n;
END $$;

-- Rows of a file that is filing; of those that cannot be read `p_code` says why.
CREATE OR REPLACE FUNCTION debits_add_v1(p_batch bigint, p_place integer[], p_customer text[], p_ref text[], p_fen bigint[],
    p_due date[], p_sealed bytea[], p_code integer[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b debit_batch;
    v_rows integer;
BEGIN
    SELECT * INTO STRICT b FROM debit_batch x WHERE x.batch_id = p_batch AND x.state = 'filing' AND x.source = 'file';
    INSERT INTO debit_item (batch_id, place, serial, first, customer, ref, asked_fen, row_sealed, amount_fen, due_on, state, code,
        changed_at)
    SELECT p_batch, u.place, s.serial, s.serial, u.customer, u.ref, u.fen, u.sealed, u.fen, u.due,
           CASE WHEN u.code = 0 THEN 'new' ELSE 'refused' END, nullif(u.code, 0), b.received_at
    FROM unnest(p_place, p_customer, p_ref, p_fen, p_due, p_sealed, p_code) AS u (place, customer, ref, fen, due, sealed, code)
    CROSS JOIN LATERAL (SELECT b.serial || '-' || lpad(u.place::text, 7, '0') AS serial) s;
    GET DIAGNOSTICS v_rows = ROW_COUNT;
    RETURN v_rows;
END $$;

-- All rows are there: it is checked from now on. Code: DEBIT_EMPTY.
CREATE OR REPLACE FUNCTION debits_filed_v1(p_batch bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows integer;
    v_fen bigint;
BEGIN
    SELECT count(*), coalesce(sum(i.asked_fen), 0) INTO v_rows, v_fen FROM debit_item i WHERE i.batch_id = p_batch;
    IF v_rows = 0 THEN
        RETURN @DEBIT_EMPTY;
    END IF;
    UPDATE debit_batch SET state = 'checking', rows = v_rows, amount_fen = v_fen, settle_at = received_at
    WHERE batch_id = p_batch AND state = 'filing';
    RETURN 0;
END $$;

-- A file that is refused as a whole, by one who may send it, or by a pipe (`p_session` ''). Once.
CREATE OR REPLACE FUNCTION debits_refuse_v1(p_session text, p_biller integer, p_name text, p_sha256 bytea, p_code integer,
    p_detail text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_by text := CASE WHEN p_session = '' THEN 'pipe' ELSE debits_who_v1(p_session, p_biller) END;
BEGIN
    INSERT INTO debit_refusal (biller_id, name, sha256, code, detail, by, at)
    SELECT p_biller, left(p_name, 200), p_sha256, p_code, left(p_detail, 300), v_by, payments_moment_v1(p_biller, p_now)
    WHERE v_by IS NOT NULL ON CONFLICT DO NOTHING;
END $$;

-- Of a biller's open bills that fall due in a period, those whose customers have a mandate in force: an item each, in their
-- order. Codes: PERMISSION_MISSING, DEBIT_RULE_MISSING, DEBIT_EMPTY.
CREATE OR REPLACE FUNCTION debits_build_v1(p_session text, p_biller integer, p_from date, p_until date, p_now timestamptz,
    OUT batch bigint, OUT code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_login text := debits_who_v1(p_session, p_biller);
    v_day date := debits_day_v1(p_biller, p_now);
    b debit_batch;
BEGIN
    IF v_login IS NULL THEN
        code := @PERMISSION_MISSING;
        RETURN;
    END IF;
    SELECT n.batch, n.code INTO batch, code FROM debits_new_v1(p_biller, 'bills', '', p_from || '/' || p_until, '', '{}', NULL,
                                                              v_login, p_now) n;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT * INTO b FROM debit_batch x WHERE x.batch_id = batch;
    INSERT INTO debit_item (batch_id, place, serial, first, customer, ref, asked_fen, row_sealed, amount_fen, due_on, changed_at)
    SELECT b.batch_id, y.place, s.serial, s.serial, y.account_no, y.ref, y.fen, '', y.fen, y.due_on, b.received_at
    FROM (SELECT y.account_no, y.ref, y.due_on, y.due_fen - y.paid_fen AS fen,
                 row_number() OVER (ORDER BY y.due_on, y.account_no, y.payable_id)::integer AS place
          FROM payable y WHERE y.biller_id = p_biller AND y.state = 'open' AND y.mode <> 'open' AND y.due_fen > y.paid_fen
              AND y.held_by IS NULL AND y.kept_for IS NULL AND y.due_on BETWEEN p_from AND p_until
              AND EXISTS (SELECT FROM mandate m WHERE m.biller_id = p_biller AND m.customer = y.account_no AND m.batch
                          AND mandates_stands_v1(m, v_day))) y
    CROSS JOIN LATERAL (SELECT b.serial || '-' || lpad(y.place::text, 7, '0') AS serial) s;
    code := debits_filed_v1(batch);
    IF code <> 0 THEN
        RAISE EXCEPTION 'nothing to debit' USING ERRCODE = 'no_data_found';
    END IF;
END $$;

-- What failed in a batch that is over, and may be tried once more: a batch of its own, each item with the one that it tries again.
-- Codes: PERMISSION_MISSING (also: there is no such batch), DEBIT_STATE, DEBIT_RULE_MISSING, DEBIT_AGAIN_NONE.
CREATE OR REPLACE FUNCTION debits_again_v1(p_session text, p_batch bigint, p_now timestamptz, OUT batch bigint, OUT code integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o debit_batch;
    b debit_batch;
    v_login text;
BEGIN
    SELECT * INTO o FROM debit_batch x WHERE x.batch_id = p_batch FOR UPDATE;
    v_login := debits_who_v1(p_session, o.biller_id);
    IF v_login IS NULL OR o.state <> 'done' THEN
        code := CASE WHEN v_login IS NULL THEN @PERMISSION_MISSING ELSE @DEBIT_STATE END;
        RETURN;
    ELSIF NOT EXISTS (SELECT FROM debit_item i, debits_rule_of_v1(o.biller_id, debits_day_v1(o.biller_id, p_now)) r
            WHERE i.batch_id = p_batch AND i.state = 'failed' AND i.tries < r.again_most
                AND NOT EXISTS (SELECT FROM debit_item a WHERE a.again_of = i.serial)) THEN
        code := @DEBIT_AGAIN_NONE;
        RETURN;
    END IF;
    SELECT n.batch, n.code INTO batch, code FROM debits_new_v1(o.biller_id, 'again', o.layout, o.name, o.sha256, o.head, p_batch,
                                                              v_login, p_now) n;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT * INTO b FROM debit_batch x WHERE x.batch_id = batch;
    INSERT INTO debit_item (batch_id, place, serial, first, again_of, tries, customer, ref, asked_fen, row_sealed, amount_fen,
        due_on, changed_at)
    SELECT b.batch_id, i.place, b.serial || '-' || lpad(i.place::text, 7, '0'), i.first, i.serial, i.tries + 1, i.customer, i.ref,
           i.asked_fen, i.row_sealed, i.asked_fen, i.due_on, b.received_at
    FROM debit_item i, debit_rule r
    WHERE i.batch_id = p_batch AND i.state = 'failed' AND r.rule_id = b.rule_id AND i.tries < r.again_most
        AND NOT EXISTS (SELECT FROM debit_item a WHERE a.again_of = i.serial);
    code := debits_filed_v1(batch);
END $$;
