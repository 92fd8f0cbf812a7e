"""Partners 合作方: channels 渠道 and billers 收费单位, their keys, limits, admissions and outages.

The gateway and the SQL functions read these tables; they are small and every server has them whole.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.sandbox import SANDBOX_BOOK_ID


class WireLogKeeping(models.TextChoices):
    """Which of a partner's messages are kept, masked, for who looks into a payment."""

    ALL = "all", _("全部")
    FAULTS = "faults", _("仅异常")  # refused, undecided, or slow
    NONE = "none", _("不留存")


class Hosted(models.TextChoices):
    """Channels that Yifen runs itself, beside those that call the gateway."""

    NO = "", _("接入渠道")
    COUNTER = "counter", _("柜面")
    PAYER = "payer", _("缴费页面")
    DEBIT = "debit", _("代扣")


class ChannelKind(models.TextChoices):
    """渠道种类 (U5): what a channel is to the payer. Rules are made for each."""

    COUNTER = "counter", _("柜面")
    ATM = "atm", _("ATM")
    KIOSK = "kiosk", _("自助终端")
    WEBBANK = "webbank", _("网上银行")
    PHONEBANK = "phonebank", _("电话银行")
    PASSBOOK = "passbook", _("存折")
    CARD = "card", _("银行卡、POS")
    APP = "app", _("手机与第三方")
    OTHER = "other", _("其他")


class Partner(models.Model):
    """Anyone with a key. `xml` and `json` say which dialects it may use (deny by default)."""

    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    institution = models.ForeignKey("directory.Institution", models.PROTECT)
    book_id = models.IntegerField()
    suspended = models.BooleanField(default=False)
    xml = models.BooleanField(default=False)
    json = models.BooleanField(default=False)
    encoding = models.CharField(max_length=8, default="UTF-8")  # of XML and text files: or GB18030
    unit = models.CharField(max_length=4, default="fen")  # of amounts in XML: fen or yuan
    wire_log = models.CharField(
        max_length=6, choices=WireLogKeeping, db_default=WireLogKeeping.FAULTS
    )
    # The sandbox 沙箱 of a partner is a partner of its own, in a book of its own: nothing it does
    # can touch the real one's money.
    sandbox_of = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="sandbox"
    )
    live_at = models.DateTimeField(null=True, blank=True)  # when it was let in 上线; see go_live

    class Meta:
        db_table = "partner"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    @property
    def is_arriving(self) -> bool:
        """Nothing real is done by it, so one person still changes it; as partners_arriving_v1 sees it."""
        return self.book_id == SANDBOX_BOOK_ID or (self.suspended and self.live_at is None)


class PartnerKey(models.Model):
    """One version of a partner's key; `secret` is sealed by the key ring (kernel.secrets)."""

    partner = models.ForeignKey(Partner, models.PROTECT)
    version = models.PositiveIntegerField()
    algorithm = models.CharField(
        max_length=16
    )  # sha1, hmac-sha256, ed25519, rsa-pss-sha512, sm2-sm3
    secret = models.BinaryField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "partner_key"
        constraints = [
            models.UniqueConstraint(fields=["partner", "version"], name="partner_key_version")
        ]


class Channel(models.Model):
    """The channel side of a partner: limits in fen and service hours in its book's local time."""

    partner = models.OneToOneField(Partner, models.PROTECT, primary_key=True)
    payment_fen_max = models.BigIntegerField(null=True, blank=True)
    day_fen_max = models.BigIntegerField(null=True, blank=True)
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    hosted = models.CharField(max_length=8, choices=Hosted, blank=True, db_default=Hosted.NO)
    kind = models.CharField(
        max_length=10, choices=ChannelKind, default=ChannelKind.OTHER, db_default=ChannelKind.OTHER
    )

    class Meta:
        db_table = "channel"
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=ChannelKind.values), name="channel_kind_known")
        ]


