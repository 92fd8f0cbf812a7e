-- A mandate is of the institution where it was signed, as it is and as it will be; a rule is its biller's.
CREATE OR REPLACE FUNCTION mandates_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p.content ->> 'institution_id')::bigint, NULL::bigint WHERE p.action = 'mandates.sign'
    UNION ALL SELECT m.institution_id, NULL FROM mandate m WHERE p.action = 'mandates.sign' AND m.number = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'mandates.rule' AND y.id::text = p.subject_key;
$$;
