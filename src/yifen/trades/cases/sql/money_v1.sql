-- The journal of case money: every entry is a document of the ledger and moves its sub-account, in one transaction.

-- Write an entry, post it and move its sub-account's balance. Called inside; what of it is not given is found here. Heads are
-- locked in bucket order. A refusal is raised as YF001 with its code, so that all goes with it: CASE_SHORT, of the ledger.
CREATE OR REPLACE FUNCTION cases_enter_v1(p court_entry) RETURNS court_entry
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_home smallint := settlement_home_v1();
    c court;
    v record;
    v_spent bigint;
    v_code integer;
BEGIN
    SELECT * INTO STRICT c FROM court x WHERE x.court_id = p.court_id;
    IF p.account_no IS NULL THEN
        p.bucket := v_home; p.payable_id := NULL;
    ELSE
        SELECT a.bucket, coalesce(p.payable_id, a.payable_id) INTO STRICT p.bucket, p.payable_id
        FROM court_account a WHERE a.court_id = p.court_id AND a.account_no = p.account_no;
    END IF;
    p.document_id := -nextval('document_no');
    PERFORM settlement_lock_v1(ARRAY[p.bucket]);
    SELECT k.current_day INTO STRICT p.business_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = p.court_id;
    INSERT INTO court_entry SELECT p.*;
    -- What is limited rises before it falls: the leg of the case comes last where it falls, first where it rises.
    FOR v IN
        SELECT m.bucket, m.debit, m.credit FROM (VALUES
            ('announced', 1, p.bucket, c.coming_id, c.money_id), ('recalled', 1, p.bucket, c.money_id, c.coming_id),
            ('collected', 1, p.bucket, c.coming_id, c.money_id), ('given_back', 1, p.bucket, c.money_id, c.coming_id),
            ('arrived', 1, v_home, c.main_id, c.coming_id), ('transfer', 1, p.bucket, c.main_id, c.money_id),
            ('unknown', 1, v_home, c.main_id, c.unknown_id), ('claimed', 1, v_home, c.unknown_id, c.main_id),
            ('claimed', 2, p.bucket, c.main_id, c.money_id), ('unclaimed', 1, p.bucket, c.money_id, c.main_id),
            ('unclaimed', 2, v_home, c.main_id, c.unknown_id), ('moved_out', 1, p.bucket, c.money_id, c.main_id),
            ('moved_in', 1, p.bucket, c.main_id, c.money_id), ('interest', 1, v_home, c.main_id, c.interest_id),
            ('fee', 1, v_home, c.fee_id, c.main_id), ('payout', 1, p.bucket, c.money_id, c.main_id),
            ('returned', 1, p.bucket, c.main_id, c.money_id), ('sent_back', 1, v_home, c.unknown_id, c.main_id),
            ('came_back', 1, v_home, c.main_id, c.unknown_id), ('levied', 1, p.bucket, c.money_id, c.main_id),
            ('interest_in', 1, v_home, c.interest_id, c.main_id), ('interest_in', 2, p.bucket, c.main_id, c.money_id),
            ('unknown_out', 1, v_home, c.unknown_id, c.main_id), ('interest_out', 1, v_home, c.interest_id, c.main_id)) AS m (kind, leg, bucket, debit, credit)
        WHERE m.kind = p.kind ORDER BY m.leg
    LOOP
        PERFORM settlement_post_v1(v.bucket, p.at, ARRAY['posted']::ledger_kind[], ARRAY[v.debit], ARRAY[v.credit],
            ARRAY[p.amount_fen], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[], ARRAY[p.document_id], ARRAY[0]::bigint[],
            p.business_day);
    END LOOP;
    -- A payout was taken off when it was sent (cases_take_off_v1).
    v_spent := CASE WHEN p.kind IN ('unclaimed', 'recalled', 'moved_out', 'levied') THEN p.amount_fen
                    WHEN p.kind IN ('transfer', 'announced', 'claimed', 'moved_in', 'returned', 'interest_in') THEN -p.amount_fen END;
    IF v_spent IS NOT NULL THEN
        v_code := (payments_spend_v1(p.bucket, ARRAY[p.payable_id], ARRAY[v_spent]))[1];
        IF v_code <> 0 THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001',
                MESSAGE = CASE v_code WHEN @BALANCE_SHORT THEN @CASE_SHORT WHEN @PAYABLE_WITHDRAWN THEN @CASE_NOT_OPEN
                               ELSE v_code END::text;
        END IF;
    END IF;
    IF p.account_no IS NOT NULL THEN
        PERFORM cases_tell_v1(p.court_id, p.account_no, p.at);
    END IF;
    RETURN p;
END $$;

