-- recon_run_v1: a run 对账, one partner's files of a day against our side, from rows to items.
--
-- Differences come from payments and the file's rows alone: no caller names one, and none may write
-- them. Run as often as you like: what was found before stays the item it was, what a corrected file
-- no longer shows is closed, what a person has closed never opens again. What rested on a file that was
-- withdrawn is found anew.
-- Codes: FILE_MISSING, PROFILE_UNKNOWN, FILE_CHANGED (a file's rows are not those it came with), DAY_COMPARED (the
-- day is closed, and these very files were compared), with nothing done.

-- From which local time on a row may stand in the next day's file of the other side; a cut-off of
-- 00:00 is the end of the day.
CREATE OR REPLACE FUNCTION recon_waits_from_v1(
    p_day date, p_book_cut_off time, p_own_cut_off time, p_slack_min integer
) RETURNS timestamp LANGUAGE sql IMMUTABLE AS $$
    SELECT min(p_day + c.off + CASE c.off WHEN '00:00' THEN interval '1 day' ELSE interval '0' END)
        - make_interval(mins => p_slack_min)
    FROM unnest(ARRAY[p_book_cut_off, p_own_cut_off]) AS c (off)
$$;

-- What differs, of an expected line with the day from which it is expected, and the item that it was
-- before: the same of both sides, the same place. A step of recon_run_v1, between find and drop.
CREATE OR REPLACE FUNCTION recon_keep_items_v1(
    p_run bigint, p_partner integer, p_day date, p_files bigint[], p_waits_from timestamp,
    p_deadline_days integer, p_now timestamptz
) RETURNS void LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    -- What a corrected file no longer shows; what a person closed stays.
    UPDATE recon_item i SET state = 'closed', closed_at = p_now, closed_by = 'gone'
    WHERE i.partner_id = p_partner AND i.business_day = p_day
        AND i.state IN ('open', 'waiting', 'proposed')
        AND NOT EXISTS (
            SELECT FROM recon_found f LEFT JOIN recon_expected e USING (expected_id)
            WHERE i.business_day = coalesce(e.business_day, p_day) AND i.serial = f.serial
                AND i.class = f.class::recon_class AND i.nth = f.nth
                AND (i.payment_id, i.ours_kind, i.ours_fen, i.theirs_kind, i.theirs_fen,
                     i.theirs_fee_fen) IS NOT DISTINCT FROM
                    (f.payment_id, f.ours_kind, f.ours_fen, f.theirs_kind, f.theirs_fen,
                     f.theirs_fee_fen));
    -- What was not there before; around the cut it waits for the next file.
    INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, nth, payment_id,
        expected_id, ours_kind, ours_fen, ours_fee_fen, ours_at, file_id, line_no, theirs_kind,
        theirs_fen, theirs_fee_fen, theirs_at, theirs_ref, original, account_no, batch, state,
        deadline, opened_at)
    SELECT p_run, p_partner, coalesce(e.business_day, p_day), f.class::recon_class, f.serial,
           f.nth, f.payment_id, f.expected_id, f.ours_kind, f.ours_fen, f.ours_fee_fen, f.ours_at,
           f.file_id, f.line_no, f.theirs_kind, f.theirs_fen,
           f.theirs_fee_fen, f.theirs_at, f.theirs_ref, f.original, f.account_no, f.batch,
           CASE WHEN e.expected_id IS NOT NULL AND f.class = 'ours_only'
                     OR f.class IN ('ours_only', 'theirs_only')
                        AND coalesce(f.ours_at, f.theirs_at) >= p_waits_from
                THEN 'waiting' ELSE 'open' END::recon_state,
           coalesce(e.business_day, p_day) + p_deadline_days, p_now
    FROM recon_found f LEFT JOIN recon_expected e USING (expected_id)
    WHERE NOT EXISTS (
        SELECT FROM recon_item i
        WHERE i.partner_id = p_partner AND i.business_day = coalesce(e.business_day, p_day)
            AND i.serial = f.serial AND i.class = f.class::recon_class AND i.nth = f.nth
            AND (i.payment_id, i.ours_kind, i.ours_fen, i.theirs_kind, i.theirs_fen,
                 i.theirs_fee_fen) IS NOT DISTINCT FROM
                (f.payment_id, f.ours_kind, f.ours_fen, f.theirs_kind, f.theirs_fen,
                 f.theirs_fee_fen)
            AND (i.state <> 'closed' OR i.closed_by <> 'gone' AND EXISTS (  -- of a void run nothing was found
                SELECT FROM recon_run u WHERE u.run_id = i.run_id AND u.void_at IS NULL)))
    ORDER BY f.file_id NULLS FIRST, f.line_no, f.serial;
    -- What the bank's own reference found needs no item; items of what has arrived since are closed.
    UPDATE recon_expected e SET done = true, run_id = p_run, file_id = t.file_id, line_no = t.line_no
    FROM recon_row t  -- a bank's lines are rows
    WHERE e.partner_id = p_partner AND NOT e.done AND t.file_id = ANY (p_files) AND t.serial = e.serial
        AND (t.kind IN ('sale', 'in')) = (e.kind = 'in') AND t.amount_fen = e.amount_fen
        AND NOT EXISTS (SELECT FROM recon_found f WHERE f.expected_id = e.expected_id);
    UPDATE recon_item i SET state = 'closed', closed_at = p_now, closed_by = 'arrived'
    FROM recon_expected e
    WHERE i.partner_id = p_partner AND i.state IN ('open', 'waiting') AND e.done
        AND i.expected_id = e.expected_id AND i.class = 'ours_only';
