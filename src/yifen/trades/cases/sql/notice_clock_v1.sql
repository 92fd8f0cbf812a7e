-- Clocks of case money (decision 0044): who is told when, by when it is paid out, what stops the clock.

-- The last day of a clock whose days in `p_but` do not count; one that is empty: as cases_due_v1.
CREATE OR REPLACE FUNCTION cases_due_but_v1(p_from date, p_days integer, p_working boolean, p_but datemultirange) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN (isempty(p_but) OR isfinite(p_from) AND p_days BETWEEN 0 AND 3660 AND isfinite(upper(p_but))
            AND upper(p_but) - p_from <= 36600) IS NOT TRUE THEN NULL
        WHEN isempty(p_but) OR p_days = 0 THEN cases_due_v1(p_from, p_days, p_working) ELSE (
        SELECT CASE WHEN p_working THEN w.day ELSE settlement_workday_v1(w.day, 0) END
        FROM (SELECT d::date AS day, row_number() OVER (ORDER BY d) AS n
            FROM generate_series(p_from + 1, greatest(p_from, upper(p_but)) + p_days * 3 + 30, interval '1 day') d
            LEFT JOIN calendar_day c ON c.day = d::date
            WHERE NOT p_but @> d::date AND (NOT p_working OR c.kind IS DISTINCT FROM 'holiday'
                AND (extract(isodow FROM d) < 6 OR c.kind = 'make_up'))) w
        WHERE w.n = p_days) END;
$$;

-- How a clock stands on a day: red behind its last day, amber in the last fifth of its days.
CREATE OR REPLACE FUNCTION cases_colour_v1(p_due date, p_days integer, p_today date) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_today > p_due THEN 'red' WHEN p_today >= p_due - greatest(1, p_days / 5) THEN 'amber' ELSE 'green' END;
$$;

-- Money that came to sub-accounts, without what of it was itself taken back. `since`: the day's moment from which it is
-- waited for.
CREATE OR REPLACE VIEW court_in AS
SELECT e.document_id, e.court_id, e.account_no, e.kind, e.came_at, e.at, e.of_id, e.line_id, e.payment_id, e.proposal_id,
       e.amount_fen, e.amount_fen - coalesce(CASE e.kind
           WHEN 'collected' THEN (SELECT sum(g.amount_fen) FROM court_entry g WHERE g.court_id = e.court_id
               AND g.account_no = e.account_no AND g.kind = 'given_back' AND g.payment_id = e.payment_id)
           ELSE (SELECT u.amount_fen FROM court_entry u WHERE u.of_id = e.document_id AND u.kind IN ('unclaimed', 'recalled')) END, 0)::bigint AS fen,
       CASE WHEN e.kind IN ('claimed', 'returned', 'moved_in', 'interest_in') THEN e.at ELSE e.came_at END AS since
FROM court_entry e
WHERE e.account_no IS NOT NULL AND e.kind NOT IN ('given_back', 'unclaimed', 'recalled', 'moved_out', 'payout', 'levied');

-- Since when the oldest money is waited for that came by merging: a merged case has nothing left, so its payouts tell what was.
CREATE OR REPLACE FUNCTION cases_since_v1(p_moved_in bigint) RETURNS timestamptz
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN (SELECT min(CASE x.kind WHEN 'moved_in' THEN cases_since_v1(x.document_id) ELSE x.since END)
        FROM (SELECT i.*, sum(i.fen) OVER (ORDER BY i.document_id DESC) AS upto_fen, (
                  SELECT coalesce(sum(y.amount_fen), 0) FROM court_entry y WHERE y.court_id = o.court_id
                      AND y.account_no = o.account_no AND y.kind IN ('payout', 'levied')) AS gone_fen
              FROM court_entry e JOIN court_entry o ON o.document_id = e.of_id
              JOIN court_in i ON i.court_id = o.court_id AND i.account_no = o.account_no
              WHERE e.document_id = p_moved_in) x
        WHERE x.fen > 0 AND x.upto_fen > x.gone_fen);
END $$;

-- Of that, what is still there: what was paid out took the oldest first.
CREATE OR REPLACE VIEW court_lot AS
SELECT x.* FROM (
    SELECT a.case_id, i.*, least(i.fen, greatest(0, sum(i.fen) OVER (PARTITION BY a.case_id ORDER BY i.document_id DESC)
                                                    - o.fen))::bigint AS left_fen
    FROM payable y JOIN court_account a ON a.bucket = y.bucket AND a.payable_id = y.payable_id
    JOIN court_in i ON i.court_id = a.court_id AND i.account_no = a.account_no
    CROSS JOIN LATERAL (SELECT coalesce(sum(e.amount_fen), 0) AS fen FROM court_entry e WHERE e.court_id = a.court_id
        AND e.account_no = a.account_no AND e.kind IN ('payout', 'moved_out', 'levied')) o
    WHERE y.balance_fen > 0) x
