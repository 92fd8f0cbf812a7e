"""The second person 复核: one proposes, another decides, and the effect is in that decision's transaction.

What acts there are, the plugs say (`Second`). The database asks who may and whether they are two
people (`second_v1.sql`, decision 0012); here is what it cannot know: what the act means, and whether
things still are as they were shown.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import structlog
from django.db import DatabaseError, connection, transaction
from django.db.models import TextChoices
from django.utils.translation import override
from psycopg.types.json import Jsonb

from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation, User
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Second, Text
from yifen.core.facts.reasons import remark
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import called, plugs, result_code

log = structlog.get_logger()
_SQL = queries(__package__)


Said = str | Text | None
"""A value as people read it: a name, a number or an amount as it is, a word in both languages."""


class Change(NamedTuple):
    """One field of what is proposed: as it is (None: there is nothing yet), as it will be (None: it goes)."""

    field: str
    title: Text
    before: Said
    after: Said


class Signature(NamedTuple):
    """Who stands at somebody else's screen, and what proves it to the database (`signin.signature_of`)."""

    checker: User
    proof: str


class Decision(NamedTuple):
    """Who agreed to what, for the act that is done now."""

    proposal: int
    maker: User
    checker: User
    reason: str
    now: datetime


@cache
def acts() -> dict[str, Second]:
    """Every act of two people by its name."""
    return {act.name: act for plug in plugs() for act in plug.second}


def digest_now(row: Authorisation) -> bytes:
    """Of what it would show as things stand. Refused: it cannot be done any longer, its trade is gone;
    PROPOSAL_UNREADABLE (its content is not what the act reads: put there past the pages)."""
    return digest(row.action, row.subject_key, row.content, _changes_now(row))


def moved(row: Authorisation) -> list[Change]:
    """What is otherwise by now than its maker saw: as it was then, as it is. Refused as `digest_now`."""
    was = {change.field: change for change in was_shown(row)}
    found = {change.field: change for change in _changes_now(row)}
    rows: dict[Change, None] = {}
    for field, one in (was | found).items():
        then, now = was.get(field), found.get(field)
        pairs = ((then and then.before, now and now.before), (then and then.after, now and now.after))
        rows |= {Change(field, one.title, *pair): None for pair in pairs if pair[0] != pair[1]}
    return list(rows)


def _changes_now(row: Authorisation) -> list[Change]:
    if row.action not in acts():
        raise Refused(Code.AUTHORISATION_INVALID)
    try:
        with transaction.atomic():
            found: list[Change] = called(acts()[row.action].view)(row.content)
            return found
    except Refused:
        raise
    except Exception:  # whatever stands there, its page is shown and it can be withdrawn
        log.exception("a proposal cannot be read", proposal=row.pk, act=row.action)
        raise Refused(Code.PROPOSAL_UNREADABLE) from None


def digest(act: str, subject: str, content: Mapping[str, Any], changes: list[Change]) -> bytes:
    """Of everything that is shown of a proposal; its words in either language do not count."""
    told = [act, subject, content, [(c.field, c.before, c.after) for c in changes]]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).digest()


def kept(changes: list[Change]) -> list[dict[str, Any]]:
    """As the proposal's row keeps them, and the trail."""
    return [{"field": c.field, "zh": c.title.zh, "en": c.title.en, "before": _kept(c.before), "after": _kept(c.after)}
            for c in changes]  # fmt: skip


def was_shown(row: Authorisation) -> list[Change]:
    """What the maker saw."""
    try:
        return [Change(c["field"], Text(c["zh"], c["en"]), both(c["before"]), both(c["after"]))
                for c in row.changes]  # fmt: skip
    except (KeyError, TypeError):  # put there past the pages
        return []


def both(kept: Any) -> Said:
    """A value as it was kept; a word has its two languages again."""
    if isinstance(kept, dict) and kept.keys() == {"zh", "en"}:
        return Text(str(kept["zh"]), str(kept["en"]))
    return None if kept is None else str(kept)


def _kept(said: Said) -> Any:
    return said._asdict() if isinstance(said, Text) else said


def propose(
    access: Access, act: str, subject: str, content: dict[str, Any], now: datetime, *,
    partner: Partner | None = None, institution: Institution | None = None, reason: str = "",
) -> Authorisation:  # fmt: skip
    """Put it before a second person; nothing changes yet. Whose it is: the partner's, else the
    institution's, else the maker's own. Refused: as the act's `view` says, PERMISSION_MISSING,
    PROPOSAL_OPEN, TEXT_TOO_LONG."""
    owner = institution or (partner.institution if partner else None) or _own(access)
    with transaction.atomic():
        changes = called(acts()[act].view)(content)
        code, proposal = _ask("propose", session=access.session, act=act, subject=subject,
                              content=Jsonb(content), changes=Jsonb(kept(changes)),
                              shown=digest(act, subject, content, changes),
                              institution=owner.pk, partner=partner.pk if partner else None,
                              reason=remark(reason), now=now)  # fmt: skip
        _refuse(code)
        return Authorisation.objects.get(pk=proposal)


