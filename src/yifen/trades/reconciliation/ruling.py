"""How a partner is reconciled, and how its file is read: what goes by itself moves money, so two people
decide on rules and layouts (U1)."""

from datetime import datetime, time
from typing import Any

from yifen.core.access import second
from yifen.core.access.edge import Access
from yifen.core.access.models import Authorisation
from yifen.core.access.second import Change, Decision, Said, chosen, yes_no
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.codes import Code
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.partners.models import Partner
from yifen.trades.reconciliation.models import (
    DifferenceClass,
    Layout,
    LayoutColumn,
    PartyChoice,
    Policy,
    Profile,
    RepairActionChoice,
    TruthChoice,
)

RULES, LAYOUT = "recon.rules", "recon.layout"
TITLES = {
    "party": Text("对方身份", "Whose file"), "format": Text("文件格式", "Format"),
    "layout_id": Text("版式", "Layout"), "owner": Text("文件中的商户号或账号", "Merchant or account in the file"),
    "truth": Text("以谁为准", "Whose record counts"), "cut_off": Text("对方日切时间", "Their cut-off"),
    "slack_min": Text("日切前后等待（分钟）", "Waits around the cut (minutes)"),
    "fee_ppm": Text("约定费率", "Agreed fee"),
    "by_rule": Text("按户号、金额、时间勾对", "Match by account, amount, time"),
    "rule_window_min": Text("时间窗口（分钟）", "Window (minutes)"),
    "by_group": Text("按批次或日合计勾对", "Match by sums"),
    "deadline_days": Text("处理期限（天）", "Deadline (days)"),
    "file_late_after": Text("次日几点后算迟到", "Late from, on the next day"),
    "parts": Text("每日应有的文件", "Files of a day"),
    "whole": Text("收到即视为完整", "Whole as it comes"),
}  # fmt: skip
HEAD = ("code", "name", "shape", "encoding", "delimiter", "quote", "header_lines", "named", "totals",
        "totals_mark", "count_at", "amount_at")  # fmt: skip
COLUMN = ("position", "name", "width", "target", "type", "words")


# --- rules -----------------------------------------------------------------------------------------
def propose_rules(
    access: Access, partner_id: int, profile: dict[str, Any], policies: dict[str, dict[str, Any]],
    now: datetime,
) -> Authorisation:  # fmt: skip
    """All rules of a partner at once; `policies`: by class, those that differ from the defaults.
    Refused: OUT_OF_SCOPE, and as `second.propose` refuses."""
    if not access.scope.has_partner(partner_id):
        raise Refused(Code.OUT_OF_SCOPE, "partner")
    partner = Partner.objects.get(pk=partner_id)
    row = {name: _plain(profile[name]) for name in TITLES if name != "layout_id"}
    row |= {"partner_id": partner_id, "layout_id": profile["layout"].pk if profile["layout"] else None}
    named = [values | {"profile_id": partner_id, "difference_class": kind}
             for kind, values in sorted(policies.items())]  # fmt: skip
    content = {"partner": partner_id, "rows": {"recon_profile": row, "recon_policy": named}}
    return second.propose(access, RULES, partner.code, content, now, partner=partner)


def view_rules(content: dict[str, Any]) -> list[Change]:
    """Every rule as it is and as it will be. Refused: INPUT_INVALID (the layout is gone)."""
    row = Profile.objects.filter(pk=content["partner"]).first()
    after = content["rows"]["recon_profile"]
    layout = after["layout_id"]
    if layout is not None and not Layout.objects.filter(pk=layout).exists():
        raise Refused(Code.INPUT_INVALID, "layout")
    before = {name: _plain(getattr(row, name)) for name in TITLES} if row else {}
    had = {policy.difference_class: _policy_told(policy) for policy in row.policies.all()} if row else {}
    will = {one["difference_class"]: _policy_told(Policy(**one))
            for one in content["rows"]["recon_policy"]}  # fmt: skip
    return [
        *(Change(name, title, _rule_told(name, before.get(name)), _rule_told(name, after[name]))
          for name, title in TITLES.items()),
        *(Change(kind.value, chosen(DifferenceClass, kind.value), had.get(kind.value), will.get(kind.value))
          for kind in DifferenceClass if kind.value in had | will),
    ]  # fmt: skip


