"""The formats that files come in: each by its code, and how a packed file is opened."""

import re
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

import msgspec

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.alipay import open_alipay
from yifen.trades.reconciliation.readers.alipay_fund import open_alipay_fund
from yifen.trades.reconciliation.readers.archive import plain
from yifen.trades.reconciliation.readers.camt import open_camt
from yifen.trades.reconciliation.readers.excel import is_excel
from yifen.trades.reconciliation.readers.hub_file import open_hub_file
from yifen.trades.reconciliation.readers.layout_file import open_layout
from yifen.trades.reconciliation.readers.mt940 import open_mt940
from yifen.trades.reconciliation.readers.mt942 import open_mt942
from yifen.trades.reconciliation.readers.ofx import open_ofx
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.ums import open_ums
from yifen.trades.reconciliation.readers.unionpay_zm import open_zm
from yifen.trades.reconciliation.readers.unionpay_zme import open_zme
from yifen.trades.reconciliation.readers.wechat_fund import open_wechat_fund
from yifen.trades.reconciliation.readers.wechat_trade import open_wechat_trade
from yifen.trades.reconciliation.reasons import told
from yifen.trades.reconciliation.rows import FileError

__all__ = ["FORMATS", "Format", "Hints", "Reading", "open_file"]

_ANY = re.compile(r"[^.].*")


class Format(NamedTuple):
    """One format: its code in `recon_profile.format`, both names, its reader; the name of its file in
    an archive, and whether there may be several parts of it there."""

    code: str
    zh: str
    en: str
    open: Callable[[BinaryIO, Hints], Reading]
    entry: re.Pattern[str] = _ANY
    parts: bool = False


_BUSINESS = re.compile(r"(.*_业务明细)(_[0-9]{1,4})?\.csv")
_ACCOUNT = re.compile(r"(.*_账务明细)(_[0-9]{1,4})?\.csv")
_ZM, _ZME = (re.compile(rf"INN[0-9]{{6}}88{kind}_[0-9A-Za-z]{{15}}") for kind in ("ZM", "ZME"))
FORMATS: dict[str, Format] = {
    row.code: row
    for row in (
        Format("hub", "本平台对账文件", "the hub's daily file", open_hub_file),
        Format("unionpay_zm", "银联商户对账流水 ZM", "UnionPay merchant file ZM", open_zm, _ZM),
        Format("unionpay_zme", "银联商户差错流水 ZME", "UnionPay error file ZME", open_zme, _ZME),
        Format("ums", "收单门户导出明细", "acquirer portal export", open_ums),
        Format("wechat_trade", "微信支付交易账单", "WeChat Pay trade bill", open_wechat_trade),
        Format("wechat_fund", "微信支付资金账单", "WeChat Pay fund bill", open_wechat_fund),
        Format("alipay", "支付宝业务明细", "Alipay business bill", open_alipay, _BUSINESS, True),
        Format("alipay_fund", "支付宝账务明细", "Alipay account bill", open_alipay_fund, _ACCOUNT, True),
        Format("camt", "银行对账单 camt.052/053/054", "camt.052/053/054", open_camt),
        Format("mt940", "银行对账单 MT940", "MT940", open_mt940),
        Format("mt942", "银行日间报告 MT942", "MT942 interim report", open_mt942),
        Format("ofx", "银行导出文件 OFX", "OFX", open_ofx),
        Format("layout", "按版式描述的文件", "a file described by a layout", open_layout),
    )
}


def open_file(format_code: str, stream: BinaryIO, hints: Hints) -> Reading:
    """A file opened by its format, out of its ZIP or gzip if it is packed; of a file that is not, nothing
    is read before the first row is asked for but its first bytes.

    The name of an archive's entry takes the place of the archive's. A stream that cannot seek is taken
    as it is. FileError FILE_FORMAT_UNKNOWN for another code, FILE_ARCHIVE… as `archive.plain`.
    """
    found = FORMATS.get(format_code)
    if found is None:
        reason = told("no such format: {!r}", format_code[:40])
        raise FileError(0, "format", reason, FileCode.FILE_FORMAT_UNKNOWN)
    if format_code == "layout" and is_excel(stream):
        return found.open(stream, hints)
    name, inside = plain(stream, found.entry, many=found.parts)
    reading = found.open(inside, msgspec.structs.replace(hints, name=name) if name else hints)
    reading.in_place = inside is stream
    return reading
