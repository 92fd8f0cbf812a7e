"""Institutions 机构: the organisation tree that partners, tellers and books hang on (P1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused


class Institution(models.Model):
    """One node of the tree: provincial union → office → county union → branch."""

    class Level(models.TextChoices):
        UNION = "union", _("省联社")
        OFFICE = "office", _("办事处")
        COUNTY = "county", _("县级联社")
        BRANCH = "branch", _("营业机构")

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True)
    level = models.CharField(max_length=8, choices=Level)
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=100)
    closed_at = models.DateTimeField(null=True, blank=True)  # 撤销: it stays for what it did

    class Meta:
        db_table = "institution"

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def check_open(self) -> None:
        """Nobody and nothing begins, or comes back, where it is closed. Refused: INSTITUTION_CLOSED."""
        if self.closed_at:
            raise Refused(Code.INSTITUTION_CLOSED, "institution")
