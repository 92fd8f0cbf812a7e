-- Statements of the pages of the TCP dialect's lines.

-- name: lines
-- With the partner, and when it last told something.
FROM tcp_line l
JOIN partner p ON p.id = l.partner_id
LEFT JOIN LATERAL (SELECT max(n.at) AS at FROM tcp_notice n WHERE n.partner_id = l.partner_id) n ON true

-- name: notices
-- With the partner.
FROM tcp_notice n
JOIN partner p ON p.id = n.partner_id

-- name: line
-- One, as its form has it.
SELECT l.partner_id, l.inst_id, l.algorithm, l.is_yuan, l.enabled FROM tcp_line l
WHERE l.partner_id = %(partner)s AND {{scope}}
