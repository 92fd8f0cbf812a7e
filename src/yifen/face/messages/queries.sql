-- Statements of messages to people.

-- name: put_carrier
-- As two people decided just now.
SELECT notifications_carrier_v1(%s)

-- name: put_template
-- As two people decided just now.
SELECT notifications_template_v1(%s)

-- name: tries
-- What each carrier took and did not take since a moment, and when it last took one.
SELECT carrier, count(*) FILTER (WHERE state = 'sent'), count(*) FILTER (WHERE state <> 'sent' AND state <> 'waiting'),
    max(sent_at), (array_agg(said ORDER BY id DESC) FILTER (WHERE state IN ('later', 'unsure', 'failed')))[1]
FROM notification WHERE created_at >= %s AND carrier <> 'local' GROUP BY carrier
