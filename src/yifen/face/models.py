"""What pages keep: work that outlives their answer (exports, checks of the books), and views of lists.

Jobs do it (`core.jobs`); a row that is under way and whose job is gone has failed.
"""

from django.db import models


class Export(models.Model):
    """导出: a list written to a file in the data folder, for the person who asked for it."""

    class State(models.TextChoices):
        RUNNING = "running", "导出中"
        DONE = "done", "已完成"
        FAILED = "failed", "失败"
        REMOVED = "removed", "已清除"

    listing = models.CharField(max_length=32)
    query = models.TextField()  # filters and order, as an address carries them
    format = models.CharField(max_length=4)  # csv or xlsx
    language = models.CharField(max_length=8)
    maker = models.ForeignKey("access.User", models.PROTECT)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=8, choices=State, default=State.RUNNING)
    rows = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)  # bytes
    file = models.CharField(max_length=80, blank=True, default="")  # its name in the data folder
    about = models.JSONField(default=dict)  # what the list is of: {"account_id": 7}
    address = models.TextField(blank=True, default="")  # of the request that asked, for the trail
    request = models.TextField(blank=True, default="")

    class Meta:
        db_table = "console_export"
        indexes = [models.Index(fields=["maker", "-id"], name="console_export_maker")]


class BooksCheck(models.Model):
    """验证: one replay of chains, balances, payments and audit trail, and what it found."""

    asked_by = models.ForeignKey("access.User", models.PROTECT)
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    ok = models.BooleanField(null=True)  # empty: still running, or interrupted
    transfers = models.BigIntegerField(default=0)
    batches = models.BigIntegerField(default=0)
    audit_entries = models.BigIntegerField(default=0)
    problems = models.JSONField(default=list)

    class Meta:
        db_table = "console_books_check"
        constraints = [
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(finished_at__isnull=True),
                name="console_one_check_at_a_time",
            )
        ]


class SavedView(models.Model):
    """视图: filters and order of a list, under a name, for the person who keeps it."""

    user = models.ForeignKey("access.User", models.CASCADE)
    listing = models.CharField(max_length=32)
    name = models.CharField(max_length=30)
    query = models.TextField(blank=True)  # as an address carries it

    class Meta:
        db_table = "console_saved_view"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "listing", "name"], name="console_saved_view_once"
            )
        ]


class StandingExport(models.Model):
    """定期统计: a statistic that a person has made every day, week or month, of the period that ended."""

    class Every(models.TextChoices):
        DAY = "day", "每日"
        WEEK = "week", "每周"
        MONTH = "month", "每月"

    maker = models.ForeignKey("access.User", models.CASCADE)
    listing = models.CharField(max_length=32)
    query = models.TextField(blank=True)  # filters and order without the period
    every = models.CharField(max_length=5, choices=Every)
    format = models.CharField(max_length=4)
    language = models.CharField(max_length=8)
    next_on = models.DateField()  # by the database's clock; it says so itself

    class Meta:
        db_table = "console_standing_export"
