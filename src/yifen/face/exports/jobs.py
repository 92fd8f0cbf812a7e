"""Large exports: a job writes a file into the data folder; the export's row says how far it is."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import QueryDict
from django.utils import translation

from yifen.core.access.edge import Access, now
from yifen.core.audit.record import act
from yifen.core.facts.private import make_private
from yifen.core.facts.settings import ROOT, read_settings
from yifen.core.jobs.defer import defer
from yifen.core.jobs.standing import JobStanding, standing
from yifen.face.exports.csv_file import csv_chunks
from yifen.face.exports.excel_file import write_excel
from yifen.face.exports.rows import every_row
from yifen.face.lists import showing
from yifen.face.lists.listing import ListAsk, Listing, Row
from yifen.face.lists.registry import list_of
from yifen.face.models import Export

TASK = "face.export"
KEPT = timedelta(days=1)
TELL_EVERY = 2000  # rows


class ExportInterrupted(Exception):
    """The worker is to end: the next one begins the file anew."""


def folder() -> Path:
    """Where the files are; nobody else on the machine reads them."""
    path = make_private(ROOT / read_settings().data / "exports")
    path.chmod(0o700)
    return path


def begin(export: Export) -> None:
    """Have the file written; in the transaction that made the export. The job carries its number only:
    who asked for what stands in the export, whose maker the database found by his session."""
    defer(TASK, export_id=export.pk)


def run(ending: Callable[[], bool], export_id: int) -> None:
    """The job. PermissionDenied: since then its maker has lost the right to it."""
    export = Export.objects.select_related("maker").filter(
        pk=export_id, state=Export.State.RUNNING
    ).first()  # fmt: skip
    if export is None:  # an earlier try wrote it, and its worker died before it could say so
        return
    with translation.override(export.language):
        write(export, *question(export), ending)


def question(export: Export) -> tuple[Listing, ListAsk]:
    """What was asked, with the rights that its maker has now."""
    access = Access(export.maker)
    listing = list_of(export.listing, access, **export.about)
    if not (export.maker.is_active and access.may(listing.export)):
        raise PermissionDenied(listing.export)
    asked = QueryDict(export.query)
    form = listing.form(asked, access, export.asked_at)
    assert form.is_valid(), "it was, when it was asked"
    return listing, showing.ask_of(listing, asked, access, form)


def write(export: Export, listing: Listing, ask: ListAsk, ending: Callable[[], bool]) -> None:
    """Write the file. When it is whole, and only then, the export is done, which the database tells the audit
    trail out of its row."""
    name = f"{export.pk}-{listing.name}.{export.format}"
    draft = folder() / f"{export.pk}-{token_hex(4)}.part"  # no other try writes into it
    try:
        with closing(every_row(listing, ask)) as rows:
            counted = CountedRows(export.pk, rows, ending)
            if export.format == "xlsx":
                write_excel(draft, listing, ask, counted)
            else:
                with draft.open("wb") as file:
                    file.writelines(csv_chunks(listing, ask, counted))
        size = draft.stat().st_size
        with transaction.atomic():
            if _finish(export.pk, Export.State.DONE, rows=counted.count, size=size, file=name):
                draft.rename(folder() / name)
    finally:
        draft.unlink(missing_ok=True)


class CountedRows:
    """Rows that tell the export's row how many have passed. The counting is a transaction of its
    own, on a connection of its own: that of the rows shows nothing until it ends."""

    def __init__(self, export_id: int, rows: Iterator[Row], ending: Callable[[], bool]) -> None:
        self._export_id, self._rows, self._ending, self.count = export_id, rows, ending, 0

    def __iter__(self) -> Iterator[Row]:
        own = connection.copy()
        try:
            for row in self._rows:
                self.count += 1
                if self.count % TELL_EVERY == 0:
                    if self._ending():
                        raise ExportInterrupted
                    with own.cursor() as cursor:
                        cursor.execute("UPDATE console_export SET rows = %s WHERE id = %s",
                                       [self.count, self._export_id])  # fmt: skip
                yield row
        finally:
            own.close()


def note(listing: Listing, query: str, form: str, rows: int, key: int | str = "") -> None:
    """An export that the page wrote at once, in the audit trail."""
    act(connection, "export", listing.name, key, after={"filters": query, "format": form, "rows": rows})


def given_up(export_id: int, **_arguments: Any) -> None:
    """The job is tried no more."""
    _finish(export_id, Export.State.FAILED)


def how_far(export: Export) -> tuple[Export, JobStanding]:
    """The export as it is now, and its job. One that has none any more has failed."""
    job = standing(TASK, export_id=export.pk)
    if job is JobStanding.GONE:
        given_up(export.pk)
        export.refresh_from_db()
    return export, job


def sweep(ending: Callable[[], bool]) -> None:
    """Remove files that are older than a day, and what broken exports left behind."""
    sweep_at(now())


def sweep_at(moment: datetime) -> None:
    """The same, as of this moment."""
    old = Export.objects.filter(state=Export.State.DONE, finished_at__lt=moment - KEPT)
    for export in old:
        (folder() / Path(export.file).name).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=Export.State.REMOVED, file="")
    for path in folder().iterdir():
        if path.stat().st_mtime < (moment - 2 * KEPT).timestamp():
            path.unlink(missing_ok=True)


def _finish(export_id: int, state: Export.State, **found: int | str) -> bool:
    """Whether it is this try that ended it."""
    under_way = Export.objects.filter(pk=export_id, state=Export.State.RUNNING)
    return under_way.update(state=state, finished_at=now(), **found) == 1


def small(rows: Iterable[Row], most: int) -> list[Row]:
    """The first `most` and one more."""
    found = []
    for row in rows:
        found.append(row)
        if len(found) > most:
            break
    return found
