"""A workbook that means to take the memory of the process: refused by a look at it, whatever way it hides a cell."""

import io
import subprocess
import sys
import zipfile

import pytest

from yifen.core.facts.refused import Refused
from yifen.face.filed.reading import rows_of
from yifen.trades.billing.codes import BillingCode as B
from yifen.trades.billing.customers.filed_rows import CUSTOMERS

XML = '<?xml version="1.0"?>'
KINDS = "http://schemas.openxmlformats.org/package/2006"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"
PEAK_MB_MAX = 200


def cell(place: str, blanks: str = "") -> str:
    return f'<c r{blanks}="{place}" t="inlineStr"><is><t>x</t></is></c>'


def relation(kind: str, target: str) -> str:
    return (f'{XML}<Relationships xmlns="{KINDS}/relationships"><Relationship Id="rId1" Type="{OFFICE}/{kind}"'
            f' Target="{target}"/></Relationships>')  # fmt: skip


def workbook(rows: str, path: str = SHEET, head: str = XML, before: str = "", more: str | None = None) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f'{XML}<Types xmlns="{KINDS}/content-types">'
                         '<Default Extension="xml" ContentType="application/xml"/></Types>')  # fmt: skip
        archive.writestr("_rels/.rels", relation("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>'
                         '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>')  # fmt: skip
        archive.writestr("xl/_rels/workbook.xml.rels", relation("worksheet", path[3:]))
        archive.writestr(path, f'{head}<worksheet xmlns="{MAIN}">{before}<sheetData>{rows}</sheetData></worksheet>'
                         .encode(errors="surrogateescape"))  # fmt: skip
        if more:
            archive.writestr(more, "<x/>")
    return whole.getvalue()


FIRST = f'<row r="1">{cell("A1")}</row>'
FAR = f'{FIRST}<row r="50000">{cell("ZZ50000")}</row>'
LARGE: dict[str, bytes] = {
    "as Excel writes it": workbook(FAR),
    "in small letters": workbook(f"<row>{cell('a1')}</row><row>{cell('zz50000')}</row>"),
    "small and last of all": workbook(f"<row>{cell('a1')}</row><row>{cell('xfd1048576')}</row>"),
    "a sheet elsewhere": workbook(FAR, "xl/elsewhere/sheet1.xml"),
    "a sheet by another name": workbook(FAR, "xl/theme.XML"),
    "a megabyte of blanks": workbook(f"{FIRST}<row>{cell('ZZ50000', ' ' * 1_000_000)}</row>"),
    "a far row": workbook(f"{FIRST}<row r='1000001'>{cell('Z1000001')}</row>"),
    "a far row, its cell without a place": workbook(f"{FIRST}<row r='1000002'><c><v>1</v></c></row>"),
    "a cell far from its row": workbook(f"{FIRST}<row>{cell('B1000001')}</row>"),
    "cells without a place": workbook(f"<row>{'<c/>' * 27}</row>"),
    "what it says of its size": workbook(FIRST, before='<dimension ref="A1:XFD1048576"/>'),
    "a prefix": workbook(f"{FIRST}<x:row xmlns:x='{MAIN}'>{cell('ZZ50000').replace('c ', 'x:c ').replace('/c', '/x:c')}"
                         "</x:row>"),
}  # fmt: skip
BROKEN: dict[str, bytes] = {
    "two megabytes of blanks": workbook(f"{FIRST}<row>{cell('ZZ50000', ' ' * 2_000_000)}</row>"),
    "another encoding": workbook(FIRST, head='<?xml version="1.0" encoding="gbk"?><!--\udcff-->'),
    "a place that is none": workbook(f"<row>{cell('A1:ZZ50000')}</row>"),
    "entities": workbook(FIRST, head='<!DOCTYPE x [<!ENTITY a "b">]>'),
    "no XML": workbook(f"{FIRST}<row>"),
    "a part twice": workbook(FIRST, more="xl/Worksheets/sheet1.xml"),
    "a sheet that is no XML part": workbook(FAR, "xl/worksheets/sheet1.png"),
}  # fmt: skip


def refused(body: bytes) -> object:
    with pytest.raises(Refused) as found:
        list(rows_of(io.BytesIO(body), "xlsx", CUSTOMERS))
    return found.value.code


@pytest.mark.parametrize("kind", LARGE)
def test_a_cell_beyond_the_rows_and_columns_of_the_kind_is_too_large(kind: str) -> None:
    assert refused(LARGE[kind]) is B.CUSTOMERS_TOO_LARGE


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_looked_at_is_broken(kind: str) -> None:
    assert refused(BROKEN[kind]) is B.CUSTOMERS_BROKEN


def test_a_workbook_that_inflates_beyond_the_bound_is_too_large() -> None:
    small = CUSTOMERS._replace(bytes_max=20)
    with pytest.raises(Refused, match="CUSTOMERS_TOO_LARGE"):
        list(rows_of(io.BytesIO(workbook(FIRST)), "xlsx", small))


@pytest.mark.parametrize("path", [SHEET, "xl/elsewhere/sheet1.xml"])
def test_rows_with_gaps_are_read_at_their_lines(path: str) -> None:
    body = workbook(f'{FIRST}<row r="900">{cell("Z900")}</row><row><c><v>7</v></c></row>', path)
    found = [(line, [text for text in cells if text]) for line, cells in rows_of(io.BytesIO(body), "xlsx", CUSTOMERS)]
    assert found == [(1, ["x"]), (900, ["x"]), (901, ["7"])]


def test_none_of_them_takes_memory(tmp_path) -> None:
    bodies = {**LARGE, **BROKEN}
    for number, body in enumerate(bodies.values()):
        (tmp_path / f"{number}.xlsx").write_bytes(body)
    code = """if True:
        import re, sys
        from pathlib import Path
        from yifen.core.facts.refused import Refused
        from yifen.face.filed.reading import rows_of
        from yifen.trades.billing.customers.filed_rows import CUSTOMERS
        count = 0
        for path in Path(sys.argv[1]).iterdir():
            with path.open("rb") as stream:
                try:
                    list(rows_of(stream, "xlsx", CUSTOMERS))
                except Refused:
                    count += 1
        print(count, int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) // 1024)
    """
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    count, peak_mb = map(int, done.stdout.split())
    assert count == len(bodies)
    assert peak_mb < PEAK_MB_MAX
