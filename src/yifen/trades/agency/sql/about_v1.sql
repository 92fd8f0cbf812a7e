-- An admission is of the county that asks for it; deposits and commissions are of the outlet
-- that took them.
CREATE OR REPLACE FUNCTION agency_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p.content ->> 'institution_id')::bigint, NULL::bigint WHERE p.action = 'agency.admission'
    UNION ALL SELECT d.institution_id, NULL FROM agency_deposit d WHERE p.action = 'agency.unpay' AND d.serial = p.subject_key
    UNION ALL SELECT c.institution_id, NULL FROM agency_charge c WHERE p.action = 'agency.uncharge' AND c.serial = p.subject_key;
$$;
