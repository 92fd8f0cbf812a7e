-- Statements of setting up pay methods.

-- name: put_method
-- As two people decided just now.
SELECT checkout_method_v1(%s)
