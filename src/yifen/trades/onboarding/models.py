"""Onboarding: what conformance runs found."""

from django.db import models
from django.db.models import Value

from yifen.core.access.models import User
from yifen.core.partners.models import Partner


class ConformanceRun(models.Model):
    """One run against a sandbox partner. `ok` is empty while it goes on; `report` is certify's own
    JSON, `fault` says why there is none; `tested`: keys, address and dialect that it was made of."""

    partner = models.ForeignKey(Partner, models.PROTECT)
    asked_by = models.ForeignKey(User, models.PROTECT)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ok = models.BooleanField(null=True)
    report = models.JSONField(null=True)
    fault = models.CharField(max_length=300, blank=True, default="")
    tested = models.JSONField(default=dict, db_default=Value({}, models.JSONField()))

    class Meta:
        db_table = "conformance_run"
        indexes = [models.Index(fields=["partner", "-began_at"], name="conformance_run_partner")]
