"""Kinds of channels 渠道种类 and their rules; of channels that are there the kind is what is known of them."""

from django.db import migrations, models

KINDS = [
    ("counter", "柜面"), ("atm", "ATM"), ("kiosk", "自助终端"), ("webbank", "网上银行"), ("phonebank", "电话银行"),
    ("passbook", "存折"), ("card", "银行卡、POS"), ("app", "手机与第三方"), ("other", "其他"),
]
CODES = [code for code, _ in KINDS]
DERIVED = "UPDATE channel SET kind = CASE hosted WHEN 'counter' THEN 'counter' ELSE 'app' END WHERE hosted <> ''"


def limit(name, column):
    condition = models.Q(**{f"{column}__isnull": True}) | models.Q(**{f"{column}__gt": 0})
    return models.CheckConstraint(condition=condition, name=name)


class Migration(migrations.Migration):
    dependencies = [("partners", "0004_oldest_first")]
    operations = [
        migrations.AddField(
            "channel", "kind", models.CharField(choices=KINDS, db_default="other", default="other", max_length=10)
        ),
        migrations.AddConstraint(
            "channel", models.CheckConstraint(condition=models.Q(kind__in=CODES), name="channel_kind_known")
        ),
        migrations.RunSQL(DERIVED, migrations.RunSQL.noop),
        migrations.CreateModel(
            "ChannelKindRule",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("book_id", models.IntegerField()),
                ("kind", models.CharField(choices=KINDS, max_length=10)),
                ("payment_fen_max", models.BigIntegerField(blank=True, null=True)),
                ("day_fen_max", models.BigIntegerField(blank=True, null=True)),
                ("opens_at", models.TimeField(blank=True, null=True)),
                ("closes_at", models.TimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "channel_kind_rule",
                "constraints": [
                    models.UniqueConstraint(fields=["book_id", "kind"], name="channel_kind_rule_once"),
                    models.CheckConstraint(condition=models.Q(kind__in=CODES), name="channel_kind_rule_known"),
                    models.CheckConstraint(
                        condition=models.Q(opens_at__isnull=True, closes_at__isnull=True)
                        | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                        name="channel_kind_rule_hours",
                    ),
                    limit("channel_kind_rule_payment", "payment_fen_max"),
                    limit("channel_kind_rule_day", "day_fen_max"),
                ],
            },
        ),
        migrations.CreateModel(
            "ChannelBounds",
            [
                ("channel", models.OneToOneField(on_delete=models.deletion.DO_NOTHING, primary_key=True,
                                                 related_name="bounds", serialize=False, to="partners.channel")),
                ("kind", models.CharField(max_length=10)),
                ("payment_fen_max", models.BigIntegerField(null=True)),
                ("day_fen_max", models.BigIntegerField(null=True)),
            ],
            options={"db_table": "channel_bounds", "managed": False},
        ),
    ]
