-- Statements of official cards.

-- name: bureaus
-- Those whose cards are kept here.
SELECT bureau_id FROM card_bureau ORDER BY bureau_id

-- name: leavers
-- How many cards of who left have changed.
SELECT cards_leavers_v1(%s, %s)

-- name: issuer_against
-- What speaks against an issuer.
SELECT cards_issuer_against_v1(%s, %s)

-- name: issuer
-- A bank issues cards for a bureau from now on.
SELECT cards_issuer_v1(%s, %s)
