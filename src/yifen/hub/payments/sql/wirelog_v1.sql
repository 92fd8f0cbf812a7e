-- payments_keep_messages_v1: write a batch of masked messages into the wire log 报文留存. p_fault: of a
-- sandbox, why its message was refused.

DROP FUNCTION IF EXISTS payments_keep_messages_v1(timestamptz[], integer[], text[], text[], text[], text[],
    text[], uuid[], bigint[], text[], text[], boolean[], integer[], text[], integer[], uuid[], integer[],
    text[], text[]);
CREATE OR REPLACE FUNCTION payments_keep_messages_v1(
    p_at timestamptz[], p_partner integer[], p_direction text[], p_verb text[], p_serial text[],
    p_original text[], p_account_tail text[], p_account_hash uuid[], p_amount bigint[],
    p_dialect text[], p_encoding text[], p_proved boolean[], p_code integer[], p_result text[],
    p_ms integer[], p_hash uuid[], p_bytes integer[], p_request text[], p_reply text[], p_fault jsonb[]
) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO wire_message (at, partner_id, direction, verb, serial, original_serial,
        account_tail, account_hash, amount_fen, dialect, encoding, proved, code, result, ms,
        content_hash, request_bytes, request, reply, fault)
    SELECT * FROM unnest(p_at, p_partner, p_direction, p_verb, p_serial, p_original,
        p_account_tail, p_account_hash, p_amount, p_dialect, p_encoding, p_proved, p_code,
        p_result, p_ms, p_hash, p_bytes, p_request, p_reply, p_fault);
$$;
