-- What the pages of the counter read.

-- name: journal
-- An entry with outlet, teller, biller, and who authorised it.
FROM counter_entry e JOIN institution i ON i.id = e.institution_id
JOIN access_user t ON t.id = e.teller_id JOIN partner p ON p.id = e.biller_id
LEFT JOIN access_authorisation h ON h.id = e.authorisation_id LEFT JOIN access_user c ON c.id = h.checker_id
