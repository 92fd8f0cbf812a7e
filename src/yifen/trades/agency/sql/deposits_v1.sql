-- Deposits 4628 and their reversal 4629, and the one way in which documents of the agency reach the ledger.
-- Lock order: the document's row, then ledger_head.

-- One transfer of a document in the home bucket, or the same taken back; answers the day on which it is booked.
CREATE OR REPLACE FUNCTION agency_transfer_v1(
    p_document bigint, p_debit integer, p_credit integer, p_fen bigint, p_now timestamptz, p_back boolean
) RETURNS date LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_home smallint := settlement_home_v1();
    v_day date;
    v_original bigint;
BEGIN
    PERFORM settlement_lock_v1('{}');
    SELECT k.current_day INTO STRICT v_day FROM ledger_book k JOIN ledger_account a USING (book_id)
    WHERE a.account_id = p_credit;
    IF p_back THEN
        SELECT t.transfer_no INTO STRICT v_original FROM document_transfer t
        WHERE t.bucket = v_home AND t.reference_id = p_document AND t.reverses_no IS NULL;
    END IF;
    PERFORM settlement_post_v1(v_home, p_now, ARRAY['posted']::ledger_kind[],
        ARRAY[CASE WHEN p_back THEN p_credit ELSE p_debit END], ARRAY[CASE WHEN p_back THEN p_debit ELSE p_credit END],
        ARRAY[p_fen], ARRAY[NULL]::bigint[], ARRAY[v_original], ARRAY[p_document], ARRAY[0]::bigint[], v_day);
    RETURN v_day;
END $$;

