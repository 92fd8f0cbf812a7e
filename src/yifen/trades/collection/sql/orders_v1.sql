-- A demand from the two who made it to the payer's answer. Lock order: the contract, the demand, then ledger_head.

-- A word on it, kept.
CREATE OR REPLACE FUNCTION collection_say_v1(p collection_order, p_what text, p_how text, p_fen bigint, p_code integer, p_note text,
    p_now timestamptz) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO collection_word (order_id, at, what, how, fen, code, note)
    VALUES (p.order_id, p_now, p_what, p_how, p_fen, p_code, left(p_note, 200));
$$;

-- What of it still stands, in fen.
CREATE OR REPLACE FUNCTION collection_left_v1(p_order bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce(sum(l.fen), 0)::bigint FROM collection_line l WHERE l.order_id = p_order AND l.state = 'out';
$$;

-- Bills of it go free: those in a state.
CREATE OR REPLACE FUNCTION collection_free_v1(p collection_order, p_state text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    FOR v IN SELECT l.bucket, array_agg(l.payable_id) AS payables, array_agg(p.channel_id || '|' || p.serial) AS kept
             FROM collection_line l WHERE l.order_id = p.order_id AND l.state = p_state GROUP BY l.bucket LOOP
        PERFORM payments_let_go_v1(v.bucket, v.payables, v.kept);
    END LOOP;
END $$;

-- It goes back to its biller 退回, with why; its bills are free.
CREATE OR REPLACE FUNCTION collection_return_v1(p collection_order, p_how text, p_code integer, p_reason text, p_now timestamptz)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM collection_free_v1(p, 'out');
    UPDATE collection_order SET state = 'returned', code = p_code, reason = left(p_reason, 200), look_at = NULL, changed_at = p_now
    WHERE order_id = p.order_id;
    PERFORM collection_say_v1(p, 'returned', p_how, p.amount_fen, p_code, p_reason, p_now);
    RETURN 'returned';
END $$;

-- Why these lines of an account are not demanded now; 0: they are. Bills are kept for the serial here.
CREATE OR REPLACE FUNCTION collection_keep_v1(c collection_contract, p_lines jsonb, p_for text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
    v record;
BEGIN
    SELECT min(x.code) INTO v_code FROM (SELECT CASE
        WHEN y.payable_id IS NULL OR (y.biller_id, y.account_no) <> (c.biller_id, c.account_no) THEN @PAYABLE_UNKNOWN
        WHEN y.state <> 'open' THEN @COLLECTION_CHANGED
        WHEN y.mode = 'open' AND NOT l.fen BETWEEN y.min_fen AND y.max_fen THEN @AMOUNT_WRONG END AS code
        FROM jsonb_to_recordset(p_lines) AS l (payable bigint, fen bigint)
        LEFT JOIN payable y ON y.bucket = l.payable % 1000 AND y.payable_id = l.payable) x;
    IF v_code IS NOT NULL OR jsonb_array_length(p_lines) = 0 THEN
        RETURN coalesce(v_code, @NOTHING_CHOSEN);
    END IF;
    FOR v IN SELECT y.bucket, array_agg(l.payable) AS payables, array_agg(l.fen) AS fens, array_agg(p_for) AS kept
             FROM jsonb_to_recordset(p_lines) AS l (payable bigint, fen bigint)
             JOIN payable y ON y.bucket = l.payable % 1000 AND y.payable_id = l.payable
             WHERE y.mode <> 'open' GROUP BY y.bucket LOOP
        SELECT min(nullif(u.code, 0)) INTO v_code
        FROM unnest(payments_keep_for_v1(v.bucket, v.payables, v.fens, v.kept)) AS u (code);
        IF v_code IS NOT NULL THEN
            RETURN CASE WHEN v_code IN (@ALREADY_PAID, @AMOUNT_WRONG) THEN @COLLECTION_CHANGED ELSE v_code END;
        END IF;
    END LOOP;
    RETURN CASE WHEN EXISTS (
        SELECT FROM payable y JOIN biller b ON b.partner_id = y.biller_id AND b.oldest_first AND b.endpoint = ''
        WHERE (y.biller_id, y.account_no) = (c.biller_id, c.account_no) AND y.state = 'open' AND y.mode <> 'open'
            AND y.due_fen > y.paid_fen AND y.kept_for IS DISTINCT FROM p_for AND EXISTS (
                SELECT FROM payable n WHERE n.bucket = y.bucket AND n.kept_for = p_for AND (n.biller_id, n.account_no)
                    = (y.biller_id, y.account_no) AND (y.due_on, y.payable_id) < (n.due_on, n.payable_id)))
        THEN @OLDER_UNPAID ELSE 0 END;
END $$;

-- As a biller demanded it and the bank took it in: its bills are kept for it, or it is refused whole. A number without gaps. Codes:
-- AUTHORISATION_INVALID, COLLECTION_NO_CONTRACT, COLLECTION_KIND, CORE_PAIR_MISSING, as the agency refuses, collection_keep_v1.
CREATE OR REPLACE FUNCTION collection_order_v1(p_subject text, p_link bytea, p_now timestamptz, OUT code integer, OUT order_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_id bigint := access_settled_v1('collection.order', p_subject);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_id);
    c collection_contract;
    k collection_kind;
    o collection_order;
    f record;
    v_last integer;
BEGIN
    SELECT * INTO c FROM collection_contract x WHERE x.contract_id::text = p_subject FOR UPDATE;
    p_now := payments_moment_v1(c.biller_id, p_now);
    o.told_on := collection_local_v1(c.biller_id, p_now)::date;
    k := collection_rule_v1(c.kind, o.told_on);
    SELECT * INTO f FROM collection_place_v1(c.biller_id);
    code := CASE
        WHEN v IS NULL OR v ->> 'contract' IS DISTINCT FROM p_subject OR length(p_link) <> 32 THEN @AUTHORISATION_INVALID
        WHEN collection_in_force_v1(c, o.told_on) IS NOT TRUE THEN @COLLECTION_NO_CONTRACT
        WHEN k.kind IS NULL THEN @COLLECTION_KIND
        WHEN f.core_id IS DISTINCT FROM c.core_id THEN @CORE_PAIR_MISSING
        ELSE payments_refuses_v1(f.channel_id, c.biller_id, NULL, (SELECT b.current_day FROM partner y JOIN ledger_book b USING (book_id)
                                                             WHERE y.id = c.biller_id)) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    o.order_id := nextval(pg_get_serial_sequence('collection_order', 'order_id'));
    o.serial := 'TS' || to_char(o.told_on, 'YYYYMMDD') || '-' || o.order_id;
    code := collection_keep_v1(c, v -> 'lines', f.channel_id || '|' || o.serial);
    IF code <> 0 THEN
        RETURN;
    END IF;
    INSERT INTO collection_number AS n VALUES (c.biller_id, extract(year FROM o.told_on), 1)
    ON CONFLICT (biller_id, year) DO UPDATE SET last = n.last + 1 RETURNING n.last INTO v_last;
    INSERT INTO collection_order (order_id, biller_id, number, contract_id, institution_id, channel_id, serial, move_serial, transit, kind, days, silence,
        part, opens_at, amount_fen, link_sha256, state, pay_at, proposal_id, made_at, changed_at, look_at) OVERRIDING SYSTEM VALUE
    VALUES (o.order_id, c.biller_id, 'TS' || to_char(o.told_on, 'YYYY') || '-' || lpad(v_last::text, 6, '0'), c.contract_id,
        f.institution_id, f.channel_id, o.serial, o.serial, f.transit, k.kind, k.days, k.silence, k.part, k.opens_at,
        (SELECT sum(l.fen) FROM jsonb_to_recordset(v -> 'lines') AS l (fen bigint)), p_link,
        CASE k.days WHEN 0 THEN 'told' ELSE 'out' END,
        CASE k.days WHEN 0 THEN collection_opening_v1(c.biller_id, settlement_workday_v1(o.told_on, 0), k.opens_at, p_now) END,
        v_id, p_now, p_now, p_now) RETURNING * INTO o;
    INSERT INTO collection_line (order_id, place, bucket, payable_id, ref, title, fen)
    SELECT o.order_id, row_number() OVER (ORDER BY y.mode = 'open', y.due_on NULLS LAST, y.payable_id), y.bucket, y.payable_id, y.ref, y.title, l.fen
    FROM jsonb_to_recordset(v -> 'lines') AS l (payable bigint, fen bigint)
    JOIN payable y ON y.bucket = l.payable % 1000 AND y.payable_id = l.payable;
    PERFORM collection_say_v1(o, 'made', 'two', o.amount_fen, 0, '', p_now);
    order_id := o.order_id;
END $$;

-- The days begin: he was told on a day. Whatever day a paper says, an answer counts to the end of the day on which that is entered.
CREATE OR REPLACE FUNCTION collection_begin_v1(o collection_order, p_how text, p_day date, p_note text, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_last date := greatest(settlement_workday_v1(p_day, o.days), settlement_workday_v1(collection_local_v1(o.biller_id, p_now)::date, 0));
    v_pay timestamptz := CASE o.days WHEN 0 THEN o.pay_at
        ELSE collection_opening_v1(o.biller_id, settlement_workday_v1(v_last, 1), o.opens_at, p_now) END;
BEGIN
    UPDATE collection_order SET state = 'told', told_on = p_day, last_on = CASE o.days WHEN 0 THEN NULL ELSE v_last END,
        pay_at = v_pay, look_at = v_pay, tries = 0, changed_at = p_now WHERE order_id = o.order_id;
    PERFORM collection_say_v1(o, 'told', p_how, o.amount_fen, 0, p_note, p_now);
END $$;

-- A message to him is written down; what became of it is asked of its row. One at a time.
CREATE OR REPLACE FUNCTION collection_telling_v1(p_order bigint, p_notification bigint, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE collection_order o SET notification_id = p_notification, changed_at = payments_moment_v1(o.biller_id, p_now)
    WHERE o.order_id = p_order AND o.state IN ('out', 'told') AND o.told_on IS NULL
        AND NOT EXISTS (SELECT FROM notification n WHERE n.id = o.notification_id AND n.state IN ('waiting', 'sent', 'unsure'));
    RETURN FOUND;
END $$;

-- By a message that its carrier took. Answers the state.
CREATE OR REPLACE FUNCTION collection_told_v1(p_order bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    v_at timestamptz;
BEGIN
    SELECT * INTO STRICT o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    SELECT n.sent_at INTO v_at FROM notification n WHERE n.id = o.notification_id AND n.state = 'sent' AND n.kind = 'collection_notice';
    IF o.state IN ('out', 'told') AND o.told_on IS NULL AND v_at IS NOT NULL THEN
        p_now := payments_moment_v1(o.biller_id, p_now);
        PERFORM collection_begin_v1(o, 'message', collection_local_v1(o.biller_id, payments_moment_v1(o.biller_id, v_at))::date, '', p_now);
    END IF;
    RETURN (SELECT x.state FROM collection_order x WHERE x.order_id = p_order);
END $$;

-- By a paper that one of the bank handed to him on a day, which is not ahead, nor before the demand. Codes: PERMISSION_MISSING,
-- COLLECTION_NOT_OPEN (he was told, or it is over), INPUT_INVALID.
CREATE OR REPLACE FUNCTION collection_told_by_hand_v1(p_session text, p_order bigint, p_day date, p_note text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    v_login text;
BEGIN
    SELECT * INTO o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    SELECT u.login INTO v_login FROM access_user u JOIN partner y ON y.id = o.biller_id
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'collection.bank', y.institution_id, y.id);
    p_now := payments_moment_v1(o.biller_id, p_now);
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF o.state NOT IN ('out', 'told') OR o.told_on IS NOT NULL THEN
        RETURN @COLLECTION_NOT_OPEN;
    ELSIF p_day IS NULL OR NOT p_day BETWEEN collection_local_v1(o.biller_id, o.made_at)::date AND collection_local_v1(o.biller_id, p_now)::date
    THEN
        RETURN @INPUT_INVALID;
    END IF;
    PERFORM collection_begin_v1(o, 'paper', p_day, concat_ws(' ', v_login, p_note), p_now);
    RETURN 0;
END $$;

-- What he answers, however it came. `p_agrees`, else refused: these places of it, NULL: whole. Codes: COLLECTION_NOT_OPEN,
-- COLLECTION_NO_REFUSAL, COLLECTION_LATE, COLLECTION_WHOLE, REASON_MISSING, INPUT_INVALID.
CREATE OR REPLACE FUNCTION collection_answered_v1(o collection_order, p_how text, p_agrees boolean, p_places smallint[], p_reason text,
    p_paper bytea, p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_today date := collection_local_v1(o.biller_id, p_now)::date;
    v_fen bigint := collection_left_v1(o.order_id);
    v_refused bigint := (SELECT sum(l.fen) FROM collection_line l WHERE l.order_id = o.order_id AND l.state = 'out'
                         AND (p_places IS NULL OR l.place = ANY (p_places)));
BEGIN
    IF o.days = 0 THEN
        RETURN @COLLECTION_NO_REFUSAL;
    ELSIF o.state <> 'told' OR o.agreed_at IS NOT NULL THEN
        RETURN @COLLECTION_NOT_OPEN;
    ELSIF v_today > o.last_on THEN
        RETURN @COLLECTION_LATE;
    ELSIF p_agrees THEN
        UPDATE collection_order SET agreed_at = p_now, changed_at = p_now, look_at = x.at, pay_at = x.at
        FROM (SELECT CASE WHEN settlement_workday_v1(v_today, 0) = v_today THEN p_now
                     ELSE collection_opening_v1(o.biller_id, settlement_workday_v1(v_today, 0), o.opens_at, p_now) END AS at) x
        WHERE order_id = o.order_id;
        v_refused := v_fen;
    ELSIF coalesce(btrim(p_reason), '') = '' THEN
        RETURN @REASON_MISSING;
    ELSIF v_refused IS NULL THEN
        RETURN @INPUT_INVALID;
    ELSIF v_refused < v_fen AND NOT o.part THEN
        RETURN @COLLECTION_WHOLE;
    END IF;
    INSERT INTO collection_word (order_id, at, what, how, fen, note, paper, proposal_id)
    VALUES (o.order_id, p_now, CASE WHEN p_agrees THEN 'agreed' ELSE 'refused' END, p_how, v_refused, left(coalesce(p_reason, ''), 200),
            p_paper, p_proposal);
    IF NOT p_agrees THEN
        IF v_refused = v_fen THEN
            PERFORM collection_return_v1(o, p_how, @COLLECTION_REFUSED, p_reason, p_now);
        END IF;
        UPDATE collection_line l SET state = 'refused' WHERE l.order_id = o.order_id AND l.state = 'out'
            AND (p_places IS NULL OR l.place = ANY (p_places));
        PERFORM collection_free_v1(o, 'refused');
        UPDATE collection_order SET changed_at = p_now WHERE order_id = o.order_id AND state = 'told';
    END IF;
    RETURN 0;
END $$;

-- By the link that he was sent: who has it answers. Codes: COLLECTION_LINK, as collection_answered_v1.
CREATE OR REPLACE FUNCTION collection_by_link_v1(p_token text, p_agrees boolean, p_places smallint[], p_reason text, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
BEGIN
    SELECT * INTO o FROM collection_order x WHERE x.link_sha256 = sha256(convert_to(p_token, 'UTF8')) FOR UPDATE;
    IF o.order_id IS NULL THEN
        RETURN @COLLECTION_LINK;
    END IF;
    RETURN collection_answered_v1(o, 'link', p_agrees, p_places, p_reason, NULL, NULL, payments_moment_v1(o.biller_id, p_now));
END $$;

-- By a paper with his seal, as two people of the bank read it. Codes: AUTHORISATION_INVALID, COLLECTION_PAPER, as collection_answered_v1.
CREATE OR REPLACE FUNCTION collection_by_paper_v1(p_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_id bigint := access_settled_v1('collection.answer', p_serial);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_id);
    o collection_order;
BEGIN
    SELECT * INTO o FROM collection_order x WHERE x.serial = p_serial FOR UPDATE;
    IF v ->> 'serial' IS DISTINCT FROM p_serial OR o.order_id IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF NOT EXISTS (SELECT FROM collection_paper y WHERE y.biller_id = o.biller_id AND y.sha256 = decode(v ->> 'sha256', 'hex')) THEN
        RETURN @COLLECTION_PAPER;
    END IF;
    RETURN collection_answered_v1(o, 'paper', (v ->> 'agrees')::boolean,
        CASE WHEN jsonb_typeof(v -> 'places') = 'array' THEN ARRAY(SELECT x::smallint FROM jsonb_array_elements_text(v -> 'places') x) END,
        v ->> 'reason', decode(v ->> 'sha256', 'hex'), v_id, payments_moment_v1(o.biller_id, p_now));
END $$;

-- Its biller takes it back before money is asked for. Codes: PERMISSION_MISSING, COLLECTION_NOT_OPEN, REASON_MISSING.
CREATE OR REPLACE FUNCTION collection_withdraw_v1(p_session text, p_order bigint, p_reason text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    o collection_order;
    v_login text;
BEGIN
    SELECT * INTO o FROM collection_order x WHERE x.order_id = p_order FOR UPDATE;
    SELECT u.login INTO v_login FROM access_user u JOIN partner y ON y.id = o.biller_id
    WHERE u.id = access_who_v1(p_session) AND access_may_v1(u.id, 'collection.demand', y.institution_id, y.id);
    IF v_login IS NULL THEN
        RETURN @PERMISSION_MISSING;
    ELSIF o.state NOT IN ('out', 'told') THEN
        RETURN @COLLECTION_NOT_OPEN;
    ELSIF coalesce(btrim(p_reason), '') = '' THEN
        RETURN @REASON_MISSING;
    END IF;
    PERFORM collection_return_v1(o, 'biller', @COLLECTION_WITHDRAWN, v_login || ' ' || p_reason, payments_moment_v1(o.biller_id, p_now));
    RETURN 0;
END $$;
