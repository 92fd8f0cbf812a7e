"""Merchants 商户, kept by two of the province; admissions 准入 4690, asked by a county and agreed by the province."""

from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said
from yifen.core.directory.models import Institution
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.plugs import result_code
from yifen.hub.corebank import pairs
from yifen.hub.corebank.operations import Cores
from yifen.trades.agency import duties, rules
from yifen.trades.agency.codes import AgencyCode

MERCHANT, ADMISSION = "agency.merchant", "agency.admission"
_SQL = queries(__package__)
CHANNEL_WORDS = {
    "counter": Text("柜面", "Counter"), "atm": Text("ATM", "ATM"), "kiosk": Text("自助终端", "Kiosk"),
    "webbank": Text("网上银行", "Web bank"), "phonebank": Text("电话银行", "Phone bank"),
    "app": Text("手机与第三方", "Phone app"), "card": Text("银行卡、POS", "Card, POS"),
    "passbook": Text("存折", "Passbook"), "other": Text("其他", "Other"),
}  # fmt: skip
PRODUCT_WORDS = {"collect": Text("代收", "Collection"), "debit": Text("批量代扣", "Batch debit")}
STATE_WORDS = {"open": Text("开通", "Open"), "closed": Text("停办", "Closed")}
MODE_WORDS = {1: Text("1 联机", "1 online"), 2: Text("2 批量", "2 batch"), 3: Text("3 两者都有", "3 both")}
_TITLES = {
    "merchant": Text("商户编码", "Merchant"), "product": Text("业务种类", "Product"), "mode": Text("业务方式", "Mode"),
    "region": Text("地区码", "Region"), "institution": Text("机构号", "Institution"),
    "channel": Text("渠道", "Channel"),
    "valid_from": Text("生效日", "From"), "valid_until": Text("截止日", "Until"), "state": Text("状态", "State"),
}  # fmt: skip


class MerchantForm(NamedTuple):
    """A merchant as it is asked for: `0006`, 山东电力集团, 电力."""

    code: str
    name: str
    industry: str
    suspended: bool = False


class AdmissionForm(NamedTuple):
    """The form of 4690. `product`: collect, debit; `channel`: a kind of channel; `mode`: 1 online, 2 batch, 3 both;
    `valid_until`: its last day, None without end; `state`: open, closed."""

    merchant: str
    product: str
    channel: str
    region: str
    mode: int
    valid_from: date
    valid_until: date | None
    state: str = "open"


def propose_merchant(access: Access, form: MerchantForm, now: datetime) -> Authorisation:
    """Refused: AGENCY_LEVEL_WRONG, INPUT_INVALID, and as `second.propose` refuses."""
    duties.check(access.user, "merchant")
    return second.propose(access, MERCHANT, form.code, form._asdict(), now)


