-- What is owed to cards, and what became of it. Called by who pays, never by a process.

-- Write a posting of a claim's line, in the bureau's accounts. Called inside; a refusal is raised as YF001 with its code.
CREATE OR REPLACE FUNCTION cards_enter_v1(p card_entry) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_accounts jsonb := (SELECT to_jsonb(b) FROM card_bureau b WHERE b.bureau_id = p.bureau_id);
    v_home smallint := settlement_home_v1();
    v record;
BEGIN
    SELECT * INTO STRICT v FROM card_move x WHERE x.kind = p.kind;
    p.document_id := -nextval('document_no');
    SELECT k.current_day INTO STRICT p.business_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = p.bureau_id;
    INSERT INTO card_entry SELECT p.*;
    PERFORM settlement_post_v1(v_home, p.at, ARRAY['posted']::ledger_kind[], ARRAY[cards_account_v1(p, v_accounts, v.debit)],
        ARRAY[cards_account_v1(p, v_accounts, v.credit)], ARRAY[p.amount_fen], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[],
        ARRAY[p.document_id], ARRAY[0]::bigint[], p.business_day);
END $$;

-- What of an advance's line is lent by the books; what settles it counts once it is approved. Of anything else: nothing.
CREATE OR REPLACE FUNCTION cards_lending_v1(p_claim bigint, p_line smallint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT greatest(0, n.amount_fen - coalesce(r.returned_fen, 0) - coalesce((SELECT sum(x.amount_fen)
        FROM card_claim_line x JOIN card_claim m USING (claim_id) WHERE m.of_id = p_claim AND x.of_line = p_line
            AND m.state = 'approved'), 0))
    FROM card_claim_line n JOIN card_claim a USING (claim_id) LEFT JOIN card_repayment r USING (claim_id, line_no)
    WHERE n.claim_id = p_claim AND n.line_no = p_line AND a.kind = 'advance' AND a.state = 'approved'), 0)::bigint;
$$;

-- An account of the bureau; what comes back, whenever, of an advance that nothing has settled yet was lent, not spent.
CREATE OR REPLACE FUNCTION cards_account_v1(p card_entry, p_accounts jsonb, p_name text) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p_accounts ->> (CASE WHEN p.kind LIKE 'returned%' AND p_name IN ('spending', 'prior')
        AND cards_lending_v1(p.claim_id, p.line_no) >= p.amount_fen THEN 'lent' ELSE p_name END || '_id'))::integer;
$$;

