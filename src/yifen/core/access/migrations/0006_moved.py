"""What people enrolled by goes on, sealed; sessions end, for their keys stood here in the clear; the
tables of the packages that kept all that are dropped with what they held."""

from django.db import migrations

from yifen.core.access.sealing import authenticator_context, ring, sealed_hash

OLD = (
    "axes_accessattemptexpiration", "axes_accessattempt", "axes_accessfailurelog", "axes_accesslog",
    "otp_static_statictoken", "otp_static_staticdevice", "otp_totp_totpdevice",
)  # fmt: skip


def move(apps, schema_editor):
    """What people enrolled by, from the old tables to ours."""
    Authenticator = apps.get_model("access", "Authenticator")
    RecoveryCode = apps.get_model("access", "RecoveryCode")
    with schema_editor.connection.cursor() as cursor:
        if exists(cursor, "otp_totp_totpdevice"):
            cursor.execute("SELECT user_id, name, confirmed, key, drift, last_t FROM otp_totp_totpdevice ORDER BY id")
            for user_id, name, confirmed, key, drift, last_t in cursor.fetchall():
                sealed = ring().seal(bytes.fromhex(key), authenticator_context(user_id))
                Authenticator.objects.create(user_id=user_id, name=name, confirmed=confirmed, sealed_key=sealed, drift=drift, last_t=last_t)
        if exists(cursor, "otp_static_statictoken"):
            cursor.execute("SELECT d.user_id, t.token FROM otp_static_statictoken t JOIN otp_static_staticdevice d ON d.id = t.device_id ORDER BY t.id")
            for user_id, token in cursor.fetchall():
                RecoveryCode.objects.create(user_id=user_id, sealed_hash=sealed_hash(token, user_id))
        for table in OLD:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
        cursor.execute("DELETE FROM django_session")
        cursor.execute("UPDATE access_user SET session_key = '' WHERE session_key <> ''")


def exists(cursor, table):
    cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [table])
    return cursor.fetchone()[0]


class Migration(migrations.Migration):
    dependencies = [("access", "0005_sealed")]
    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
