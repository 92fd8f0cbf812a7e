-- Statements of the pages of the TCP dialect's lines.

-- name: lines
-- With the partner, when it last told something, the minute of its last call within a day, today's calls and those that failed.
FROM tcp_line l
JOIN partner p ON p.id = l.partner_id
LEFT JOIN LATERAL (SELECT max(n.at) AS at FROM tcp_notice n WHERE n.partner_id = l.partner_id) n ON true
LEFT JOIN LATERAL (
    SELECT max(m.minute) AS at, coalesce(sum(m.calls) FILTER (WHERE m.is_today), 0)::bigint AS calls,
        coalesce(sum(m.calls) FILTER (WHERE m.is_today AND m.code IN ({{failed}})), 0)::bigint AS failed
    FROM (SELECT t.minute, t.calls, t.code, t.minute >= %(today)s::timestamp AT TIME ZONE 'Asia/Shanghai' AS is_today FROM traffic_minute t
          WHERE t.minute >= %(now)s - interval '1 day' AND l.partner_id IN (t.partner_id, t.biller_id)) m) h ON true

-- name: notices
-- With the partner.
FROM tcp_notice n
JOIN partner p ON p.id = n.partner_id

-- name: line
-- One, as its form has it.
SELECT l.partner_id, l.inst_id, l.algorithm, l.is_yuan, l.enabled FROM tcp_line l
WHERE l.partner_id = %(partner)s AND {{scope}}
