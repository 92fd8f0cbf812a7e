"""Exports that are made again and again."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("console", "0003_export_about"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="StandingExport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("listing", models.CharField(max_length=32)),
                ("query", models.TextField(blank=True)),
                ("every", models.CharField(choices=[("day", "每日"), ("week", "每周"), ("month", "每月")], max_length=5)),
                ("format", models.CharField(max_length=4)),
                ("language", models.CharField(max_length=8)),
                ("next_on", models.DateField()),
                ("maker", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to=settings.AUTH_USER_MODEL)),
            ],
            options={"db_table": "console_standing_export"},
        ),
    ]
