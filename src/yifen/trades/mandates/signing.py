"""4621 at the desk: a mandate is added, changed, given another account, ended; the core says whose the account is, a
second person signs at the teller's screen what the first entered."""

import base64
from datetime import datetime
from typing import Any

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.second import Change, Decision, Said, Signature, yes_no
from yifen.core.directory.models import Institution
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.core.wire.signed_port import NoPortAnswer
from yifen.hub.corebank.codes import CoreCode
from yifen.hub.corebank.operations import Connection, Cores, core_of, transit_of
from yifen.hub.corebank.port import Signed
from yifen.trades.mandates import rules
from yifen.trades.mandates.codes import MandateCode
from yifen.trades.mandates.kept import KeptMandate, find, parts, sealed_word, terms_of
from yifen.trades.mandates.rules import SignedTerms, Terms

ACT = "mandates.sign"
ADD, ACCOUNT, CHANGE, END = "add", "account", "change", "end"
NO_LIMIT, NO_END = Text("不限", "No limit"), Text("长期", "Until ended")
TITLES = {
    "number": Text("协议编号", "Agreement"), "biller": Text("收费单位", "Biller"),
    "customer": Text("户号", "Account number"),
    "account": Text("扣款账号", "Account debited"), "holder": Text("户名", "Holder"),
    "document": Text("证件", "Document"), "phone": Text("通知手机", "Phone that is told"),
    "once": Text("单笔限额（元）", "Limit of a debit (yuan)"),
    "month": Text("当月限额（元）", "Limit of a month (yuan)"),
    "batch": Text("批量代扣", "Batch debit"), "no_feel": rules.WAYS["no_feel"], "one_tap": rules.WAYS["one_tap"],
    "rank": Text("扣款顺序", "Order"), "from_on": Text("生效日", "From"), "until_on": Text("截止日", "Until"),
    "state": Text("状态", "State"),
}  # fmt: skip
_SQL = queries(__package__)


# --- what the core says ------------------------------------------------------------------------


def asked_core(cores: Cores, institution_id: int, agreement: SignedTerms) -> tuple[int, str, Signed]:
    """The core, the account's kind and the core's word: open, and held in this name. Outside of transactions. Refused:
    CORE_MISSING, CORE_PAIR_MISSING, CORE_AWAY, NOT_CALLED, and as `check_debit` refuses."""
    core = core_of(cores.conn, institution_id)
    if core is None:
        raise Refused(CoreCode.CORE_MISSING)
    transit_of(cores.conn, core.core_id, agreement.biller_id)
    port = cores.port(core.core_id)
    port.check_way()
    try:
        state, signed = port.account_word(agreement.account_no)
    except NoPortAnswer:
        raise Refused(CoreCode.CORE_AWAY, "account_no") from None
    kind = state.kind if state.kind in rules.KINDS else "personal"
    rules.check_debit(state, agreement.holder.name, kind, 0)
    return core.core_id, kind, signed


# --- what the desk does ------------------------------------------------------------------------


def sign(
    cores: Cores, access: Access, agreement: SignedTerms, number: str, signature: Signature, reason: str, now: datetime,
    replaces: str = "",
) -> KeptMandate:  # fmt: skip
    """A new one, under the number of the form; with `replaces` in the place of that, from its first day on. Refused: as
    `checked`, `asked_core`, mandates_sign_v1 and `second.on_the_spot` refuse."""
    if known := _known(cores.conn, number):
        return known
    content = content_of(cores, access, agreement, number, replaces)
    second.on_the_spot(access, ACT, content["subject"], content, signature, now, reason=reason)
    return find(cores.conn, number)


def content_of(cores: Cores, access: Access, agreement: SignedTerms, number: str, replaces: str = "") -> dict[str, Any]:
    """What two people decide, with the core's word on it. Refused: as `checked` and `asked_core`."""
    agreement, institution = rules.checked(agreement), _own(access)
    if not rules.NUMBER.fullmatch(number):
        raise Refused(Code.INPUT_INVALID, "number")
    if replaces:
        old = own(cores.conn, access, replaces)
        agreement = agreement._replace(biller_id=old.biller_id, customer=old.customer)
    core_id, kind, signed = asked_core(cores, institution.pk, agreement)
    return parts(cores.ring, number, institution.pk, core_id, kind, agreement) | {
        "op": ACCOUNT if replaces else ADD, "subject": replaces or number,
        "check": base64.b64encode(sealed_word(cores.ring, number, signed)).decode()}  # fmt: skip


