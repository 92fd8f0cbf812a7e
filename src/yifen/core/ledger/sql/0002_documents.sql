-- Numbers of documents that are no payments (repairs, settlements, payouts): negative in
-- ledger_transfer.reference_id, so that the two never meet.
CREATE SEQUENCE document_no;
