"""What two people decide is kept whole; the database knows who may, and which logins are one person."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from yifen.core.facts.sqlfiles import read_sql

_SQL = Path(__file__).parents[1] / "sql" / "0004_second.sql"


class Migration(migrations.Migration):

    dependencies = [
        ('access', '0003_open_roles'),
        ('directory', '0001_initial'),
        ('partners', '0003_face'),
    ]

    operations = [
        migrations.AddField(
            model_name='authorisation',
            name='answer',
            field=models.CharField(blank=True, db_default='', max_length=200),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='changes',
            field=models.JSONField(db_default=[]),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='content',
            field=models.JSONField(db_default={}),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='institution',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='directory.institution'),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='partner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to='partners.partner'),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='settled_in',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='authorisation',
            name='shown',
            field=models.BinaryField(null=True),
        ),
        migrations.AddField(
            model_name='user',
            name='person',
            field=models.CharField(blank=True, db_default='', max_length=32),
        ),
        migrations.AddIndex(
            model_name='authorisation',
            index=models.Index(condition=models.Q(('settled_in__isnull', False)), fields=['settled_in'], name='access_authorisation_settled'),
        ),
        migrations.RunSQL(read_sql(_SQL)),
    ]
