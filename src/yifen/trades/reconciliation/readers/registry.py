"""The formats that files come in: each by its code, and what a file without a profile looks like."""

import re
from collections.abc import Callable
from typing import BinaryIO, NamedTuple

from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.readers.alipay import open_alipay
from yifen.trades.reconciliation.readers.archive import is_zip
from yifen.trades.reconciliation.readers.camt import open_camt
from yifen.trades.reconciliation.readers.hub_file import open_hub_file
from yifen.trades.reconciliation.readers.layout_file import open_layout
from yifen.trades.reconciliation.readers.mt940 import open_mt940
from yifen.trades.reconciliation.readers.reading import Hints, Reading
from yifen.trades.reconciliation.readers.ums import CAPTION, open_ums
from yifen.trades.reconciliation.readers.unionpay_zm import open_zm
from yifen.trades.reconciliation.readers.unionpay_zme import open_zme
from yifen.trades.reconciliation.readers.wechat_fund import open_wechat_fund
from yifen.trades.reconciliation.readers.wechat_trade import open_wechat_trade
from yifen.trades.reconciliation.rows import FileError

__all__ = ["FORMATS", "Format", "Hints", "Reading", "open_file", "sniff"]


class Format(NamedTuple):
    """One format: its code in `recon_profile.format`, both names, its reader."""

    code: str
    zh: str
    en: str
    open: Callable[[BinaryIO, Hints], Reading]


FORMATS: dict[str, Format] = {
    row.code: row
    for row in (
        Format("hub", "本平台对账文件", "the hub's daily file", open_hub_file),
        Format("unionpay_zm", "银联商户对账流水 ZM", "UnionPay merchant file ZM", open_zm),
        Format("unionpay_zme", "银联商户差错流水 ZME", "UnionPay error file ZME", open_zme),
        Format("ums", "收单门户导出明细", "acquirer portal export", open_ums),
        Format("wechat_trade", "微信支付交易账单", "WeChat Pay trade bill", open_wechat_trade),
        Format("wechat_fund", "微信支付资金账单", "WeChat Pay fund bill", open_wechat_fund),
        Format("alipay", "支付宝业务明细", "Alipay business bill", open_alipay),
        Format("camt", "银行对账单 camt.052/053/054", "camt.052/053/054", open_camt),
        Format("mt940", "银行对账单 MT940", "MT940", open_mt940),
        Format("layout", "按版式描述的文件", "a file described by a layout", open_layout),
    )
}

_NAMES = (
    ("unionpay_zme", re.compile(r"INN[0-9]{6}88ZME_.+")),
    ("unionpay_zm", re.compile(r"INN[0-9]{6}88ZM_.+")),
)
_BEGINNINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("hub", ("H|1|", '{"type":"head"')),
    ("wechat_trade", ("交易时间,",)),
    ("wechat_fund", ("记账时间,",)),
)
_CAMT = re.compile(r"camt\.05[234]\.001\.")
_MT940 = re.compile(r"^:20:", re.MULTILINE)
_UMS = re.compile(r"^[0-9]{8}\t[0-9-]{10}\t[0-9:]{8}\t", re.MULTILINE)


def open_file(format_code: str, stream: BinaryIO, hints: Hints) -> Reading:
    """A file opened by its format; nothing is read before the first row is asked for.

    `stream` can seek, if it is an archive. FileError FILE_FORMAT_UNKNOWN for another code.
    """
    found = FORMATS.get(format_code)
    if found is None:
        reason = f"no such format: {format_code[:40]!r}"
        raise FileError(0, "format", reason, FileCode.FILE_FORMAT_UNKNOWN)
    return found.open(stream, hints)


def sniff(name: str, head: bytes) -> str | None:
    """The format that a file looks like, by its name and its first bytes (a few hundred will do);
    None when by none. Never "layout", which nothing but a profile can name."""
    for code, pattern in _NAMES:
        if pattern.fullmatch(name):
            return code
    if is_zip(head) or head.startswith("#支付宝业务明细查询".encode("gb18030")):
        return "alipay"
    text = head.decode("utf-8", "ignore").removeprefix("\ufeff")
    for code, beginnings in _BEGINNINGS:
        if text.startswith(beginnings):
            return code
    if _CAMT.search(text):
        return "camt"
    if _MT940.search(text):
        return "mt940"
    return "ums" if CAPTION in text or _UMS.search(text) else None
