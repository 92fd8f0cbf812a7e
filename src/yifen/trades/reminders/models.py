"""Tables of reminders: who wants which, and each one that was to be sent."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class ReminderPerson(models.Model):
    """A holder who wants reminders, in which language; his mail address once he confirmed it."""

    holder_id = models.BigIntegerField(primary_key=True)
    language = models.CharField(max_length=2)  # zh, en
    mail_sealed = models.BinaryField(db_default=b"")
    mail_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reminder_person"


class ReminderMailCheck(models.Model):
    """A code that was sent to a mail address: hashed, five tries, an hour."""

    token = models.CharField(max_length=32, primary_key=True)
    holder_id = models.BigIntegerField()
    lookup = models.CharField(max_length=64)  # a keyed hash of the address
    mail_sealed = models.BinaryField()
    code_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reminder_mail_check"
        indexes = [models.Index(fields=["created_at"], name="reminder_mail_check_at")]


class ReminderChoice(models.Model):
    """What a person agreed to (`consented_at`) for one bound account and channel. One that ended stays, with
    why; agreeing again is a new one."""

    person = models.ForeignKey(ReminderPerson, models.PROTECT, db_column="holder_id")
    binding_id = models.BigIntegerField()
    biller_id = models.IntegerField()
    bucket = models.SmallIntegerField()
    account_no = models.CharField(max_length=40)
    channel = models.CharField(max_length=8)
    tell_new = models.BooleanField()
    soon_days = models.PositiveSmallIntegerField(null=True)
    tell_overdue = models.BooleanField()
    hours = ArrayField(models.SmallIntegerField())
    consented_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_why = models.CharField(max_length=16, blank=True)
    plan_at = models.DateTimeField()  # when its bills are looked for next
    ask_at = models.DateTimeField()  # when its biller's own system is asked next
    asked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reminder_choice"
        constraints = [
            models.UniqueConstraint(fields=["binding_id", "channel"], condition=Q(ended_at=None),
                                    name="reminder_choice_once"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["plan_at"], name="reminder_choice_plan", condition=Q(ended_at=None)),
            models.Index(fields=["ask_at"], name="reminder_choice_ask", condition=Q(ended_at=None)),
        ]


class ReminderBiller(models.Model):
    """A biller's own system that could not be asked, and until when it is left alone."""

    biller_id = models.IntegerField(primary_key=True)
    rest_until = models.DateTimeField()

    class Meta:
        db_table = "reminder_biller"


class ReminderState(models.TextChoices):
    """Where a reminder stands."""

    PLANNED = "planned", "待发"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发"
    FAILED = "failed", "失败"
    UNSURE = "unsure", "不明"
    SKIPPED = "skipped", "未发"


class Reminder(models.Model):
    """That one bill is new, soon due or overdue, told once by one channel. `why`: of one that was not sent."""

    choice = models.ForeignKey(ReminderChoice, models.PROTECT, db_index=False)
    holder_id = models.BigIntegerField()
    binding_id = models.BigIntegerField()
    channel = models.CharField(max_length=8)
    kind = models.CharField(max_length=8)  # new, soon, overdue
    biller_id = models.IntegerField()
    bucket = models.SmallIntegerField()
    account_no = models.CharField(max_length=40)
    ref = models.TextField()
    due_on = models.DateField(null=True)
    found_at = models.DateTimeField()
    send_at = models.DateTimeField(null=True)  # empty: not reckoned yet
    state = models.CharField(max_length=8, choices=ReminderState, db_default=ReminderState.PLANNED)
    tries = models.PositiveSmallIntegerField(db_default=0)
    why = models.CharField(max_length=200, blank=True, db_default="")
    amount_fen = models.BigIntegerField(null=True)  # as it was told
    carrier = models.CharField(max_length=16, blank=True, db_default="")
    notification_id = models.BigIntegerField(null=True)  # the last try
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reminder"
        constraints = [
            models.UniqueConstraint(fields=["binding_id", "channel", "kind", "ref", "due_on"],
                                    nulls_distinct=False, name="reminder_once"),
            models.CheckConstraint(condition=Q(state__in=ReminderState.values), name="reminder_state"),
            models.CheckConstraint(condition=Q(kind__in=["new", "soon", "overdue"]), name="reminder_kind"),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["send_at"], name="reminder_due", condition=Q(state="planned")),
            models.Index(fields=["choice"], name="reminder_open", condition=Q(state__in=["planned", "sending"])),
            models.Index(fields=["holder_id", "done_at"], name="reminder_holder"),
            models.Index(fields=["found_at"], name="reminder_found"),
        ]
