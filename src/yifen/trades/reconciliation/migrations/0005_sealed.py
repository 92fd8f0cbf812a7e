"""Others' accounts at banks are sealed in what is expected of banks, in their statements and lines, and in differences
(decision 0018). The owner may seal a line's account and a file's bytes anew; all else stays as it was read."""

from django.db import migrations

from yifen.core.access.sealing import ring
from yifen.core.facts.bank_accounts import sealed_account
from yifen.trades.reconciliation.keeping import sealed

APPEND_ONLY = """DROP TRIGGER append_only ON recon_row;
CREATE TRIGGER append_only
    BEFORE DELETE OR TRUNCATE OR UPDATE OF file_id, line_no, kind, amount_fen, fee_fen, at, serial, original, ref, batch
    ON recon_row FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
ALTER TABLE recon_file_part ADD COLUMN sealed boolean NOT NULL DEFAULT false;
DROP TRIGGER append_only ON recon_file_part;
CREATE TRIGGER append_only BEFORE DELETE OR TRUNCATE OR UPDATE OF file_id, part_no, first_line ON recon_file_part
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"""
PARTS = """SELECT file_id, part_no FROM recon_file_part JOIN recon_file USING (file_id) WHERE {}"""
OF_BANKS = "partner_id IN (SELECT partner_id FROM recon_profile WHERE party = 'bank')"
ROWS = {
    "recon_expected": "account_no IS NOT NULL",
    "recon_item": f"account_no IS NOT NULL AND {OF_BANKS}",
    "recon_row": f"account_no IS NOT NULL AND file_id IN (SELECT file_id FROM recon_file WHERE {OF_BANKS})",
}
ONLY_SEALED = """ALTER TABLE recon_expected ADD CONSTRAINT recon_expected_account_sealed
    CHECK (account_no ~ '^~[0-9]+~[A-Za-z0-9_-]+$')"""


def seal(apps, schema_editor):
    """Each account once."""
    keys = ring()
    with schema_editor.connection.cursor() as cursor:
        for table, where in ROWS.items():
            cursor.execute(f"SELECT DISTINCT account_no FROM {table} WHERE {where}")
            for (account_no,) in cursor.fetchall():
                cursor.execute(f"UPDATE {table} SET account_no = %s WHERE account_no = %s AND {where}",
                               [sealed_account(keys, account_no), account_no])
        cursor.execute(PARTS.format(OF_BANKS))
        for place in cursor.fetchall():
            cursor.execute("SELECT body FROM recon_file_part WHERE (file_id, part_no) = (%s, %s)", place)
            body = sealed(*place, bytes(cursor.fetchone()[0]))
            cursor.execute("UPDATE recon_file_part SET body = %s, sealed = true"
                           " WHERE (file_id, part_no) = (%s, %s)", [body, *place])


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0004_uploaded"), ("access", "0006_moved")]
    operations = [migrations.RunSQL(APPEND_ONLY), migrations.RunPython(seal), migrations.RunSQL(ONLY_SEALED)]
