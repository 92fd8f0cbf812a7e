"""`yifen reconcile` of a partner without a profile: the file's looks say its format, or why there is none."""

import io

import pytest

from tests.readers.files import FOLDER, MT940
from yifen.core.facts.refused import Refused
from yifen.trades.reconciliation.codes import FileCode
from yifen.trades.reconciliation.command import _format_of


def test_the_looks_of_a_file_say_its_format() -> None:
    gz = (FOLDER / "cases/10-wechat.csv.gz").read_bytes()
    assert _format_of("x.gz", io.BytesIO(gz)) == "wechat_trade"
    assert _format_of("x.sta", io.BytesIO(MT940.data)) == "mt940"
    assert _format_of("x", io.BytesIO(b"")) == ""


def test_a_file_that_looks_like_none_is_refused_with_the_nearest() -> None:
    data = b"a" + (FOLDER / "wechat/all_24.csv").read_bytes()
    with pytest.raises(Refused, match="unknown; like none that is read here") as refused:
        _format_of("x.csv", io.BytesIO(data))
    assert (refused.value.code, refused.value.field) == (FileCode.FILE_FORMAT_UNKNOWN, "format")
    # The blank first lines hide what it is from the first look.
    turned = b"\n" * 5000 + MT940.data.replace(b"CNY101034,02", b"CNY101034,03", 1)
    with pytest.raises(Refused, match="most like 银行对账单 MT940 MT940, but line 5010, column 62F"):
        _format_of("x.sta", io.BytesIO(turned))
