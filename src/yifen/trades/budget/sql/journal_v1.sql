-- The journal of indicators: every entry is a document of the ledger and moves its indicator, in one transaction. What holds and
-- posts is called by the functions of trades, never by a process.

-- The heads of these indicators' buckets and the home one, so that no cut comes between, then their rows: whoever moves
-- several indicators in one transaction calls it first with all of them.
CREATE OR REPLACE FUNCTION budget_lock_v1(p_indicators bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM settlement_lock_v1(ARRAY(SELECT i.bucket FROM budget_indicator i WHERE i.indicator_id = ANY (p_indicators)));
    PERFORM 1 FROM budget_indicator i WHERE i.indicator_id = ANY (p_indicators) ORDER BY i.indicator_id FOR UPDATE;
END $$;

-- An account of a bureau by the name that budget_move gives it.
CREATE OR REPLACE FUNCTION budget_account_v1(p budget_bureau, p_name text) RETURNS integer
LANGUAGE sql IMMUTABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE p_name WHEN 'granted' THEN p.granted_id WHEN 'free' THEN p.free_id WHEN 'quota' THEN p.quota_id
        WHEN 'held' THEN p.held_id WHEN 'used' THEN p.used_id END;
$$;

-- Write an entry, post it and move its indicator. Called inside, the indicator locked; what of it is not given is found here.
-- A refusal is raised as YF001 with its code, so that all goes with it: BUDGET_SHORT, of the ledger.
CREATE OR REPLACE FUNCTION budget_enter_v1(p budget_entry) RETURNS budget_entry
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    b budget_bureau;
    m record;
    i budget_indicator;
BEGIN
    SELECT * INTO STRICT m FROM budget_move x WHERE x.kind = p.kind;
    SELECT * INTO STRICT i FROM budget_indicator x WHERE x.indicator_id = p.indicator_id FOR UPDATE;
    SELECT * INTO STRICT b FROM budget_bureau x WHERE x.bureau_id = i.bureau_id;
    IF p.amount_fen > (CASE m.debit WHEN 'free' THEN i.free_fen WHEN 'quota' THEN i.quota_fen WHEN 'held' THEN i.held_fen
                                   WHEN 'used' THEN i.used_fen ELSE 999999999999999 - i.granted_fen END) THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = @BUDGET_SHORT::text;
    END IF;
    p.document_id := -nextval('document_no'); p.bureau_id := i.bureau_id; p.bucket := i.bucket;
    SELECT k.current_day INTO STRICT p.business_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = i.bureau_id;
    INSERT INTO budget_entry SELECT p.*;
    PERFORM settlement_post_v1(p.bucket, p.at, ARRAY['posted']::ledger_kind[], ARRAY[budget_account_v1(b, m.debit)],
        ARRAY[budget_account_v1(b, m.credit)], ARRAY[p.amount_fen], ARRAY[NULL]::bigint[], ARRAY[NULL]::bigint[],
        ARRAY[p.document_id], ARRAY[p.indicator_id], p.business_day);
    UPDATE budget_indicator x SET
        granted_fen = x.granted_fen + CASE 'granted' WHEN m.debit THEN p.amount_fen WHEN m.credit THEN -p.amount_fen ELSE 0 END,
        free_fen = x.free_fen + CASE 'free' WHEN m.debit THEN -p.amount_fen WHEN m.credit THEN p.amount_fen ELSE 0 END,
        quota_fen = x.quota_fen + CASE 'quota' WHEN m.debit THEN -p.amount_fen WHEN m.credit THEN p.amount_fen ELSE 0 END,
        held_fen = x.held_fen + CASE 'held' WHEN m.debit THEN -p.amount_fen WHEN m.credit THEN p.amount_fen ELSE 0 END,
        used_fen = x.used_fen + CASE 'used' WHEN m.debit THEN -p.amount_fen WHEN m.credit THEN p.amount_fen ELSE 0 END
    WHERE x.indicator_id = p.indicator_id;
    RETURN p;
END $$;

-- An entry of a hold.
CREATE OR REPLACE FUNCTION budget_enter_hold_v1(p budget_hold, p_kind text, p_fen bigint, p_now timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    e budget_entry;
BEGIN
    e.indicator_id := p.indicator_id; e.kind := p_kind; e.amount_fen := p_fen; e.hold_id := p.hold_id; e.at := p_now;
    PERFORM budget_enter_v1(e);
END $$;

-- A hold with its indicator, both locked, and the bureau's moment; NULL: there is none.
CREATE OR REPLACE FUNCTION budget_locked_hold_v1(p_hold bigint, p_now timestamptz, OUT hold budget_hold, OUT indicator budget_indicator,
    OUT at timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM budget_lock_v1(ARRAY[h.indicator_id]) FROM budget_hold h WHERE h.hold_id = p_hold;
    SELECT h.* INTO hold FROM budget_hold h WHERE h.hold_id = p_hold FOR UPDATE;
    SELECT i.* INTO indicator FROM budget_indicator i WHERE i.indicator_id = hold.indicator_id;
    at := payments_moment_v1(indicator.bureau_id, p_now);
END $$;

-- Hold quota for a claim 预留. `key`: its maker's own; asked again alike it answers the same hold. `left_fen`: of the quota, before it.
-- Codes in this order: INDICATOR_UNKNOWN (none of this bureau), BUDGET_HOLD_OTHER (the key held something else, or it has ended),
-- BUDGET_YEAR_CLOSED (not of the year that it is, or ended), BUDGET_HOLD_FIELDS, BUDGET_NOT_ARRIVED, BUDGET_SHORT.
CREATE OR REPLACE FUNCTION budget_hold_v1(
    p_bureau integer, p_indicator bigint, p_fen bigint, p_what text, p_key text, p_now timestamptz,
    OUT code integer, OUT hold_id bigint, OUT left_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    i budget_indicator;
    h budget_hold;
BEGIN
    PERFORM budget_lock_v1(ARRAY[p_indicator]);
    SELECT * INTO i FROM budget_indicator x WHERE x.indicator_id = p_indicator AND x.bureau_id = p_bureau;
    SELECT * INTO h FROM budget_hold x WHERE x.key = p_key;
    p_now := payments_moment_v1(p_bureau, p_now);
    left_fen := i.quota_fen;
    code := CASE
        WHEN i.indicator_id IS NULL THEN @INDICATOR_UNKNOWN
        WHEN h.hold_id IS NOT NULL THEN CASE WHEN (h.indicator_id, h.amount_fen) = (p_indicator, p_fen)
            AND h.posted_fen + h.released_fen < h.amount_fen THEN 0 ELSE @BUDGET_HOLD_OTHER END
        WHEN i.closed_at IS NOT NULL OR i.year <> extract(year FROM budget_today_v1(p_bureau, p_now)) THEN @BUDGET_YEAR_CLOSED
        WHEN (p_fen BETWEEN 1 AND 999999999999999 AND length(p_key) BETWEEN 1 AND 100 AND length(p_what) <= 200) IS NOT TRUE
            THEN @BUDGET_HOLD_FIELDS
        WHEN p_fen > i.quota_fen + i.free_fen THEN @BUDGET_SHORT
        WHEN p_fen > i.quota_fen THEN @BUDGET_NOT_ARRIVED
        ELSE 0 END;
    IF code = 0 AND h.hold_id IS NULL THEN
        INSERT INTO budget_hold (indicator_id, key, what, amount_fen, held_at) VALUES (p_indicator, p_key, p_what, p_fen, p_now)
        RETURNING * INTO h;
        PERFORM budget_enter_hold_v1(h, 'held', p_fen, p_now);
    END IF;
    hold_id := CASE code WHEN 0 THEN h.hold_id END;
END $$;

-- So much of a hold was paid. Codes: BUDGET_HOLD_UNKNOWN, BUDGET_HOLD_TOO_MUCH (more than is held of it still).
CREATE OR REPLACE FUNCTION budget_post_v1(p_hold bigint, p_fen bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM budget_locked_hold_v1(p_hold, p_now);
    IF (v.hold).hold_id IS NULL THEN
        RETURN @BUDGET_HOLD_UNKNOWN;
    ELSIF (p_fen BETWEEN 1 AND (v.hold).amount_fen - (v.hold).posted_fen - (v.hold).released_fen) IS NOT TRUE THEN
        RETURN @BUDGET_HOLD_TOO_MUCH;
    END IF;
    PERFORM budget_enter_hold_v1(v.hold, 'posted', p_fen, v.at);
    UPDATE budget_hold h SET posted_fen = h.posted_fen + p_fen WHERE h.hold_id = p_hold;
    RETURN 0;
END $$;

-- What is held of it still is quota again; nothing is: nothing happens. Code: BUDGET_HOLD_UNKNOWN.
CREATE OR REPLACE FUNCTION budget_release_v1(p_hold bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
    v_fen bigint;
BEGIN
    SELECT * INTO v FROM budget_locked_hold_v1(p_hold, p_now);
    v_fen := (v.hold).amount_fen - (v.hold).posted_fen - (v.hold).released_fen;
    IF v_fen IS NULL THEN
        RETURN @BUDGET_HOLD_UNKNOWN;
    ELSIF v_fen > 0 THEN
        PERFORM budget_enter_hold_v1(v.hold, 'released', v_fen, v.at);
        UPDATE budget_hold h SET released_fen = h.released_fen + v_fen WHERE h.hold_id = p_hold;
    END IF;
    RETURN 0;
END $$;

-- So much of what was paid came back, in a year: in the indicator's own it is quota again; in a later one it is written down as of
-- an earlier year 以前年度, and no quota moves. Codes: BUDGET_HOLD_UNKNOWN, RESTORE_TOO_MUCH (more than was paid and has not come
-- back), BUDGET_YEAR_CLOSED (its year has ended, or the year is none that money can come back in).
CREATE OR REPLACE FUNCTION budget_restore_v1(p_hold bigint, p_fen bigint, p_year integer, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v record;
BEGIN
    SELECT * INTO v FROM budget_locked_hold_v1(p_hold, p_now);
    IF (v.hold).hold_id IS NULL THEN
        RETURN @BUDGET_HOLD_UNKNOWN;
    ELSIF (p_fen BETWEEN 1 AND (v.hold).posted_fen - (v.hold).restored_fen - (v.hold).prior_fen) IS NOT TRUE THEN
        RETURN @RESTORE_TOO_MUCH;
    ELSIF (p_year BETWEEN (v.indicator).year
           AND extract(year FROM budget_today_v1((v.indicator).bureau_id, v.at))) IS NOT TRUE
        OR p_year = (v.indicator).year AND (v.indicator).closed_at IS NOT NULL THEN
        RETURN @BUDGET_YEAR_CLOSED;
    ELSIF p_year > (v.indicator).year THEN
        UPDATE budget_hold h SET prior_fen = h.prior_fen + p_fen WHERE h.hold_id = p_hold;
        RETURN 0;
    END IF;
    PERFORM budget_enter_hold_v1(v.hold, 'restored', p_fen, v.at);
    UPDATE budget_hold h SET restored_fen = h.restored_fen + p_fen WHERE h.hold_id = p_hold;
    RETURN 0;
END $$;
