"""A file that a person uploaded: it moves nothing until a second person agreed, who sees its figures beside
those of the version that counts now."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.reasons import reason as needed
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.jobs.defer import defer
from yifen.core.partners.models import Partner
from yifen.trades.reconciliation.codes import FileCode, RepairCode

ACT, RUN = "recon.file", "reconciliation.run"
TITLES = {
    "version": Text("版本", "Version"), "format": Text("格式", "Format"), "name": Text("文件名", "File"),
    "sha256": Text("摘要", "Digest"), "rows": Text("笔数", "Rows"), "amount": Text("净额（元）", "Net (yuan)"),
    "fee": Text("手续费（元）", "Fee (yuan)"),
}  # fmt: skip
PARTNER, DAY = Text("合作方", "Partner"), Text("会计日期", "Business day")
REPLACES = Text("取代的文件", "Takes the place of")
_SQL = queries(__package__)


class UploadedFile(NamedTuple):
    """`counts`: it was fetched, or agreed to before; `whole`: its rows are those it came with; `replaces`:
    the files whose place it takes; `was_compared`: a run has used files of its day."""

    file_id: int
    partner_id: int
    business_day: Any
    version: int
    format: str
    name: str
    sha256: Any
    rows: int
    amount_fen: int
    fee_fen: int
    counts: bool
    whole: bool
    replaces: str | None
    was_compared: bool


def propose(access: Access, file_id: int, reason: str, now: datetime) -> Authorisation | None:
    """Put a file that is in before a second person; None: it counts already. Refused: OUT_OF_SCOPE,
    REASON_MISSING (it takes the place of another, or its day was compared without it), and as
    `second.propose` refuses."""
    file = found(file_id)
    if not access.scope.has_partner(file.partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    if file.counts:
        return None
    if file.was_compared or file.replaces:
        needed(reason)
    partner = Partner.objects.get(pk=file.partner_id)
    return second.open_proposal(ACT, str(file_id)) or second.propose(
        access, ACT, str(file_id), {"file": file_id}, now, partner=partner, reason=reason
    )


def view(content: dict[str, Any]) -> list[Change]:
    """Its figures beside those of the newest file whose place it takes. Refused: FILE_MISSING, FILE_CHANGED (its
    rows are no longer those it came with)."""
    file = found(content["file"])
    if not file.whole:
        raise Refused(FileCode.FILE_CHANGED, "file", str(file.file_id))
    before = _before(file)
    old = _told(*before) if before else dict.fromkeys(TITLES)
    new = _told(*file[3:10])
    partner, day = str(Partner.objects.get(pk=file.partner_id)), file.business_day.isoformat()
    return [Change("partner", PARTNER, partner, partner), Change("day", DAY, day, day),
            Change("replaces", REPLACES, file.replaces, None),
            *(Change(name, title, old[name], new[name]) for name, title in TITLES.items())]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """It counts from now on; the night is asked to reconcile its day."""
    file = found(content["file"])
    defer(RUN, partner_id=file.partner_id, day=file.business_day.isoformat())


def found(file_id: int) -> UploadedFile:
    """Refused FILE_MISSING."""
    row = _one("uploaded_file", file_id)
    if row is None:
        raise Refused(RepairCode.FILE_MISSING, "file", str(file_id))
    return UploadedFile(*row)


def _before(file: UploadedFile) -> tuple[Any, ...] | None:
    return _one("file_before", file.file_id)


def _told(
    version: int, code: str, name: str, digest: Any, rows: int, amount_fen: int, fee_fen: int
) -> dict[str, str | None]:
    return {"version": str(version), "format": code, "name": name, "sha256": bytes(digest).hex(),
            "rows": f"{rows:,}", "amount": grouped_yuan(amount_fen), "fee": grouped_yuan(fee_fen)}  # fmt: skip


def _one(name: str, *values: Any) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row