-- What channels took for a court's cases, and gave back, since it was looked at last. The bucket's head is locked, so none
-- appears behind: the worker's, every few seconds, and called before other acts. Answers how many entries were written.
CREATE OR REPLACE FUNCTION cases_follow_v1(p_court integer, p_bucket smallint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    e court_entry;
    v_from bigint;
    v_to bigint;
    v_count integer := 0;
BEGIN
    PERFORM settlement_lock_v1(ARRAY[p_bucket]);
    p_now := payments_moment_v1(p_court, p_now);
    SELECT h.transfer_no INTO STRICT v_to FROM ledger_head h WHERE h.bucket = p_bucket;
    SELECT f.transfer_no INTO v_from FROM court_followed f WHERE f.court_id = p_court AND f.bucket = p_bucket FOR UPDATE;
    FOR v IN
        SELECT x.* FROM court_payment x
        WHERE x.court_id = p_court AND x.bucket = p_bucket AND x.transfer_no > coalesce(v_from, 0) AND x.transfer_no <= v_to
        ORDER BY x.transfer_no
    LOOP
        e.court_id := p_court; e.account_no := v.account_no; e.payable_id := v.payable_id; e.amount_fen := abs(v.fen);
        e.kind := CASE WHEN v.fen > 0 THEN 'collected' ELSE 'given_back' END;
        e.payment_id := v.payment_id; e.transfer_no := v.transfer_no; e.came_at := v.came_at; e.at := p_now;
        PERFORM cases_enter_v1(e);
        v_count := v_count + 1;
    END LOOP;
    IF v_count > 0 OR v_to - coalesce(v_from, 0) > 10000 THEN
        INSERT INTO court_followed AS f VALUES (p_court, p_bucket, v_to)
        ON CONFLICT (court_id, bucket) DO UPDATE SET transfer_no = excluded.transfer_no;
    END IF;
    RETURN v_count;
END $$;

-- What of a sub-account's money is on its way to the main account: what a bank told of and its statement does not show yet; of what
-- channels took, the newest that the court's account 1125 still has.
CREATE OR REPLACE FUNCTION cases_coming_v1(p_court integer, p_account text) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_left bigint;
    v_mine bigint := (SELECT coalesce(sum(a.amount_fen), 0) FROM court_announced a
        WHERE a.court_id = p_court AND a.account_no = p_account AND NOT a.arrived);
BEGIN
    SELECT sum(CASE e.kind WHEN 'collected' THEN e.amount_fen ELSE -e.amount_fen END) INTO v_left
    FROM court_entry e WHERE e.court_id = p_court AND e.kind IN ('collected', 'given_back', 'arrived')
        AND NOT EXISTS (SELECT FROM court_line n JOIN court_announced a ON a.court_id = n.court_id AND a.serial = n.serial
            WHERE n.line_id = e.line_id);
    FOR v IN
        SELECT e.account_no, e.amount_fen - coalesce((SELECT sum(g.amount_fen) FROM court_entry g
            WHERE g.court_id = p_court AND g.account_no = e.account_no AND g.kind = 'given_back'
                AND g.payment_id = e.payment_id), 0) AS fen
        FROM court_entry e WHERE e.court_id = p_court AND e.kind = 'collected' ORDER BY e.document_id
    LOOP
        EXIT WHEN v_left <= 0;
        v_mine := v_mine + CASE WHEN v.account_no = p_account THEN least(v.fen, v_left) ELSE 0 END;
        v_left := v_left - v.fen;
    END LOOP;
    RETURN v_mine;
END $$;

-- Unidentified money is claimed 认领 by two people: whole or in part, for one case or split among several, all of it or nothing.
-- `way`: how the money came, as its evidence says. Codes: CASE_NOT_AGREED, MONEY_UNKNOWN, CLAIM_PARTS_WRONG, CLAIM_TOO_MUCH,
-- CASE_UNKNOWN, CASE_NOT_OPEN.
CREATE OR REPLACE FUNCTION cases_claim_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    t record;
    u court_entry;
    e court_entry;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.claim', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    p_now := payments_moment_v1(v.court_id, p_now);
    SELECT * INTO u FROM court_entry x WHERE x.document_id = (v.content ->> 'entry')::bigint AND x.court_id = v.court_id
        AND x.kind IN ('unknown', 'unclaimed');
    IF u.document_id IS NULL THEN
        RETURN @MONEY_UNKNOWN;
    ELSIF (SELECT count(*) BETWEEN 1 AND 50 AND count(*) = count(DISTINCT x.case_id) AND bool_and(x.evidence <> '')
           FROM cases_parts_v1(v.content) x) IS NOT TRUE
        OR coalesce(v.content ->> 'way', '') NOT IN ('transfer', 'pos', 'cash', 'other') THEN
        RETURN @CLAIM_PARTS_WRONG;
    ELSIF (SELECT bool_and(x.amount_fen BETWEEN 1 AND 999999999999999) AND sum(x.amount_fen) <= cases_unclaimed_v1(u)
           FROM cases_parts_v1(v.content) x) IS NOT TRUE THEN
        RETURN @CLAIM_TOO_MUCH;
    END IF;
    PERFORM settlement_lock_v1(ARRAY(SELECT a.bucket FROM cases_parts_v1(v.content) x JOIN court_account a USING (case_id)));
    FOR t IN SELECT x.*, a.account_no, a.state FROM cases_parts_v1(v.content) x
             LEFT JOIN court_account a ON a.case_id = x.case_id AND a.court_id = v.court_id LOOP
        IF t.account_no IS NULL THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @CASE_UNKNOWN::text;
        ELSIF t.state <> 'open' THEN
            RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @CASE_NOT_OPEN::text;
        END IF;
        e := NULL;
        e.court_id := v.court_id; e.kind := 'claimed'; e.of_id := u.document_id; e.came_at := u.came_at; e.at := p_now;
        e.proposal_id := p_proposal; e.account_no := t.account_no; e.amount_fen := t.amount_fen; e.way := v.content ->> 'way';
        PERFORM cases_enter_v1(e);
    END LOOP;
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;

-- The parts of a claim: so much for which case, and what proves it.
CREATE OR REPLACE FUNCTION cases_parts_v1(p_content jsonb)
RETURNS TABLE (case_id bigint, amount_fen bigint, evidence text)
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t."case", t.amount_fen, t.evidence
    FROM jsonb_to_recordset(p_content -> 'parts') AS t ("case" bigint, amount_fen bigint, evidence text);
$$;

-- What nobody has claimed yet of unidentified money, the bank did not take out again, and no application sends back to its payer.
CREATE OR REPLACE FUNCTION cases_unclaimed_v1(p court_entry) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.amount_fen - coalesce((SELECT sum(e.amount_fen) FROM court_entry e
        WHERE e.of_id = p.document_id AND e.kind IN ('claimed', 'unknown_out')), 0)::bigint - cases_refunded_v1(p.document_id);
$$;

-- From where an entry's money is taken back: its sub-account and payable, or, of a case that was merged meanwhile, those that
-- it went to. NULL: not so much of it went there.
CREATE OR REPLACE FUNCTION cases_back_v1(p court_entry, OUT account_no text, OUT bucket smallint, OUT payable_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    m record;
    v_taken bigint := (SELECT coalesce(sum(y.amount_fen), 0) FROM court_entry y JOIN court_entry x ON x.document_id = y.of_id
        WHERE y.kind IN ('unclaimed', 'recalled') AND x.bucket = p.bucket AND x.payable_id = p.payable_id AND y.payable_id <> p.payable_id);
BEGIN
    SELECT p.account_no, p.bucket, p.payable_id INTO account_no, bucket, payable_id;
    LOOP
        SELECT i.account_no, i.bucket, i.payable_id, i.amount_fen INTO m
        FROM court_entry o JOIN court_entry i ON i.of_id = o.document_id AND i.kind = 'moved_in'
        WHERE o.court_id = p.court_id AND o.account_no = cases_back_v1.account_no AND o.payable_id = cases_back_v1.payable_id
            AND o.kind = 'moved_out';
        EXIT WHEN NOT FOUND;
        IF m.amount_fen < p.amount_fen + v_taken THEN
            SELECT NULL, NULL, NULL INTO account_no, bucket, payable_id;
            EXIT;
        END IF;
        SELECT m.account_no, m.bucket, m.payable_id INTO account_no, bucket, payable_id;
    END LOOP;
END $$;

-- What was transferred or claimed is unidentified again 撤销认领, whole, by two people; of a case that was merged meanwhile, from
-- the one that it went to. Codes: CASE_NOT_AGREED, ENTRY_STAYS, CASE_SHORT, CASE_NOT_OPEN, CASE_PROMISED (it is refunded, or is
-- about to be; what is left would not do for what is held or applied for).
CREATE OR REPLACE FUNCTION cases_unclaim_v1(p_proposal bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    e court_entry;
BEGIN
    SELECT * INTO v FROM cases_agreed_v1('cases.unclaim', p_proposal);
    IF v.court_id IS NULL THEN
        RETURN @CASE_NOT_AGREED;
    END IF;
    PERFORM pg_advisory_xact_lock(9010, v.court_id);
    SELECT * INTO e FROM court_entry x WHERE x.document_id = (v.content ->> 'entry')::bigint AND x.court_id = v.court_id
        AND (x.kind IN ('transfer', 'claimed') OR EXISTS (
            SELECT FROM court_announced a WHERE a.document_id = x.document_id AND a.arrived)) AND NOT EXISTS (
            SELECT FROM court_entry y WHERE y.of_id = x.document_id AND y.kind = 'unclaimed');
    IF e.document_id IS NULL THEN
        RETURN @ENTRY_STAYS;
    ELSIF cases_refunded_v1(e.document_id) > 0 THEN
        RETURN @CASE_PROMISED;
    END IF;
    e.kind := 'unclaimed'; e.of_id := e.document_id; e.at := payments_moment_v1(v.court_id, p_now); e.line_id := NULL;
    e.proposal_id := p_proposal; e.way := NULL;
    SELECT b.account_no, b.payable_id INTO e.account_no, e.payable_id FROM cases_back_v1(e) b;
    IF e.account_no IS NULL THEN
        RETURN @CASE_SHORT;
    ELSIF (SELECT f.held_fen + f.promised_fen > 0 AND e.amount_fen > f.balance_fen - f.held_fen - f.promised_fen
           FROM cases_free_v1(e.court_id, e.account_no, NULL) f) THEN
        RETURN @CASE_PROMISED;
    END IF;
    PERFORM cases_enter_v1(e);
    RETURN 0;
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    RETURN SQLERRM::integer;
END $$;
