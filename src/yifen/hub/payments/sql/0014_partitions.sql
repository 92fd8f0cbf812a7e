-- The last table of those that become partitioned: the function that makes them so goes with it.
SELECT ledger_into_partitions('payment', 'payment_id');
DROP FUNCTION ledger_into_partitions(text, text);
