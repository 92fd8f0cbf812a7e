"""Tables of the counter: a teller's shift 班次, and the journal 柜面流水 of what was done in it.

The ledger is the truth about money; these rows say who stood at the counter, and what should be in
the drawer. An entry is committed before the hub is asked, so no lost answer loses a payment.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

REVERSAL = "4625"  # the transaction code under which every reversal is entered
REFUND = "4626"  # and every refund of a day that is closed
SERIAL_MAX = 32


class PayKind(models.TextChoices):
    """How the payer paid at the counter (P4)."""

    CASH = "cash", _("现金")
    PERSONAL = "personal", _("个人卡/存折")
    CHEQUE = "cheque", _("支票户")
    CORPORATE = "corporate", _("对公存折")


class Shift(models.Model):
    """One teller's drawer from opening 开班 to balancing 轧账; all its payments are of one business
    day. `counted` maps the value of a note or coin in fen to how many were counted."""

    class State(models.TextChoices):
        OPEN = "open", _("营业中")
        CLOSED = "closed", _("已轧账")

    teller = models.ForeignKey("access.User", models.PROTECT, related_name="shifts")
    institution = models.ForeignKey("directory.Institution", models.PROTECT)
    channel = models.ForeignKey("partners.Channel", models.PROTECT)  # through which it collects
    business_day = models.DateField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    opening_fen = models.BigIntegerField()
    left_fen = models.BigIntegerField(null=True, blank=True)  # that he counted last time; the database says it
    opening_authorisation = models.ForeignKey("access.Authorisation", models.PROTECT, null=True, blank=True,
                                              related_name="+")  # where the two differ  # fmt: skip
    counted = models.JSONField(null=True, blank=True)
    counted_fen = models.BigIntegerField(null=True, blank=True)
    expected_fen = models.BigIntegerField(null=True, blank=True)
    difference_fen = models.BigIntegerField(null=True, blank=True)  # above zero 长款, below 短款
    reason = models.CharField(max_length=100, blank=True, default="")
    authorisation = models.ForeignKey("access.Authorisation", models.PROTECT, null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)

    class Meta:
        db_table = "counter_shift"
        indexes = [models.Index(fields=["teller", "-id"], name="shift_teller")]
        constraints = [
            models.UniqueConstraint(
                fields=["teller"], condition=Q(state="open"), name="shift_open_once"
            ),
            models.CheckConstraint(condition=Q(opening_fen__gte=0), name="shift_opening_fen"),
            models.CheckConstraint(
                condition=Q(state="open")
                | Q(difference_fen=F("counted_fen") - F("expected_fen"), closed_at__isnull=False),
                name="shift_closed_counted",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class Entry(models.Model):
    """One operation of a teller. `serial` is its serial at the hub; a reversal's, or a refund's, names
    its `original`. While `draft` nothing was sent, and it ends with its shift or its day; `unknown` means
    that the hub may or may not have booked it, until it is found or sent again with the same serial."""

    class State(models.TextChoices):
        DRAFT = "draft", _("待确认")
        UNKNOWN = "unknown", _("结果未知")
        BOOKED = "booked", _("已入账")
        REFUSED = "refused", _("未入账")
        REVERSED = "reversed", _("已冲正")
        REFUNDED = "refunded", _("已退款")  # whole

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="entries")
    teller = models.ForeignKey("access.User", models.PROTECT, related_name="entries")
    institution = models.ForeignKey("directory.Institution", models.PROTECT)
    channel = models.ForeignKey("partners.Channel", models.PROTECT)
    code = models.CharField(max_length=8)  # the transaction code: 4623
    serial = models.CharField(max_length=SERIAL_MAX)
    original = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    biller = models.ForeignKey("partners.Biller", models.PROTECT)
    biller_code = models.CharField(max_length=16)  # as it was sent
    account_no = models.CharField(max_length=40)
    payer_name = models.CharField(max_length=40, blank=True)  # masked
    lines = models.JSONField()  # [{payable, title, amount_fen}]
    quote = models.CharField(max_length=32, blank=True, default="")
    amount_fen = models.BigIntegerField()
    pay_kind = models.CharField(max_length=10, choices=PayKind)
    from_account = models.CharField(max_length=40, blank=True, default="")  # masked (X3)
    tendered_fen = models.BigIntegerField(null=True, blank=True)  # of cash only
    change_fen = models.BigIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    result = models.IntegerField(null=True, blank=True)  # the hub's last code
    payment_id = models.BigIntegerField(null=True, blank=True)
    business_day = models.DateField()
    at = models.DateTimeField()  # when it was entered; `paid_at` of the charge
    sent_at = models.DateTimeField(null=True, blank=True)
    booked_at = models.DateTimeField(null=True, blank=True)
    authorisation = models.ForeignKey("access.Authorisation", models.PROTECT, null=True, blank=True)
    prints = models.IntegerField(default=0)  # of the receipt

    class Meta:
        db_table = "counter_entry"
        constraints = [
            models.UniqueConstraint(fields=["channel", "serial"], name="entry_serial_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="entry_amount_fen"),
            models.CheckConstraint(
                condition=Q(tendered_fen__isnull=True)
                | Q(tendered_fen=F("amount_fen") + F("change_fen"), change_fen__gte=0),
                name="entry_change_fen",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked", original__isnull=False)
                | Q(authorisation__isnull=False),
                name="entry_reversal_authorised",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "-id"], name="entry_institution"),
            models.Index(fields=["payment_id"], name="entry_payment"),
            models.Index(fields=["institution", "business_day"], name="entry_day"),
            models.Index(fields=["business_day"], condition=Q(state="draft"), name="entry_drafts"),
            models.Index(fields=["sent_at"], condition=Q(state="unknown"), name="entry_unknown"),
        ]

    @property
    def is_reversal(self) -> bool:
        """Takes back: a reversal or a refund."""
        return self.original_id is not None

    @property
    def is_refund(self) -> bool:
        return self.code == REFUND

    @property
    def has_paper(self) -> bool:
        """Its money went through the drawer."""
        return self.state in COUNTED

    @property
    def is_decided(self) -> bool:
        return self.state not in (self.State.DRAFT, self.State.UNKNOWN)


class CoreLeg(models.Model):
    """The bank's side of a collection, where its institution has a core: whose account pays 付款账户 (a teller's cash
    box, for cash), and the biller's transit account. The posting itself is `core_move`, under the entry's serial."""

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="core_leg")
    core_id = models.IntegerField()
    account_sealed = models.BinaryField()
    transit = models.CharField(max_length=40)
    holder = models.CharField(max_length=60, blank=True, default="")  # masked (X3)
    cheque_no = models.CharField(max_length=20, blank=True, default="")
    cheque_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "counter_core"


class PrintedVoucher(models.Model):
    """How often a voucher was handed out: of an entry, or of what another trade does at the desk. `document`: as a
    move at the core names it, `counter_entry:17`."""

    document = models.CharField(max_length=40, primary_key=True)
    prints = models.IntegerField()

    class Meta:
        db_table = "counter_voucher"


COUNTED = (Entry.State.BOOKED, Entry.State.REVERSED, Entry.State.REFUNDED)
"""States in which an entry's money went through the drawer. What takes back is an entry of its own."""