def decide(
    access: Access, proposal: int, *, seen: str, yes: bool, now: datetime, answer: str = ""
) -> Authorisation:
    """The second person's word; yes does it at once. `seen`: the digest (hex) of what the page showed
    him. Refused: AUTHORISATION_INVALID, AUTHORISATION_USED, PROPOSAL_WITHDRAWN, PERMISSION_MISSING,
    CHECKER_IS_MAKER, PROPOSAL_CHANGED, PROPOSAL_LAPSED, TEXT_TOO_LONG, and as the act refuses."""
    return _settle("decide", proposal, seen, now, session=access.session,
                   answer=remark(answer, "answer"), yes=yes)  # fmt: skip


def sign(
    checker: User, proof: str, proposal: int, *, seen: str, now: datetime, answer: str = ""
) -> Authorisation:
    """现场授权: yes, by who proved himself at the maker's screen (`signin.check_person`). Refused as
    `decide` does."""
    return _settle("sign", proposal, seen, now, user=checker.pk, proof=proof, answer=remark(answer, "answer"))


@transaction.atomic
def on_the_spot(
    access: Access, act: str, subject: str, content: dict[str, Any], signature: Signature, now: datetime,
    *, reason: str,
) -> Authorisation:  # fmt: skip
    """现场授权 in one: proposed by who works here, and signed at once by who stands beside him. Refused
    as `propose` and `sign` refuse, and then nothing is left of it."""
    proposal = propose(access, act, subject, content, now, reason=reason)
    seen = bytes(proposal.shown or b"").hex()
    return sign(signature.checker, signature.proof, proposal.pk, seen=seen, now=now)


def withdraw(access: Access, proposal: int, now: datetime) -> None:
    """The maker takes it back. Refused: AUTHORISATION_INVALID (not his), AUTHORISATION_USED, PROPOSAL_WITHDRAWN,
    PROPOSAL_LAPSED."""
    with transaction.atomic():
        _refuse(*_ask("withdraw", session=access.session, proposal=proposal, now=now))


def open_proposal(act: str, subject: str) -> Authorisation | None:
    """The one that waits to be decided."""
    rows = Authorisation.objects.select_related("maker")
    return rows.filter(action=act, subject_key=subject, decided_at=None).first()


@transaction.atomic
def _settle(
    word: str, proposal: int, seen: str, now: datetime, **given: Any
) -> Authorisation:
    """The database decides whether this word counts; then the act is done, or nothing is."""
    shown = bytes.fromhex(seen) if _is_digest(seen) else b""
    _refuse(*_ask(word, proposal=proposal, shown=shown, now=now, **given))
    row = Authorisation.objects.select_related("maker", "checker").get(pk=proposal)
    if row.granted:
        if digest_now(row) != bytes(row.shown or b""):
            raise Refused(Code.PROPOSAL_CHANGED)
        assert row.checker is not None
        decision = Decision(row.pk, row.maker, row.checker, row.reason, now)
        try:
            called(acts()[row.action].run)(row.content, decision)
        except DatabaseError as error:
            raise refused_by(error) or error from None
    return row


def refused_by(error: DatabaseError) -> Refused | None:
    """What a trade's own trigger refuses: YF001 with a code's number; None: it is no such word."""
    cause: Any = error.__cause__
    if getattr(cause, "sqlstate", "") != "YF001" or not cause.diag.message_primary.isdigit():
        return None
    return Refused(result_code(int(cause.diag.message_primary)))


def chosen(choices: type[TextChoices], value: str) -> Text:
    """A choice in a proposal's words."""
    label = choices(value).label
    with override("zh-hans"):
        zh = str(label)
    with override("en"):
        return Text(zh, str(label))


def yes_no(value: bool) -> Text:
    """Likewise."""
    return Text("是", "Yes") if value else Text("否", "No")


def _ask(word: str, **given: Any) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[word], given)
        row: tuple[Any, ...] = cursor.fetchone()
    return row


def _refuse(number: int) -> None:
    if number:
        raise Refused(result_code(number))


def _own(access: Access) -> Institution:
    assert access.user is not None
    return access.user.institution


def _is_digest(seen: str) -> bool:
    return len(seen) == 64 and all(letter in "0123456789abcdef" for letter in seen)
