-- What the pages of pipes read.

-- name: pipes
-- Pipes with how each stands: off, waiting for its secret or its partner, failing, well.
FROM pipe d JOIN partner p ON p.id = d.partner_id
LEFT JOIN LATERAL (
    SELECT least(min(x.made_at), (SELECT l.failing_since FROM pipe_look l WHERE l.pipe_id = d.id)) AS since
    FROM pipe_delivery x WHERE x.pipe_id = d.id AND x.state = 'waiting' AND x.tries > 0
) f ON true
CROSS JOIN LATERAL (SELECT CASE
    WHEN NOT d.enabled THEN 'off'
    WHEN d.kind = 'webhook' AND d.secret IS NULL THEN 'no_secret'
    WHEN p.suspended AND p.live_at IS NOT NULL THEN 'shut'
    WHEN f.since < %(now)s - interval '1 hour' THEN 'failing'
    WHEN f.since IS NOT NULL THEN 'retrying'
    ELSE 'on' END AS state) s

-- name: waiting
-- How much waits in a pipe, as far as it is counted.
(SELECT count(*) FROM (SELECT FROM pipe_delivery x WHERE x.pipe_id = d.id AND x.state = 'waiting' LIMIT 10000) w)

-- name: last_delivered
-- When something last arrived.
(SELECT max(t.at) FROM pipe_try t WHERE t.pipe_id = d.id AND t.result = 'delivered' AND t.at > %(now)s - interval '30 days')

-- name: deliveries
-- Each event down each pipe.
FROM pipe_delivery d JOIN pipe i ON i.id = d.pipe_id JOIN partner p ON p.id = i.partner_id
JOIN pipe_event e ON e.id = d.event_id

-- name: fetched
-- Each content of each name.
FROM pipe_fetched d JOIN pipe i ON i.id = d.pipe_id JOIN partner p ON p.id = i.partner_id

-- name: hours
-- A pipe's tries of the last day, by hour: how many arrived, how many did not.
SELECT date_trunc('hour', t.at), count(*) FILTER (WHERE t.result = 'delivered'),
    count(*) FILTER (WHERE t.result <> 'delivered')
FROM pipe_try t WHERE t.pipe_id = %s AND t.at > %s GROUP BY 1 ORDER BY 1

-- name: sources
-- How far each source of events was read.
SELECT source, at, fault FROM pipe_cursor

-- name: counts
-- How many events of each kind were told of the partners in scope since a moment.
SELECT kind, count(*) FROM pipe_event
WHERE at > %(since)s AND (%(all)s OR partner_id = ANY (%(partners)s::integer[])) GROUP BY kind

-- name: stuck
-- Sources that were not read to their end of late.
SELECT count(*), min(at) FROM pipe_cursor WHERE fault <> '' OR at < %s