END $$;

CREATE OR REPLACE FUNCTION recon_run_v1(
    p_partner integer, p_day date, p_now timestamptz,
    OUT code integer, OUT run bigint, OUT ours_count bigint, OUT ours_fen bigint,
    OUT theirs_count bigint, OUT theirs_fen bigint, OUT theirs_fee_fen bigint,
    OUT matched_count bigint, OUT matched_fen bigint, OUT fee_fen bigint, OUT closed jsonb
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
    v_profile recon_profile_in_force;
    v_files bigint[];
    v_groups bigint[];
    v_whole boolean;
BEGIN
    -- First, so that a file which is withdrawn meanwhile is none of its files.
    PERFORM pg_advisory_xact_lock(hashtextextended('recon_run', p_partner));
    SELECT * INTO v_profile FROM recon_profile_in_force p WHERE p.partner_id = p_partner;
    SELECT array_agg(f.file_id ORDER BY f.file_id), sum(f.rows), sum(f.amount_fen), sum(f.fee_fen)
    INTO v_files, theirs_count, theirs_fen, theirs_fee_fen
    FROM recon_file_counting f WHERE f.partner_id = p_partner AND f.business_day = p_day;
    code := CASE WHEN v_profile.party IS NULL
                      OR v_profile.party NOT IN ('channel', 'biller', 'bank') THEN @PROFILE_UNKNOWN
                 WHEN v_files IS NULL THEN @FILE_MISSING
                 -- What is out of the database is no difference. What a bank is expected to show is all here.
                 WHEN v_profile.party <> 'bank' AND p_day <= (SELECT until_day FROM ledger_archived)
                 THEN @PERIOD_ARCHIVED
                 WHEN EXISTS (SELECT FROM unnest(v_files) n WHERE NOT recon_whole_v1(n))
                 THEN @FILE_CHANGED
                 WHEN recon_final_v1(p_partner, p_day) THEN @DAY_COMPARED ELSE 0 END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    SELECT f.ours_count, f.ours_fen, f.whole INTO ours_count, ours_fen, v_whole
    FROM recon_find_v1(v_profile.party, p_partner, p_day, v_files, v_profile.fee_ppm) f;
    IF NOT v_whole THEN
        DROP TABLE recon_found;
        code := @FILE_CHANGED;
        RETURN;
    END IF;
    INSERT INTO recon_run (partner_id, business_day, file_id, files, started_at)
    VALUES (p_partner, p_day, v_files[cardinality(v_files)], v_files, p_now) RETURNING run_id INTO run;
    PERFORM recon_name_payments_v1(v_profile.party, p_partner);
    IF v_profile.party <> 'bank' THEN
        PERFORM recon_used_before_v1(p_partner, p_day);
    END IF;
    -- What is left over, taken off the file's own sums.
    SELECT theirs_count - count(f.line_no), theirs_fen - coalesce(sum(
               CASE WHEN f.theirs_kind IN ('sale', 'in') THEN f.theirs_fen ELSE -f.theirs_fen END), 0),
           theirs_fee_fen - coalesce(sum(f.theirs_fee_fen), 0)
    INTO matched_count, matched_fen, fee_fen FROM recon_found f;
    PERFORM recon_keep_items_v1(
        run, p_partner, p_day, v_files, recon_waits_from_v1(p_day, v_profile.book_cut_off,
            v_profile.own_cut_off, v_profile.slack_min), v_profile.deadline_days, p_now);
    SELECT e.closed, e.groups INTO closed, v_groups
    FROM recon_explain_v1(p_partner, v_profile.by_rule, v_profile.rule_window_min * 60,
                          v_profile.by_group, v_profile.deadline_days, p_now) e;
    IF v_profile.party = 'bank' AND cardinality(v_groups) > 0 THEN
        -- What a bank's sum explained has arrived.
        UPDATE recon_expected e SET done = true, run_id = run, file_id = t.file_id,
            line_no = t.line_no
        FROM recon_item o, LATERAL (SELECT x.file_id, x.line_no FROM recon_item x
            WHERE x.group_no = o.group_no AND x.class = 'theirs_only' ORDER BY x.item_id LIMIT 1) t
        WHERE o.group_no = ANY (v_groups) AND o.expected_id = e.expected_id;
    END IF;
    -- The next day's file is there: what it did not explain counts now.
    UPDATE recon_item i SET state = 'open'
    WHERE i.partner_id = p_partner AND i.state = 'waiting' AND CASE WHEN i.expected_id IS NULL
        THEN i.business_day < (SELECT max(r.business_day) FROM recon_run r
                               WHERE r.partner_id = p_partner)
        ELSE i.deadline <= p_day END;
    UPDATE recon_run r SET ended_at = p_now, ours_count = ours_count, ours_fen = ours_fen,
        theirs_count = theirs_count, theirs_fen = theirs_fen, matched_count = matched_count,
        matched_fen = matched_fen, fee_fen = fee_fen
    WHERE r.run_id = run;
    DROP TABLE recon_found;
END $$;
