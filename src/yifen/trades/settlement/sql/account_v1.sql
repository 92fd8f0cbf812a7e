-- Accounts of settlement, and the one way in which its documents reach the ledger.
--
-- Lock order of every function of settlement: the biller (advisory) or the document's row, the
-- opening of accounts, then ledger_head in bucket order, then balances.

-- 2011 结算账户, 1122 应收手续费 of a biller; 60303002 代收公共事业费收入 of its book. Opened when
-- they are needed first.
CREATE OR REPLACE FUNCTION settlement_account_v1(p_biller integer, p_kind text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_partner partner;
    v_code text;
    v_account integer;
BEGIN
    SELECT * INTO STRICT v_partner FROM partner WHERE id = p_biller;
    v_code := ledger_code_v1(p_kind, v_partner.book_id, v_partner.code);
    SELECT account_id INTO v_account FROM ledger_account WHERE code = v_code;
    IF FOUND THEN
        RETURN v_account;
    END IF;
    RETURN ledger_open_kind_v1(p_kind, v_partner.book_id, v_partner.code,
                               CASE WHEN p_kind = 'income' THEN '' ELSE v_partner.name END);
END $$;

-- The bucket of what belongs to no payer.
CREATE OR REPLACE FUNCTION settlement_home_v1() RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT min(bucket) FROM ledger_head;
$$;

-- These buckets and the home one, so that no cut comes between.
CREATE OR REPLACE FUNCTION settlement_lock_v1(p_buckets smallint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM 1 FROM ledger_head h
    WHERE h.bucket = ANY (p_buckets) OR h.bucket = settlement_home_v1()
    ORDER BY h.bucket FOR UPDATE;
END $$;

-- Book transfers of one bucket, all linked. A refusal by the ledger is raised as YF001 with its
-- code, so that the caller's whole document goes with it.
CREATE OR REPLACE FUNCTION settlement_post_v1(
    p_bucket smallint, p_now timestamptz, p_kind ledger_kind[], p_debit integer[],
    p_credit integer[], p_amount bigint[], p_pending bigint[], p_reverses bigint[],
    p_reference bigint[], p_detail bigint[], p_day date
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_code integer;
BEGIN
    SELECT max(x.code) FILTER (WHERE x.code <> @LEDGER_LINKED_FAILED) INTO v_code
    FROM ledger_post_v1(p_bucket, p_now, array_fill(1, ARRAY[cardinality(p_kind)]), p_kind,
        p_debit, p_credit, p_amount, p_pending, p_reverses, p_reference, p_detail,
        array_fill(p_day, ARRAY[cardinality(p_kind)])) x;
    IF v_code <> 0 THEN
        RAISE EXCEPTION USING ERRCODE = 'YF001', MESSAGE = v_code::text;
    END IF;
END $$;

-- What is free on an account, a bucket a row.
CREATE OR REPLACE FUNCTION settlement_free_v1(p_account integer)
RETURNS TABLE (bucket smallint, free_fen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT b.bucket, b.credit_posted_fen - b.debit_posted_fen - b.debit_pending_fen
    FROM ledger_balance b
    WHERE b.account_id = p_account
        AND b.credit_posted_fen - b.debit_posted_fen - b.debit_pending_fen > 0
    ORDER BY b.bucket;
$$;
