"""What a bank said of a file of payouts, as it came."""

from django.db import migrations

CREATE = """
CREATE TABLE payout_result (
    result_no   bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    file_no     bigint NOT NULL REFERENCES payout_file,
    name        text NOT NULL,
    sha256      bytea NOT NULL,      -- of the bytes as received
    body        bytea NOT NULL,      -- sealed: it names accounts
    received_at timestamptz NOT NULL,
    received_by text NOT NULL,       -- a login
    UNIQUE (file_no, sha256)
);
CREATE TRIGGER append_only BEFORE UPDATE OF result_no, file_no, name, sha256, received_at, received_by
    OR DELETE OR TRUNCATE ON payout_result FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0006_figures")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE payout_result")]
