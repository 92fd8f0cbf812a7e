-- The chart of accounts 会计科目: which kinds there are, how they are numbered, named and limited.
--
-- `{book}` and `{key}` stand for the book's id and for whose account it is (a partner's code).

CREATE OR REPLACE FUNCTION ledger_chart_v1()
RETURNS TABLE (kind text, number text, title text, side text, limited ledger_limit)
LANGUAGE sql IMMUTABLE AS $$
    VALUES ('bank', '1002.{key}', '银行存款', 'asset', 'none'::ledger_limit),
           ('clearing', '1121.{book}.{key}', '清算账户', 'asset', 'none'),
           ('receivable', '1122.{key}', '应收手续费', 'asset', 'none'),
           ('claim', '1221.{key}', '应收退款追偿', 'asset', 'none'),
           ('short', '1221.{book}.SHORT', '应收短款', 'asset', 'debit_covers_credit'),
           ('settlement', '2011.{key}', '结算账户', 'liability', 'credit_covers_debit'),
           ('transit', '2241.{key}', '过渡账户', 'liability', 'credit_covers_debit'),
           ('suspense', '2241.{book}.SUSPENSE', '待查长款', 'liability', 'credit_covers_debit'),
           ('bill_receivable', '1123.{key}', '应收费用', 'asset', 'debit_covers_credit'),
           ('bill_collected', '1124.{key}', '已收费用', 'asset', 'none'),
           ('bill_prepaid', '2203.{key}', '预收费用', 'liability', 'credit_covers_debit'),
           ('billed', '6001.{key}', '账单收入', 'income', 'none'),
           ('bill_loss', '6701.{key}', '坏账损失', 'expense', 'none'),
           ('income', '6030.3002.{book}', '代收公共事业费收入', 'income', 'none'),
           ('fee', '6421.{book}.{key}', '渠道手续费支出', 'expense', 'none');
$$;

-- The code of an account of a kind; no row of the chart: NULL.
CREATE OR REPLACE FUNCTION ledger_code_v1(p_kind text, p_book integer, p_key text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
    SELECT replace(replace(c.number, '{book}', p_book::text), '{key}', p_key)
    FROM ledger_chart_v1() c WHERE c.kind = p_kind;
$$;

-- Open the account of a kind, or find it: its title, and behind it whose it is.
CREATE OR REPLACE FUNCTION ledger_open_kind_v1(
    p_kind text, p_book integer, p_key text, p_whose text
) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_row record;
BEGIN
    SELECT * INTO STRICT v_row FROM ledger_chart_v1() c WHERE c.kind = p_kind;
    RETURN ledger_open_account_v1(p_book, ledger_code_v1(p_kind, p_book, p_key),
                                  rtrim(v_row.title || ' ' || p_whose), v_row.side, v_row.limited);
END $$;