def change(conn: Connection, access: Access, number: str, terms: Terms, signature: Signature, reason: str,
           now: datetime) -> KeptMandate:  # fmt: skip
    """Other limits, kinds, dates or order. Refused: MANDATE_UNKNOWN, as mandates_sign_v1 and `second.on_the_spot`."""
    one = own(conn, access, number)
    content = terms_of(terms) | {"op": CHANGE, "subject": number, "institution_id": one.institution_id}
    second.on_the_spot(access, ACT, number, content, signature, now, reason=reason)
    return find(conn, number)


def end(conn: Connection, access: Access, number: str, signature: Signature, reason: str, now: datetime) -> KeptMandate:
    """Over, on the day that the biller's rule gives. Refused: as `change`."""
    one = own(conn, access, number)
    content = {"op": END, "subject": number, "institution_id": one.institution_id}
    second.on_the_spot(access, ACT, number, content, signature, now, reason=reason)
    return find(conn, number)


def own(conn: Connection, access: Access, number: str) -> KeptMandate:
    """One that was signed here (签约营业机构). Refused: MANDATE_UNKNOWN."""
    one = find(conn, number)
    if one.institution_id != _own(access).pk:
        raise Refused(MandateCode.MANDATE_UNKNOWN, "number")
    return one


def _known(conn: Connection, number: str) -> KeptMandate | None:
    try:
        return find(conn, number)
    except Refused:
        return None


def _own(access: Access) -> Institution:
    assert access.user is not None
    return access.user.institution


# --- the second person ---------------------------------------------------------------------------


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: MANDATE_UNKNOWN."""
    conn, op = own_connection(), content["op"]
    before = shown_now(find(conn, content["subject"])) if op != ADD else {}
    if op == END:
        row = conn.execute(_SQL["ends_on"], (content["subject"],)).fetchone()
        names = ("number", "biller", "customer", "account")
        same = [Change(key, TITLES[key], before[key], before[key]) for key in names]
        return [*same, Change("ended_on", Text("终止日", "Over from"), None, str(row[0]) if row else None)]
    after = before | shown_terms(content)
    if op != CHANGE:
        biller = conn.execute(_SQL["biller"], (content["biller_id"],)).fetchone()
        kind, _, number = content["document_shown"].partition(" ")
        after |= {"number": content["number"], "biller": biller[0] if biller else "",
                  "customer": content["customer"], "account": content["account_shown"],
                  "holder": content["holder_shown"], "document": f"{rules.ID_KINDS[kind].zh} {number}",
                  "phone": content["phone_shown"] or None}  # fmt: skip
    return [Change(key, TITLES[key], before.get(key), after[key]) for key in TITLES if key in after]


def run(content: dict[str, Any], decision: Decision) -> None:
    """In this very transaction. Refused: as mandates_sign_v1."""
    row = own_connection().execute(_SQL["sign"], (content["subject"], decision.now)).fetchone()
    if row and row[0]:
        raise Refused(result_code(row[0]))


def shown_now(one: KeptMandate) -> dict[str, Said]:
    """Of a mandate that is there, as people read it."""
    return {"number": one.number, "biller": f"{one.biller} {one.biller_name}", "customer": one.customer,
            "account": one.account_shown, "holder": one.holder_shown} | shown_terms(terms_of(one.terms))  # fmt: skip


def shown_terms(terms: dict[str, Any]) -> dict[str, Said]:
    return {
        "once": grouped_yuan(terms["once_fen"]) if terms["once_fen"] else NO_LIMIT,
        "month": grouped_yuan(terms["month_fen"]) if terms["month_fen"] else NO_LIMIT,
        "batch": yes_no(terms["batch"]), "no_feel": yes_no(terms["no_feel"]), "one_tap": yes_no(terms["one_tap"]),
        "rank": str(terms["rank"]), "from_on": terms["from_on"], "until_on": terms["until_on"] or NO_END,
    }  # fmt: skip


def own_connection() -> Connection:
    """The page's own connection, in its transaction."""
    from yifen.face.plain import Plain

    connection.ensure_connection()
    return Plain(connection.connection)  # type: ignore[return-value]