WHERE x.left_fen > 0;

-- Who is to be told of which money, by when, and when he was. Here and below the rule is read, and plain days are added, without a
-- function's call, but of those that end on no working day: lists ask of every row.
CREATE OR REPLACE VIEW court_telling AS
SELECT i.document_id, i.court_id, a.case_id, c.number, c.judge, i.account_no, i.kind, i.fen, i.since, i.at, t.party_id, t.role,
       r.notice_days, CASE WHEN r.notice_working OR r.notice_days > 0 AND (extract(isodow FROM u.due_on) > 5 OR EXISTS (
               SELECT FROM calendar_day h WHERE h.day = u.due_on AND h.kind = 'holiday'))
           THEN cases_due_v1((i.since AT TIME ZONE k.time_zone)::date, r.notice_days, r.notice_working) ELSE u.due_on END AS due_on,
       n.told_at, n.channel, n.told_by, n.made_at
FROM court_in i JOIN court_account a ON a.court_id = i.court_id AND a.account_no = i.account_no
JOIN court_case c ON c.case_id = a.case_id JOIN partner p ON p.id = i.court_id JOIN ledger_book k USING (book_id)
CROSS JOIN LATERAL (SELECT x.* FROM court_rule x WHERE x.court_id = i.court_id
    AND x.valid_from <= (i.at AT TIME ZONE k.time_zone)::date ORDER BY x.valid_from DESC LIMIT 1) r
CROSS JOIN LATERAL (SELECT (i.since AT TIME ZONE k.time_zone)::date + r.notice_days AS due_on) u
CROSS JOIN LATERAL (SELECT NULL::bigint AS party_id, 'judge' AS role
    UNION ALL SELECT y.party_id, y.role FROM court_party y
    WHERE y.case_id = a.case_id AND y.role IN ('applicant', 'creditor', 'debtor')) t
LEFT JOIN LATERAL (SELECT x.* FROM court_notice x WHERE x.entry_id = i.document_id AND x.kind = 'arrival'
    AND x.party_id IS NOT DISTINCT FROM t.party_id ORDER BY x.told_at, x.notice_id LIMIT 1) n ON true
WHERE i.fen > 0;

-- Money on sub-accounts by its clocks. `part`: all of what is left, or the paused part and the rest of it; `paused`: the days
-- that do not count. The payout's clock begins when the judge was told, at the latest when he should have been.
CREATE OR REPLACE VIEW court_clock AS
SELECT l.court_id, l.case_id, c.number, c.judge, l.account_no, l.document_id, l.kind, g.part, g.fen, w.since, l.at, n.told_at,
       r.notice_days, w.notice_due_on, w.start_on, g.paused, r.payout_days,
       CASE WHEN r.payout_working OR NOT isempty(g.paused) OR r.payout_days > 0 AND (extract(isodow FROM w.start_on + r.payout_days) > 5
               OR EXISTS (SELECT FROM calendar_day h WHERE h.day = w.start_on + r.payout_days AND h.kind = 'holiday'))
           THEN cases_due_but_v1(w.start_on, r.payout_days, r.payout_working, g.paused)
           ELSE w.start_on + r.payout_days END AS due_on
FROM court_lot l JOIN court_case c USING (case_id) JOIN partner p ON p.id = l.court_id JOIN ledger_book k USING (book_id)
CROSS JOIN LATERAL (SELECT x.* FROM court_rule x WHERE x.court_id = l.court_id
    AND x.valid_from <= (l.at AT TIME ZONE k.time_zone)::date ORDER BY x.valid_from DESC LIMIT 1) r
CROSS JOIN LATERAL (SELECT min(x.told_at) AS told_at FROM court_notice x
    WHERE x.entry_id = l.document_id AND x.kind = 'arrival' AND x.party_id IS NULL) n
CROSS JOIN LATERAL (SELECT (l.since AT TIME ZONE k.time_zone)::date + r.notice_days AS due_on) u
CROSS JOIN LATERAL (SELECT CASE l.kind WHEN 'moved_in' THEN cases_since_v1(l.document_id) ELSE l.since END AS since,
    CASE WHEN r.notice_working OR r.notice_days > 0 AND (extract(isodow FROM u.due_on) > 5 OR EXISTS (
            SELECT FROM calendar_day h WHERE h.day = u.due_on AND h.kind = 'holiday'))
        THEN cases_due_v1((l.since AT TIME ZONE k.time_zone)::date, r.notice_days, r.notice_working) ELSE u.due_on END AS notice_due_on) v
