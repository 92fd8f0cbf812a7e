-- A payout is its biller's; what is agreed is the company's that it names, a bank's key the bank's, a bank its institution's.
CREATE OR REPLACE FUNCTION settlement_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y WHERE y.id = CASE
        WHEN p.action = 'payouts.mark' THEN (SELECT o.biller_id FROM payout o WHERE o.reference = p.subject_key)
        WHEN p.action = 'payouts.again' AND y.code = p.subject_key THEN (p.content ->> 'biller')::bigint
        WHEN p.action = 'settlement.agreement' THEN (p.content #>> '{rows,agreement,biller_id}')::bigint
        WHEN p.action = 'settlement.payee' THEN (p.content #>> '{rows,payee,biller_id}')::bigint
        WHEN p.action = 'settlement.bank_key' THEN (p.content ->> 'bank')::bigint
        WHEN p.action IN ('settlement.place', 'settlement.shares') THEN (p.content ->> 'biller_id')::bigint END
    UNION ALL SELECT (p.content #>> '{rows,partner,institution_id}')::bigint, NULL WHERE p.action = 'settlement.bank'
    UNION ALL SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'settlement.bank' AND y.code = p.subject_key;
$$;
