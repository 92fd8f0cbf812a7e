"""Second factors that the key ring seals, passkeys, counted tries; sessions by the hash of their key."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def device(*more):
    """The columns that every kind of second factor has."""
    return [
        ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
        ("name", models.CharField(max_length=64)),
        ("confirmed", models.BooleanField(default=True)),
        *more,
        ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL)),
    ]


class Migration(migrations.Migration):
    dependencies = [("access", "0004_second"), ("sessions", "0001_initial")]
    operations = [
        migrations.AlterField("user", "session_key", models.CharField(blank=True, default="", max_length=64)),
        migrations.RunSQL("ALTER TABLE django_session ALTER COLUMN session_key TYPE varchar(64)"),
        migrations.CreateModel(
            "Authenticator",
            device(
                ("sealed_key", models.BinaryField()),
                ("drift", models.SmallIntegerField(default=0)),
                ("last_t", models.BigIntegerField(default=-1)),
            ),
            options={"db_table": "access_authenticator"},
        ),
        migrations.CreateModel(
            "Passkey",
            device(
                ("credential_id", models.BinaryField(unique=True)),
                ("public_key", models.BinaryField()),
                ("sign_count", models.BigIntegerField()),
                ("last_challenge", models.BinaryField(default=b"")),
                ("created_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(blank=True, null=True)),
            ),
            options={"db_table": "access_passkey"},
        ),
        migrations.CreateModel(
            "RecoveryCode",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sealed_hash", models.BinaryField()),
                ("user", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "access_recovery_code"},
        ),
        migrations.CreateModel(
            "Tries",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("login", models.CharField(blank=True, max_length=64)),
                ("place", models.CharField(blank=True, max_length=80)),
                ("tries", models.IntegerField()),
                ("since", models.DateTimeField()),
            ],
            options={"db_table": "access_tries"},
        ),
        migrations.AddConstraint("tries", models.UniqueConstraint(fields=["login", "place"], name="tries_once")),
    ]