CROSS JOIN LATERAL (SELECT v.since, v.notice_due_on, CASE l.kind WHEN 'moved_in' THEN (v.since AT TIME ZONE k.time_zone)::date
    ELSE least((n.told_at AT TIME ZONE k.time_zone)::date, v.notice_due_on) END AS start_on) w
CROSS JOIN LATERAL (SELECT coalesce(range_agg(s.days) FILTER (WHERE s.amount_fen IS NULL), '{}') AS whole,
    coalesce(range_agg(s.days), '{}') AS every, least(coalesce(max(s.amount_fen), 0), l.left_fen) AS part_fen
    FROM (SELECT u.amount_fen, daterange(u.from_on, greatest(u.from_on, coalesce(u.ended_on, u.until_on + 1))) AS days
          FROM court_pause u WHERE u.case_id = l.case_id AND (u.entry_id IS NULL OR u.entry_id = l.document_id)) s) q
CROSS JOIN LATERAL (VALUES (CASE WHEN q.part_fen > 0 THEN 'rest' ELSE 'all' END, l.left_fen - q.part_fen, q.whole),
    ('paused', q.part_fen, q.every)) AS g (part, fen, paused)
WHERE g.fen > 0;

-- The worker tells judges of money by their work list, and again when its clock is amber, and red; each once. A case whose judge
-- is no login that may see it is told of by people. Answers how many were told.
CREATE OR REPLACE FUNCTION cases_notify_v1(p_court integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_today date := cases_today_v1(p_court, p_now);
    v_count integer;
BEGIN
    p_now := payments_moment_v1(p_court, p_now);
    INSERT INTO court_notice (entry_id, kind, channel, told_at, told_by, words, made_at)
    SELECT x.document_id, x.kind, 'page', p_now, '', '', p_now
    FROM (SELECT t.document_id, t.judge, 'arrival' AS kind FROM court_telling t
          WHERE t.court_id = p_court AND t.party_id IS NULL AND t.told_at IS NULL
          UNION SELECT k.document_id, k.judge, cases_colour_v1(k.due_on, k.payout_days, v_today) FROM court_clock k
          WHERE k.court_id = p_court AND NOT k.paused @> v_today
              AND cases_colour_v1(k.due_on, k.payout_days, v_today) <> 'green') x
    JOIN access_user u ON u.login = x.judge JOIN partner p ON p.id = p_court
    WHERE access_may_v1(u.id, 'cases.view', p.institution_id, p.id)
    ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS v_count = ROW_COUNT;
    RETURN v_count;
END $$;

-- Somebody was told, and another one writes it down. `p_party`: NULL, the judge. Codes: NOTICE_WRONG (no such money, none of its
-- parties, a way that cannot be), PERMISSION_MISSING, NOTICE_TIME.
CREATE OR REPLACE FUNCTION cases_served_v1(
    p_session text, p_entry bigint, p_party bigint, p_channel text, p_told timestamptz, p_words text, p_now timestamptz
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    i court_in;
    v_by text;
BEGIN
    SELECT x.* INTO i FROM court_in x WHERE x.document_id = p_entry AND x.fen > 0;
    IF NOT FOUND THEN
        RETURN @NOTICE_WRONG;
    END IF;
    v_by := cases_who_v1(p_session, 'cases.notify', i.court_id);
    p_now := payments_moment_v1(i.court_id, p_now);
    IF v_by IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF (p_channel IN ('letter', 'visit', 'sms', 'phone') AND length(btrim(p_words)) BETWEEN 1 AND 200 AND (p_party IS NULL OR EXISTS (
               SELECT FROM court_telling t WHERE t.document_id = p_entry AND t.party_id = p_party))) IS NOT TRUE THEN
        RETURN @NOTICE_WRONG;
    ELSIF (p_told BETWEEN i.came_at AND p_now) IS NOT TRUE THEN
        RETURN @NOTICE_TIME;
    END IF;
    INSERT INTO court_notice (entry_id, kind, party_id, channel, told_at, told_by, words, made_at)
    VALUES (p_entry, 'arrival', p_party, p_channel, p_told, v_by, btrim(p_words), p_now);
    RETURN 0;
END $$;

-- What speaks against a pause. Codes: CASE_UNKNOWN, CASE_NOT_OPEN, PAUSE_WRONG (its days, its reason), PAUSE_MONEY (the receipt is
-- not on the case any more, or less of it is).
CREATE OR REPLACE FUNCTION cases_pause_against_v1(p_asked jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE
        WHEN c.case_id IS NULL THEN @CASE_UNKNOWN
        WHEN c.state <> 'open' THEN @CASE_NOT_OPEN
        WHEN (r.from_on <= r.until_on AND r.until_on < r.from_on + 366 AND length(btrim(r.words)) BETWEEN 1 AND 200
              AND EXISTS (SELECT FROM court_pause_reason w WHERE w.code = r.reason)) IS NOT TRUE THEN @PAUSE_WRONG
        WHEN (r.entry_id IS NULL AND r.amount_fen IS NULL OR EXISTS (SELECT FROM court_lot l
              WHERE l.case_id = r.case_id AND l.document_id = r.entry_id
                  AND coalesce(r.amount_fen, 1) BETWEEN 1 AND l.left_fen)) IS NOT TRUE THEN @PAUSE_MONEY
        ELSE 0 END
    FROM jsonb_populate_record(NULL::court_pause, p_asked) r LEFT JOIN court_case c ON c.case_id = r.case_id;
$$;

-- Whose a proposal of a pause is: the court's of its case.
CREATE OR REPLACE FUNCTION cases_pause_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id FROM court_case c JOIN partner y ON y.id = c.court_id
    WHERE p.action = 'cases.pause' AND c.case_id = (p.content ->> 'case_id')::bigint;
$$;

-- A pause by two people; it never begins before the day on which it was asked for. Codes: CASE_NOT_AGREED (nor of its own court),
-- PAUSE_NOT_MINE (another one is the case's judge), and as cases_pause_against_v1.
CREATE OR REPLACE FUNCTION cases_pause_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    r court_pause;
    v_code integer;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.pause', p_proposal);
    r := jsonb_populate_record(NULL::court_pause, v.content);
    IF NOT EXISTS (SELECT FROM court_case c WHERE c.case_id = r.case_id AND c.court_id = v.court_id) THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    v_code := cases_pause_against_v1(v.content);
    IF v_code <> 0 THEN
        RETURN v_code;
    ELSIF NOT EXISTS (SELECT FROM access_authorisation a JOIN access_user u ON u.id = a.maker_id
            JOIN court_case c ON c.case_id = r.case_id WHERE a.id = p_proposal AND c.judge IN ('', u.login)) THEN
        RETURN @PAUSE_NOT_MINE;
    ELSIF r.from_on < (SELECT (a.asked_at AT TIME ZONE k.time_zone)::date FROM access_authorisation a
            JOIN partner p ON p.id = v.court_id JOIN ledger_book k USING (book_id) WHERE a.id = p_proposal) THEN
        RETURN @PAUSE_WRONG;
    END IF;
    INSERT INTO court_pause (case_id, entry_id, amount_fen, reason, words, from_on, until_on, proposal_id, made_at)
    VALUES (r.case_id, r.entry_id, r.amount_fen, r.reason, btrim(r.words), r.from_on, r.until_on, p_proposal,
            payments_moment_v1(v.court_id, p_now));
    RETURN 0;
END $$;

-- A pause ends early: today counts again. Codes: PAUSE_OVER (there is none, or it ended), PERMISSION_MISSING (neither its judge
-- nor one who agrees to pauses).
CREATE OR REPLACE FUNCTION cases_pause_end_v1(p_session text, p_pause bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r court_pause;
    c court_case;
    v_by text;
    v_today date;
BEGIN
    SELECT * INTO r FROM court_pause x WHERE x.pause_id = p_pause FOR UPDATE;
    SELECT * INTO c FROM court_case x WHERE x.case_id = r.case_id;
    v_by := cases_who_v1(p_session, 'cases.pause_agree', c.court_id);
    IF v_by IS NULL THEN
        v_by := cases_who_v1(p_session, 'cases.pause', c.court_id);
        v_by := CASE WHEN c.judge IN ('', v_by) THEN v_by END;
    END IF;
    v_today := cases_today_v1(c.court_id, p_now);
    IF v_by IS NULL AND r.pause_id IS NOT NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF (r.ended_on IS NULL AND r.until_on >= v_today) IS NOT TRUE THEN
        RETURN @PAUSE_OVER;
    END IF;
    UPDATE court_pause x SET ended_on = greatest(v_today, x.from_on), ended_by = v_by WHERE x.pause_id = p_pause;
    RETURN 0;
END $$;
