-- May the posting of this collection be undone? A serial's bucket is no business of SQL: each is asked.
CREATE OR REPLACE FUNCTION counter_undone_v1(p_entry bigint, p_serial text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.serial = p_serial AND e.original_id IS NULL
        AND NOT EXISTS (SELECT FROM counter_entry b JOIN core_move m ON m.document = 'counter_entry:' || b.id
                        WHERE b.original_id = e.id AND m.undoes IS NULL AND m.state <> 'refused')
        AND CASE WHEN y.payment_id IS NULL
            THEN e.state = 'refused' OR EXISTS (SELECT FROM core_move m WHERE m.serial = p_serial AND m.state IN ('asked', 'unknown'))
            ELSE EXISTS (SELECT FROM payment_return r WHERE (r.bucket, r.payment_id) = (y.bucket, y.payment_id)
                         AND (r.verb, r.left_fen) = ('reverse', 0) AND r.booked_at IS NOT NULL) END
    FROM counter_entry e LEFT JOIN LATERAL (
        SELECT y.bucket, y.payment_id FROM ledger_head h
        JOIN payment_serial s ON (s.bucket, s.partner_id, s.serial) = (h.bucket, e.channel_id, e.serial) AND s.verb = 'charge'
        JOIN payment y ON (y.bucket, y.payment_id) = (s.target_bucket, s.payment_id)
        WHERE (y.payer_state, y.biller_state) <> ('returned', 'rejected')) y ON true
    WHERE e.id = p_entry;
$$;

-- Does the desk ask the core for just this move? Of the hub's records, for entries say what a page wrote: a collection that is
-- under way; what gives back a return that the hub booked, by a move of its own; an undo of a collection that the hub never
-- booked and never will, or that it reversed, and that no other move gave back.
CREATE OR REPLACE FUNCTION counter_moves_v1(p core_move) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM counter_entry e JOIN access_user u ON u.id = e.teller_id LEFT JOIN counter_entry o ON o.id = e.original_id
        WHERE p.document = 'counter_entry:' || e.id AND e.id = substring(p.document FROM '^counter_entry:([1-9][0-9]{0,17})$')::bigint
            AND (u.login, e.business_day, e.biller_id) = (p.teller, p.day, p.biller_id) AND CASE
            WHEN p.undoes IS NOT NULL THEN counter_undone_v1(coalesce(o.id, e.id), p.undoes)
            WHEN (e.serial, e.code, e.amount_fen, e.institution_id)
                IS DISTINCT FROM (p.serial, p.what, p.amount_fen, p.institution_id) THEN false
            WHEN o.id IS NULL THEN e.state = 'unknown' AND NOT p.owed
            ELSE e.state = 'booked' AND p.owed AND EXISTS (SELECT FROM payment_return r
                WHERE r.bucket = (e.payment_id % 1000)::smallint AND r.payment_id = e.payment_id AND r.booked_at IS NOT NULL
                    AND (r.channel_id, r.serial, r.amount_fen) = (e.channel_id, e.serial, e.amount_fen)) END);
$$;
