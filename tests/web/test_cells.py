"""Cells of tables as HTML: what each kind shows, and that what it shows is text."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.template import engines

HEAD = {"title": "户<名>"}
AT = datetime(2026, 11, 30, 16, 5, 9, tzinfo=UTC)  # a day later in China


@pytest.mark.parametrize(("given", "expected"), [
    ({"text": "<b>"}, '<td class="cell-text" data-label="户&lt;名&gt;">&lt;b&gt;</td>'),
    ({"text": None}, '<td class="cell-text" data-label="户&lt;名&gt;">—</td>'),
    ({"text": "A1", "kind": "code", "url": "/a?b=1&c"},
     '<td class="cell-code" data-label="户&lt;名&gt;"><a href="/a?b=1&amp;c">A1</a></td>'),
    ({"kind": "num", "text": "1,200"}, '<td class="num" data-label="户&lt;名&gt;">1,200</td>'),
    ({"kind": "amount", "fen": -123456}, '<td class="num" data-label="户&lt;名&gt;">'
     '<span class="amount amount-negative">-1,234<span class="amount-fen">.56</span></span></td>'),
    ({"kind": "amount", "fen": 0, "url": "/x"}, '<td class="num" data-label="户&lt;名&gt;"><a href="/x">'
     '<span class="amount amount-zero">0<span class="amount-fen">.00</span></span></a></td>'),
    ({"kind": "amount", "fen": None}, '<td class="num" data-label="户&lt;名&gt;"><span class="muted">—</span></td>'),
    ({"kind": "badge", "text": "开", "tone": "ok"},
     '<td data-label="户&lt;名&gt;"><span class="badge badge-ok">开</span></td>'),
    ({"kind": "badge", "text": "<", "tone": ""},
     '<td data-label="户&lt;名&gt;"><span class="badge badge-neutral">&lt;</span></td>'),
    ({"kind": "time", "at": AT, "url": "/t"},
     '<td class="cell-time" data-label="户&lt;名&gt;"><a href="/t">2026-12-01 00:05:09</a></td>'),
    ({"kind": "time", "at": None, "url": "/t"}, '<td class="cell-time" data-label="户&lt;名&gt;">—</td>'),
    ({"kind": "time", "text": "未到"}, '<td class="cell-time" data-label="户&lt;名&gt;">未到</td>'),
    ({"kind": "link", "text": "开"}, '<td class="cell-actions" data-label="户&lt;名&gt;"></td>'),
    ({"kind": "post", "text": "开", "url": ""}, '<td class="cell-actions" data-label="户&lt;名&gt;"></td>'),
    ({"kind": "post", "text": "开", "url": "/p"}, '<td class="cell-actions" data-label="户&lt;名&gt;">'
     '<form method="post" action="/p" hx-boost="false"><button class="link-button">开</button></form></td>'),
])  # fmt: skip
def test_a_cell(place, given: dict[str, Any], expected: str) -> None:
    template = engines["django"].from_string("{% cell given column %}")
    assert template.render({"given": given, "column": HEAD}) == f"{expected}\n"  # a line each


def test_an_amount_of_a_receipt_is_large_and_has_its_sign(place) -> None:
    template = engines["django"].from_string('{% include "parts/amount.html" with fen=5 large=True sign="1" only %}')
    assert template.render({}).strip() == (
        '<span class="amount amount-large"><span class="amount-sign">¥</span>0'
        '<span class="amount-fen">.05</span></span>'
    )