def set_rules(content: dict[str, Any], decision: Decision) -> None:
    """The rules from now on."""
    fields = {name: value for name, value in content["rows"]["recon_profile"].items()
              if name != "partner_id"}  # fmt: skip
    row, _made = Profile.objects.update_or_create(partner_id=content["partner"], defaults=fields)
    row.policies.all().delete()
    Policy.objects.bulk_create(Policy(**one) for one in content["rows"]["recon_policy"])


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, time) else value


def _rule_told(name: str, value: Any) -> Said:
    if value is None or value == "":
        return None
    if name in ("party", "truth"):
        return chosen(PartyChoice if name == "party" else TruthChoice, value)
    if name == "layout_id":
        return str(Layout.objects.get(pk=value))
    if name == "fee_ppm":
        return f"{value / 10_000:g} %"
    return yes_no(value) if isinstance(value, bool) else str(value)


def _policy_told(policy: Policy) -> Text:
    said = chosen(RepairActionChoice, policy.action)
    if not policy.automatic:
        return _joined(said, Text("两人", "two people"))
    bounds = (
        (Text("单笔", "an item"), policy.automatic_fen_max, grouped_yuan),
        (Text("每日笔数", "items a day"), policy.automatic_items_max, str),
        (Text("每日合计", "sum a day"), policy.automatic_sum_fen_max, grouped_yuan),
    )
    told = [Text(*(f"{name} ≤ {shown(most)}" for name in title)) for title, most, shown in bounds
            if most is not None]  # fmt: skip
    return _joined(said, Text("自动", "by itself"), *told)


def _joined(*texts: Text) -> Text:
    return Text(" · ".join(text.zh for text in texts), " · ".join(text.en for text in texts))


# --- layouts ---------------------------------------------------------------------------------------
def propose_layout(
    access: Access, found: Layout | None, head: dict[str, Any], columns: list[dict[str, Any]],
    now: datetime,
) -> Authorisation:  # fmt: skip
    """A layout with its columns, whole. The caller has asked whether it is read by his partners only,
    and whether files can be read by it. Refused: as `second.propose` refuses."""
    row = {name: head[name] for name in HEAD} | ({"id": found.pk} if found else {})
    of = {"layout_id": found.pk} if found else {}
    rows = [{name: column[name] for name in COLUMN} | of for column in columns]
    content = {"layout": found.pk if found else None,
               "rows": {"recon_layout": row, "recon_layout_column": rows}}  # fmt: skip
    return second.propose(access, LAYOUT, head["code"], content, now)


def view_layout(content: dict[str, Any]) -> list[Change]:
    """The head field by field, and each column. Refused: INPUT_INVALID (the code is taken, or the layout
    is gone)."""
    number, head = content["layout"], content["rows"]["recon_layout"]
    row = Layout.objects.filter(pk=number).first() if number else None
    if (number and row is None) or Layout.objects.filter(code=head["code"]).exclude(pk=number).exists():
        raise Refused(Code.INPUT_INVALID, "code")
    had = {c.position: _column_told(vars(c)) for c in row.columns.all()} if row else {}
    will = {c["position"]: _column_told(c) for c in content["rows"]["recon_layout_column"]}
    used = Profile.objects.filter(layout=number) if number else Profile.objects.none()
    users = " ".join(used.order_by("partner__code").values_list("partner__code", flat=True)) or None
    return [
        Change("users", Text("按它读文件的合作方", "Partners read by it"), users, users),
        *(Change(name, Text(name, name), str(getattr(row, name)) if row else None, str(head[name]))
          for name in HEAD),
        *(Change(f"column{place}", Text(f"第 {place} 列", f"Column {place}"), had.get(place),
                 will.get(place)) for place in sorted(had | will)),
    ]  # fmt: skip


def set_layout(content: dict[str, Any], decision: Decision) -> None:
    """The layout from now on."""
    head = {name: value for name, value in content["rows"]["recon_layout"].items() if name != "id"}
    if content["layout"] is None:
        layout = Layout.objects.create(**head)
    else:
        layout = Layout.objects.get(pk=content["layout"])
        Layout.objects.filter(pk=layout.pk).update(**head)
    layout.columns.all().delete()
    columns = [{name: column[name] for name in COLUMN} for column in content["rows"]["recon_layout_column"]]
    LayoutColumn.objects.bulk_create(LayoutColumn(layout=layout, **column) for column in columns)


def _column_told(column: dict[str, Any]) -> str:
    parts = (column["name"], column["target"] or "-", column["type"], column["width"], column["words"])
    return " · ".join(str(part) for part in parts if part not in (None, ""))
