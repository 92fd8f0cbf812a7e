-- A port is its channel's, money to go back its biller's.
CREATE OR REPLACE FUNCTION deduction_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y
    WHERE p.action = 'deductions.port' AND y.code = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM deduction_back b JOIN deduction d USING (deduction_no)
    JOIN partner y ON y.id = d.biller_id
    WHERE p.action = 'deductions.outside' AND b.number = p.subject_key;
$$;
