-- Accounts of the chart 会计科目, which is made of what the plugs name (`accounts`; `ledger_chart_v1`).

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
