-- A payment of a closed day that its biller never decided, and is asked about no more: two people decide it, by what
-- the biller says on paper, or because it is gone. No file of its own is needed.

-- The words that may end it now; none: it is decided, of an open day, or its biller is still being asked.
CREATE OR REPLACE FUNCTION recon_ends_v1(p_payment bigint) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT coalesce((
        SELECT CASE WHEN y.biller_state = 'reversing' THEN ARRAY['reversed', 'reverse_refused']
                    ELSE ARRAY['booked', 'rejected'] END
        FROM payment y JOIN partner p ON p.id = y.biller_id JOIN ledger_book k ON k.book_id = p.book_id
        WHERE y.bucket = p_payment % 1000 AND y.payment_id = p_payment AND y.business_day < k.current_day
            AND y.biller_state IN ('registered', 'sent', 'unknown', 'reversing')
            AND NOT EXISTS (SELECT FROM biller_call c
                WHERE c.bucket = y.bucket AND c.payment_id = y.payment_id AND c.due_at IS NOT NULL)), '{}');
$$;

-- By the word that two people agreed to in this very transaction. Codes: AUTHORISATION_INVALID (nobody did),
-- ACTION_NOT_POSSIBLE (no such end is open any longer).
CREATE OR REPLACE FUNCTION recon_end_v1(p_payment bigint, p_now timestamptz) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_word text;
    v_done boolean;
BEGIN
    SELECT a.content ->> 'word' INTO v_word FROM access_authorisation a
    WHERE a.id = access_settled_v1('repair.undecided', p_payment::text);
    IF NOT FOUND THEN
        RETURN @AUTHORISATION_INVALID;
    ELSIF v_word = ANY (recon_ends_v1(p_payment)) IS NOT TRUE THEN
        RETURN @ACTION_NOT_POSSIBLE;
    END IF;
    SELECT r.done INTO v_done FROM payments_biller_result_v1((p_payment % 1000)::smallint, p_now,
        ARRAY[p_payment], ARRAY[v_word], ARRAY[NULL::text], ARRAY[NULL::text], ARRAY[NULL::timestamptz]) r;
    RETURN CASE WHEN v_done THEN 0 ELSE @ACTION_NOT_POSSIBLE END;
END $$;
