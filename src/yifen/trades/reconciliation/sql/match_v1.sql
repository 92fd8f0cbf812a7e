-- The match 勾对 of one leg: our rows and the lines of a day's files by serial.
--
-- Both sides are added up slot by slot, a slot being all serials of one hash: how many, how much, and the marks of
-- serial with fen, and with fee. A slot that agrees in all of them is the same lines and never opened; those that
-- differ, or hold what is undecided, are joined line by line. What differs stands in the owner's temporary table
-- `recon_found`, classified. Steps of recon_run_v1; no process calls them.

-- Our side of a leg: payments and returns of a day, or what we expect at a bank. `serial` is the key
-- of the leg; an undecided payment is one whose end the biller still owes us (H4): only its file can
-- decide it. A channel's leg has its own serials: what moved on the day, each as it says when it was.
CREATE OR REPLACE FUNCTION recon_ours_channel_v1(p_partner integer, p_day date)
RETURNS TABLE (kind recon_kind, serial text, amount_fen bigint, at timestamp, payment_id bigint,
               expected_id bigint, undecided boolean, original text, account_no text, batch text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE m.verb WHEN 'charge' THEN 'sale'::recon_kind WHEN 'refund' THEN 'refund'::recon_kind
                       ELSE 'void'::recon_kind END, m.serial::text, m.amount_fen,
           CASE m.verb WHEN 'charge' THEN m.paid_at ELSE m.booked_at END AT TIME ZONE 'Asia/Shanghai',
           m.payment_id, NULL::bigint, false, m.original::text, m.account_no::text, NULL::text
    FROM payment_movement m
    WHERE m.channel_id = p_partner AND m.business_day = p_day
$$;

-- A biller's leg has our numbers, R behind what takes back, R2 behind a second part of one day. What it has not decided yet, of this or
-- an earlier day, is no movement: its file may decide it.
CREATE OR REPLACE FUNCTION recon_ours_biller_v1(p_partner integer, p_day date)
RETURNS TABLE (kind recon_kind, serial text, amount_fen bigint, at timestamp, payment_id bigint,
               expected_id bigint, undecided boolean, original text, account_no text, batch text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT 'sale'::recon_kind, y.payment_id::text, y.amount_fen,
           y.paid_at AT TIME ZONE 'Asia/Shanghai', y.payment_id, NULL::bigint,
           y.booked_at IS NULL, NULL::text, y.account_no::text, NULL::text
    FROM payment y
    WHERE y.biller_id = p_partner AND (y.business_day = p_day AND y.booked_at IS NOT NULL
        OR y.business_day <= p_day AND y.booked_at IS NULL
           AND y.biller_state IN ('sent', 'unknown', 'reversing'))
    UNION ALL
    SELECT CASE r.verb WHEN 'refund' THEN 'refund' ELSE 'void' END::recon_kind,
           r.payment_id::text || 'R' || coalesce(nullif(row_number() OVER (
               PARTITION BY r.payment_id, r.business_day ORDER BY r.left_fen DESC), 1)::text, ''), r.amount_fen,
           coalesce(r.booked_at, y.paid_at) AT TIME ZONE 'Asia/Shanghai',
           r.payment_id, NULL::bigint, r.booked_at IS NULL, y.payment_id::text, y.account_no::text,
           NULL::text
    FROM payment_return r JOIN payment y ON y.bucket = r.bucket AND y.payment_id = r.payment_id
    WHERE y.biller_id = p_partner AND y.booked_at IS NOT NULL
        AND (r.booked_at IS NULL OR r.business_day = p_day)
$$;

-- A bank's leg is what we expect there and it has not shown yet.
CREATE OR REPLACE FUNCTION recon_ours_bank_v1(p_partner integer, p_day date)
RETURNS TABLE (kind recon_kind, serial text, amount_fen bigint, at timestamp, payment_id bigint,
               expected_id bigint, undecided boolean, original text, account_no text, batch text)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT e.kind, e.serial, e.amount_fen, e.business_day::timestamp, NULL::bigint, e.expected_id,
           false, NULL::text, e.account_no, e.batch
    FROM recon_expected e
    WHERE e.partner_id = p_partner AND e.business_day <= p_day AND NOT e.done
$$;

-- What a channel's fee should be, negative when we pay it: half a fen counts as one. NULL: not known.
CREATE OR REPLACE FUNCTION recon_fee_v1(p_kind recon_kind, p_amount bigint, p_ppm integer)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN p_kind IN ('sale', 'in') THEN -1 ELSE 1 END
        * ((p_amount * p_ppm + 500000) / 1000000)
$$;

-- Fills recon_found; answers our side's rows and net fen (what is undecided counts in neither), and whether the
-- lines that were opened are those that their slots count.
-- A file's rows were loaded a moment ago, so nothing is known of them: no nested loop, whatever the
-- planner guesses. CREATE TABLE AS, and not INSERT, may read in parallel.
CREATE OR REPLACE FUNCTION recon_find_v1(
    p_party text, p_partner integer, p_day date, p_files bigint[], p_fee_ppm integer,
    OUT ours_count bigint, OUT ours_fen bigint, OUT whole boolean
) LANGUAGE plpgsql SET search_path = public, pg_temp SET work_mem = '256MB'
SET enable_nestloop = off SET enable_mergejoin = off SET jit = off SET parallel_tuple_cost = 0 AS $$
DECLARE
    v_ours text := format('recon_ours_%s_v1($1, $2) o', p_party);
    v_class text := $class$CASE
        WHEN o.serial IS NULL THEN 'theirs_only'
        WHEN o.undecided THEN 'status'
        WHEN t.serial IS NULL THEN 'ours_only'
        WHEN (o.kind IN ('sale', 'in')) <> (t.kind IN ('sale', 'in')) THEN 'status'
        WHEN o.amount_fen <> t.amount_fen THEN 'amount'
        WHEN t.fee_fen <> recon_fee_v1(o.kind, o.amount_fen, $3) THEN 'fee' END AS class$class$;
    v_columns text := $columns$
        coalesce(o.serial, t.serial) AS serial, o.payment_id, o.expected_id, o.undecided,
        o.kind AS ours_kind, o.amount_fen AS ours_fen,
        recon_fee_v1(o.kind, o.amount_fen, $3) AS ours_fee_fen, o.at AS ours_at,
        t.file_id, t.line_no, t.kind AS theirs_kind, t.amount_fen AS theirs_fen, t.fee_fen AS theirs_fee_fen,
        t.at AS theirs_at, t.ref AS theirs_ref, coalesce(t.original, o.original) AS original,
        coalesce(o.account_no, t.account_no) AS account_no, coalesce(o.batch, t.batch) AS batch
        $columns$;
    v_seed bigint;
    v_fee_mark text := CASE WHEN p_fee_ppm IS NULL THEN 'NULL::bigint'
                            ELSE 'bit_xor(hashint8extended(o.fee_fen, o.hash))' END;
    v_slots integer[];
BEGIN
    SELECT s.seed INTO STRICT v_seed FROM recon_seed s;
    PERFORM set_config('parallel_tuple_cost', '0.1', true); -- sums are made where the rows are read
    EXECUTE 'CREATE TEMP TABLE recon_sums ON COMMIT DROP AS
             SELECT (o.hash & 16383)::integer AS slot, count(*) FILTER (WHERE NOT o.undecided) AS rows,
                    coalesce(sum(o.fen) FILTER (WHERE NOT o.undecided), 0)::bigint AS fen,
                    bit_xor(hashint8extended(o.fen, o.hash)) AS mark, ' || v_fee_mark || ' AS fee_mark,
                    bool_or(o.undecided) AS undecided
             FROM (SELECT hashtextextended(o.serial, $4) AS hash, o.undecided,
                          CASE WHEN o.kind IN (''sale'', ''in'') THEN o.amount_fen ELSE -o.amount_fen END AS fen,
                          recon_fee_v1(o.kind, o.amount_fen, $3) AS fee_fen
                   FROM ' || v_ours || ') o
             GROUP BY 1'
    USING p_partner, p_day, p_fee_ppm, v_seed;
    PERFORM set_config('parallel_tuple_cost', '0', true);
    SELECT coalesce(sum(s.rows), 0), coalesce(sum(s.fen), 0) INTO ours_count, ours_fen FROM recon_sums s;
    CREATE TEMP TABLE recon_told ON COMMIT DROP AS SELECT * FROM recon_slots_v1(p_files);
    v_slots := ARRAY(
        SELECT slot FROM recon_sums o FULL JOIN recon_told t USING (slot)
        WHERE o.undecided OR (o.rows, o.fen, o.mark) IS DISTINCT FROM (t.rows, t.fen, t.mark)
            OR p_fee_ppm IS NOT NULL AND o.fee_mark <> t.fee_mark);
    CREATE TEMP TABLE recon_theirs ON COMMIT DROP AS
    SELECT * FROM recon_lines_v1(p_files, v_slots, NULL);
    SELECT (count(*), coalesce(sum(CASE WHEN l.kind IN ('sale', 'in') THEN l.amount_fen ELSE -l.amount_fen END), 0))
        = (SELECT coalesce(sum(t.rows), 0), coalesce(sum(t.fen), 0) FROM recon_told t WHERE t.slot = ANY (v_slots))
    INTO whole FROM recon_theirs l;
    v_ours := format('(SELECT o.* FROM %s WHERE (hashtextextended(o.serial, $4) & 16383)::integer = ANY ($5)) o', v_ours);
    EXECUTE 'CREATE TEMP TABLE recon_found ON COMMIT DROP AS
             SELECT ' || v_class || ', 1 AS nth, ' || v_columns || ' FROM ' || v_ours || '
             FULL JOIN recon_theirs t ON t.serial = o.serial
             WHERE o.serial IS NULL OR t.serial IS NULL OR o.undecided
                 OR o.amount_fen <> t.amount_fen
                 OR (o.kind IN (''sale'', ''in'')) <> (t.kind IN (''sale'', ''in''))
                 OR t.fee_fen <> recon_fee_v1(o.kind, o.amount_fen, $3)'
    USING p_partner, p_day, p_fee_ppm, v_seed, v_slots;
    -- Of a serial's rows the one that agrees counts, else the first; the others are duplicates.
    CREATE TEMP TABLE recon_twice ON COMMIT DROP AS
    SELECT l.serial FROM recon_theirs l GROUP BY l.serial HAVING count(*) > 1;
    IF EXISTS (SELECT FROM recon_twice) THEN
        DELETE FROM recon_found f USING recon_twice w WHERE w.serial = f.serial;
        EXECUTE 'INSERT INTO recon_found
            SELECT CASE WHEN r.nth > 1 THEN ''duplicate'' ELSE r.class END, r.nth, r.serial,
                   r.payment_id, CASE WHEN r.nth = 1 THEN r.expected_id END, r.undecided,
                   CASE WHEN r.nth = 1 THEN r.ours_kind END, CASE WHEN r.nth = 1 THEN r.ours_fen END,
                   CASE WHEN r.nth = 1 THEN r.ours_fee_fen END, CASE WHEN r.nth = 1 THEN r.ours_at END,
                   r.file_id, r.line_no, r.theirs_kind, r.theirs_fen, r.theirs_fee_fen, r.theirs_at, r.theirs_ref,
                   r.original, r.account_no, r.batch
            FROM (SELECT f.*, row_number() OVER (PARTITION BY f.serial
                             ORDER BY f.class IS NOT NULL, f.file_id, f.line_no) AS nth
                  FROM (SELECT ' || v_class || ', ' || v_columns || '
                        FROM (SELECT x.* FROM recon_theirs x JOIN recon_twice w USING (serial)) t
                        LEFT JOIN ' || v_ours || ' ON o.serial = t.serial) f) r
            WHERE r.nth > 1 OR r.class IS NOT NULL'
        USING p_partner, p_day, p_fee_ppm, v_seed, v_slots;
    END IF;
    DROP TABLE recon_twice, recon_theirs, recon_told, recon_sums;
END $$;

-- A row of theirs that is of another day, or of a payment that is not decided, names it all the same:
-- a channel's by its serial, a biller's by our number, which billers know.
CREATE OR REPLACE FUNCTION recon_name_payments_v1(p_party text, p_partner integer) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF p_party = 'channel' THEN
        UPDATE recon_found f
        SET payment_id = y.payment_id, undecided = y.booked_at IS NULL,
            class = CASE WHEN y.booked_at IS NULL AND y.biller_state IN ('sent', 'unknown')
                         THEN 'status' ELSE f.class END
        FROM ledger_head h, payment_serial s, payment y
        WHERE f.class = 'theirs_only' AND s.bucket = h.bucket AND s.partner_id = p_partner
            AND s.serial = f.serial AND y.bucket = s.target_bucket AND y.payment_id = s.payment_id;
    ELSIF p_party = 'biller' THEN
        UPDATE recon_found f SET payment_id = y.payment_id
        FROM payment y
        WHERE f.class = 'theirs_only' AND f.serial ~ '^[0-9]{4,18}(R[0-9]*)?$'
            AND y.payment_id = CASE WHEN f.serial ~ '^[0-9]{4,18}(R[0-9]*)?$'
                                    THEN split_part(f.serial, 'R', 1)::bigint END
            AND y.bucket = y.payment_id % 1000 AND y.biller_id = p_partner;
    END IF;
END $$;

-- A line of theirs that we lack, and that stood in an earlier day's file which was compared, with the same
-- serial, amount, direction and (where they give one) number of their own, and agreed or was dealt with there:
-- evidence is used once (`nth` 0: repeats of one file count from 1). The line around the cut that an item of that day still waits for is no such line.
CREATE OR REPLACE FUNCTION recon_used_before_v1(p_partner integer, p_day date) RETURNS void
LANGUAGE plpgsql SET search_path = public, pg_temp SET enable_nestloop = off AS $$
DECLARE
    v_hashes bigint[] := ARRAY(SELECT recon_hash_v1(f.serial) FROM recon_found f WHERE f.class = 'theirs_only');
    v_files bigint[];
BEGIN
    IF v_hashes = '{}' THEN
        RETURN;
    END IF;
    v_files := ARRAY(
        SELECT c.file_id FROM recon_file_counting c WHERE c.file_id IN (
            SELECT unnest(u.files) FROM recon_run u
            WHERE u.partner_id = p_partner AND u.business_day < p_day AND u.business_day >= p_day - 31
                AND u.ended_at IS NOT NULL AND u.void_at IS NULL));
    UPDATE recon_found f SET class = 'duplicate', nth = 0
    FROM recon_lines_v1(v_files, ARRAY(SELECT DISTINCT (h & 16383)::integer FROM unnest(v_hashes) h), v_hashes) r
    WHERE f.class = 'theirs_only' AND r.serial = f.serial AND r.amount_fen = f.theirs_fen
        AND r.kind = f.theirs_kind AND r.ref IS NOT DISTINCT FROM f.theirs_ref
        AND NOT EXISTS (SELECT FROM recon_item i WHERE i.partner_id = p_partner
            AND i.file_id = r.file_id AND i.line_no = r.line_no AND i.state <> 'closed');
END $$;
