"""When a biller is paid, how much, into which account: calendar, agreements, merchants, payees.

What was settled and paid is in sql/0001_tables.sql and moves by functions only.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

ONLY_SEALED = "^~[0-9]+~[A-Za-z0-9_-]+$"


class CalendarDay(models.Model):
    """A day that is not what its weekday says: a holiday, or a make-up working day 调休 (X4)."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("节假日")
        MAKE_UP = "make_up", _("调休上班")

    day = models.DateField(primary_key=True)
    kind = models.CharField(max_length=8, choices=Kind)
    name = models.CharField(max_length=40)

    class Meta:
        db_table = "calendar_day"


class Agreement(models.Model):
    """手续费协议: how a biller is settled and what it pays for the service (P11). One is in force
    on a day: the newest that has begun."""

    class Mode(models.TextChoices):
        NET = "net", _("净额（坐扣）")
        GROSS = "gross", _("全额（另收）")

    class Period(models.TextChoices):
        DAY = "day", _("逐日")
        MONTH = "month", _("按月清算")  # tiers over the month; the last day trues it up

    class Refunds(models.TextChoices):
        ACCOUNT = "account", _("即从结算账户扣除")  # what it lacks stands as a claim
        CLAIM = "claim", _("记为下次结算的追偿")

    class Measure(models.TextChoices):
        AMOUNT = "amount", _("按金额")
        COUNT = "count", _("按笔数")

    biller = models.ForeignKey("partners.Biller", models.PROTECT)
    valid_from = models.DateField()
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.NET)
    period = models.CharField(max_length=5, choices=Period, default=Period.DAY)
    measure = models.CharField(max_length=6, choices=Measure, default=Measure.AMOUNT)
    min_fen = models.BigIntegerField(default=0)  # a period's
    cap_fen = models.BigIntegerField(null=True, blank=True)
    lag_days = models.PositiveSmallIntegerField(default=1)  # T+N working days to the payout
    make_up_days = models.BooleanField(default=True)  # does the bank pay on make-up days
    payout = models.BooleanField(default=False)  # else the money stays on the settlement account
    # Of a day that is settled: where a refund's money comes from.
    refunds = models.CharField(max_length=7, choices=Refunds, db_default=Refunds.ACCOUNT,
                               default=Refunds.ACCOUNT)  # fmt: skip

    class Meta:
        db_table = "agreement"
        constraints = [
            models.UniqueConstraint(fields=["biller", "valid_from"], name="agreement_once")
        ]


class AgreementTier(models.Model):
    """One tier 阶梯: from `from_measure` (fen, or payments) on. Amount: parts per million of what
    lies in the tier; count: fen for each payment in it."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="tiers")
    from_measure = models.BigIntegerField(default=0)
    rate_ppm = models.PositiveIntegerField(default=0)
    each_fen = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "agreement_tier"
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "from_measure"], name="agreement_tier_once"
            )
        ]


class Merchant(models.Model):
    """A biller's place in its group: group 集团 → region 区域 → store 门店 (H7)."""

    class Level(models.TextChoices):
        GROUP = "group", _("集团")
        REGION = "region", _("区域")
        STORE = "store", _("门店")

    biller = models.OneToOneField("partners.Biller", models.PROTECT, primary_key=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    level = models.CharField(max_length=6, choices=Level)
    pooled = models.BooleanField(default=False)  # its money goes up to the parent 归集

    class Meta:
        db_table = "merchant"


class Split(models.Model):
    """分账: of what `merchant` is settled, `share_ppm` goes to `beneficiary`; what the shares leave
    over, the fen of rounding included, stays with the merchant itself."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="splits")
    beneficiary = models.ForeignKey(Merchant, models.PROTECT, related_name="+")
    share_ppm = models.PositiveIntegerField()

    class Meta:
        db_table = "merchant_split"
        constraints = [
            models.UniqueConstraint(fields=["merchant", "beneficiary"], name="merchant_split_once")
        ]


class Payee(models.Model):
    """结算账户: the account at a bank to which a biller's money is paid out."""

    biller = models.OneToOneField("partners.Biller", models.PROTECT, primary_key=True)
    bank = models.ForeignKey("partners.Partner", models.PROTECT)  # ours, through which it is paid
    account_no = models.TextField()  # sealed: core/facts/bank_accounts
    account_name = models.CharField(max_length=100)
    bank_code = models.CharField(max_length=14)  # CNAPS number 联行号
    bank_name = models.CharField(max_length=100)

    class Meta:
        db_table = "payee"
        constraints = [
            models.CheckConstraint(name="payee_account_sealed",
                                   condition=models.Q(account_no__regex=ONLY_SEALED))
        ]  # fmt: skip


class Bank(models.Model):
    """A bank with which we have an account: partner without verbs, its account in our ledger, and
    the endpoint of its port; without one payouts go by file."""

    partner = models.OneToOneField("partners.Partner", models.PROTECT, primary_key=True)
    account_no = models.CharField(max_length=34)
    account_name = models.CharField(max_length=100)
    account_id = models.IntegerField()  # 1002 in the ledger
    endpoint = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        db_table = "bank"
