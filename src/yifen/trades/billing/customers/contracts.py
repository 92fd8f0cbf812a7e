"""过户 (a new account at the same place for a new holder), 转移 (what is billed goes to another account), 销户, 并户
(all of it goes, the account is closed), 分户 (some of it goes to a new account): proposed, and done by the second
person's yes."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils.timezone import localdate

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.buckets import account_bucket
from yifen.core.facts.codes import Code
from yifen.core.facts.masking import masked_name, masked_number
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.core.plugs import result_code
from yifen.core.ring import key_ring
from yifen.face.plain import plain_connection
from yifen.face.scope import buckets
from yifen.hub.payments.names import opened_name, sealed_name
from yifen.trades.billing.codes import BillingCode
from yifen.trades.billing.customers.marks import marks_of, sealed_contact
from yifen.trades.billing.quantities import shown

HOLDER, MOVE, CLOSE = "billing.holder", "billing.move", "billing.close"
MERGE, SPLIT = "billing.merge", "billing.split"
_SQL = queries(__package__)


class MeterRead(NamedTuple):
    """What a meter shows at the end of the last day, in thousandths."""

    number: str
    register: str
    value_milli: int


class NewHolder(NamedTuple):
    """Who takes a place over."""

    account_no: str
    name: str
    phone: str = ""
    persons: int = 1
    consent: bool = False


class Contract(NamedTuple):
    """A customer as proposals name him."""

    bucket: int
    customer_id: int
    biller_id: int
    account_no: str
    place: str


def contract(access: Access, customer_id: int) -> Contract:
    """Refused OUT_OF_SCOPE, CUSTOMER_CLOSED."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["contract"], {"bucket": customer_id % 1000, "customer": customer_id})
        row = cursor.fetchone()
    if row is None or not access.scope.has_partner(row[2]):
        raise Refused(Code.OUT_OF_SCOPE, "customer")
    if row[5] is not None:
        raise Refused(BillingCode.CUSTOMER_CLOSED, "customer", row[3])
    return Contract(*row[:5])


def any_contract(access: Access, customer_id: int) -> Contract:
    """Also one that is closed. Refused OUT_OF_SCOPE."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["contract"], {"bucket": customer_id % 1000, "customer": customer_id})
        row = cursor.fetchone()
    if row is None or not access.scope.has_partner(row[2]):
        raise Refused(Code.OUT_OF_SCOPE, "customer")
    return Contract(*row[:5])


def named(subject: str) -> Text:
    """The account, masked, and its place."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["contract"], {"bucket": int(subject) % 1000, "customer": int(subject)})
        row = cursor.fetchone()
    name = f"{masked_number(row[3])} {row[4]}" if row else subject
    return Text(name, name)


def propose_holder(
    access: Access, customer_id: int, day: date, to: NewHolder, readings: list[MeterRead], reason: str, now: datetime
) -> Authorisation:  # fmt: skip
    """Refused as `contract`, `view`, `second.propose`."""
    one = contract(access, customer_id)
    return proposed(access, HOLDER, one, day, {"to": new_account(one, to)}, readings, reason, now)


def propose_move(
    access: Access, customer_id: int, fee_id: int, day: date, account_no: str, readings: list[MeterRead], reason: str,
    now: datetime,
) -> Authorisation:  # fmt: skip
    """To another account of the same biller. Refused as `propose_holder`, CUSTOMER_CLOSED (there is none)."""
    one = contract(access, customer_id)
    more = {"to": other_account(one, account_no), "fee": fee_id}
    return proposed(access, MOVE, one, day, more, readings, reason, now)


def propose_close(
    access: Access, customer_id: int, day: date, readings: list[MeterRead], reason: str, now: datetime
) -> Authorisation:
    """Refused as `propose_holder`."""
    return proposed(access, CLOSE, contract(access, customer_id), day, {}, readings, reason, now)


def propose_merge(
    access: Access, customer_id: int, day: date, account_no: str, tiers: bool, readings: list[MeterRead], reason: str,
    now: datetime,
) -> Authorisation:  # fmt: skip
    """并户: all that is billed goes to another account of the same biller, this one is closed. `tiers`: what was used
    in their cycles goes along. Refused as `propose_move`."""
    one = contract(access, customer_id)
    more = {"to": other_account(one, account_no), "tiers": tiers}
    return proposed(access, MERGE, one, day, more, readings, reason, now)


def propose_split(
    access: Access, customer_id: int, services: list[int], day: date, to: NewHolder, tiers: bool,
    readings: list[MeterRead], reason: str, now: datetime,
) -> Authorisation:  # fmt: skip
    """分户: these services go to a new account at the same place. Refused as `propose_holder`, SPLIT_SERVICES."""
    one = contract(access, customer_id)
    more = {"to": new_account(one, to), "services": services, "tiers": tiers}
    return proposed(access, SPLIT, one, day, more, readings, reason, now)


def new_account(one: Contract, to: NewHolder) -> dict[str, Any]:
    """As a proposal keeps it: name and phone sealed."""
    ring = key_ring()
    return {
        "bucket": account_bucket(one.biller_id, to.account_no, buckets()), "account_no": to.account_no,
        "name": sealed_name(ring, one.biller_id, to.account_no, to.name),
        "marks": marks_of(ring, one.biller_id, to.name), "persons": to.persons, "consent": to.consent,
        "contact": sealed_contact(ring, one.biller_id, to.account_no, to.phone),
    }  # fmt: skip


