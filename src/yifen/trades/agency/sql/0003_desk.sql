-- They believed their caller: who, where and in which shift.
DROP FUNCTION IF EXISTS agency_deposit_ask_v1(jsonb, timestamptz);
DROP FUNCTION IF EXISTS agency_cheque_accept_v1(jsonb, integer, timestamptz);
DROP FUNCTION IF EXISTS agency_charge_ask_v1(jsonb, timestamptz);
