-- Does the agency ask the core for just this move? A deposit, charge or sweep that is asked, a cheque that is being
-- collected, each of its own fen under its own serial; the undo of what two people took back, or of a cheque that came back.
CREATE OR REPLACE FUNCTION agency_moves_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT NOT p.needs_pin AND EXISTS (
        SELECT FROM (
            SELECT 'agency_deposit:' || d.deposit_id AS document, d.serial, d.amount_fen, '4628' AS what, '4629' AS undo,
                d.institution_id, u.login AS teller, d.biller_id, d.state = 'asked' AS is_asked, d.state = 'reversed' AS is_back
            FROM agency_deposit d JOIN access_user u ON u.id = d.teller_id WHERE d.serial = coalesce(p.undoes, p.serial)
            UNION ALL
            SELECT 'agency_charge:' || c.charge_id, c.serial, c.amount_fen, '1078', '1078', c.institution_id, u.login,
                c.biller_id, c.state = 'asked', c.state = 'reversed'
            FROM agency_charge c JOIN access_user u ON u.id = c.teller_id WHERE c.serial = coalesce(p.undoes, p.serial)
            UNION ALL
            SELECT 'agency_sweep:' || w.sweep_id, w.serial, w.amount_fen, 'EOD', '', k.contracting_id, 'night', w.biller_id,
                w.state = 'asked', false
            FROM agency_sweep w JOIN core_pair k USING (biller_id) WHERE w.serial = coalesce(p.undoes, p.serial)
            UNION ALL
            SELECT 'agency_cheque:' || q.cheque_id, q.serial, q.amount_fen, '4628', '4628', q.exchange_id, 'exchange', NULL,
                q.state = 'collecting', q.state = 'refunding'
            FROM agency_cheque q WHERE q.serial = coalesce(p.undoes, p.serial)) x
        WHERE (x.document, x.amount_fen, x.institution_id) = (p.document, p.amount_fen, p.institution_id)
            AND x.biller_id IS NOT DISTINCT FROM p.biller_id
            AND CASE WHEN p.undoes IS NOT NULL THEN x.is_back AND p.what = x.undo
                     ELSE x.is_asked AND (p.what, p.teller) = (x.what, x.teller) END);
$$;
