"""Onboarding: what conformance runs found."""

from django.db import models

from yifen.core.access.models import User
from yifen.core.partners.models import Partner


class ConformanceRun(models.Model):
    """One run against a sandbox partner. `ok` is empty while it goes on; `report` is certify's own
    JSON, `fault` says why there is none."""

    partner = models.ForeignKey(Partner, models.PROTECT)
    asked_by = models.ForeignKey(User, models.PROTECT)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ok = models.BooleanField(null=True)
    report = models.JSONField(null=True)
    fault = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "conformance_run"
        indexes = [models.Index(fields=["partner", "-began_at"], name="conformance_run_partner")]