class ChannelKindRule(models.Model):
    """渠道种类规则: what binds every channel of a kind in a book, beside its own limits and hours; the stricter
    counts (`channel_bounds`). A sandbox's channels are in the sandbox's book: a real rule does not bind them."""

    book_id = models.IntegerField()
    kind = models.CharField(max_length=10, choices=ChannelKind)
    payment_fen_max = models.BigIntegerField(null=True, blank=True)
    day_fen_max = models.BigIntegerField(null=True, blank=True)  # of each channel, not of all together
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)

    class Meta:
        db_table = "channel_kind_rule"
        constraints = [
            models.UniqueConstraint(fields=["book_id", "kind"], name="channel_kind_rule_once"),
            models.CheckConstraint(condition=models.Q(kind__in=ChannelKind.values), name="channel_kind_rule_known"),
            models.CheckConstraint(
                condition=models.Q(opens_at__isnull=True, closes_at__isnull=True)
                | models.Q(opens_at__isnull=False, closes_at__isnull=False),
                name="channel_kind_rule_hours",
            ),
            models.CheckConstraint(
                condition=models.Q(payment_fen_max__isnull=True) | models.Q(payment_fen_max__gt=0),
                name="channel_kind_rule_payment",
            ),
            models.CheckConstraint(
                condition=models.Q(day_fen_max__isnull=True) | models.Q(day_fen_max__gt=0),
                name="channel_kind_rule_day",
            ),
        ]


class ChannelBounds(models.Model):
    """What counts for a channel: the stricter of its own and its kind's limits; a view, `views_v1.sql`."""

    channel = models.OneToOneField(Channel, models.DO_NOTHING, primary_key=True, related_name="bounds")
    kind = models.CharField(max_length=10)
    payment_fen_max = models.BigIntegerField(null=True)
    day_fen_max = models.BigIntegerField(null=True)

    class Meta:
        db_table = "channel_bounds"
        managed = False


class Biller(models.Model):
    """The biller side: hosted here, or with a system of its own at `endpoint`."""

    partner = models.OneToOneField(Partner, models.PROTECT, primary_key=True)
    category = models.CharField(max_length=16)  # heat, power, water, gas, property, …
    city = models.CharField(max_length=40, blank=True, db_default="")  # where payers look for it
    transit_id = models.IntegerField()  # its transit account 过渡账户 in the ledger
    quote_ttl_s = models.PositiveIntegerField(null=True, blank=True)  # asks for quotes when set
    oldest_first = models.BooleanField(db_default=False)  # hosted: an older bill is paid before or with a newer one
    endpoint = models.CharField(max_length=200, blank=True, default="")
    dialect = models.CharField(max_length=4, default="xml")  # in which we call it
    timeout_s = models.PositiveIntegerField(default=5)
    calls_max = models.PositiveIntegerField(default=16)  # at once, from one process

    class Meta:
        db_table = "biller"


class BillerErrorCode(models.Model):
    """What a biller's own error code means for the payer's money (domain.md 1.1)."""

    class Meaning(models.TextChoices):
        REFUND_NOW = "refund_now", _("立即退款")
        HOLD = "hold", _("挂起待查")
        BOOKED = "booked", _("视为成功")

    biller = models.ForeignKey(Biller, models.CASCADE)
    wire_code = models.CharField(max_length=16)
    meaning = models.CharField(max_length=10, choices=Meaning)

    class Meta:
        db_table = "biller_error_code"
        constraints = [
            models.UniqueConstraint(fields=["biller", "wire_code"], name="biller_error_code_once")
        ]


class Outage(models.Model):
    """A window in which a biller answers nothing 停机: query and charge are refused (H9)."""

    biller = models.ForeignKey(Biller, models.CASCADE)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=200)

    class Meta:
        db_table = "biller_outage"


class Admission(models.Model):
    """准入: this channel may collect for this biller; its money stands on the clearing account."""

    channel = models.ForeignKey(Channel, models.PROTECT)
    biller = models.ForeignKey(Biller, models.PROTECT)
    clearing_id = models.IntegerField()
    active = models.BooleanField(default=True)

    class Meta:
        db_table = "admission"
        constraints = [models.UniqueConstraint(fields=["channel", "biller"], name="admission_once")]
