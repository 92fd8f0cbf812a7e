"""Large exports: written to a file in the data folder by a thread, counted while they grow."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection, transaction

from yifen.core.audit.record import Actor, act
from yifen.core.facts.settings import ROOT, read_settings
from yifen.face.exports.csv_file import csv_chunks
from yifen.face.exports.excel_file import write_excel
from yifen.face.exports.rows import every_row
from yifen.face.lists.listing import Ask, Listing, Row
from yifen.face.models import Export
from yifen.face.running import Kind, start, was_interrupted

KEPT = timedelta(days=1)
TELL_EVERY = 2000  # rows
Clock = Callable[[], datetime]


def folder() -> Path:
    """Where the files are; nobody else on the machine reads them."""
    path = ROOT / read_settings().data / "exports"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def begin(export: Export, listing: Listing, ask: Ask, who: Actor, clock: Clock) -> None:
    """Write the file in a thread; the row says how far it is."""
    start(Kind.EXPORT, export.pk, lambda: run(export, listing, ask, who, clock))


def run(export: Export, listing: Listing, ask: Ask, who: Actor, clock: Clock) -> None:
    """Write the file. When it is whole, and only then, the export is done and in the audit trail."""
    name = f"{export.pk}-{listing.name}.{export.format}"
    path = folder() / name
    draft = path.with_suffix(".part")
    counted = Counted(export.pk, every_row(listing, ask))
    try:
        if export.format == "xlsx":
            write_excel(draft, listing, ask, counted)
        else:
            with draft.open("wb") as file:
                file.writelines(csv_chunks(listing, ask, counted))
        draft.rename(path)
        with transaction.atomic():
            _finish(export, Export.State.DONE, clock(), counted.count, path.stat().st_size, name)
            note(listing, export.query, export.format, counted.count, who, export.pk)
    except BaseException:
        draft.unlink(missing_ok=True)
        _finish(export, Export.State.FAILED, clock(), counted.count)
        raise


class Counted:
    """Rows that tell the export's row how many have passed. The counting is a transaction of its
    own, on a connection of its own: that of the rows shows nothing until it ends."""

    def __init__(self, export_id: int, rows: Iterator[Row]) -> None:
        self._export_id, self._rows, self.count = export_id, rows, 0

    def __iter__(self) -> Iterator[Row]:
        own = connection.copy()
        try:
            for row in self._rows:
                self.count += 1
                if self.count % TELL_EVERY == 0:
                    with own.cursor() as cursor:
                        cursor.execute("UPDATE console_export SET rows = %s WHERE id = %s",
                                       [self.count, self._export_id])  # fmt: skip
                yield row
        finally:
            own.close()


def note(
    listing: Listing, query: str, form: str, rows: int, who: Actor | None, export_id: int | str = ""
) -> None:
    """An export in the audit trail: which list, with which filters, how many rows."""
    after = {"filters": query, "format": form, "rows": rows}
    act(connection, "export", listing.name, export_id, after=after, who=who)


def refresh(export: Export, now: datetime) -> Export:
    """The export as it stands; one whose process died has failed."""
    if export.state == Export.State.RUNNING and was_interrupted(
        Kind.EXPORT, export.pk, export.asked_at, now
    ):
        _finish(export, Export.State.FAILED, now, export.rows)
        export.refresh_from_db()
    return export


def sweep(now: datetime) -> None:
    """Remove files that are older than a day, and what broken exports left behind."""
    old = Export.objects.filter(state=Export.State.DONE, finished_at__lt=now - KEPT)
    for export in old:
        (folder() / export.file).unlink(missing_ok=True)
        Export.objects.filter(pk=export.pk).update(state=Export.State.REMOVED, file="")
    for path in folder().iterdir():
        if path.stat().st_mtime < (now - 2 * KEPT).timestamp():
            path.unlink(missing_ok=True)


def _finish(
    export: Export, state: Export.State, now: datetime, rows: int, size: int = 0, file: str = ""
) -> None:
    Export.objects.filter(pk=export.pk, state=Export.State.RUNNING).update(
        state=state, finished_at=now, rows=rows, size=size, file=file
    )


def small(rows: Iterable[Row], most: int) -> list[Row]:
    """The first `most` and one more."""
    found = []
    for row in rows:
        found.append(row)
        if len(found) > most:
            break
    return found