def other_account(one: Contract, account_no: str) -> dict[str, Any]:
    """One of the same biller. Refused CUSTOMER_CLOSED: there is none, or it is this one."""
    bucket = account_bucket(one.biller_id, account_no, buckets())
    with connection.cursor() as cursor:
        cursor.execute(_SQL["by_account"], {"bucket": bucket, "biller": one.biller_id, "account": account_no})
        row = cursor.fetchone()
    if row is None or row[0] == one.customer_id:
        raise Refused(BillingCode.CUSTOMER_CLOSED, "account_no", account_no)
    return {"bucket": bucket, "customer": row[0], "account_no": account_no}


def proposed(
    access: Access, act: str, one: Contract, day: date, more: dict[str, Any], readings: list[MeterRead], reason: str,
    now: datetime,
) -> Authorisation:  # fmt: skip
    content = {"bucket": one.bucket, "customer": one.customer_id, "biller": one.biller_id, "account_no": one.account_no,
               "day": day.isoformat(), "readings": [read._asdict() for read in readings], **more}  # fmt: skip
    if readings and day > localdate(now):
        raise Refused(BillingCode.READING_DAY, "day")
    partner = Partner.objects.get(pk=one.biller_id)
    return second.propose(access, act, str(one.customer_id), content, now, partner=partner, reason=reason)


def view(content: dict[str, Any]) -> list[Change]:
    """What ends, what begins and what stays behind. Refused: CUSTOMER_CLOSED, METER_UNKNOWN (a meter of it has no
    reading), RUN_HAS_SERVICE, SPLIT_SERVICES, DAY_BILLED, FEE_TWICE."""
    facts = {name: content.get(name) for name in ("bucket", "customer", "fee", "services")}
    with plain_connection() as conn:
        row = conn.execute(_SQL["contract"], facts).fetchone()
        meters = conn.execute(_SQL["meters_in_use"], facts).fetchall()
        stays = conn.execute(_SQL["what_stays"], facts).fetchone()
    if row is None or row[5] is not None or stays is None:
        raise Refused(BillingCode.CUSTOMER_CLOSED, "customer", content["account_no"])
    kept_fen, open_bills, services, running = stays
    given = {(read["number"], read["register"]): read["value_milli"] for read in content["readings"]}
    for number, register in meters:
        if (number, register) not in given:
            raise Refused(BillingCode.METER_UNKNOWN, "readings", number)
    going = set(content.get("services") or (one[0] for one in services if content.get("fee") in (None, one[1])))
    if going & set(running):
        raise Refused(BillingCode.RUN_HAS_SERVICE, "day")
    if "services" in content and not 0 < len(going & {one[0] for one in services}) < len(services):
        raise Refused(BillingCode.SPLIT_SERVICES, "services")
    _not_billed_yet(content, going)
    to, biller = content.get("to") or {}, content["biller"]
    _not_there_yet(to, {one[1] for one in services if one[0] in going})
    changes = [
        Change("account_no", Text("户号", "Account number"), content["account_no"], to.get("account_no")),
        Change("place", Text("地址", "Address"), row[4], row[4]),
        Change("day", Text("最后一日", "Last day"), None, content["day"]),
    ]
    if "name" in to:
        name = masked_name(opened_name(key_ring(), biller, to["account_no"], to["name"]))
        changes += [
            Change("name", Text("新户名", "New holder"), None, name),
            Change("persons", Text("人口", "Persons"), None, str(to["persons"])),
            Change("consent", Text("同意短信", "Agrees to messages"), None, yes_no(to["consent"])),
        ]
    if "services" in content:
        names = "、".join(one[2] for one in services if one[0] in going)
        changes.append(Change("services", Text("分出的费种", "Fees that go"), None, names))
    if "tiers" in content:
        changes.append(Change("tiers", Text("本周期已用量随迁", "What the cycle used goes along"), None,
                              yes_no(content["tiers"])))  # fmt: skip
    if kept_fen:
        stays_on = Text("预存余额（元），留在原户号", "Prepaid balance (yuan), stays on the account")
        changes.append(Change("prepaid", stays_on, grouped_yuan(kept_fen), grouped_yuan(kept_fen)))
    if open_bills:
        changes.append(Change("owed", Text("未缴账单（张），留在原户号", "Open bills, stay on the account"),
                              str(open_bills), str(open_bills)))  # fmt: skip
    return [*changes, *(
        Change(f"{number} {register}", Text(f"表 {number} 止码", f"Meter {number} shows"), None,
               shown(given[number, register]))
        for number, register in meters
    )]  # fmt: skip


def _not_billed_yet(content: dict[str, Any], going: set[int]) -> None:
    """Refused DAY_BILLED, to which day."""
    facts = {"bucket": content["bucket"], "going": list(going), "day": content["day"]}
    with plain_connection() as conn:
        ((until,),) = conn.execute(_SQL["billed_until"], facts).fetchall()
    if until:
        raise Refused(BillingCode.DAY_BILLED, "day", until)


def _not_there_yet(to: dict[str, Any], fees: set[int]) -> None:
    """Refused FEE_TWICE: the other account, where there is one, has one of these fees already."""
    if "customer" not in to:
        return
    with plain_connection() as conn:
        if conn.execute(_SQL["fees_there"], {**to, "fees": list(fees)}).fetchone():
            raise Refused(BillingCode.FEE_TWICE, "account_no", to["account_no"])


def run(content: dict[str, Any], decision: Decision) -> None:
    """Refused as billing_contract_v1 answers; nothing is left of it then."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL["do_contract"], (decision.proposal, decision.now))
        (code,) = cursor.fetchone()
    if code:
        raise Refused(result_code(code))
