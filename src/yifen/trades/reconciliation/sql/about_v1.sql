-- A file and a difference are their partner's, a payment is its biller's, rules are of the partner that they name; a layout
-- is everybody's whose files are read by it, and a new one is whose people propose it.
CREATE OR REPLACE FUNCTION recon_about_v1(p access_authorisation)
RETURNS TABLE (institution bigint, partner bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT y.institution_id, y.id::bigint FROM partner y WHERE y.id IN (
        SELECT f.partner_id FROM recon_file f WHERE f.file_id::text = p.subject_key
            AND p.action IN ('recon.file', 'recon.withdraw') AND to_jsonb(f.file_id) = p.content -> 'file'
        UNION ALL SELECT i.partner_id FROM recon_item i WHERE i.item_id::text = p.subject_key
            AND p.action IN ('repair', 'repair.release') AND to_jsonb(i.item_id) = p.content -> 'item'
        UNION ALL SELECT x.biller_id FROM payment x WHERE p.action IN ('repair.undecided', 'payments.chargeback')
            AND x.payment_id::text = p.subject_key AND x.bucket = (p.content ->> 'payment')::bigint % 1000
            AND x.payment_id = (p.content ->> 'payment')::bigint
        UNION ALL SELECT (p.content ->> 'partner')::bigint WHERE p.action = 'recon.rules'
        UNION ALL SELECT r.partner_id FROM recon_profile r
            WHERE p.action = 'recon.layout' AND r.layout_id = (p.content ->> 'layout')::bigint)
    UNION ALL SELECT p.institution_id, p.partner_id WHERE p.action = 'recon.layout' AND NOT EXISTS (
        SELECT FROM recon_profile r WHERE r.layout_id = (p.content ->> 'layout')::bigint);
$$;
