"""Accounts of payees, and files that name them, are sealed; a clear account can no longer be written (decision 0018). What the trail told of
them before stays as it was told."""

from django.db import migrations, models
from psycopg.types.json import Jsonb

from yifen.core.access.sealing import ring
from yifen.core.facts.bank_accounts import sealed_account

ONLY_SEALED = "^~[0-9]+~[A-Za-z0-9_-]+$"
PAYOUT = f"ALTER TABLE payout ADD CONSTRAINT payout_account_sealed CHECK (payee ->> 'account_no' ~ '{ONLY_SEALED}')"

FILES = """DROP TRIGGER append_only ON payout_file;
CREATE TRIGGER append_only
    BEFORE DELETE OR TRUNCATE OR UPDATE OF file_no, bank_id, name, payouts, amount_fen, made_at ON payout_file
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"""


def seal(apps, schema_editor):
    """The same account is the same text in both tables."""
    keys = ring()
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT biller_id, account_no FROM payee")
        for biller_id, account_no in cursor.fetchall():
            cursor.execute("UPDATE payee SET account_no = %s WHERE biller_id = %s",
                           [sealed_account(keys, account_no), biller_id])
        cursor.execute("SELECT document_id, payee ->> 'account_no' FROM payout")
        for document_id, account_no in cursor.fetchall():
            cursor.execute("UPDATE payout SET payee = payee || %s WHERE document_id = %s",
                           [Jsonb({"account_no": sealed_account(keys, account_no)}), document_id])
        cursor.execute("SELECT file_no, name, body FROM payout_file")
        for file_no, name, body in cursor.fetchall():
            cursor.execute("UPDATE payout_file SET body = %s WHERE file_no = %s",
                           [keys.seal(bytes(body), f"payout_file:{name}"), file_no])


class Migration(migrations.Migration):
    dependencies = [("settlement", "0003_calendar"), ("access", "0006_moved")]
    operations = [
        migrations.AlterField("payee", "account_no", models.TextField()),
        migrations.RunSQL(FILES),
        migrations.RunPython(seal),
        migrations.AddConstraint("payee", models.CheckConstraint(
            name="payee_account_sealed", condition=models.Q(account_no__regex=ONLY_SEALED))),
        migrations.RunSQL(PAYOUT),
    ]  # fmt: skip