def view_merchant(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: INPUT_INVALID."""
    code = content["code"]
    if not (code.isascii() and code.isdigit() and len(code) == 4):
        raise Refused(Code.INPUT_INVALID, "code", "0001–9999")
    if not content["name"] or not content["industry"]:
        raise Refused(Code.INPUT_INVALID, "name" if content["industry"] else "industry")
    was = _read("merchant_now", [code])
    before = dict(zip(("name", "industry", "suspended"), was, strict=True)) if was else {}
    titles = {"name": Text("商户名称", "Name"), "industry": Text("商户行业", "Industry"),
              "suspended": Text("停用", "Suspended")}  # fmt: skip
    return [Change(field, title, _said(before.get(field)), _said(content[field])) for field, title in titles.items()]


def run_merchant(content: dict[str, Any], decision: Decision) -> None:
    """Refused: AGENCY_LEVEL_WRONG (the second is not of the province), AUTHORISATION_INVALID."""
    duties.check(decision.checker, "merchant")
    _put("put_merchant", [content["code"]])


def propose(access: Access, form: AdmissionForm, now: datetime) -> Authorisation:
    """For one's own county. Refused: AGENCY_LEVEL_WRONG, MERCHANT_UNKNOWN, INPUT_INVALID, and as `second.propose`."""
    duties.check(access.user, "admission.ask")
    assert access.user is not None
    content = form._asdict() | {
        "institution_id": access.user.institution_id, "valid_from": form.valid_from.isoformat(),
        "valid_until": form.valid_until and form.valid_until.isoformat(),
    }  # fmt: skip
    return second.propose(access, ADMISSION, subject_of(content), content, now)


def subject_of(content: dict[str, Any]) -> str:
    """institution:merchant:product:channel:region, one row of the table."""
    return ":".join(str(content[name]) for name in ("institution_id", "merchant", "product", "channel", "region"))


def named(subject: str) -> Text:
    """The institution, the merchant, by which channel."""
    institution, merchant, _product, channel, region = subject.split(":")
    row, place = _read("merchant_now", [merchant]), Institution.objects.filter(pk=int(institution)).first()
    name = f"{place.name if place else institution} · {merchant} {row[0] if row else ''} {region}".strip()
    word = CHANNEL_WORDS.get(channel, Text(channel, channel))
    return Text(f"{name} · {word.zh}", f"{name} · {word.en}")


def view(content: dict[str, Any]) -> list[Change]:
    """As it is and as it will be. Refused: MERCHANT_UNKNOWN, INPUT_INVALID."""
    if _read("merchant_now", [content["merchant"]]) is None:
        raise Refused(AgencyCode.MERCHANT_UNKNOWN, "merchant")
    until = content["valid_until"]
    for field, fits in (
        ("product", content["product"] in rules.PRODUCTS), ("channel", content["channel"] in rules.CHANNELS),
        ("mode", content["mode"] in MODE_WORDS), ("state", content["state"] in STATE_WORDS),
        ("valid_until", not until or until >= content["valid_from"]),
        ("region", content["region"].isascii() and content["region"].isalnum() and len(content["region"]) <= 12),
    ):  # fmt: skip
        if not fits:
            raise Refused(Code.INPUT_INVALID, field)
    key = [content[name] for name in ("institution_id", "merchant", "product", "channel", "region")]
    row = _read("admission_now", key)
    was = dict(zip(("mode", "valid_from", "valid_until", "state"), row, strict=True)) if row else {}
    told = {name: content[name] for name in _TITLES if name != "institution"}
    told["institution"] = str(Institution.objects.get(pk=content["institution_id"]))
    before = {name: was.get(name, told[name]) for name in told} if was else {}
    return [Change(name, title, _word(name, before.get(name)), _word(name, told[name]))
            for name, title in _TITLES.items()]  # fmt: skip


def run(content: dict[str, Any], decision: Decision) -> None:
    """From its first day on. Refused: AGENCY_LEVEL_WRONG (not of the province), AUTHORISATION_INVALID."""
    duties.check(decision.checker, "admission.agree")
    _put("put_admission", [subject_of(content), decision.now])


def propose_accounts(access: Access, cores: Cores, form: pairs.PairForm, now: datetime) -> Authorisation:
    """4692, by the office or the province; outside of any transaction, for the core says whose the accounts are.
    Refused: AGENCY_LEVEL_WRONG, MERCHANT_UNKNOWN, INPUT_INVALID (unit), AGREEMENT_AT_CORE, and as
    `corebank.pairs.propose`."""
    duties.check(access.user, "pair")
    if _read("merchant_now", [form.merchant]) is None:
        raise Refused(AgencyCode.MERCHANT_UNKNOWN, "merchant")
    if not form.unit.strip():
        raise Refused(Code.INPUT_INVALID, "unit")
    _put("not_whole", [form.biller_id])
    return pairs.propose(access, cores, form, now)


def _word(name: str, value: Any) -> Said:
    words: dict[str, dict[Any, Text]] = {"product": PRODUCT_WORDS, "channel": CHANNEL_WORDS, "state": STATE_WORDS,
                                         "mode": MODE_WORDS}  # fmt: skip
    return words[name][value] if name in words and value is not None else _said(value)


def _said(value: Any) -> Said:
    return second.yes_no(value) if isinstance(value, bool) else None if value in (None, "") else str(value)


def _read(name: str, values: list[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(_SQL[name], values)
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


def _put(name: str, values: list[Any]) -> None:
    row = _read(name, values)
    if row and row[0]:
        raise Refused(result_code(row[0]))
