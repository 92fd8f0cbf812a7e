"""Every page of a busy province speaks one language: no bare English in Chinese, and no Chinese in English but
what people typed (H7). A run of everything reads a third of them."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from lxml import html

from tests.console.busy import Busy
from tests.sampling import ALL
from tests.web.walking import walks
from tests.web.worked import worked

UNREAD = "//script|//style|//svg|//pre|//code|//*[@lang]|//*[contains(@class, 'mono')]|//*[contains(@class, 'wire')]"
SAID = ("title", "aria-label", "placeholder", "alt", "data-label")
TOKEN = re.compile(r"[\w.:/=*|@,`-]+", re.ASCII)
BARE = re.compile(r"[A-Za-z_]*[A-Za-z]{3}[A-Za-z_]*")
HAN = re.compile(r"[\u4e00-\u9fff]+")
NAMES = frozenset({
    "HEAT", "POWER",  # codes of fees
    "English", "CSV", "Excel", "PDF", "HTML", "JSON", "XML", "OFX", "ZME", "PEM", "RFC", "SHA", "PIN", "Esc", "Enter",
    "PostgreSQL", "Python", "Django", "Yifen", "PgUp", "PgDn", "yyyyMMdd", "yyyyMMddHHmmss", "MMddHHmmss", "HHmmss",
    "wechat", "alipay", "simulated", "hub", "https", "TRADES", "BUSY", "worker",
    "csv", "pdf", "POS", "var", "Webhook", "webhook", "SFTP", "HTTPS", "TLS", "OTLP", "OpenTelemetry", "Prometheus",
    "REPLICATION", "aliyun", "tencent", "GiB", "ping", "STOP", "gateway", "web", "night", "rung", "failed",
    "HTTP", "TCP", "ATM", "own", "granian", "verify", "kWh", "GJ", "Luhn", "MAC", "ACTN",
    "MariaDB", "MySQL", "Oracle", "SQL", "SQLite", "Server", "connector",
})  # fmt: skip
"""What Chinese pages call by its own name: formats, keys, products, commands, settings, units, lines of the log."""
TYPED = frozenset({"DESK", "PAGE", "TOPUP", "ABC", "test", "of", "trade", "that", "gone"})
"""What people, or the tests, typed."""
NAMED = ("单位", "用户", "账户", "应缴", "小明", "检修", "流水", "益", "中国工商银行", "总账", "青溪", "白石", "云川",
         "欧阳小明", "电费", "采暖费", "居民", "看铅封")  # fmt: skip
"""How the names begin that people gave in Chinese: an English page shows them as they are."""
FILED = frozenset({"参考号", "金额", "元", "结果", "银行流水号", "原因", "成功", "失败", "退汇", "处理中"})
"""Columns and words of a bank's own file of payout results, which is Chinese whoever reads of it."""
REQUESTED = frozenset({"户号", "申请", "报停", "报开", "申请书编号", "自", "申请人", "户主", "受托人", "理由"})
"""The same of a file of stops and starts."""


def texts(page: str) -> Iterator[str]:
    """What a person reads or hears of a page, piece by piece."""
    tree: Any = html.fromstring(page)
    for one in tree.xpath(UNREAD):
        if one is not tree and one.getparent() is not None:
            one.drop_tree()
    for one in tree.iter():
        if isinstance(one.tag, str):
            yield from (one.text or "", one.tail or "", *(one.get(name, "") for name in SAID))


@pytest.mark.timeout(300)  # every page in both languages: seconds, where the machine is not busy
def test_a_chinese_page_has_no_bare_english_word_and_an_english_one_no_chinese_but_names(busy: Busy) -> None:
    people = walks(worked(busy.place), 3)
    pages = [page for walk in people for page in walk.pages]
    assert len(pages) > (80 if ALL else 30)
    wrong = {
        (address, word) for address, page in pages for text in texts(page) for word in TOKEN.findall(text)
        if BARE.fullmatch(word) and word not in NAMES | TYPED and not word.startswith("YIFEN_")
        and not address.startswith("/console/messages/")  # texts that payers read in English stand there as they are
    }
    assert not wrong, "\n".join(map(str, sorted(wrong)))
    pages = [page for walk in people for page in walk.again("en")]
    wrong = {
        (address, word) for address, page in pages for text in texts(page) for word in HAN.findall(text)
        if not word.startswith(NAMED) and text.strip() != "中文"
        and not (word in FILED and address.startswith("/console/payouts/results/"))
        and not (word in REQUESTED and address.startswith("/console/heating/files/new/"))
        and not address.startswith(("/console/messages/", "/docs/"))  # texts of payers; the page before there are docs
        and word != "退订"  # what a payer answers to stop
    }
    assert not wrong, "\n".join(map(str, sorted(wrong)))
