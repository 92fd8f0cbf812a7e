-- Statements of exports.

-- name: exported
-- In the audit trail, in the name of who asked.
SELECT console_exported_v1(%s, %s, %s)
