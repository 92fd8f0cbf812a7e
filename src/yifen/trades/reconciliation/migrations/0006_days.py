"""The same bytes of several days; what described layouts learnt."""

from pathlib import Path

from django.db import migrations, models

from yifen.core.facts.sqlfiles import read_sql

TARGETS = [
    ("serial", "流水号"), ("kind", "交易类型"), ("amount", "金额"), ("income", "收入金额"),
    ("expense", "支出金额"), ("fee", "手续费"), ("day", "日期"), ("time", "时间"), ("original", "原流水号"),
    ("ref", "对方编号"), ("account_no", "户号"), ("batch", "批次"), ("", "不用"),
]  # fmt: skip
TYPES = [
    ("text", "文本"), ("fen", "金额（分）"), ("yuan", "金额（元）"),
    ("day", "日期 yyyyMMdd、yyyy-MM-dd、yyyy/MM/dd"),
    ("moment", "时间 yyyyMMddHHmmss、yyyy-MM-dd HH:mm:ss、MMddHHmmss"),
    ("clock", "时刻 HHmmss、HH:mm:ss"), ("word", "代码"),
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("reconciliation", "0005_sealed")]
    operations = [
        migrations.AlterField("layoutcolumn", "target",
                              models.CharField(blank=True, choices=TARGETS, max_length=10)),
        migrations.AlterField("layoutcolumn", "type", models.CharField(choices=TYPES, max_length=6)),
        migrations.RunSQL(read_sql(Path(__file__).parents[1] / "sql" / "0006_days.sql")),
    ]  # fmt: skip
