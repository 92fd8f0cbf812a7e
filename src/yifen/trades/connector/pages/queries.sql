-- Statements of the pages of utilities' databases.

-- name: sources
-- With what stands in the outbox, and what its last calls came to, as far as messages are kept.
FROM connector_source s
JOIN partner p ON p.id = s.partner_id
LEFT JOIN LATERAL (SELECT max(m.version) AS version FROM connector_mapping m WHERE m.code = s.code) v ON true
LEFT JOIN LATERAL (SELECT count(*) AS number, min(y.paid_at) AS since, coalesce(sum(y.amount_fen), 0)::bigint AS fen
    FROM biller_call c JOIN payment y ON y.bucket = c.bucket AND y.payment_id = c.payment_id
    WHERE y.biller_id = s.partner_id AND c.endpoint = 'db://' || s.code) w ON true
LEFT JOIN LATERAL (SELECT max(m.at) FILTER (WHERE m.code = 0) AS good, max(m.at) FILTER (WHERE m.code <> 0) AS bad,
        count(*) FILTER (WHERE m.code <> 0 AND m.at > %(now)s::timestamptz - interval '1 hour') AS failures
    FROM wire_message m WHERE m.partner_id = s.partner_id AND m.direction = 'out' AND m.dialect = 'db'
        AND m.at > %(now)s::timestamptz - interval '7 days') k ON true

-- name: failures
-- Why its last calls failed.
SELECT m.at, m.verb, m.code, m.ms, m.reply FROM wire_message m
WHERE m.partner_id = %s AND m.direction = 'out' AND m.dialect = 'db' AND m.code <> 0
    AND m.at > %s::timestamptz - interval '7 days'
ORDER BY m.at DESC, m.message_no DESC LIMIT 20

-- name: versions
-- All mappings, the newest first.
SELECT version, made_at FROM connector_mapping WHERE code = %s ORDER BY version DESC LIMIT 20
