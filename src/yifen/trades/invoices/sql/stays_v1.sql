-- A teller who changes his branch has handed in his papers, good and void. Code: TELLER_HAS_PAPERS.
CREATE OR REPLACE FUNCTION invoices_stays_v1(p_user bigint) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT CASE WHEN EXISTS (SELECT FROM invoice_range r WHERE r.user_id = p_user AND r.state IN ('hand', 'blocked', 'void'))
            OR EXISTS (SELECT FROM invoice_transfer t WHERE t.state = 'offered' AND p_user IN (t.from_user, t.to_user))
        THEN @TELLER_HAS_PAPERS ELSE 0 END;
$$;
