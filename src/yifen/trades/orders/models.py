"""Tables of the payer's side: orders, pay methods, phones and what they bind, counters of tries."""

from django.db import models
from django.db.models import Q


class OrderState(models.TextChoices):
    """Where an order stands; which step may follow which: rules.LEGAL."""

    NEW = "new", "待支付"
    PAYING = "paying", "支付中"
    PAID = "paid", "已付款，销账中"
    BOOKED = "booked", "缴费成功"
    REFUND_DUE = "refund_due", "退款中"
    REFUNDED = "refunded", "已退款"
    CLOSED = "closed", "已关闭"


class Order(models.Model):
    """One payment as a payer makes it on our pages. `order_no` is the charge's serial on the hosted
    channel and the number under which the pay method knows it. Changed by operations only."""

    order_no = models.CharField(max_length=32, primary_key=True)
    browser = models.CharField(max_length=32)  # in which it was made; see payer.browser
    holder = models.ForeignKey("Holder", models.SET_NULL, null=True)
    channel = models.ForeignKey("partners.Channel", models.PROTECT)
    biller = models.ForeignKey("partners.Biller", models.PROTECT)
    account_no = models.CharField(max_length=40)
    payer_name = models.TextField()  # masked, as the hub answers it
    lines = models.JSONField()  # [{"payable", "title", "amount_fen"}]
    amount_fen = models.BigIntegerField()
    quote = models.CharField(max_length=32, blank=True)
    method = models.CharField(max_length=16)
    device = models.CharField(max_length=8)  # where the payer is: methods.Device
    goal = models.JSONField(null=True)  # where the pay method sends the payer: kind, text
    began_at = models.DateTimeField(null=True)  # when it said so
    trade_no = models.CharField(max_length=64, blank=True)  # the pay method's own number
    received_fen = models.BigIntegerField(null=True)
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.NEW)
    code = models.IntegerField(null=True)  # the hub's last word, or why the money goes back
    payment_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True)  # when the payer's page last made us ask
    settle_at = models.DateTimeField(null=True)  # when the job looks at it next; empty: never
    tries = models.PositiveIntegerField(default=0)  # of the job, since the last change

    class Meta:
        db_table = "checkout_order"
        constraints = [
            # Two tabs, two clicks: one browser has one open order of an account (H4).
            models.UniqueConstraint(
                fields=["browser", "biller", "account_no"],
                condition=Q(state__in=["new", "paying"]),
                name="checkout_order_open_once",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="checkout_order_amount"),
            models.CheckConstraint(condition=Q(state__in=OrderState.values), name="checkout_order_state"),
            # Money that came has a time and an amount; a booked order has its payment.
            models.CheckConstraint(
                condition=~Q(state__in=["paid", "booked", "refund_due", "refunded"])
                | Q(paid_at__isnull=False, received_fen__gt=0),
                name="checkout_order_paid",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(payment_id__isnull=False, code=0),
                name="checkout_order_booked",
            ),
        ]
        indexes = [
            models.Index(fields=["settle_at"], name="checkout_order_settle",
                         condition=Q(settle_at__isnull=False)),
            models.Index(fields=["browser", "created_at"], name="checkout_order_browser"),
            models.Index(fields=["trade_no"], name="checkout_order_trade"),
            models.Index(fields=["holder", "created_at"], name="checkout_order_holder"),
            models.Index(fields=["biller", "account_no", "created_at"],
                         name="checkout_order_account"),
        ]  # fmt: skip


class PartState(models.TextChoices):
    """Where a part's money is: due to the payer, or back."""

    DUE = "due", "退款中"
    BACK = "back", "已退款"


class RefundPart(models.Model):
    """A refund in part of an order's payment 部分退款, and the last one after parts: what the pay method gives back
    by a number of its own. Made with the return by sql/back_v1.sql alone; `back` when the method says so."""

    refund_no = models.CharField(max_length=64, primary_key=True)  # R, the order's number, what is left after it
    order = models.ForeignKey(Order, models.PROTECT, related_name="parts", db_column="order_no")
    payment_id = models.BigIntegerField()
    serial = models.TextField()  # of the payment's return
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=4, choices=PartState, default=PartState.DUE)
    due_at = models.DateTimeField()  # when it was taken back from the biller
    back_at = models.DateTimeField(null=True)
    settle_at = models.DateTimeField(null=True)  # when the job asks for it next; empty: it is back
    tries = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "checkout_part"
        constraints = [
            models.UniqueConstraint(fields=["payment_id", "serial"], name="checkout_part_return"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="checkout_part_amount"),
            models.CheckConstraint(
                condition=Q(state="due", back_at__isnull=True, settle_at__isnull=False)
                | Q(state="back", back_at__isnull=False, settle_at__isnull=True),
                name="checkout_part_state",
            ),
        ]
        indexes = [
            models.Index(fields=["settle_at"], name="checkout_part_settle", condition=Q(settle_at__isnull=False)),
        ]


