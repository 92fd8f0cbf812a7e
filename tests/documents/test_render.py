"""Rendering in many threads at once, dated by its data, with the one font only."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pypdf
import pytest

from tests.documents.world import AT, receipt_of
from yifen.core.documents.receipt import receipt
from yifen.core.documents.render import TEMPLATES, render


def test_threads_do_not_disturb_each_other() -> None:
    data = [receipt_of(payment_id=number, payer_name=f"张{number}") for number in range(24)]
    one_by_one = [receipt(each) for each in data]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(receipt, data)) == one_by_one


def test_the_date_of_the_document_is_that_of_its_data() -> None:
    said = pypdf.PdfReader(io.BytesIO(receipt(receipt_of()))).metadata
    assert said is not None
    assert said.creation_date == AT
    assert said.title == "缴费回单 " + receipt_of().number
    later = receipt(receipt_of(printed_at=AT + timedelta(days=1)))
    assert pypdf.PdfReader(io.BytesIO(later)).metadata.creation_date == AT + timedelta(days=1)  # type: ignore[union-attr]


def test_a_template_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(RuntimeError, match="No such file"):
        render("nothing", {}, AT)


def test_every_template_says_its_purpose_in_its_first_line() -> None:
    templates = sorted(TEMPLATES.glob("*.typ"))
    assert [path.stem for path in templates] == [
        "court_paper", "dunning", "handover", "heating_stop", "invoice", "mandate_slip", "pay_voucher", "poster",
        "read_sheet", "receipt", "shift_report", "statement", "style", "voucher",
    ]  # fmt: skip
    assert all(path.read_text().startswith("// ") for path in templates)
