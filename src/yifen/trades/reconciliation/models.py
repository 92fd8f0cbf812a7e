"""How each partner is reconciled: its file, the truth, what happens to each class of difference.

The tables of files, runs and items are in sql/0001_tables.sql; they are filled set by set.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyChoice(models.TextChoices):
    """Whose file it is."""

    CHANNEL = "channel", _("渠道")
    BILLER = "biller", _("收费单位")
    BANK = "bank", _("银行")


class TruthChoice(models.TextChoices):
    """Whose record counts when two differ (domain.md case 8)."""

    OURS = "ours", _("以本方为准")
    THEIRS = "theirs", _("以对方为准")


class Layout(models.Model):
    """A file described by a table: delimited or of fixed width (X5)."""

    class Shape(models.TextChoices):
        DELIMITED = "delimited", _("分隔符")
        FIXED = "fixed", _("定长")

    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=100)
    shape = models.CharField(max_length=9, choices=Shape)
    encoding = models.CharField(max_length=8, default="UTF-8")  # or GB18030
    delimiter = models.CharField(max_length=4, blank=True, default="|")
    quote = models.CharField(max_length=1, blank=True, default="")
    header_lines = models.PositiveSmallIntegerField(default=0)  # skipped, or named columns
    named = models.BooleanField(default=False)  # the last header line has the columns' names
    # The totals line 汇总行: where it stands, and which of its cells hold count and amount, from 1.
    totals = models.CharField(max_length=5, blank=True, default="")  # first, last or none
    totals_mark = models.CharField(max_length=16, blank=True, default="")  # with which it begins
    count_at = models.PositiveSmallIntegerField(null=True, blank=True)
    amount_at = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        db_table = "recon_layout"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class LayoutColumn(models.Model):
    """One column of a layout: where it stands, what it means, how it is written."""

    class Target(models.TextChoices):
        SERIAL = "serial", _("流水号")
        KIND = "kind", _("交易类型")
        AMOUNT = "amount", _("金额")
        INCOME = "income", _("收入金额")
        EXPENSE = "expense", _("支出金额")
        FEE = "fee", _("手续费")
        DAY = "day", _("日期")
        TIME = "time", _("时间")
        ORIGINAL = "original", _("原流水号")
        REF = "ref", _("对方编号")
        ACCOUNT = "account_no", _("户号")
        BATCH = "batch", _("批次")
        SKIP = "", _("不用")

    class Type(models.TextChoices):
        TEXT = "text", _("文本")
        FEN = "fen", _("金额（分）")
        YUAN = "yuan", _("金额（元）")
        DAY = "day", _("日期 yyyyMMdd、yyyy-MM-dd、yyyy/MM/dd")
        MOMENT = "moment", _("时间 yyyyMMddHHmmss、yyyy-MM-dd HH:mm:ss、MMddHHmmss")
        CLOCK = "clock", _("时刻 HHmmss、HH:mm:ss")
        WORD = "word", _("代码")

    layout = models.ForeignKey(Layout, models.CASCADE, related_name="columns")
    position = models.PositiveSmallIntegerField()  # from 1, in the order of the file
    name = models.CharField(max_length=40)  # as the header says, where columns are named
    width = models.PositiveSmallIntegerField(null=True, blank=True)  # in bytes, of fixed shape
    target = models.CharField(max_length=10, choices=Target, blank=True)
    type = models.CharField(max_length=6, choices=Type)
    words = models.CharField(max_length=200, blank=True, default="")  # 01=sale,04=refund; +=in,-=out

    class Meta:
        db_table = "recon_layout_column"
        constraints = [
            models.UniqueConstraint(fields=["layout", "position"], name="recon_layout_column_once")
        ]


class Profile(models.Model):
    """How one partner is reconciled. Without a row: the hub's own daily file, the defaults."""

    partner = models.OneToOneField("partners.Partner", models.PROTECT, primary_key=True)
    party = models.CharField(max_length=7, choices=PartyChoice)
    format = models.CharField(max_length=24, default="hub")
    layout = models.ForeignKey(Layout, models.PROTECT, null=True, blank=True)
    owner = models.CharField(
        max_length=40, blank=True, default=""
    )  # merchant or account in the file
    currency = models.CharField(max_length=3, default="CNY", db_default="CNY")  # of a bank's lines
    truth = models.CharField(max_length=6, choices=TruthChoice)
    cut_off = models.TimeField(null=True, blank=True)  # the partner's own; empty: the book's
    slack_min = models.PositiveSmallIntegerField(default=30)  # around the cut: waits a day
    fee_ppm = models.PositiveIntegerField(null=True, blank=True)  # its fee; empty: not compared
    by_rule = models.BooleanField(default=False)  # match what is left by account, amount, time
    rule_window_min = models.PositiveSmallIntegerField(default=60)
    by_group = models.BooleanField(default=False)  # match sums of a batch or a day
    deadline_days = models.PositiveSmallIntegerField(default=3)
    file_late_after = models.TimeField(null=True, blank=True)  # on the next day
    # Of a bank: our account there in the ledger.
    bank_account_id = models.IntegerField(null=True, blank=True)

    class Meta:
        db_table = "recon_profile"


class DifferenceClass(models.TextChoices):
    """Why two records do not agree 差异. Ours only: the partner lacks it 短款/漏单; theirs only:
    we lack it 长款."""

    OURS_ONLY = "ours_only", _("我方有对方无")
    THEIRS_ONLY = "theirs_only", _("对方有我方无")
    STATUS = "status", _("状态不符")
    AMOUNT = "amount", _("金额不符")
    FEE = "fee", _("手续费不符")
    DUPLICATE = "duplicate", _("对方重复")


class RepairActionChoice(models.TextChoices):
    """What is done about a difference 平账."""

    REFUND = "refund", _("退回缴费")  # we take our payment back
    BOOK = "book", _("补记缴费")  # we book theirs, else it goes to suspense
    SUSPEND = "suspend", _("挂账")  # the difference in money stands on suspense
    RESOLVE = "resolve", _("据对方定论")  # an undecided payment is decided by their file
    TELL = "tell", _("对方调整")  # the partner puts it right: single-sided items file 单边账文件
    ACCEPT = "accept", _("认可对方")  # theirs is right and no money of ours moves
    WAIT = "wait", _("等待")
    ASK = "ask", _("人工处理")


class Policy(models.Model):
    """What happens to one class of one partner; without a row: `rules.DEFAULTS`."""

    profile = models.ForeignKey(Profile, models.CASCADE, related_name="policies")
    difference_class = models.CharField(max_length=11, choices=DifferenceClass)
    action = models.CharField(max_length=8, choices=RepairActionChoice)
    automatic = models.BooleanField(default=False)  # else maker and checker
    automatic_fen_max = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "recon_policy"
        constraints = [
            models.UniqueConstraint(
                fields=["profile", "difference_class"], name="recon_policy_once"
            )
        ]
