"""What a closed day of a biller took, less what was taken back on it: counted by the database itself."""

from django.db import migrations

CREATE = """
CREATE TABLE settlement_figures (
    biller_id    integer NOT NULL,
    business_day date NOT NULL,
    payments     bigint NOT NULL,
    amount_fen   bigint NOT NULL,
    PRIMARY KEY (biller_id, business_day)
);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON settlement_figures
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_refunds")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE settlement_figures")]
