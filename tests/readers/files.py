"""The sample files of every format, ready to be opened, and ways to break them."""

import gzip
import io
import zipfile
from datetime import date
from pathlib import Path
from typing import NamedTuple

from yifen.trades.reconciliation.readers.layout import FileLayout, FileLayoutColumn
from yifen.trades.reconciliation.readers.registry import Hints, Reading, open_file
from yifen.trades.reconciliation.rows import Row

FOLDER = Path(__file__).parents[1] / "samples"


class Sample(NamedTuple):
    """One file: its format, what is known of it, its bytes."""

    format: str
    hints: Hints
    data: bytes

    def open(self, data: bytes | None = None) -> Reading:
        return open_file(self.format, io.BytesIO(self.data if data is None else data), self.hints)

    def rows(self, data: bytes | None = None) -> list[Row]:
        return list(self.open(data))


def sample(format_code: str, path: str, hints: Hints | None = None) -> Sample:
    data = (FOLDER / path).read_bytes()
    return Sample(format_code, hints or Hints(name=path.rpartition("/")[2]), data)


def column(position: int, name: str, type: str, target: str = "", **more: object) -> FileLayoutColumn:
    return FileLayoutColumn(position, name, type, target, **more)  # type: ignore[arg-type]


EVERBRIGHT = FileLayout(
    code="cebb", shape="delimited", encoding="GB18030", totals="first", amount_at=1, count_at=2,
    columns=(
        column(1, "serial", "text", "serial"), column(2, "fen", "fen", "amount"),
        column(3, "at", "moment", "time"), column(4, "theirs", "text", "ref"),
        column(5, "note", "text"),
    ),
)  # fmt: skip
NAMED = FileLayout(
    code="named", shape="delimited", delimiter=",", quote='"', header_lines=2, named=True,
    totals="last", totals_mark='"汇总"', count_at=2, amount_at=3,
    columns=(
        column(1, "流水号", "text", "serial"), column(2, "金额(元)", "yuan", "amount"),
        column(3, "类型", "word", "kind", words="01=sale,04=refund,99="),
        column(4, "手续费", "yuan", "fee"), column(5, "日期", "day", "day"),
        column(6, "时刻", "clock", "time"),
    ),
)  # fmt: skip
FIXED = FileLayout(
    code="fixed", shape="fixed", encoding="GB18030", delimiter="", totals="last", totals_mark="T ",
    count_at=2, amount_at=3,
    columns=(
        column(1, "serial", "text", "serial", width=16),
        column(2, "kind", "word", "kind", width=1, words="S=sale,R=refund"),
        column(3, "fen", "fen", "amount", width=12),
        column(4, "at", "moment", "time", width=14),
        column(5, "name", "text", "batch", width=20),
    ),
)  # fmt: skip

ZM = sample("unionpay_zm", "unionpay/INN17071888ZM_898319849000018")
ZME = sample("unionpay_zme", "unionpay/INN17071888ZME_898319849000018")
UMS = Sample(
    "ums", Hints(), gzip.decompress((FOLDER / "unionpay/ums_20170625_wap.txt.gz").read_bytes())
)
WECHAT_27 = sample("wechat_trade", "wechat/all_27.csv")
WECHAT_24 = sample("wechat_trade", "wechat/all_24.csv")
WECHAT_20 = sample("wechat_trade", "wechat/success_20.csv")
WECHAT_29 = sample("wechat_trade", "wechat/refund_29.csv")
FUND = sample("wechat_fund", "wechat/fund.csv")
ALIPAY = sample("alipay", "alipay/20880211096256330156_20190916.csv.zip")
CAMT_052 = sample("camt", "camt/camt052_v8.xml")
CAMT_053 = sample("camt", "camt/camt053_v2.xml")
CAMT_053_DETAILS = sample("camt", "camt/test-camt053-txdtls.xml")
CAMT_054 = sample("camt", "camt/test-camt054.xml")
MT940 = sample("mt940", "mt940/cny.sta")
LAYOUT_FIRST = sample("layout", "layout/everbright.txt", Hints(layout=EVERBRIGHT))
LAYOUT_NAMED = sample("layout", "layout/named.csv", Hints(layout=NAMED))
LAYOUT_FIXED = sample(
    "layout", "layout/fixed.txt", Hints(layout=FIXED, day=date(2026, 11, 24))
)
SHORT_UMS = Sample("ums", Hints(), b"".join([
    *UMS.data.splitlines(keepends=True)[:7], *UMS.data.splitlines(keepends=True)[-2:]
]))  # fmt: skip
SHORT_ZM = Sample("unionpay_zm", ZM.hints, b"".join(ZM.data.splitlines(keepends=True)[:3]))


def replaced(data: bytes, old: str, new: str, encoding: str = "utf-8") -> bytes:
    """The bytes with the first `old` replaced; it must be there."""
    assert old.encode(encoding) in data, old
    return data.replace(old.encode(encoding), new.encode(encoding), 1)


def unpacked(data: bytes) -> bytes:
    """The detail table of the Alipay archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(archive.infolist()[0])


def packed(entries: dict[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive with these entries, names in UTF-8."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", method) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return whole.getvalue()
