-- A core is its institution's, as it is and as it will be; a pair its biller's; a move's result of who made the move.
CREATE OR REPLACE FUNCTION corebank_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (p.content ->> 'institution')::bigint, NULL::bigint WHERE p.action = 'corebank.bank'
    UNION ALL SELECT b.institution_id, NULL FROM core_bank b WHERE p.action = 'corebank.bank' AND b.code = p.subject_key
    UNION ALL SELECT y.institution_id, y.id FROM partner y WHERE p.action = 'corebank.pair' AND y.id::text = p.subject_key
    UNION ALL SELECT m.institution_id, NULL FROM core_move m WHERE p.action = 'corebank.close' AND m.serial = p.subject_key;
$$;
