"""The outbox 发件箱: every message that was to go out, sealed, and whether it went."""

from django.db import models


class Sending(models.TextChoices):
    """Where a message stands."""

    WAITING = "waiting", "待发"
    SENT = "sent", "已发"
    FAILED = "failed", "失败"


class Notification(models.Model):
    """One message. Number and text are sealed by the key ring: they identify (X3)."""

    kind = models.CharField(max_length=24)  # phone_check
    to_sealed = models.BinaryField()
    text_sealed = models.BinaryField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=Sending, default=Sending.WAITING)

    class Meta:
        db_table = "notification"
        indexes = [
            models.Index(fields=["created_at"], name="notification_waiting",
                         condition=models.Q(state="waiting")),
        ]  # fmt: skip
