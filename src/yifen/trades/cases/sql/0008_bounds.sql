-- Whoever may add rows adds none whose moments no process can read: one would stop the worker, or a page, for every court. Rows
-- that there are already stay, and each ends by itself.
ALTER TABLE court_push
    ADD CONSTRAINT court_push_received CHECK (received_at >= '2000-01-01 00:00+00' AND received_at < '2200-01-01 00:00+00') NOT VALID,
    ADD CONSTRAINT court_push_paid CHECK (paid_at >= '1999-12-31 00:00+00' AND paid_at < received_at + interval '24 hours') NOT VALID;
ALTER TABLE court_ask
    ADD CONSTRAINT court_ask_received CHECK (received_at >= '2000-01-01 00:00+00' AND received_at < '2200-01-01 00:00+00') NOT VALID;
ALTER TABLE court_list
    ADD CONSTRAINT court_list_received CHECK (received_at >= '2000-01-01 00:00+00' AND received_at < '2200-01-01 00:00+00') NOT VALID;
ALTER TABLE court_file
    ADD CONSTRAINT court_file_received CHECK (received_at >= '2000-01-01 00:00+00' AND received_at < '2200-01-01 00:00+00'
        AND (old_on IS NULL OR old_on BETWEEN '2000-01-01' AND '2199-12-31')) NOT VALID;
ALTER TABLE court_row
    ADD CONSTRAINT court_row_moment CHECK (at >= '2000-01-01 00:00+00' AND at < '2200-01-01 00:00+00') NOT VALID;
