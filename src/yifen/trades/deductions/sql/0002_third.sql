-- A third party's account: its holder agreed himself.
ALTER TABLE deduction DROP CONSTRAINT deduction_consent_check;
ALTER TABLE deduction ADD CONSTRAINT deduction_consent_check
    CHECK (consent IN ('paper', 'counter', 'phone', 'online', 'third'));
