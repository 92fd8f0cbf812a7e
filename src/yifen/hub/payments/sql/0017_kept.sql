-- A bill that is under way elsewhere (a batch debit, a collection order) is kept for one serial of one channel,
-- `channel|serial`: until it is let go nobody else pays, changes or withdraws it. Empty: anybody may.
ALTER TABLE payable ADD COLUMN kept_for text;
DROP FUNCTION IF EXISTS payments_charge_lines_v1(smallint, timestamptz, integer[], integer[], text[], text[], integer[], text[],
    bigint[]);
