-- onboarding_open_sandbox_v1: the sandbox's book 沙箱账簿, and no other: books with real money are
-- opened by the owner, once. A repeat changes nothing.

CREATE OR REPLACE FUNCTION onboarding_open_sandbox_v1(p_day date) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT ledger_open_book_v1(900, 'sandbox', '沙箱账簿', '00:00', p_day);
$$;

-- What an account of the sandbox's own biller always owes: an open amount, and bills to pay exactly or in
-- part. One that is there stays as it is; another biller's get nothing. Answers how many were written.
CREATE OR REPLACE FUNCTION onboarding_trial_bills_v1(
    p_bucket smallint, p_biller integer, p_account text, p_name text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_rows integer;
BEGIN
    IF NOT EXISTS (SELECT FROM partner WHERE id = p_biller AND book_id = 900 AND code = 'TRIAL')
        OR EXISTS (SELECT FROM payer WHERE (bucket, biller_id, account_no)
                   = (p_bucket, p_biller, p_account))
    THEN
        RETURN 0;
    END IF;
    PERFORM payments_import_payers_v1(p_bucket, ARRAY[p_biller], ARRAY[p_account], ARRAY[p_name]);
    SELECT payments_import_payables_v1(
        p_bucket, array_agg(p_biller), array_agg(p_account), array_agg(b.ref), array_agg(b.title),
        array_agg(b.mode), array_agg(b.due), array_agg(1::bigint), array_agg(b.most),
        array_agg(NULL::date), array_agg(NULL::integer))
    INTO v_rows FROM (
        SELECT 'TOPUP' AS ref, '预存' AS title, 'open'::payable_mode AS mode, 0::bigint AS due,
               10000000::bigint AS most
        UNION ALL
        SELECT 'B' || lpad(n::text, 3, '0'), '试用账单 ' || n,
               CASE n % 2 WHEN 1 THEN 'exact' ELSE 'partial' END::payable_mode, n * 100,
               999999999999999
        FROM generate_series(1, 99) n) b;
    RETURN v_rows;
END $$;
