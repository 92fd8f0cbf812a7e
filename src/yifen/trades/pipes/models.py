"""Pipes 推送通道: where a partner is told of events, what was told, each try, and what was fetched."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yifen.core.partners.models import Partner


class PipeKind(models.TextChoices):
    """How it is told."""

    WEBHOOK = "webhook", _("Webhook")
    SFTP = "sftp", _("SFTP")
    MAIL = "mail", _("邮件")


class Pipe(models.Model):
    """One address of a partner and the kinds of events it wants. Address, wants and settings two people change;
    of a webhook one alone makes a new secret, and anyone may switch it off.

    `secret`: what the other side is known by, or knows us by, sealed (context `pipe:<ref>`): of a webhook the
    key bytes; others keep JSON. `secret_before` counts beside it until `before_until`."""

    ref = models.UUIDField(unique=True)
    partner = models.ForeignKey(Partner, models.PROTECT)
    kind = models.CharField(max_length=8, choices=PipeKind)
    address = models.CharField(max_length=300)
    wants = models.JSONField(default=list)
    settings = models.JSONField(default=dict)  # of its kind: a host key, folders
    secret = models.BinaryField(null=True)
    secret_before = models.BinaryField(null=True)
    before_until = models.DateTimeField(null=True)
    enabled = models.BooleanField(default=True)
    off_why = models.CharField(max_length=200, blank=True, default="", db_default="")
    made_at = models.DateTimeField()

    class Meta:
        db_table = "pipe"

    def __str__(self) -> str:
        return f"{self.partner.code} · {self.get_kind_display()} · {self.address}"


class PipeCursor(models.Model):
    """How far a source of events was read, and when; `fault`: why it was not read the last time."""

    source = models.CharField(max_length=40, primary_key=True)
    position = models.JSONField(default=dict)
    at = models.DateTimeField()
    fault = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        db_table = "pipe_cursor"


class PipeEvent(models.Model):
    """What happened, for one partner; its `uid` is its name for ever."""

    uid = models.CharField(max_length=36, unique=True)
    kind = models.CharField(max_length=40)
    source = models.CharField(max_length=40, blank=True)  # that found it; "" of a test
    partner = models.ForeignKey(Partner, models.PROTECT)
    subject = models.CharField(max_length=120)
    at = models.DateTimeField()
    data = models.JSONField()

    class Meta:
        db_table = "pipe_event"
        indexes = [models.Index(fields=["at"], name="pipe_event_at")]


class DeliveryState(models.TextChoices):
    """What became of it."""

    WAITING = "waiting", _("待送达")
    DELIVERED = "delivered", _("已送达")
    GIVEN_UP = "given_up", _("已放弃")


class PipeDelivery(models.Model):
    """One event down one pipe. While it is tried, `due_at` is when it would be tried again if nobody came back;
    `said`: the last answer."""

    pipe = models.ForeignKey(Pipe, models.PROTECT)
    event = models.ForeignKey(PipeEvent, models.CASCADE)
    state = models.CharField(max_length=9, choices=DeliveryState)
    tries = models.PositiveSmallIntegerField(default=0)  # of this round: sent again, it counts anew
    due_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    said = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "pipe_delivery"
        constraints = [models.UniqueConstraint(fields=["pipe", "event"], name="pipe_delivery_once")]
        indexes = [
            models.Index(fields=["pipe", "due_at"], name="pipe_delivery_due",
                         condition=models.Q(state="waiting")),
            models.Index(fields=["pipe", "made_at"], name="pipe_delivery_made"),
            models.Index(fields=["ended_at"], name="pipe_delivery_given_up",
                         condition=models.Q(state="given_up")),
        ]  # fmt: skip


class PipeTry(models.Model):
    """One try of a delivery: when, how long, what was answered."""

    delivery = models.ForeignKey(PipeDelivery, models.CASCADE)
    pipe = models.ForeignKey(Pipe, models.PROTECT)
    at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    result = models.CharField(max_length=9)  # port.Result
    status = models.PositiveSmallIntegerField(null=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "pipe_try"
        indexes = [models.Index(fields=["pipe", "at"], name="pipe_try_pipe")]


class PipeLook(models.Model):
    """The last look at a pipe's folder: when, how many files landed, which did not and why, and what ended it early."""

    pipe = models.OneToOneField(Pipe, models.PROTECT, primary_key=True)
    looked_at = models.DateTimeField()
    took_ms = models.PositiveIntegerField()
    fetched = models.PositiveIntegerField()
    left = models.JSONField(default=dict)  # why, by name; "…": of more
    fault = models.CharField(max_length=300, blank=True)
    failing_since = models.DateTimeField(null=True)
    due_at = models.DateTimeField()

    class Meta:
        db_table = "pipe_look"


class PipeFetched(models.Model):
    """A partner's file that was fetched from its server, and where it went."""

    pipe = models.ForeignKey(Pipe, models.PROTECT)
    name = models.CharField(max_length=200)  # there
    size = models.BigIntegerField()
    sha256 = models.BinaryField()
    changed_at = models.DateTimeField(null=True)  # there
    fetched_at = models.DateTimeField()
    landed = models.CharField(max_length=300, blank=True)  # below the data folder; "": on its way

    class Meta:
        db_table = "pipe_fetched"
        constraints = [
            models.UniqueConstraint(fields=["pipe", "name", "sha256"], name="pipe_fetched_once")
        ]
