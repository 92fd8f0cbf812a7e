-- commission_true_up_v1: what a period's commission still lacks when it closes, or had too much.
--
-- Taken from what is free on the settlement account (mode net), the rest is owed (1122); negative
-- gives back. One a biller and day; a repeat finds it and moves nothing. Rule: P11.
-- Codes: EARLIER_DAY_UNSETTLED, the ledger's, FIGURES_WRONG (no period ends, or not with these figures by
-- the agreement and what was settled).

CREATE OR REPLACE FUNCTION commission_true_up_v1(
    p_biller integer, p_day date, p_now timestamptz, p_mode text, p_fee bigint, p_measure bigint,
    p_period_fen bigint, OUT code integer, OUT document_id bigint, OUT net_fen bigint
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
    v_own integer;
    v_income integer;
    v_owed integer;
    v_day date;
    v_buckets smallint[];
    v record;
    v_text text;
BEGIN
    PERFORM pg_advisory_xact_lock(8401, p_biller);
    SELECT c.document_id, c.net_fen INTO document_id, net_fen FROM commission c
    WHERE c.biller_id = p_biller AND c.business_day = p_day AND c.reason = 'true_up';
    code := CASE WHEN document_id IS NULL AND NOT EXISTS (
                     SELECT FROM settlement s
                     WHERE s.biller_id = p_biller AND s.business_day = p_day)
                 THEN @EARLIER_DAY_UNSETTLED
                 WHEN document_id IS NULL AND NOT EXISTS (
                     SELECT FROM settlement_fee_v1(p_biller, p_day, true) f
                     WHERE f.ends AND (f.mode, f.fee_fen, f.measure, f.period_fen)
                         = (p_mode, p_fee, p_measure, p_period_fen))
                 THEN @FIGURES_WRONG ELSE 0 END;
    IF code <> 0 OR document_id IS NOT NULL THEN
        RETURN;
    END IF;
    v_own := settlement_account_v1(p_biller, 'settlement');
    v_income := settlement_account_v1(p_biller, 'income');
    v_owed := settlement_account_v1(p_biller, 'receivable');
    v_buckets := ARRAY(SELECT f.bucket FROM settlement_free_v1(v_own) f);
    PERFORM settlement_lock_v1(v_buckets);
    SELECT k.current_day INTO STRICT v_day FROM ledger_book k JOIN partner p USING (book_id)
    WHERE p.id = p_biller;
    document_id := -nextval('document_no');
    SELECT CASE WHEN p_mode = 'gross' THEN 0
                ELSE least(p_fee, coalesce(sum(f.free_fen), 0)) END INTO net_fen
    FROM settlement_free_v1(v_own) f WHERE f.bucket = ANY (v_buckets);
    FOR v IN
        WITH stock AS (
            SELECT f.bucket, f.free_fen, sum(f.free_fen) OVER (ORDER BY f.bucket) - f.free_fen
                AS start
            FROM settlement_free_v1(v_own) f WHERE f.bucket = ANY (v_buckets)
        ), moves AS (
            SELECT m.bucket, v_own AS debit, v_income AS credit,
                   least(m.free_fen, net_fen - m.start) AS amount
            FROM stock m WHERE net_fen > m.start
            UNION ALL
            SELECT settlement_home_v1(), v_owed, v_income, p_fee - net_fen WHERE p_fee > net_fen
            UNION ALL
            SELECT settlement_home_v1(), v_income,
                   CASE p_mode WHEN 'gross' THEN v_owed ELSE v_own END, -p_fee
            WHERE p_fee < 0
        )
        SELECT m.bucket, array_agg('posted'::ledger_kind) AS kinds, array_agg(m.debit) AS debits,
               array_agg(m.credit) AS credits, array_agg(m.amount::bigint) AS amounts,
               array_agg(NULL::bigint) AS nones, array_agg(document_id) AS refs,
               array_agg(0::bigint) AS details
        FROM moves m GROUP BY m.bucket ORDER BY m.bucket
    LOOP
        PERFORM settlement_post_v1(v.bucket, p_now, v.kinds, v.debits, v.credits, v.amounts,
                                   v.nones, v.nones, v.refs, v.details, v_day);
    END LOOP;
    INSERT INTO commission VALUES (document_id, p_biller, p_day, 'true_up', p_measure, p_fee,
        net_fen, p_period_fen, p_mode, p_now);
EXCEPTION WHEN SQLSTATE 'YF001' THEN
    GET STACKED DIAGNOSTICS v_text = MESSAGE_TEXT;
    code := v_text::integer;
    document_id := NULL;
    net_fen := 0;
END $$;
