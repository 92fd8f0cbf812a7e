-- Statements of budget indicators.

-- name: rule_against
-- What speaks against a rule, as of now.
SELECT budget_rule_against_v1(%s, %s, %s)

-- name: rule_on
-- The rule in force on a day, as JSON, with the bureau's code.
SELECT to_jsonb(r) || jsonb_build_object('code', (SELECT b.code FROM budget_bureau b WHERE b.bureau_id = r.bureau_id))
FROM budget_rule_v1(%s, %s::date) r

-- name: keep_rule
-- Two people agreed.
SELECT budget_keep_rule_v1(%s, %s)
