-- Statements of the pages of batch debit.

-- name: batches
-- With its biller.
FROM debit_batch b JOIN partner p ON p.id = b.biller_id

-- name: items
-- With batch, biller, mandate and the move at the core.
FROM debit_item i JOIN debit_batch b USING (batch_id) JOIN partner p ON p.id = b.biller_id
LEFT JOIN mandate a ON a.mandate_id = i.mandate_id LEFT JOIN core_move m ON m.serial = i.serial

-- name: refusals
-- With its biller.
FROM debit_refusal r JOIN partner p ON p.id = r.biller_id

-- name: progress
-- Of a batch, by state: number, fen.
SELECT state, count(*), sum(CASE WHEN state = 'refused' THEN asked_fen ELSE amount_fen END)::bigint
FROM debit_item WHERE batch_id = %s GROUP BY state

-- name: reasons
-- Of a batch, by what was refused or failed: number, fen; the most first.
SELECT code, count(*), sum(asked_fen)::bigint FROM debit_item
WHERE batch_id = %s AND state IN ('refused', 'failed', 'back') GROUP BY code ORDER BY 2 DESC, 1

-- name: retries
-- What tries it again.
SELECT batch_id, serial FROM debit_batch WHERE again_of = %s ORDER BY batch_id

-- name: rules
-- With their billers.
FROM debit_rule r JOIN partner p ON p.id = r.biller_id
