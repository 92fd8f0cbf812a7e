"""Boxes, each with an account of the ledger; what is given is written by `tally_give_v1` alone."""

from django.db import models


class Box(models.Model):
    """A box 捐款箱."""

    code = models.CharField(max_length=16, unique=True)
    account_id = models.IntegerField()
    word = models.CharField(max_length=16, default="")

    class Meta:
        db_table = "tally_box"


class Gift(models.Model):
    """What was given: a document of the ledger."""

    document_id = models.BigIntegerField(primary_key=True)
    box = models.ForeignKey(Box, models.PROTECT)
    amount_fen = models.BigIntegerField()

    class Meta:
        db_table = "tally_gift"