class PayAnswer(models.Model):
    """A pay method's word that an order's money came or is back 支付方式的应答, as it signed it: an order says
    no such thing without one (sql/moves_v1.sql). Only ever added."""

    answer_id = models.BigAutoField(primary_key=True)
    order_no = models.CharField(max_length=32, db_index=True)
    kind = models.CharField(max_length=8)  # paid, returned
    method = models.CharField(max_length=16)
    trade_no = models.CharField(max_length=64, blank=True)
    refund_no = models.CharField(max_length=64, db_default="")  # which refund is back
    amount_fen = models.BigIntegerField()
    at = models.DateTimeField()
    sealed = models.BinaryField()  # methods.Signed; empty: of before answers were kept

    class Meta:
        db_table = "checkout_answer"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["paid", "returned"]), name="checkout_answer_kind"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="checkout_answer_amount"),
            models.CheckConstraint(
                condition=Q(kind="paid", refund_no="") | Q(kind="returned") & ~Q(refund_no=""),
                name="checkout_answer_refund",
            ),
        ]


class AnswerProved(models.Model):
    """That the night read an answer's signature and found it the pay method's: also true when the keys are
    others later."""

    answer = models.OneToOneField(PayAnswer, models.PROTECT, primary_key=True)
    digest = models.BinaryField()  # of what stood there: proof.digest
    at = models.DateTimeField()

    class Meta:
        db_table = "checkout_answer_proved"


class PayMethod(models.Model):
    """A provider's credentials, sealed by the key ring, and where it listens."""

    code = models.CharField(max_length=16, primary_key=True)  # wechat, alipay
    sealed = models.BinaryField()
    base_address = models.CharField(max_length=200)
    enabled = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)  # grows with each change

    class Meta:
        db_table = "pay_method"


class SimulatedTrade(models.Model):
    """The books of the simulated cashier (methods.simulated): somebody else's, were it real."""

    order_no = models.CharField(max_length=32, primary_key=True)
    amount_fen = models.BigIntegerField()
    title = models.CharField(max_length=200)
    return_url = models.CharField(max_length=400)
    state = models.CharField(max_length=8, default="waiting")  # waiting, paid, closed, refunded (all of it)
    refund_no = models.CharField(max_length=64, blank=True)  # of a version before SimulatedRefund

    class Meta:
        db_table = "checkout_simulated_trade"


class SimulatedRefund(models.Model):
    """What the simulated cashier gave back, by the number of each refund."""

    refund_no = models.CharField(max_length=64, primary_key=True)
    order_no = models.CharField(max_length=32, db_index=True)
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "checkout_simulated_refund"


class Holder(models.Model):
    """A person known by a phone that was checked; `lookup` is a keyed hash of the number."""

    phone_sealed = models.BinaryField()
    lookup = models.CharField(max_length=64, unique=True)
    person_sealed = models.BinaryField(db_default=b"")  # as WeChat knows him (openid); empty: he never paid there
    created_at = models.DateTimeField()

    class Meta:
        db_table = "checkout_holder"


class PhoneCheck(models.Model):
    """A code that was sent to a phone: hashed, five tries, five minutes."""

    token = models.CharField(max_length=32, primary_key=True)  # in the form that asks for the code
    lookup = models.CharField(max_length=64)
    phone_sealed = models.BinaryField()
    code_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "checkout_phone_check"
        indexes = [models.Index(fields=["expires_at"], name="checkout_phone_check_end")]


class Binding(models.Model):
    """An account that a holder keeps at hand."""

    holder = models.ForeignKey(Holder, models.CASCADE, related_name="bindings")
    biller = models.ForeignKey("partners.Biller", models.PROTECT)
    account_no = models.CharField(max_length=40)
    alias = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "checkout_binding"
        constraints = [
            models.UniqueConstraint(
                fields=["holder", "biller", "account_no"], name="checkout_binding_once"
            )
        ]


class Rate(models.Model):
    """How often something was tried within a window (rates)."""

    pk = models.CompositePrimaryKey("key", "starts_at")
    key = models.CharField(max_length=64)  # a hash: nobody's number stands here
    starts_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        db_table = "checkout_rate"
        indexes = [models.Index(fields=["starts_at"], name="checkout_rate_start")]
