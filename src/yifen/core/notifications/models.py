"""The outbox 发件箱: every message that was to go out, sealed, and whether it went; who brings messages, and
their texts where they are not those of the plugs."""

from django.db import models


class Sending(models.TextChoices):
    """Where a try of a message stands; `carriers.SendVerdict` has the ends."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "失败"
    LATER = "later", "稍后再试"
    UNSURE = "unsure", "不明"


class Notification(models.Model):
    """One try of one message. Number and text are sealed by the key ring: they identify (X3)."""

    kind = models.CharField(max_length=24)  # phone_check, reminder.soon …
    channel = models.CharField(max_length=8, db_default="sms")
    carrier = models.CharField(max_length=16, db_default="local")
    to_sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=Sending, default=Sending.WAITING)
    serial = models.CharField(max_length=64, db_default="", blank=True)  # the provider's
    said = models.CharField(max_length=200, db_default="", blank=True)  # why it did not take it

    class Meta:
        db_table = "notification"
        indexes = [
            models.Index(fields=["created_at"], name="notification_waiting",
                         condition=models.Q(state="waiting")),
        ]  # fmt: skip


class MessageCarrier(models.Model):
    """A provider's credentials, sealed by the key ring, and where it listens."""

    code = models.CharField(max_length=16, primary_key=True)  # aliyun, tencent, wechat, app
    sealed = models.BinaryField()
    base_address = models.CharField(max_length=200)
    enabled = models.BooleanField()
    version = models.PositiveIntegerField()  # grows with each change

    class Meta:
        db_table = "message_carrier"


class MessageTemplate(models.Model):
    """A text of the operator's own, in place of the plug's; `provider_id`: the provider's number of it."""

    key = models.CharField(max_length=48, primary_key=True)  # kind/channel/language
    title = models.CharField(max_length=80, blank=True)
    body = models.CharField(max_length=1000)
    provider_id = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField()

    class Meta:
        db_table = "message_template"