-- The company's slip, and by what its deposit would go: no row, it is no slip of a company that this institution serves.
CREATE OR REPLACE FUNCTION agency_slip_v1(p_unit text, p_number text, p_institution bigint)
RETURNS TABLE (biller_id integer, amount_fen bigint, payer text, core_id integer, transit text, contracting_id bigint,
               merchant text, paid boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.biller_id, s.amount_fen, s.payer, p.core_id, p.transit, p.contracting_id, p.merchant,
           EXISTS (SELECT FROM agency_deposit d WHERE (d.biller_id, d.unit, d.number) = (s.biller_id, s.unit, s.number)
                   AND d.state IN ('asked', 'booked'))
    FROM core_pair p JOIN agency_slip s ON (s.biller_id, s.unit) = (p.biller_id, p.unit)
    WHERE p.unit = p_unit AND s.number = p_number AND agency_below_v1(p_institution, p.contracting_id);
$$;

-- A slip of a company's file is taken in by one who may take them in for the company, and of a unit of its; the owner is free of
-- that. Answers: is it new? NULL: it is not taken.
CREATE OR REPLACE FUNCTION agency_slip_add_v1(p_session text, p_biller integer, p_unit text, p_number text, p_fen bigint,
    p_payer text, p_sha256 bytea, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM core_pair p JOIN partner y ON y.id = p.biller_id
            WHERE p.biller_id = p_biller AND p.unit = p_unit AND (pg_has_role(session_user, current_user, 'MEMBER')
                OR access_may_v1(access_who_v1(p_session), 'agency.slips', y.institution_id, NULL))) THEN
        RETURN NULL;
    END IF;
    INSERT INTO agency_slip (biller_id, unit, number, amount_fen, payer, file_sha256, received_at)
    VALUES (p_biller, p_unit, p_number, p_fen, p_payer, p_sha256, p_now) ON CONFLICT DO NOTHING;
    RETURN FOUND;
END $$;

-- The open shift of whose session this is, if he may work at the desk there: where and in whose name a deposit, a cheque or a
-- commission is taken. It is locked, as its end locks it: none is counted without what was taken in it.
CREATE OR REPLACE FUNCTION agency_desk_v1(p_session text) RETURNS counter_shift
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT h.* FROM counter_shift h WHERE h.teller_id = access_who_v1(p_session) AND h.state = 'open'
        AND access_may_v1(h.teller_id, 'desk.work', h.institution_id, NULL) FOR UPDATE;
$$;

-- A deposit is written down before the core hears of it; `p`: unit, number, biller, amount and means by name. The same again
-- is the same one.
-- Codes: SHIFT_NOT_OPEN, DEPOSIT_UNKNOWN, DEPOSIT_PAID, CHEQUE_HERE_ALREADY (its cheque is out), those of agency_refuses_v1, CHEQUE_NOT_COLLECTED (means internal: no collected
-- cheque of just this slip and amount).
CREATE OR REPLACE FUNCTION agency_deposit_ask_v1(p_session text, p jsonb, p_now timestamptz, OUT code integer, OUT deposit_id bigint, OUT serial text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    d agency_deposit := jsonb_populate_record(NULL::agency_deposit, p);
    h counter_shift := agency_desk_v1(p_session);
    s record;
    v_day date;
    v_there agency_deposit;
BEGIN
    IF h.id IS NULL THEN
        code := @SHIFT_NOT_OPEN;
        RETURN;
    END IF;
    SELECT * INTO s FROM agency_slip_v1(d.unit, d.number, h.institution_id) x WHERE x.biller_id = d.biller_id;
    SELECT k.current_day INTO v_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = d.biller_id;
    PERFORM pg_advisory_xact_lock(8950, d.biller_id);
    SELECT * INTO v_there FROM agency_deposit x
    WHERE (x.biller_id, x.unit, x.number) = (d.biller_id, d.unit, d.number) AND x.state IN ('asked', 'booked');
    code := CASE
        WHEN s.biller_id IS NULL OR d.amount_fen IS DISTINCT FROM s.amount_fen THEN @DEPOSIT_UNKNOWN
        WHEN v_there.deposit_id IS NOT NULL AND (v_there.shift_id, v_there.means) = (h.id, d.means) THEN 0
        WHEN v_there.deposit_id IS NOT NULL THEN @DEPOSIT_PAID
        WHEN d.means <> 'internal' AND EXISTS (SELECT FROM agency_cheque c WHERE (c.biller_id, c.unit, c.number)
                = (d.biller_id, d.unit, d.number) AND c.state IN ('accepted', 'presented', 'collecting', 'collected'))
            THEN @CHEQUE_HERE_ALREADY  -- its money would come and find the slip paid
        ELSE agency_refuses_v1(h.channel_id::integer, d.biller_id, h.institution_id, v_day) END;
    IF code <> 0 OR v_there.deposit_id IS NOT NULL THEN
        deposit_id := CASE code WHEN 0 THEN v_there.deposit_id END;
        serial := CASE code WHEN 0 THEN v_there.serial END;
        RETURN;
    END IF;
    IF d.means = 'internal' THEN
        UPDATE agency_cheque c SET state = 'applied', changed_at = p_now
        WHERE (c.biller_id, c.unit, c.number, c.amount_fen) = (d.biller_id, d.unit, d.number, d.amount_fen)
            AND c.state = 'collected' RETURNING c.cheque_id INTO d.cheque_id;
        IF NOT FOUND THEN
            code := @CHEQUE_NOT_COLLECTED;
            RETURN;
        END IF;
    END IF;
    deposit_id := nextval(pg_get_serial_sequence('agency_deposit', 'deposit_id'));
    serial := 'DP' || to_char(v_day, 'YYYYMMDD') || '-' || deposit_id;
    INSERT INTO agency_deposit (deposit_id, document_id, biller_id, unit, number, amount_fen, means, cheque_id, serial,
        institution_id, channel_id, shift_id, teller_id, made_at, changed_at) OVERRIDING SYSTEM VALUE
    VALUES (deposit_id, -nextval('document_no'), d.biller_id, d.unit, d.number, d.amount_fen, d.means, d.cheque_id, serial,
        h.institution_id, h.channel_id, h.id, h.teller_id, p_now, p_now);
END $$;

-- What became of it at the core is so here: posted, it is booked; refused, it may be tried anew, and its cheque with it.
-- A document and its move are committed together: one without a move was never asked for, and is refused.
CREATE OR REPLACE FUNCTION agency_deposit_follow_v1(p_deposit bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    d agency_deposit;
    m core_move;
    v_debit integer;
    v_credit integer;
    v_day date;
BEGIN
    SELECT * INTO d FROM agency_deposit x WHERE x.deposit_id = p_deposit FOR UPDATE;
    SELECT * INTO m FROM core_move x WHERE x.serial = d.serial;
    IF d.state <> 'asked' OR m.state IN ('asked', 'unknown') THEN
        RETURN d.state;
    ELSIF m.state IS DISTINCT FROM 'done' THEN
        UPDATE agency_deposit SET state = 'refused', code = coalesce(m.code, @CORE_NOT_POSTED), changed_at = p_now WHERE deposit_id = p_deposit;
        UPDATE agency_cheque SET state = 'collected', changed_at = p_now WHERE cheque_id = d.cheque_id AND state = 'applied';
        RETURN 'refused';
    END IF;
    SELECT a.clearing_id, b.transit_id INTO STRICT v_debit, v_credit
    FROM biller b JOIN admission a ON a.biller_id = b.partner_id AND a.channel_id = d.channel_id
    WHERE b.partner_id = d.biller_id;
    v_day := agency_transfer_v1(d.document_id, v_debit, v_credit, d.amount_fen, p_now, false);
    UPDATE agency_deposit SET state = 'booked', business_day = v_day, debit_id = v_debit, credit_id = v_credit,
        changed_at = p_now WHERE deposit_id = p_deposit;
    RETURN 'booked';
END $$;

-- 4629: taken back on its own day by two people in this very transaction, in the shift that took it, for the money goes
-- back to the same box; its cheque is collected money again.
-- Codes: AUTHORISATION_INVALID, DEPOSIT_NOT_BOOKED, DEPOSIT_DAY_OVER (the day, or the shift).
CREATE OR REPLACE FUNCTION agency_deposit_back_v1(p_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('agency.unpay', p_serial);
    v jsonb := (SELECT content FROM access_authorisation WHERE id = v_proposal);
    d agency_deposit;
BEGIN
    PERFORM FROM counter_shift s JOIN agency_deposit x ON x.shift_id = s.id WHERE x.serial = p_serial FOR UPDATE OF s;
    SELECT * INTO d FROM agency_deposit x WHERE x.serial = p_serial FOR UPDATE;
    IF v ->> 'serial' IS DISTINCT FROM p_serial OR d.deposit_id IS NULL THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF d.state <> 'booked' THEN
        RETURN @DEPOSIT_NOT_BOOKED;
    ELSIF d.business_day <> (SELECT k.current_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = d.biller_id)
    THEN
        RETURN @DEPOSIT_DAY_OVER;
    ELSIF NOT EXISTS (SELECT FROM counter_shift s JOIN access_authorisation x ON x.maker_id = s.teller_id
            WHERE s.id = d.shift_id AND s.state = 'open' AND x.id = v_proposal) THEN
        RETURN @DEPOSIT_DAY_OVER;
    END IF;
    PERFORM agency_transfer_v1(d.document_id, d.debit_id, d.credit_id, d.amount_fen, p_now, true);
    UPDATE agency_deposit SET state = 'reversed', back_shift_id = d.shift_id, proposal_id = v_proposal,
        changed_at = p_now WHERE deposit_id = d.deposit_id;
    UPDATE agency_cheque SET state = 'collected', changed_at = p_now WHERE cheque_id = d.cheque_id AND state = 'applied';
    RETURN 0;
END $$;

-- Cash that deposits brought into a shift's drawer, less what it gave back; NULL: of one nobody knows yet.
CREATE OR REPLACE FUNCTION agency_cash_v1(p_shift bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN NOT EXISTS (SELECT FROM agency_deposit d WHERE d.shift_id = p_shift AND d.state = 'asked')
        THEN (SELECT coalesce(sum(x.fen), 0)::bigint FROM (
            SELECT d.amount_fen AS fen FROM agency_deposit d
            WHERE d.shift_id = p_shift AND d.means = 'cash' AND d.state IN ('booked', 'reversed')
            UNION ALL SELECT -d.amount_fen FROM agency_deposit d WHERE d.back_shift_id = p_shift AND d.means = 'cash') x) END;
$$;
