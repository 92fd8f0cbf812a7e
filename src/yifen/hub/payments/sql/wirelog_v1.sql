-- payments_keep_messages_v1: write a batch of masked messages into the wire log 报文留存. p_fault: of a
-- sandbox, why its message was refused. The gateway alone says that a partner sent something, and what was
-- wrong with it; other processes write their calls to billers and what they did for a channel themselves,
-- which proves nothing of a channel that others run. Refused whole: insufficient_privilege.

DROP FUNCTION IF EXISTS payments_keep_messages_v1(timestamptz[], integer[], text[], text[], text[], text[],
    text[], uuid[], bigint[], text[], text[], boolean[], integer[], text[], integer[], uuid[], integer[],
    text[], text[]);
CREATE OR REPLACE FUNCTION payments_keep_messages_v1(
    p_at timestamptz[], p_partner integer[], p_direction text[], p_verb text[], p_serial text[],
    p_original text[], p_account_tail text[], p_account_hash uuid[], p_amount bigint[],
    p_dialect text[], p_encoding text[], p_proved boolean[], p_code integer[], p_result text[],
    p_ms integer[], p_hash uuid[], p_bytes integer[], p_request text[], p_reply text[], p_fault jsonb[]
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    v_door boolean := session_user = 'yifen_gateway' OR pg_has_role(session_user, current_user, 'MEMBER');
BEGIN
    IF EXISTS (
        SELECT FROM unnest(p_partner, p_direction, p_dialect, p_proved, p_fault)
            w (partner_id, direction, dialect, proved, fault)
        LEFT JOIN partner p ON p.id = w.partner_id
        LEFT JOIN channel c ON c.partner_id = w.partner_id
        WHERE (w.fault IS NULL OR v_door AND p.book_id = 900 AND jsonb_typeof(w.fault) = 'object'
               AND w.direction = 'in') IS NOT TRUE
            OR (v_door OR w.direction = 'out'
                OR w.dialect = 'hosted' AND (NOT w.proved OR c.hosted <> '')) IS NOT TRUE
    ) THEN
        RAISE EXCEPTION 'the process % does not keep such messages', session_user
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO wire_message (at, partner_id, direction, verb, serial, original_serial,
        account_tail, account_hash, amount_fen, dialect, encoding, proved, code, result, ms,
        content_hash, request_bytes, request, reply, fault)
    SELECT * FROM unnest(p_at, p_partner, p_direction, p_verb, p_serial, p_original,
        p_account_tail, p_account_hash, p_amount, p_dialect, p_encoding, p_proved, p_code,
        p_result, p_ms, p_hash, p_bytes, p_request, p_reply, p_fault);
END $$;