-- The last yes: each line is posted, and owed to its card; what settles an advance is owed to nobody.
CREATE OR REPLACE FUNCTION cards_approve_v1(m card_claim, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    n card_claim_line;
    e card_entry;
BEGIN
    FOR n IN SELECT * FROM card_claim_line x WHERE x.claim_id = m.claim_id ORDER BY x.line_no LOOP
        e := NULL;
        e.bureau_id := m.bureau_id; e.claim_id := n.claim_id; e.line_no := n.line_no; e.amount_fen := n.amount_fen; e.at := p_now;
        e.kind := CASE m.kind WHEN 'advance' THEN 'lent' WHEN 'settle' THEN 'settled' ELSE 'claimed' END;
        PERFORM cards_enter_v1(e);
        IF m.kind <> 'settle' THEN
            INSERT INTO card_repayment (bureau_id, unit_id, claim_id, line_no, card_id, indicator_id, hold_id, amount_fen, due_on, state,
                bank_serial, reason, changed_at)
            SELECT m.bureau_id, m.unit_id, n.claim_id, n.line_no, n.card_id, n.indicator_id, n.hold_id, n.amount_fen,
                cards_due_v1(m.bureau_id, m.rule_from, coalesce(s.posted_on, cards_day_v1(m.bureau_id, p_now))), 'due', '', '', p_now
            FROM (SELECT) one LEFT JOIN card_swipe s ON s.swipe_id = n.swipe_id;
        END IF;
    END LOOP;
END $$;

-- Until when a swipe of a day is to be repaid: the rule's day of the next month.
CREATE OR REPLACE FUNCTION cards_due_v1(p_bureau integer, p_rule date, p_posted date) RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (date_trunc('month', p_posted) + interval '1 month')::date + r.due_day - 1
    FROM budget_rule r WHERE r.bureau_id = p_bureau AND r.valid_from = p_rule;
$$;

-- Due repayments of one unit go into a voucher, each to the newest card of its holder's chain. Codes: CARD_REPAYMENT_UNKNOWN (one
-- of them, or they are of several units), CARD_REPAYMENT_STATE.
CREATE OR REPLACE FUNCTION cards_vouch_v1(p_repayments bigint[], p_voucher_no text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_repayment x WHERE x.repayment_id = ANY (p_repayments)
    ORDER BY x.bureau_id LIMIT 1;
    SELECT count(*) AS found, count(DISTINCT x.unit_id) AS units, bool_and(x.state = 'due') AS due INTO v
    FROM (SELECT * FROM card_repayment y WHERE y.repayment_id = ANY (p_repayments) ORDER BY y.repayment_id FOR UPDATE) x;
    IF v.units <> 1 OR v.found <> cardinality(p_repayments) OR coalesce(p_voucher_no, '') = '' THEN
        RETURN @CARD_REPAYMENT_UNKNOWN;
    ELSIF NOT v.due THEN
        RETURN @CARD_REPAYMENT_STATE;
    END IF;
    UPDATE card_repayment x SET state = 'vouched', voucher_no = p_voucher_no, card_id = cards_newest_v1(x.card_id), reason = '',
        sent_at = NULL, changed_at = payments_moment_v1(x.bureau_id, p_now)
    WHERE x.repayment_id = ANY (p_repayments);
    RETURN 0;
END $$;

-- What the bank did with one of a voucher. paid: the hold is posted, and it is the bank's advance now; the same again is 0. failed:
-- due again, with the bank's reason in place of a serial. Codes: CARD_REPAYMENT_UNKNOWN, CARD_REPAYMENT_STATE, as budget_post_v1.
CREATE OR REPLACE FUNCTION cards_repaid_v1(p_repayment bigint, p_result text, p_bank_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r card_repayment;
    e card_entry;
    v_code integer;
BEGIN
    r := cards_repayment_v1(p_repayment);
    p_now := payments_moment_v1(r.bureau_id, p_now);
    IF r.repayment_id IS NULL THEN
        RETURN @CARD_REPAYMENT_UNKNOWN;
    ELSIF r.state IN ('paid', 'returned') AND p_result = 'paid' AND r.bank_serial = p_bank_serial THEN
        RETURN 0;
    ELSIF r.state <> 'vouched' OR p_result NOT IN ('paid', 'failed') OR p_result = 'paid' AND coalesce(p_bank_serial, '') = '' THEN
        RETURN @CARD_REPAYMENT_STATE;
    ELSIF p_result = 'failed' THEN
        UPDATE card_repayment x SET state = 'due', voucher_no = NULL, reason = left(coalesce(p_bank_serial, ''), 200), changed_at = p_now
        WHERE x.repayment_id = p_repayment;
        RETURN 0;
    END IF;
    v_code := budget_post_v1(r.hold_id, r.amount_fen, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    e.bureau_id := r.bureau_id; e.kind := 'repaid'; e.claim_id := r.claim_id; e.line_no := r.line_no; e.amount_fen := r.amount_fen;
    e.at := p_now;
    PERFORM cards_enter_v1(e);
    UPDATE card_repayment x SET state = 'paid', bank_serial = p_bank_serial, paid_at = p_now, changed_at = p_now
    WHERE x.repayment_id = p_repayment;
    RETURN 0;
END $$;

-- So much of what was repaid came back, in a year: in the indicator's own it is quota again, later it is of an earlier year.
-- `cleared`: the treasury has paid the bank for it. Codes: CARD_REPAYMENT_UNKNOWN, CARD_REPAYMENT_STATE,
-- CARD_RETURN_TOO_MUCH, as budget_restore_v1.
CREATE OR REPLACE FUNCTION cards_return_v1(p_repayment bigint, p_fen bigint, p_year integer, p_cleared boolean, p_now timestamptz)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r card_repayment;
    e card_entry;
    v_code integer;
    v_year integer;
    v_lent bigint;
    v_part bigint;
BEGIN
    r := cards_repayment_v1(p_repayment);
    p_now := payments_moment_v1(r.bureau_id, p_now);
    IF r.repayment_id IS NULL THEN
        RETURN @CARD_REPAYMENT_UNKNOWN;
    ELSIF r.state <> 'paid' OR p_cleared IS NULL THEN
        RETURN @CARD_REPAYMENT_STATE;
    ELSIF (p_fen BETWEEN 1 AND r.amount_fen - r.returned_fen) IS NOT TRUE THEN
        RETURN @CARD_RETURN_TOO_MUCH;
    END IF;
    v_code := budget_restore_v1(r.hold_id, p_fen, p_year, p_now);
    IF v_code <> 0 THEN
        RETURN v_code;
    END IF;
    SELECT i.year INTO STRICT v_year FROM budget_indicator i WHERE i.indicator_id = r.indicator_id;
    e.bureau_id := r.bureau_id; e.claim_id := r.claim_id; e.line_no := r.line_no; e.at := p_now;
    v_lent := least(p_fen, cards_lending_v1(r.claim_id, r.line_no));
    e.kind := 'returned' || CASE WHEN p_year > v_year THEN '_prior' ELSE '' END || CASE WHEN p_cleared THEN '_cleared' ELSE '' END;
    -- Of an advance first what is still lent, then what was spent: each its own posting.
    FOREACH v_part IN ARRAY ARRAY[v_lent, p_fen - v_lent] LOOP
        CONTINUE WHEN v_part = 0;
        e.amount_fen := v_part;
        PERFORM cards_enter_v1(e);
        UPDATE card_repayment x SET returned_fen = x.returned_fen + v_part WHERE x.repayment_id = p_repayment;
    END LOOP;
    UPDATE card_repayment x SET changed_at = p_now,
        state = CASE WHEN x.returned_fen = x.amount_fen THEN 'returned' ELSE 'paid' END
    WHERE x.repayment_id = p_repayment;
    RETURN 0;
END $$;

-- A repayment, its bureau and indicator locked.
CREATE OR REPLACE FUNCTION cards_repayment_v1(p_repayment bigint) RETURNS card_repayment
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    r card_repayment;
BEGIN
    PERFORM pg_advisory_xact_lock(9350, x.bureau_id) FROM card_repayment x WHERE x.repayment_id = p_repayment;
    PERFORM budget_lock_v1(ARRAY[x.indicator_id]) FROM card_repayment x WHERE x.repayment_id = p_repayment;
    SELECT * INTO r FROM card_repayment x WHERE x.repayment_id = p_repayment FOR UPDATE;
    RETURN r;
END $$;
