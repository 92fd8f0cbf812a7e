-- A rule and a batch are their biller's.
CREATE OR REPLACE FUNCTION debits_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y
    WHERE p.action = 'debits.rule' AND y.id = (p.content ->> 'biller_id')::bigint
    UNION ALL SELECT y.institution_id, y.id FROM debit_batch b JOIN partner y ON y.id = b.biller_id
    WHERE p.action = 'debits.let_go' AND b.serial = p.subject_key;
$$;
