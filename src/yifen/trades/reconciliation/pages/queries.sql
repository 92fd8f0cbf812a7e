-- What the pages of reconciliation read.

-- name: runs
-- A run with what is open of its day now: by class, and what waits for the next day.
FROM recon_run r JOIN partner p ON p.id = r.partner_id JOIN recon_file f ON f.file_id = r.file_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(n) FILTER (WHERE NOT waits), 0)::bigint AS open,
           coalesce(sum(n) FILTER (WHERE waits), 0)::bigint AS waiting,
           coalesce(string_agg(class || '=' || n, ',' ORDER BY class) FILTER (WHERE NOT waits), '')
               AS classes
    FROM (SELECT i.class::text AS class, i.state = 'waiting' AS waits, count(*) AS n
          FROM recon_item i WHERE i.partner_id = r.partner_id AND i.state <> 'closed'
              AND i.business_day = r.business_day GROUP BY 1, 2) c) o

-- name: newest
-- No later run of the same partner and day.
NOT EXISTS (SELECT FROM recon_run n WHERE n.partner_id = r.partner_id
    AND n.business_day = r.business_day AND n.run_id > r.run_id)
