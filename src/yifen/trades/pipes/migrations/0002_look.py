# The last look at a pipe's folder; a fetched file may be on its way.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('pipes', '0001_tables'),
    ]

    operations = [
        migrations.AlterField(
            model_name='pipefetched',
            name='landed',
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.CreateModel(
            name='PipeLook',
            fields=[
                ('pipe', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, serialize=False, to='pipes.pipe')),
                ('looked_at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField()),
                ('fetched', models.PositiveIntegerField()),
                ('left', models.JSONField(default=dict)),
                ('fault', models.CharField(blank=True, max_length=300)),
                ('failing_since', models.DateTimeField(null=True)),
                ('due_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'pipe_look',
            },
        ),
    ]
