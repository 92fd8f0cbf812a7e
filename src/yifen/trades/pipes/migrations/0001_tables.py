# Tables of pipes; sql/pipes_v1.sql is installed anew by every `yifen migrate`.

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('partners', '0003_face'),
    ]

    operations = [
        migrations.CreateModel(
            name='PipeCursor',
            fields=[
                ('source', models.CharField(max_length=40, primary_key=True, serialize=False)),
                ('position', models.JSONField(default=dict)),
                ('at', models.DateTimeField()),
                ('fault', models.CharField(blank=True, db_default='', default='', max_length=200)),
            ],
            options={
                'db_table': 'pipe_cursor',
            },
        ),
        migrations.CreateModel(
            name='Pipe',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(unique=True)),
                ('kind', models.CharField(choices=[('webhook', 'Webhook'), ('sftp', 'SFTP'), ('mail', '邮件')], max_length=8)),
                ('address', models.CharField(max_length=300)),
                ('wants', models.JSONField(default=list)),
                ('settings', models.JSONField(default=dict)),
                ('secret', models.BinaryField(null=True)),
                ('secret_before', models.BinaryField(null=True)),
                ('before_until', models.DateTimeField(null=True)),
                ('enabled', models.BooleanField(default=True)),
                ('off_why', models.CharField(blank=True, db_default='', default='', max_length=200)),
                ('made_at', models.DateTimeField()),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='partners.partner')),
            ],
            options={
                'db_table': 'pipe',
            },
        ),
        migrations.CreateModel(
            name='PipeEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uid', models.CharField(max_length=36, unique=True)),
                ('kind', models.CharField(max_length=40)),
                ('source', models.CharField(blank=True, max_length=40)),
                ('subject', models.CharField(max_length=120)),
                ('at', models.DateTimeField()),
                ('data', models.JSONField()),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='partners.partner')),
            ],
            options={
                'db_table': 'pipe_event',
            },
        ),
        migrations.CreateModel(
            name='PipeDelivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', '待送达'), ('delivered', '已送达'), ('given_up', '已放弃')], max_length=9)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('due_at', models.DateTimeField(null=True)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('said', models.CharField(blank=True, default='', max_length=300)),
                ('pipe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='pipes.pipe')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='pipes.pipeevent')),
            ],
            options={
                'db_table': 'pipe_delivery',
            },
        ),
        migrations.CreateModel(
            name='PipeFetched',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=200)),
                ('size', models.BigIntegerField()),
                ('sha256', models.BinaryField()),
                ('changed_at', models.DateTimeField(null=True)),
                ('fetched_at', models.DateTimeField()),
                ('landed', models.CharField(max_length=300)),
                ('pipe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='pipes.pipe')),
            ],
            options={
                'db_table': 'pipe_fetched',
            },
        ),
        migrations.CreateModel(
            name='PipeTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('took_ms', models.PositiveIntegerField()),
                ('result', models.CharField(max_length=9)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('said', models.CharField(blank=True, max_length=300)),
                ('delivery', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='pipes.pipedelivery')),
                ('pipe', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='pipes.pipe')),
            ],
            options={
                'db_table': 'pipe_try',
            },
        ),
        migrations.AddIndex(
            model_name='pipeevent',
            index=models.Index(fields=['at'], name='pipe_event_at'),
        ),
        migrations.AddIndex(
            model_name='pipedelivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['pipe', 'due_at'], name='pipe_delivery_due'),
        ),
        migrations.AddIndex(
            model_name='pipedelivery',
            index=models.Index(fields=['pipe', 'made_at'], name='pipe_delivery_made'),
        ),
        migrations.AddIndex(
            model_name='pipedelivery',
            index=models.Index(condition=models.Q(('state', 'given_up')), fields=['ended_at'], name='pipe_delivery_given_up'),
        ),
        migrations.AddConstraint(
            model_name='pipedelivery',
            constraint=models.UniqueConstraint(fields=('pipe', 'event'), name='pipe_delivery_once'),
        ),
        migrations.AddConstraint(
            model_name='pipefetched',
            constraint=models.UniqueConstraint(fields=('pipe', 'name', 'sha256'), name='pipe_fetched_once'),
        ),
        migrations.AddIndex(
            model_name='pipetry',
            index=models.Index(fields=['pipe', 'at'], name='pipe_try_pipe'),
        ),
    ]
