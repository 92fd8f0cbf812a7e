-- Statements of the commands: what is forgotten.

-- name: forget_messages
-- How long messages are kept is a setting.
SELECT payments_forget_messages_v1(%s)

-- name: forget_quotes
-- Quotes end the same night.
SELECT payments_forget_quotes_v1(%s)

-- name: forget_traffic
-- Figures by the minute, for two years and more.
SELECT payments_forget_traffic_v1(%s)

-- name: forget_sessions
-- Sessions that are over.
DELETE FROM django_session WHERE expire_date < %s

-- name: forget_tries
-- Windows that are over.
DELETE FROM checkout_rate WHERE starts_at < %s

-- name: forget_phone_checks
-- Codes that were sent to a phone and have ended.
DELETE FROM checkout_phone_check WHERE expires_at < %s
