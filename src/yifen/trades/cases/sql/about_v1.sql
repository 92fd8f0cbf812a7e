-- Whose is what people decide about of a court's money? The rows say so.
CREATE OR REPLACE FUNCTION cases_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y WHERE y.id IN (
        SELECT b.partner_id FROM biller b WHERE p.action = 'cases.rule' AND to_jsonb(b.partner_id) = p.content -> 'court_id'
        UNION ALL SELECT c.court_id FROM court_party t JOIN court_case c USING (case_id)
            WHERE p.action = 'cases.payee' AND t.party_id::text = p.subject_key AND to_jsonb(t.party_id) = p.content -> 'party_id'
        UNION ALL SELECT c.court_id FROM court_case c
            WHERE p.action IN ('cases.merge', 'cases.link', 'cases.unlink', 'cases.correct') AND c.case_id::text = p.subject_key AND to_jsonb(c.case_id) = p.content -> 'case'
        UNION ALL SELECT f.court_id FROM court_file f
            WHERE p.action = 'cases.statement' AND f.file_id::text = p.subject_key AND to_jsonb(f.file_id) = p.content -> 'file'
        UNION ALL SELECT n.court_id FROM court_line n
            WHERE p.action = 'cases.explain' AND n.line_id::text = p.subject_key AND to_jsonb(n.line_id) = p.content -> 'line'
        UNION ALL SELECT e.court_id FROM court_entry e WHERE p.action IN ('cases.claim', 'cases.unclaim', 'cases.recall')
            AND e.document_id::text = p.subject_key AND to_jsonb(e.document_id) = p.content -> 'entry');
$$;
