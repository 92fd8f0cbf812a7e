-- Signed queries and what they were answered, for as long as they could be sent again.

-- The first to come may answer; so may who comes a minute later when the first never did, and who
-- comes after something was paid or taken back: within one second a channel's next honest question is
-- the same to the byte.
DROP FUNCTION IF EXISTS payments_claim_read_v1(integer, bytea, smallint, integer, text, timestamptz);
CREATE OR REPLACE FUNCTION payments_claim_read_v1(
    p_partner integer, p_mark bytea, p_bucket smallint, p_biller integer, p_account text,
    p_now timestamptz, p_owner uuid, OUT claimed boolean, OUT answer bytea
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_paid text;
BEGIN
    SELECT format('%s/%s', coalesce(sum(y.paid_fen), 0), count(y.held_by)) INTO v_paid FROM payable y
    WHERE (y.bucket, y.biller_id, y.account_no) = (p_bucket, p_biller, p_account);
    INSERT INTO signed_read AS r (partner_id, mark, taken_at, paid, taken_by)
    VALUES (p_partner, p_mark, p_now, v_paid, p_owner)
    ON CONFLICT (partner_id, mark) DO UPDATE
        SET taken_at = p_now, paid = v_paid, answer = NULL, taken_by = p_owner
        WHERE r.paid <> v_paid OR r.answer IS NULL
            AND (r.taken_by = p_owner OR r.taken_at < p_now - interval '1 minute');
    claimed := FOUND;
    IF NOT claimed THEN
        SELECT r.answer INTO answer FROM signed_read r
        WHERE (r.partner_id, r.mark) = (p_partner, p_mark);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION payments_keep_read_v1(p_partner integer, p_mark bytea, p_answer bytea)
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE signed_read SET answer = p_answer
    WHERE (partner_id, mark) = (p_partner, p_mark) AND answer IS NULL;
$$;

CREATE OR REPLACE FUNCTION payments_forget_reads_v1(p_before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM signed_read WHERE taken_at < p_before RETURNING 1)
    SELECT count(*) FROM gone;
$$;
