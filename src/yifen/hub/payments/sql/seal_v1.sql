-- The seals of payments: what a transfer does not say by itself, as 128 bits of SHA-256 in its digest.
-- Lengths stand before the texts, so no content can pass for another; yifen.hub.payments.seals makes
-- the same.

CREATE OR REPLACE FUNCTION payments_charge_seal_v1(
    p_channel integer, p_biller integer, p_account text, p_serial text, p_paid_at timestamptz,
    p_operator text, p_hash uuid
) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT encode(substr(sha256(convert_to(concat_ws('|', 'charge', p_channel, p_biller,
        (extract(epoch FROM p_paid_at) * 1000000)::bigint, p_hash, length(p_account), p_account,
        length(p_serial), p_serial, length(p_operator), p_operator), 'UTF8')), 1, 16),
        'hex')::uuid
$$;

CREATE OR REPLACE FUNCTION payments_return_seal_v1(
    p_verb serial_verb, p_channel integer, p_serial text, p_reason text, p_hash uuid
) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT encode(substr(sha256(convert_to(concat_ws('|', p_verb, p_channel, p_hash,
        length(p_serial), p_serial, length(p_reason), p_reason), 'UTF8')), 1, 16), 'hex')::uuid
$$;
