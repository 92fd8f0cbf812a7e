"""Names instead of numbers in the trail: what a thing, a column and a value are called."""

from datetime import UTC, datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.models import User
from yifen.core.access.sealing import ring
from yifen.core.access.second import acts
from yifen.core.access.telling import told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.bank_accounts import opened_in
from yifen.core.facts.masking import masked_number
from yifen.core.facts.plug import Text
from yifen.core.plugs import plugs
from yifen.face import words
from yifen.face.lists.registry import lists_by_name
from yifen.face.second.listing import subject_said

NATURAL = ("code", "login", "version", "role", "wire_code", "difference_class", "from_measure", "position",
           "name")  # fmt: skip


PEOPLE = ("maker", "checker")  # of a proposal, by login
USERS = ("assignee_id",)  # somebody by his number, in tables that no model knows
NOTHING = "“”"
WORDED = ("state", "step", "purpose", "mode", "reason", "side", "limited")  # columns of words that no model knows


@cache
def terms() -> dict[str, Text]:
    """What tables, columns and acts are called; of two the lower plug's counts."""
    found = {step.name: step.title for plug in plugs() for step in plug.night}
    found |= {name: text for plug in reversed(plugs()) for name, text in plug.terms.items()}
    return found | {act.name: act.title for act in acts().values()}


def term(name: str) -> str:
    """In the reader's language; a list by its title, and what nobody named as it stands."""
    if text := terms().get(name):
        return told(text)
    listing = lists_by_name().get(name)
    return str(listing.title) if listing else name


@cache
def _models() -> dict[str, type[models.Model]]:
    return {model._meta.db_table: model for model in apps.get_models()}


def thing(subject: str, key: str) -> str:
    """What it was done to, by its own name; by its number where it is gone or has none. Of a key of several
    columns each word by its name."""
    if subject in acts():
        return subject_said(subject, key)
    if "|" in key:
        return " · ".join(map(term, key.split("|")))
    model = _models().get(subject)
    row = _row(model, key) if model else None
    return f"{label(row)} ({key})" if row is not None and label(row) else key


def _row(model: type[models.Model], key: Any) -> models.Model | None:
    try:
        return model._default_manager.filter(pk=key).first()
    except (ValueError, TypeError, OverflowError, ValidationError):  # no key of this table
        return None


def label(row: models.Model) -> str:
    """A row's own words, else those of what it belongs to and what tells it from its neighbours."""
    if type(row).__str__ is not models.Model.__str__:
        return str(row)
    fields = row._meta.concrete_fields
    owners = [getattr(row, field.name) for field in fields if field.is_relation]
    names = [getattr(row, name) for name in NATURAL if any(field.name == name for field in fields)]
    return " · ".join([*(label(one) for one in owners if one), *(str(name) for name in names)])


def value(subject: str, column: str, given: Any) -> str:
    """A value as people read it: names, yuan, per cent, the clock on the wall."""
    model = _models().get(subject)
    known = next((f for f in model._meta.concrete_fields if f.column == column), None) if model else None
    if given is None:
        return _("（空）")
    if isinstance(given, bool):
        return _("是") if given else _("否")
    if given == "":
        return NOTHING
    if isinstance(given, dict | list):
        return _whole(subject, column, given)
    if column in PEOPLE and subject in acts():
        person = User.objects.filter(login=given).first()
        return f"{person.name} {person.login}" if person else str(given)
    if column in USERS:
        return thing(User._meta.db_table, str(given))
    if known is not None and known.is_relation and known.related_model is not None:
        row = _row(known.related_model, given)
        return label(row) if row is not None else str(given)
    if known is not None and known.choices and str(given) in (found := dict(known.flatchoices)):
        return str(found[str(given)])
    for name in (f"{column}={given}", str(given) if column in WORDED else ""):
        if name in terms():
            return term(name)
    if subject == "ledger_account" and column == "name":
        return words.account(str(given))
    return _plain(column, given)


def _whole(subject: str, column: str, given: dict[str, Any] | list[Any]) -> str:
    """What a column holds of several: each with its name, and nothing said of what is empty."""
    if isinstance(given, dict) and {"zh", "en"} <= given.keys():
        return told(Text(str(given["zh"]), str(given["en"])))
    if isinstance(given, list):
        return " ".join(value(subject, column, one) for one in given) or _("（空）")
    parts = [f"{term(name)} {value(subject, name, one)}" for name, one in given.items()
             if one not in ([], {}, "", None)]  # fmt: skip
    return ", ".join(parts) or _("（空）")


def _plain(column: str, given: Any) -> str:
    if isinstance(given, int):
        if "_fen" in column or column == "fen":
            return grouped_yuan(given)
        if column == "document_id":
            return str(abs(given))  # they count downwards from nothing
        return f"{given / 10_000:g} %" if column.endswith("_ppm") else str(given)
    if isinstance(given, str) and column.endswith(("_at", "_from", "_until")) and len(given) > 18:
        try:
            at = datetime.fromisoformat(given)
        except ValueError:
            return given
        local = timezone.localtime(at if at.tzinfo else at.replace(tzinfo=UTC))
        return f"{local:%Y-%m-%d %H:%M:%S}"
    return opened_in(ring(), str(given).removeprefix("\\x"), masked_number)
