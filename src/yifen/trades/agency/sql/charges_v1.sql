-- 1078: what a company owes of an agreement's month, as settlement reckoned it, charged once.

-- Of the agreement in force at the end of a month: what its days and its true-up charged, and what of it was not taken out
-- of settled money already. `complete`: the month's last day is settled.
CREATE OR REPLACE FUNCTION agency_owed_v1(p_biller integer, p_month date)
RETURNS TABLE (agreement_id bigint, fee_fen bigint, owed_fen bigint, complete boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT f.agreement_id, coalesce(sum(c.fee_fen), 0)::bigint, coalesce(sum(c.fee_fen - c.net_fen), 0)::bigint,
           EXISTS (SELECT FROM settlement s WHERE s.biller_id = p_biller AND s.business_day = u.last)
    FROM (SELECT (p_month + interval '1 month - 1 day')::date AS last) u
    JOIN agreement_in_force f ON f.biller_id = p_biller AND f.valid_from <= u.last
        AND (f.next_valid_from IS NULL OR f.next_valid_from > u.last)
    LEFT JOIN commission c ON c.biller_id = p_biller AND c.business_day BETWEEN p_month AND u.last
    GROUP BY f.agreement_id, u.last;
$$;

-- Why it cannot be charged now, 0: it can. Codes: CHARGE_DONE, CHARGE_MONTH_OPEN, CHARGE_NOTHING.
CREATE OR REPLACE FUNCTION agency_charge_refuses_v1(p_biller integer, p_month date) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((SELECT CASE
        WHEN EXISTS (SELECT FROM agency_charge x WHERE x.agreement_id = o.agreement_id AND x.month = p_month
                     AND x.state IN ('asked', 'booked')) THEN @CHARGE_DONE
        WHEN NOT o.complete THEN @CHARGE_MONTH_OPEN
        WHEN o.owed_fen <= 0 THEN @CHARGE_NOTHING
        ELSE 0 END FROM agency_owed_v1(p_biller, p_month) o), @CHARGE_NOTHING);
$$;

-- Written down before the core hears of it, in the open shift of this session, of a company of its county. Codes:
-- SHIFT_NOT_OPEN, DEPOSIT_UNKNOWN (another county's), and as agency_charge_refuses_v1.
CREATE OR REPLACE FUNCTION agency_charge_ask_v1(p_session text, p_biller integer, p_month date, p_now timestamptz, OUT code integer, OUT charge_id bigint,
    OUT serial text, OUT amount_fen bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    h counter_shift := agency_desk_v1(p_session);
    o record;
BEGIN
    PERFORM pg_advisory_xact_lock(8950, p_biller);
    SELECT * INTO o FROM agency_owed_v1(p_biller, p_month);
    code := CASE WHEN h.id IS NULL THEN @SHIFT_NOT_OPEN
        WHEN NOT EXISTS (SELECT FROM core_pair p WHERE p.biller_id = p_biller
                         AND agency_below_v1(h.institution_id, p.contracting_id)) THEN @DEPOSIT_UNKNOWN
        ELSE agency_charge_refuses_v1(p_biller, p_month) END;
    IF code <> 0 THEN
        RETURN;
    END IF;
    amount_fen := o.owed_fen;
    charge_id := nextval(pg_get_serial_sequence('agency_charge', 'charge_id'));
    serial := 'SF' || to_char(p_month, 'YYYYMM') || '-' || charge_id;
    INSERT INTO agency_charge (charge_id, document_id, biller_id, agreement_id, month, amount_fen, serial, institution_id,
        channel_id, teller_id, made_at, changed_at) OVERRIDING SYSTEM VALUE
    VALUES (charge_id, -nextval('document_no'), p_biller, o.agreement_id, p_month, amount_fen, serial, h.institution_id,
        h.channel_id, h.teller_id, p_now, p_now);
END $$;

-- Posted at the core, it is booked here: the counter's clearing account against 1122, which settlement opened.
CREATE OR REPLACE FUNCTION agency_charge_follow_v1(p_charge bigint, p_now timestamptz) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    c agency_charge;
    m core_move;
    v_debit integer;
    v_credit integer;
    v_day date;
BEGIN
    SELECT * INTO c FROM agency_charge x WHERE x.charge_id = p_charge FOR UPDATE;
    SELECT * INTO m FROM core_move x WHERE x.serial = c.serial;
    IF c.state <> 'asked' OR m.state IN ('asked', 'unknown') THEN
        RETURN c.state;
    ELSIF m.state IS DISTINCT FROM 'done' THEN
        UPDATE agency_charge SET state = 'refused', code = coalesce(m.code, @CORE_NOT_POSTED), changed_at = p_now WHERE charge_id = p_charge;
        RETURN 'refused';
    END IF;
    SELECT a.clearing_id INTO STRICT v_debit FROM admission a
    WHERE a.biller_id = c.biller_id AND a.channel_id = c.channel_id;
    v_credit := settlement_account_v1(c.biller_id, 'receivable');
    v_day := agency_transfer_v1(c.document_id, v_debit, v_credit, c.amount_fen, p_now, false);
    UPDATE agency_charge SET state = 'booked', business_day = v_day, debit_id = v_debit, credit_id = v_credit,
        changed_at = p_now WHERE charge_id = p_charge;
    RETURN 'booked';
END $$;

-- Taken back on its own day by two people. Codes: AUTHORISATION_INVALID, CHARGE_NOT_BOOKED, DEPOSIT_DAY_OVER.
CREATE OR REPLACE FUNCTION agency_charge_back_v1(p_serial text, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_proposal bigint := access_settled_v1('agency.uncharge', p_serial);
    c agency_charge;
BEGIN
    SELECT * INTO c FROM agency_charge x WHERE x.serial = p_serial FOR UPDATE;
    IF v_proposal IS NULL OR c.charge_id IS NULL
            OR p_serial IS DISTINCT FROM (SELECT x.content ->> 'serial' FROM access_authorisation x WHERE x.id = v_proposal) THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF c.state <> 'booked' THEN
        RETURN @CHARGE_NOT_BOOKED;
    ELSIF c.business_day <> (SELECT k.current_day FROM partner y JOIN ledger_book k USING (book_id) WHERE y.id = c.biller_id)
    THEN
        RETURN @DEPOSIT_DAY_OVER;
    END IF;
    PERFORM agency_transfer_v1(c.document_id, c.debit_id, c.credit_id, c.amount_fen, p_now, true);
    UPDATE agency_charge SET state = 'reversed', proposal_id = v_proposal, changed_at = p_now WHERE charge_id = c.charge_id;
    RETURN 0;
END $$;
