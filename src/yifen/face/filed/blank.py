"""An empty file to fill in, with the heading that its reader knows."""

import io
from collections.abc import Mapping

import xlsxwriter

from yifen.face.filed.cells import REASON
from yifen.face.filed.filing import Filing

WIDTH = 18


def blank(filing: Filing, examples: Mapping[str, str]) -> bytes:
    """A workbook: the first name of each column, the needed ones bold, a row of examples. All cells are text, so that
    codes and numbers stay as they are typed."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet, text = book.add_worksheet(), book.add_format({"num_format": "@"})
        heavy = book.add_format({"num_format": "@", "bold": True})
        columns = [key for key in filing.columns if key != REASON]
        sheet.set_column(0, len(columns) - 1, WIDTH, text)
        for place, key in enumerate(columns):
            sheet.write_string(0, place, filing.columns[key][0], heavy if key in filing.needed else text)
            sheet.write_string(1, place, examples.get(key, ""), text)
    return out.getvalue()
