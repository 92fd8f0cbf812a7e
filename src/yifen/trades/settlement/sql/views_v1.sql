-- Views of settlement: what a biller agreed to, and from when until when.

-- Every agreement 手续费协议 is in force from `valid_from` until before `next_valid_from`, the day on
-- which the next one of its biller begins (empty: none does).
CREATE OR REPLACE VIEW agreement_in_force AS
SELECT a.id AS agreement_id, a.biller_id, a.valid_from,
       lead(a.valid_from) OVER (PARTITION BY a.biller_id ORDER BY a.valid_from) AS next_valid_from,
       a.measure, a.period, a.min_fen, a.cap_fen, a.mode, a.lag_days, a.make_up_days, a.payout
FROM agreement a;
