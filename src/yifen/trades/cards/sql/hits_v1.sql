-- Hits: kept as they were found, told whom they concern, decided by people.

-- What is found there is kept, each once, and told its holder and the cashiers of his unit where it is about time or a limit. How many
-- are new. The night's; and of one swipe when it is marked.
CREATE OR REPLACE FUNCTION cards_watch_v1(p_bureau integer, p_swipes bigint[], p_claims bigint[], p_how text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_count integer;
BEGIN
    p_now := payments_moment_v1(p_bureau, p_now);
    WITH made AS (
        INSERT INTO card_hit (bureau_id, unit_id, person_id, card_id, kind, key, turn, rule_from, swipes, claim_id, amount_fen, on_day,
            facts, how, found_at)
        SELECT p_bureau, f.unit_id, f.person_id, f.card_id, f.kind, f.key, k.turn, f.rule_from, f.swipes, f.claim_id, f.amount_fen,
            f.on_day, f.facts, CASE p_how WHEN 'mark' THEN 'mark' ELSE 'night' END, p_now
        FROM cards_found_v1(p_bureau, p_swipes, p_claims, NULL, budget_today_v1(p_bureau, p_now)) f
        CROSS JOIN LATERAL (SELECT count(*) AS turn, count(w.hit_id) AS seen FROM card_hit h LEFT JOIN card_hit_seen w USING (hit_id)
            WHERE h.bureau_id = p_bureau AND h.kind = f.kind AND h.key = f.key) k
        WHERE k.seen = 0 ORDER BY f.kind, f.key
        ON CONFLICT (bureau_id, kind, key, turn) DO NOTHING RETURNING hit_id, unit_id, person_id, kind),
    told AS (
        INSERT INTO card_notice (hit_id, person_id, state, at)
        SELECT m.hit_id, w.person_id, 'planned', p_now FROM made m CROSS JOIN LATERAL (
            SELECT m.person_id UNION
            SELECT t.person_id FROM budget_post t JOIN budget_person s USING (person_id)
            JOIN access_user u ON u.partner_id = p_bureau AND u.is_active AND access_person_v1(u.id) = lower(s.staff_no)
            JOIN access_user_role r ON r.user_id = u.id AND r.role = 'unit_cashier'
            WHERE t.unit_id = m.unit_id AND budget_clock_v1(p_bureau) BETWEEN t.from_on AND coalesce(t.until_on, 'infinity')) w
        WHERE m.kind IN ('near_due', 'overdue', 'share') OR m.kind LIKE '%\_warn' OR m.kind LIKE '%\_over')
    SELECT count(*) INTO v_count FROM made;
    RETURN v_count;
END $$;

-- A swipe that its holder marked is looked at; what is wrong there is the night's to tell, and keeps no mark from being made.
CREATE OR REPLACE FUNCTION cards_watch_mark_v1(p_bureau integer, p_swipe bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM cards_watch_v1(p_bureau, ARRAY[p_swipe], '{}', 'mark', p_now);
EXCEPTION WHEN data_exception OR program_limit_exceeded OR raise_exception THEN
    RAISE WARNING 'swipe % was not looked at: %', p_swipe, SQLERRM;
END $$;

-- What a night has to look at: official swipes marked or claimed since the last one, those whose last day is near or went by since,
-- and cash claims; the first time, those of four months.
CREATE OR REPLACE FUNCTION cards_to_watch_v1(p_bureau integer, p_now timestamptz, OUT swipes bigint[], OUT claims bigint[])
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_today date := budget_today_v1(p_bureau, p_now);
    v_since timestamptz := coalesce((SELECT r.looked_at - interval '1 day' FROM card_watch_run r WHERE r.bureau_id = p_bureau),
                                    payments_moment_v1(p_bureau, p_now) - interval '120 days');
BEGIN
    swipes := ARRAY(
        SELECT k.swipe_id FROM card_mark k JOIN budget_unit u USING (unit_id) WHERE k.at >= v_since AND u.bureau_id = p_bureau
        UNION SELECT n.swipe_id FROM card_claim m JOIN card_claim_line n USING (claim_id)
        WHERE m.bureau_id = p_bureau AND m.asked_at >= v_since AND n.swipe_id IS NOT NULL
        UNION SELECT s.swipe_id FROM card_swipe s
        CROSS JOIN LATERAL cards_watch_rule_v1(p_bureau, v_today) r
        WHERE s.bureau_id = p_bureau AND s.kind = 'cleared' AND s.posted_on BETWEEN v_since::date - 70 AND v_today
            AND cards_last_day_v1(s.posted_on, r.bill_day, r.free_days) BETWEEN v_since::date - 7 AND v_today + 20
            AND EXISTS (SELECT FROM card_mark k WHERE k.swipe_id = s.swipe_id AND k.unit_id IS NOT NULL)
        ORDER BY 1);
    claims := ARRAY(SELECT m.claim_id FROM card_claim m
        WHERE m.bureau_id = p_bureau AND m.kind = 'cash' AND m.asked_at >= v_since ORDER BY 1);
END $$;

-- All of it was looked at.
CREATE OR REPLACE FUNCTION cards_watched_v1(p_bureau integer, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO card_watch_run VALUES (p_bureau, payments_moment_v1(p_bureau, p_now))
    ON CONFLICT (bureau_id) DO UPDATE SET looked_at = greatest(card_watch_run.looked_at, EXCLUDED.looked_at);
$$;

-- A rule tried on stored swipes, the newest 20,000 official ones of the last so many days: how many hits of each kind it would make,
-- and how many swipes were looked at (kind ''). NULL: by the rules as they are. For who may propose one.
CREATE OR REPLACE FUNCTION cards_watch_try_v1(p_session text, p_bureau integer, p_asked jsonb, p_days integer, p_now timestamptz)
RETURNS TABLE (kind text, hits bigint) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_swipes bigint[];
    v_claims bigint[];
    v_rule card_watch_rule;
    v_since timestamptz := payments_moment_v1(p_bureau, p_now) - make_interval(days => least(p_days, 366));
BEGIN
    IF NOT EXISTS (SELECT FROM budget_unit u WHERE u.bureau_id = p_bureau AND u.parent_id IS NULL
            AND budget_who_v1(p_session, 'cards.watch_rules', u.unit_id) IS NOT NULL) THEN
        RETURN;
    END IF;
    v_swipes := ARRAY(SELECT o.swipe_id FROM card_mark k JOIN card_official o USING (swipe_id)
        WHERE k.at >= v_since AND k.unit_id IS NOT NULL AND k.at = o.marked_at AND o.bureau_id = p_bureau
        ORDER BY k.at DESC, k.swipe_id DESC LIMIT 20000);
    v_claims := ARRAY(SELECT m.claim_id FROM card_claim m WHERE m.bureau_id = p_bureau AND m.kind = 'cash' AND m.asked_at >= v_since);
    IF p_asked IS NOT NULL THEN
        v_rule := jsonb_populate_record(NULL::card_watch_rule, p_asked);
    END IF;
    RETURN QUERY SELECT f.kind, count(DISTINCT f.key) FROM cards_found_v1(p_bureau, v_swipes, v_claims, v_rule,
            budget_today_v1(p_bureau, p_now)) f GROUP BY f.kind
        UNION ALL SELECT '', cardinality(v_swipes)::bigint;
END $$;

-- A person's word about a hit: explained, to be followed, taken back (nothing is wrong), each with a reason. `p_was`: what he was shown
-- of it; what was to be followed may be decided again. Codes: HIT_UNKNOWN (or nobody sees it any more), PERMISSION_MISSING,
-- CARD_SAME_PERSON (his own), HIT_STATE, HIT_WORDS.
CREATE OR REPLACE FUNCTION cards_hit_v1(p_session text, p_hit bigint, p_was text, p_decision text, p_note text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    h card_hit;
    v_login text;
BEGIN
    SELECT * INTO h FROM card_hit x WHERE x.hit_id = p_hit FOR UPDATE;
    v_login := budget_who_v1(p_session, 'cards.watch', h.unit_id);
    IF v_login IS NULL THEN
        RETURN CASE WHEN h.hit_id IS NULL THEN @HIT_UNKNOWN ELSE @PERMISSION_MISSING END;
    ELSIF NOT EXISTS (SELECT FROM card_hit_seen x WHERE x.hit_id = p_hit) THEN
        RETURN @HIT_UNKNOWN;
    ELSIF budget_me_v1(p_session) = h.person_id THEN
        RETURN @CARD_SAME_PERSON;
    ELSIF coalesce(h.decision, '') <> coalesce(p_was, '') OR h.decision IN ('explained', 'taken_back') THEN
        RETURN @HIT_STATE;
    ELSIF (p_decision IN ('explained', 'follow', 'taken_back') AND length(btrim(p_note)) BETWEEN 2 AND 200) IS NOT TRUE THEN
        RETURN @HIT_WORDS;
    END IF;
    UPDATE card_hit x SET decision = p_decision, decided_at = payments_moment_v1(h.bureau_id, p_now), decided_by = v_login,
        note = btrim(p_note) WHERE x.hit_id = p_hit;
    RETURN 0;
END $$;

-- A holder's own hits, the newest first.
CREATE OR REPLACE FUNCTION cards_my_hits_v1(p_session text) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.hit_id FROM access_user u JOIN partner p ON p.id = u.partner_id JOIN card_hit_seen h ON h.person_id = budget_me_v1(p_session)
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'cards.mine', p.institution_id, p.id)
    ORDER BY h.hit_id DESC LIMIT 200;
$$;

-- Of an overdue hit, what of its swipe is late as of a day (card_late): so many days, with what interest: amount × rate a day × days, to
-- the nearest fen.
CREATE OR REPLACE FUNCTION cards_late_v1(p_hit bigint, p_today date)
RETURNS TABLE (claim_id bigint, line_no smallint, amount_fen bigint, due_on date, filed_on date, approved_on date, sent_on date,
    paid_on date, days integer, late_by text, rate_ppm integer, interest_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT x.claim_id, x.line_no, x.amount_fen, x.due_on, x.filed_on, x.approved_on, x.sent_on, x.paid_on, d.days, x.late_by,
        x.rate_ppm, div(x.amount_fen::numeric * x.rate_ppm * d.days + 500000, 1000000)::bigint
    FROM card_late x CROSS JOIN LATERAL (SELECT coalesce(x.paid_on, p_today) - x.due_on AS days) d
    WHERE x.hit_id = p_hit AND d.days > 0 ORDER BY x.claim_id, x.line_no;
$$;

-- Where he is told of them, by himself; NULL: nowhere. Code: PERMISSION_MISSING.
CREATE OR REPLACE FUNCTION cards_contact_v1(p_session text, p_sealed bytea, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_me bigint := budget_me_v1(p_session);
BEGIN
    IF v_me IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF p_sealed IS NULL THEN
        DELETE FROM card_contact c WHERE c.person_id = v_me;
    ELSE
        INSERT INTO card_contact SELECT v_me, p_sealed, payments_moment_v1(s.bureau_id, p_now) FROM budget_person s
        WHERE s.person_id = v_me ON CONFLICT (person_id) DO UPDATE SET phone = EXCLUDED.phone, set_at = EXCLUDED.set_at;
    END IF;
    RETURN 0;
END $$;

-- A person's notices that are due, of one sort, are on their way: how many, how much, the first last day, and his phone. What nobody
-- sees any more, what is settled, and whom nothing reaches is skipped, with why. No row: there is nothing to send.
CREATE OR REPLACE FUNCTION cards_notices_v1(p_person bigint, p_sort text, p_now timestamptz)
RETURNS TABLE (notices bigint[], count bigint, fen bigint, due date, phone bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_due bigint[];
BEGIN
    PERFORM pg_advisory_xact_lock(9352, hashtext(p_person::text));
    UPDATE card_notice n SET state = 'unsure', why = 'died', at = p_now
    WHERE n.person_id = p_person AND n.state = 'sending' AND n.at < p_now - interval '10 minutes';
    UPDATE card_notice n SET at = p_now, state = 'skipped',
        why = CASE WHEN w.hit_id IS NULL THEN 'gone'
            WHEN w.decision IS NOT NULL OR w.is_settled OR w.kind = 'near_due' AND w.due_on < budget_today_v1(w.bureau_id, p_now) THEN 'settled' ELSE 'nowhere' END
    FROM card_hit h LEFT JOIN card_hit_seen w ON w.hit_id = h.hit_id
    WHERE n.person_id = p_person AND n.state = 'planned' AND h.hit_id = n.hit_id AND cards_sort_v1(h.kind) = p_sort
        AND (w.hit_id IS NULL OR w.decision IS NOT NULL OR w.is_settled OR w.kind = 'near_due' AND w.due_on < budget_today_v1(w.bureau_id, p_now)
             OR NOT EXISTS (SELECT FROM card_contact c WHERE c.person_id = p_person));
    WITH t AS (
        UPDATE card_notice n SET at = p_now, state = 'sending' FROM card_hit h
        WHERE n.person_id = p_person AND n.state = 'planned' AND h.hit_id = n.hit_id AND cards_sort_v1(h.kind) = p_sort
        RETURNING n.notice_id)
    SELECT array_agg(t.notice_id) INTO v_due FROM t;
    RETURN QUERY SELECT v_due, count(*), sum(h.amount_fen)::bigint, min((h.facts ->> 'due')::date), c.phone
        FROM card_notice n JOIN card_hit h USING (hit_id) JOIN card_contact c ON c.person_id = n.person_id
        WHERE n.notice_id = ANY (v_due) GROUP BY c.phone;
END $$;

-- What sort of message a hit is told by.
CREATE OR REPLACE FUNCTION cards_sort_v1(p_kind text) RETURNS text
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN p_kind IN ('near_due', 'overdue') THEN p_kind ELSE 'limit' END;
$$;

-- What became of a message; of a process that died nobody knows, and it is not sent again.
CREATE OR REPLACE FUNCTION cards_noticed_v1(p_notices bigint[], p_state text, p_why text, p_notification bigint, p_now timestamptz)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE card_notice n SET state = CASE WHEN p_state IN ('planned', 'sending', 'sent', 'failed') THEN p_state ELSE 'unsure' END,
        why = left(coalesce(p_why, ''), 200), notification_id = coalesce(p_notification, n.notification_id), at = p_now
    WHERE n.notice_id = ANY (p_notices) AND n.state = 'sending';
$$;

-- A voucher was told to the bank: what is late from here on is the bank's. Called by who pays.
CREATE OR REPLACE FUNCTION cards_sent_v1(p_bureau integer, p_voucher_no text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE card_repayment r SET sent_at = p_now WHERE r.bureau_id = p_bureau AND r.voucher_no = p_voucher_no AND r.state = 'vouched';
$$;
