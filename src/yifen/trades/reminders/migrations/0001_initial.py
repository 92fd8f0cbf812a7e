"""The tables."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='ReminderBiller',
            fields=[
                ('biller_id', models.IntegerField(primary_key=True, serialize=False)),
                ('rest_until', models.DateTimeField()),
            ],
            options={
                'db_table': 'reminder_biller',
            },
        ),
        migrations.CreateModel(
            name='ReminderPerson',
            fields=[
                ('holder_id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('language', models.CharField(max_length=2)),
                ('mail_sealed', models.BinaryField(db_default=b'')),
                ('mail_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'reminder_person',
            },
        ),
        migrations.CreateModel(
            name='ReminderMailCheck',
            fields=[
                ('token', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('holder_id', models.BigIntegerField()),
                ('lookup', models.CharField(max_length=64)),
                ('mail_sealed', models.BinaryField()),
                ('code_hash', models.CharField(max_length=64)),
                ('created_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'reminder_mail_check',
                'indexes': [models.Index(fields=['created_at'], name='reminder_mail_check_at')],
            },
        ),
        migrations.CreateModel(
            name='ReminderChoice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('binding_id', models.BigIntegerField()),
                ('biller_id', models.IntegerField()),
                ('bucket', models.SmallIntegerField()),
                ('account_no', models.CharField(max_length=40)),
                ('channel', models.CharField(max_length=8)),
                ('tell_new', models.BooleanField()),
                ('soon_days', models.PositiveSmallIntegerField(null=True)),
                ('tell_overdue', models.BooleanField()),
                ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.SmallIntegerField(), size=None)),
                ('consented_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('end_why', models.CharField(blank=True, max_length=16)),
                ('plan_at', models.DateTimeField()),
                ('ask_at', models.DateTimeField()),
                ('asked_at', models.DateTimeField(null=True)),
                ('person', models.ForeignKey(db_column='holder_id', on_delete=django.db.models.deletion.PROTECT, to='reminders.reminderperson')),
            ],
            options={
                'db_table': 'reminder_choice',
            },
        ),
        migrations.CreateModel(
            name='Reminder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('holder_id', models.BigIntegerField()),
                ('binding_id', models.BigIntegerField()),
                ('channel', models.CharField(max_length=8)),
                ('kind', models.CharField(max_length=8)),
                ('biller_id', models.IntegerField()),
                ('bucket', models.SmallIntegerField()),
                ('account_no', models.CharField(max_length=40)),
                ('ref', models.TextField()),
                ('due_on', models.DateField(null=True)),
                ('found_at', models.DateTimeField()),
                ('send_at', models.DateTimeField(null=True)),
                ('state', models.CharField(choices=[('planned', '待发'), ('sending', '发送中'), ('sent', '已发'), ('failed', '失败'), ('unsure', '不明'), ('skipped', '未发')], db_default='planned', max_length=8)),
                ('tries', models.PositiveSmallIntegerField(db_default=0)),
                ('why', models.CharField(blank=True, db_default='', max_length=200)),
                ('amount_fen', models.BigIntegerField(null=True)),
                ('carrier', models.CharField(blank=True, db_default='', max_length=16)),
                ('notification_id', models.BigIntegerField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
                ('choice', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='reminders.reminderchoice')),
            ],
            options={
                'db_table': 'reminder',
                'indexes': [models.Index(condition=models.Q(('state', 'planned')), fields=['send_at'], name='reminder_due'), models.Index(condition=models.Q(('state__in', ['planned', 'sending'])), fields=['choice'], name='reminder_open'), models.Index(fields=['holder_id', 'done_at'], name='reminder_holder'), models.Index(fields=['found_at'], name='reminder_found')],
                'constraints': [models.UniqueConstraint(fields=('binding_id', 'channel', 'kind', 'ref', 'due_on'), name='reminder_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('state__in', ['planned', 'sending', 'sent', 'failed', 'unsure', 'skipped'])), name='reminder_state'), models.CheckConstraint(condition=models.Q(('kind__in', ['new', 'soon', 'overdue'])), name='reminder_kind')],
            },
        ),
        migrations.AddIndex(
            model_name='reminderchoice',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['plan_at'], name='reminder_choice_plan'),
        ),
        migrations.AddIndex(
            model_name='reminderchoice',
            index=models.Index(condition=models.Q(('ended_at', None)), fields=['ask_at'], name='reminder_choice_ask'),
        ),
        migrations.AddConstraint(
            model_name='reminderchoice',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('binding_id', 'channel'), name='reminder_choice_once'),
        ),
    ]
