-- Statements of the connector.

-- name: sources
-- Those in use, each with its newest mapping.
SELECT s.code, p.code, s.sealed, m.version, m.toml
FROM connector_source s JOIN partner p ON p.id = s.partner_id
JOIN LATERAL (SELECT x.version, x.toml FROM connector_mapping x WHERE x.code = s.code
              ORDER BY x.version DESC LIMIT 1) m ON true
WHERE s.enabled

-- name: source
-- One as it stands.
SELECT s.partner_id, s.kind, s.sealed, s.enabled FROM connector_source s WHERE s.code = %s

-- name: source_taken
-- Whose name or biller it is already.
SELECT EXISTS (SELECT FROM connector_source s WHERE (s.code = %(code)s) <> (s.partner_id = %(partner)s))

-- name: newest_mapping
-- The one in force.
SELECT m.version, m.toml FROM connector_mapping m WHERE m.code = %s ORDER BY m.version DESC LIMIT 1

-- name: put_source
-- As two people decided: its code.
SELECT connector_source_v1(%s)

-- name: put_mapping
-- As two people decided: its code.
SELECT connector_mapping_v1(%s, %s)
