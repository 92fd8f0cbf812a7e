"""Every form with what clerks type by mistake, a field at a time: no fault."""

import os
from typing import Any, NamedTuple
from urllib.parse import urljoin

import pytest
from django.urls import reverse
from lxml import html

from tests.sampling import stride
from tests.web import site
from tests.web.province import Province
from tests.web.test_hostile import given_of, text_of, within

ROLES = ("platform_admin", "institution_admin", "finance", "supervisor", "teller", "biller_staff")
WILD = {
    "amount": ("-1", "-0", "-0.00", "+5", "999999999", "9" * 30, "1,234.56", "１，２３４．５６", "12.5元", "¥ 12.50",
               "1e5", "1.005", "٣", "1.2.3", "😀", "NaN"),
    "date": ("2026-02-30", "0001-01-01", "9999-12-31", "2026-13-01", "二月三十日", "２０２６-０２-０１", "-1"),
    "moment": ("2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59", "2036-12-01T10:00", "10:00"),
    "text": ("理" * 10_000, "x" * 300, "😀👩‍👩‍👧", "\u202eabc\u2066", "a\x00b", "\n\t", "１２３", "\u200b"),
}  # fmt: skip


class Field(NamedTuple):
    """Where it is sent, all that the form has, and which field it is."""

    action: str
    values: tuple[tuple[str, str], ...]
    name: str
    kind: str


def kind_of(field: Any) -> str:
    given = {"date": "date", "datetime-local": "moment", "number": "amount"}.get(field.get("type"))
    if given is None and (field.get("inputmode") in ("decimal", "numeric") or "input-amount" in field.get("class", "")):
        return "amount"
    return given or "text"


def fields_of(page: str, address: str) -> list[Field]:
    """Those that a person types into, of every form that changes something."""
    found = []
    for form in html.fromstring(page).xpath("//main//form[translate(@method, 'POST', 'post') = 'post']"):
        values = [(str(name), "" if value is None else str(value)) for name, value in form.form_values()]
        values += [(box.name, box.value_options[-1]) for box in form.xpath(".//select")
                   if box.name and box.value_options and (box.name, "") in values]  # fmt: skip
        buttons = form.xpath(".//button[@name]")
        values += [(one.get("name"), one.get("value", "")) for one in buttons[:1]]
        typed = form.xpath(".//input[not(@type) or @type='text' or @type='number' or @type='date'"
                           " or @type='datetime-local' or @type='time'] | .//textarea")  # fmt: skip
        action = urljoin(address, form.get("action") or address)
        found += [Field(action, tuple(values), field.name, kind_of(field)) for field in typed if field.name]
    return found


SEEN: set[tuple[str, str]] = set()
EACH = int(os.environ.get("YIFEN_WILD_EACH", "1"))
"""Values a field: all take their turn on the fields of a kind; 99 tries all of them on each (some ten minutes)."""


def some(values: tuple[str, ...], turn: int) -> list[str]:
    return [values[(EACH * turn + place) % len(values)] for place in range(min(EACH, len(values)))]


@pytest.mark.parametrize("role", ROLES)
def test_no_field_answers_with_a_fault(place: Province, role):
    client = site.client_of(place.users[role])
    client.raise_request_exception = False
    faults = []
    for route in within(role):
        address = reverse(route.name, kwargs=given_of(route, place))
        page = client.get(address)
        if page.status_code != 200 or "html" not in page.get("Content-Type", ""):
            continue
        for field in fields_of(text_of(page).decode(), address)[:: stride(4)]:
            if (route.name, field.name) in SEEN:
                continue
            SEEN.add((route.name, field.name))
            for value in some(WILD[field.kind], len(SEEN)):
                tell = (route.name, field.name, value[:12])
                answer = client.post(field.action, dict(field.values) | {field.name: value}, follow=True)
                if answer.status_code >= 500:
                    faults.append(tell)
    assert faults == []
