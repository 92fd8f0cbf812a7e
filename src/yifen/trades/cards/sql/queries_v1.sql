-- What a bank is asked for, and files that a bureau hands in itself.

-- How a query is called at its bank, for ever.
CREATE OR REPLACE FUNCTION cards_reference_v1(q card_query) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT 'Q' || b.code || '-' || q.query_id FROM budget_bureau b WHERE b.bureau_id = q.bureau_id;
$$;

-- A swipe that has not come is asked for: by its holder, or (`p_unit`) by the cashier of a unit where the card is registered; by days
-- or by the bank's number. Codes: CARD_UNKNOWN, PERMISSION_MISSING, CARD_QUERY_FIELDS, CARD_ISSUER_UNKNOWN, CARD_QUERY_OPEN,
-- CARD_QUERY_MANY (20 of his are not answered yet, or 100 of a day).
CREATE OR REPLACE FUNCTION cards_query_v1(p_session text, p_card bigint, p_number text, p_from date, p_until date, p_unit bigint,
    p_now timestamptz, OUT code integer, OUT query_id bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    c card;
    q card_query;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card x WHERE x.card_id = p_card;
    SELECT * INTO c FROM card x WHERE x.card_id = p_card;
    p_now := payments_moment_v1(c.bureau_id, p_now);
    SELECT max(budget_who_v1(p_session, CASE WHEN p_unit IS NULL THEN 'cards.mine' ELSE 'cards.check' END, l.unit_id)) INTO q.asked_by
    FROM card_place l WHERE l.card_id = p_card AND l.unit_id = coalesce(p_unit, l.unit_id) AND l.state <> 'refused'
        AND (p_unit IS NOT NULL OR c.person_id = budget_me_v1(p_session));
    q.number := coalesce(p_number, '');
    code := CASE
        WHEN c.card_id IS NULL THEN @CARD_UNKNOWN
        WHEN q.asked_by IS NULL THEN @PERMISSION_MISSING
        WHEN (q.number ~ '^[0-9A-Za-z-]{0,40}$' AND p_until BETWEEN p_from AND p_from + 31 AND p_until <= cards_day_v1(c.bureau_id, p_now)
              AND p_from >= cards_day_v1(c.bureau_id, p_now) - 400) IS NOT TRUE THEN @CARD_QUERY_FIELDS
        WHEN NOT EXISTS (SELECT FROM card_issuer i WHERE i.bureau_id = c.bureau_id AND i.bank_id = c.bank_id) THEN @CARD_ISSUER_UNKNOWN
        WHEN EXISTS (SELECT FROM card_query x WHERE x.state = 'asked' AND (x.card_id, x.number, x.from_on, x.until_on)
            = (p_card, q.number, p_from, p_until)) THEN @CARD_QUERY_OPEN
        WHEN (SELECT count(*) FILTER (WHERE x.state = 'asked') >= 20 OR count(*) >= 100 FROM card_query x
              WHERE x.asked_by = q.asked_by AND x.asked_at > p_now - interval '1 day') THEN @CARD_QUERY_MANY
        ELSE 0 END;
    IF code = 0 THEN
        INSERT INTO card_query (bureau_id, bank_id, card_id, number, from_on, until_on, unit_id, asked_by, asked_at, state, ask_at)
        VALUES (c.bureau_id, c.bank_id, p_card, q.number, p_from, p_until, p_unit, q.asked_by, p_now, 'asked', p_now)
        RETURNING query_id INTO query_id;
    END IF;
END $$;

-- The bank is asked now: said before it is, so that whatever happens then it is not asked again at once.
CREATE OR REPLACE FUNCTION cards_asking_v1(p_query bigint, p_again_at timestamptz) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH asked AS (UPDATE card_query x SET tries = x.tries + 1, ask_at = p_again_at
        WHERE x.query_id = p_query AND x.state = 'asked' AND x.ask_at < p_again_at RETURNING x.query_id)
    SELECT EXISTS (SELECT FROM asked);
$$;

-- There is no answer, or none that is believed: `p_code` ends it, 0 leaves it open until the sixth try (CARD_BANK_SILENT).
CREATE OR REPLACE FUNCTION cards_unanswered_v1(p_query bigint, p_code integer, p_reason text, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE card_query x SET reason = left(coalesce(p_reason, ''), 200), state = n.state, code = n.code,
        done_at = CASE WHEN n.state = 'failed' THEN p_now END, ask_at = CASE WHEN n.state = 'asked' THEN x.ask_at END
    FROM (SELECT y.query_id, CASE WHEN p_code <> 0 OR y.tries >= 6 THEN 'failed' ELSE 'asked' END AS state,
              CASE WHEN p_code <> 0 THEN p_code WHEN y.tries >= 6 THEN @CARD_BANK_SILENT ELSE 0 END AS code
          FROM card_query y WHERE y.query_id = p_query AND y.state = 'asked' FOR UPDATE) n
    WHERE x.query_id = n.query_id;
$$;

-- Is an answer one to what was asked? Swipes alone, of that card under any of its numbers, of that number or of those days. Code:
-- CARD_ANSWER_OTHER.
CREATE OR REPLACE FUNCTION cards_answer_against_v1(w card_word, p_bureau integer, p_cards jsonb, p_swipes jsonb) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN w.kind <> 'answer' OR EXISTS (SELECT FROM card_query q WHERE q.bureau_id = p_bureau AND q.bank_id = w.bank_id
            AND cards_reference_v1(q) = w.serial AND p_cards = '[]' AND NOT EXISTS (SELECT FROM jsonb_array_elements(p_swipes) s
                WHERE (EXISTS (SELECT FROM card c WHERE c.card_id IN (SELECT cards_chain_v1(q.card_id)) AND s -> 'lookups' ? c.lookup)
                    AND CASE WHEN q.number <> '' THEN s ->> 'number_no' = q.number
                        ELSE cards_day_v1(q.bureau_id, (s ->> 'swiped_at')::timestamptz) BETWEEN q.from_on AND q.until_on END)
                IS NOT TRUE)) THEN 0 ELSE @CARD_ANSWER_OTHER END;
$$;

-- A query ends with the word that answers it: told, found or not (CARD_QUERY_NONE), or with why the answer does not count.
CREATE OR REPLACE FUNCTION cards_answered_v1(w card_word, p_code integer, p_count integer, p_now timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE card_query q SET state = CASE WHEN p_code = 0 THEN 'told' ELSE 'failed' END, word_id = CASE WHEN p_code = 0 THEN w.word_id END,
        code = CASE WHEN p_code = 0 AND p_count = 0 THEN @CARD_QUERY_NONE ELSE p_code END, done_at = p_now, ask_at = NULL
    WHERE w.kind = 'answer' AND q.bank_id = w.bank_id AND q.state = 'asked' AND cards_reference_v1(q) = w.serial;
$$;

-- What was asked about a card: by its holder, with what came of it; by a cashier of a unit where it is registered, without: whether a
-- swipe was found would tell of a private one.
CREATE OR REPLACE FUNCTION cards_queries_v1(p_session text, p_card bigint, p_unit bigint)
RETURNS TABLE (query_id bigint, tail text, number text, from_on date, until_on date, asked_by text, asked_at timestamptz, state text,
    code integer, tries integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT q.query_id, c.tail, q.number, q.from_on, q.until_on, q.asked_by, q.asked_at, q.state,
        CASE WHEN q.code = @CARD_QUERY_NONE AND c.person_id IS DISTINCT FROM budget_me_v1(p_session) THEN 0 ELSE q.code END, q.tries
    FROM card_query q JOIN card c USING (card_id)
    WHERE CASE WHEN p_unit IS NULL THEN c.person_id = budget_me_v1(p_session)
        ELSE q.unit_id = p_unit AND budget_who_v1(p_session, 'cards.check', p_unit) IS NOT NULL END
        AND (p_card IS NULL OR q.card_id = p_card)
    ORDER BY q.query_id DESC LIMIT 20;
$$;

-- What taking a file by hand would do: each row that would be refused, why, and how many would be new. All of it is undone.
-- Somebody of the bureau's root; anybody else: nothing.
CREATE OR REPLACE FUNCTION cards_try_v1(p_session text, p_word bigint, p_bureau integer, p_cards jsonb, p_swipes jsonb, p_now timestamptz,
    OUT refused jsonb, OUT fresh integer)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    w card_word;
    v record;
    v_code integer;
BEGIN
    refused := '[]'; fresh := 0;
    SELECT x.* INTO w FROM card_word x JOIN card_issuer i ON i.bank_id = x.bank_id AND i.bureau_id = p_bureau
    WHERE x.word_id = p_word AND x.kind = 'hand';
    IF w.word_id IS NULL OR NOT EXISTS (SELECT FROM budget_unit u WHERE u.bureau_id = p_bureau AND u.parent_id IS NULL
            AND budget_who_v1(p_session, 'cards.issuers', u.unit_id) IS NOT NULL) THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, p_bureau);
    p_now := payments_moment_v1(p_bureau, p_now);
    FOR v IN SELECT 'card' AS about, x.said FROM jsonb_array_elements(p_cards) x (said)
             UNION ALL SELECT 'swipe', x.said FROM jsonb_array_elements(p_swipes) x (said) LOOP
        IF v.about = 'card' THEN
            SELECT x.code INTO v_code FROM cards_card_v1(w, p_bureau, (v.said ->> 'row')::integer, v.said, p_now) x;
        ELSE
            SELECT x.code INTO v_code FROM cards_swipe_v1(w, p_bureau, (v.said ->> 'row')::integer, v.said, p_now) x;
        END IF;
        IF v_code <> 0 THEN
            refused := refused || jsonb_build_array(jsonb_build_array(v.said -> 'row', v.said ->> 'tail', v_code));
        END IF;
    END LOOP;
    fresh := (SELECT count(*) FROM card_swipe s WHERE s.word_id = p_word)
        + (SELECT count(DISTINCT e.row_no) FROM card_event e WHERE e.word_id = p_word);
    RAISE EXCEPTION USING ERRCODE = 'YF002', MESSAGE = 'undone';
EXCEPTION WHEN SQLSTATE 'YF002' THEN
    RETURN;
END $$;

-- A file by hand counts, by two people of the bureau: the worker takes its rows. Codes: CARD_CHANGE_NOT_AGREED, CARD_ISSUER_UNKNOWN
-- (not that bank's, not those bytes).
CREATE OR REPLACE FUNCTION cards_file_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    w card_word;
BEGIN
    SELECT * INTO v FROM budget_agreed_v1('cards.file', p_proposal);
    IF v.bureau_id IS NULL THEN
        RETURN @CARD_CHANGE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9350, v.bureau_id);
    SELECT x.* INTO w FROM card_word x JOIN card_issuer i ON i.bank_id = x.bank_id AND i.bureau_id = v.bureau_id
    WHERE to_jsonb(x.word_id) = v.content -> 'word_id' AND x.kind = 'hand' AND encode(x.sha256, 'hex') = v.content ->> 'sha256';
    IF w.word_id IS NULL THEN
        RETURN @CARD_ISSUER_UNKNOWN;
    END IF;
    INSERT INTO card_word_agreed VALUES (w.word_id, v.bureau_id, p_proposal, p_now) ON CONFLICT DO NOTHING;
    RETURN 0;
END $$;
