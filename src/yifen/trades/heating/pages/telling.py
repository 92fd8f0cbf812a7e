"""Flats and requests as their pages tell them."""

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from yifen.core.access.edge import Access, now
from yifen.core.access.telling import told
from yifen.core.facts.masking import masked_name
from yifen.core.ring import key_ring
from yifen.face import words
from yifen.hub.payments.names import opened_name
from yifen.trades.heating.deciding import HeatRequest, applicant_said
from yifen.trades.heating.pages.lists import OPEN, STATES, UNPAID_STATES, area
from yifen.trades.heating.pages.masking import account_shown
from yifen.trades.heating.rules import ASKERS, FINDINGS, KINDS, MARKS, NEIGHBOURS, clock, percent

Shown = dict[str, Any]


class Flat(NamedTuple):
    """What is billed a fee that has seasons, its holder sealed; `building`: its place's."""

    service_id: int
    bucket: int
    customer_id: int
    biller_id: int
    biller_name: str
    account_no: str
    holder_sealed: str | None
    place: str
    fee_name: str
    class_name: str
    region: str
    area_milli: int | None
    from_on: date
    to_on: date | None
    building: int


def flat_facts(flat: Flat, access: Access) -> list[Shown]:
    name = opened_name(key_ring(), flat.biller_id, flat.account_no, flat.holder_sealed)
    return [
        {"title": _("收费单位"), "text": flat.biller_name},
        {"title": _("户号"), "text": account_shown(access, flat.account_no),
         "url": reverse("billing_customer", args=[flat.customer_id]) if access.may("billing.view") else ""},
        {"title": _("户名"), "text": masked_name(name)},
        {"title": _("费种"), "text": flat.fee_name},
        {"title": _("用户类别"), "text": " ".join(filter(None, (flat.class_name, flat.region)))},
        {"title": _("面积（m²）"), "text": area(flat.area_milli)},
        {"title": _("起"), "kind": "code", "text": str(flat.from_on)},
        {"title": _("止"), "text": str(flat.to_on) if flat.to_on else None},
        {"title": _("楼栋"), "text": _("查看"), "url": reverse("heating_building", args=[flat.building])},
    ]  # fmt: skip


def marks(rows: Sequence[tuple[Any, ...]]) -> Shown:
    heads = (_("标记"), _("最后一日"), _("说明"), _("经办"), _("日期"), _("已取消"))
    return table(heads, ((told(MARKS[kind]), until, note, by, localdate(at),
                          f"{localdate(ended)} {ended_by}" if ended else "")
                         for kind, until, note, by, at, ended, ended_by in rows))  # fmt: skip


def stops(rows: Sequence[tuple[Any, ...]]) -> Shown:
    heads = (_("停供起"), _("停供止"), _("基本费比例"), _("协议编号"), _("申请"))
    return table(heads, ((since, until, percent(permille), number, _request(request_id))
                         for since, until, permille, number, request_id in rows))  # fmt: skip


def requests(rows: Sequence[tuple[Any, ...]]) -> Shown:
    heads = (_("编号"), _("申请"), _("采暖季"), _("自"), _("受理日期"), _("状态"))
    return table(heads, ((_request(number), told(KINDS[kind]), season, since, localdate(at), words.badge(STATES, state))
                         for number, kind, season, since, at, state in rows))  # fmt: skip


def _request(number: int) -> Shown:
    return {"kind": "code", "text": f"R{number}", "url": reverse("heating_request", args=[number])}


def doors(rows: Sequence[tuple[Any, ...]], access: Access) -> Shown:
    """A building door by door."""
    heads = (_("地址"), _("户号"), _("状态"), _("用热自"), _("未缴（元）"), _("检查"))
    stopped = {"kind": "badge", "text": _("停供"), "tone": "neutral"}
    paid = {"kind": "badge", "text": _("已缴清"), "tone": "ok"}
    return table(heads, ((
        place, {"kind": "code", "text": account_shown(access, account), "url": reverse("heating_flat", args=[service])},
        words.badge(UNPAID_STATES, state) if state else stopped if is_stopped else paid, since,
        {"kind": "amount", "fen": owed}, _("已派") if sent else "",
    ) for place, account, service, state, owed, since, is_stopped, sent in rows))  # fmt: skip


def request_facts(one: HeatRequest, access: Access) -> list[Shown]:
    """What was asked for, what was seen, what is paid all the same."""
    tone = clock(one.answer_due_on, localdate(now())) if one.state in OPEN else "neutral"
    found: list[Shown] = [
        {"title": _("状态"), "kind": "badge", **words.badge(STATES, one.state)},
        {"title": _("答复期限"), "kind": "badge", "text": str(one.answer_due_on), "tone": tone},
        {"title": _("收费单位"), "text": one.biller_name},
        {"title": _("户号"), "text": account_shown(access, one.account_no),
         "url": reverse("heating_flat", args=[one.service_id])},
        {"title": _("户名"), "text": masked_name(one.holder)},
        {"title": _("采暖季"), "text": f"{one.season} {one.season_from} – {one.season_to}"},
        {"title": _("自"), "kind": "code", "text": str(one.from_on)},
        {"title": _("申请人"), "text": _applicant(one, access)},
        {"title": _("邻居"), "kind": "badge", "text": told(NEIGHBOURS[one.neighbours]),
         "tone": "bad" if one.neighbours == "refused" else "neutral"} if one.neighbours
        else {"title": _("邻居"), "text": None},
        {"title": _("申请书编号"), "kind": "code", "text": one.document},
        {"title": _("理由"), "text": one.reason},
        {"title": _("受理"), "text": f"{localdate(one.asked_at)} {one.taken_by}"},
        {"title": _("验收"), "text": _seen(one)},
    ]  # fmt: skip
    if one.kind == "stop":
        found += [
            {"title": _("计费面积（m²）"), "text": area(one.area_milli)},
            {"title": _("基本费比例"), "text": percent(one.permille)},
            {"title": _("本季应缴（元）"), "kind": "amount", "fen": one.basic_fen} if one.basic_fen is not None
            else {"title": _("本季应缴（元）"), "text": _("尚无价格")},
        ]  # fmt: skip
    if one.agreement_no:
        found.append({"title": _("协议编号"), "kind": "code", "text": one.agreement_no})
    return found


def _applicant(one: HeatRequest, access: Access) -> str:
    """Whole for who deals with him."""
    if not (access.may("heating.ask") or access.may("heating.decide")):
        return told(applicant_said(one))
    return " ".join(filter(None, (told(ASKERS[one.asked_by]), *one.applicant)))


def _seen(one: HeatRequest) -> str | None:
    if one.finding is None or one.seen_at is None:
        return None
    return " ".join(filter(None, (told(FINDINGS[one.finding]), str(localdate(one.seen_at)), one.seen_note)))


def table(heads: Sequence[Any], rows: Any) -> Shown:
    """A plain table."""
    def cell(value: Any) -> Shown:
        if isinstance(value, dict):
            return value
        return {"kind": "code" if isinstance(value, date) else "text", "text": "" if value is None else str(value)}

    return {"columns": [{"title": head} for head in heads],
            "rows": [{"cells": [cell(value) for value in row]} for row in rows]}  # fmt: skip


def crumbs(title: str) -> list[Shown]:
    return [{"title": _("报停报开"), "url": reverse("heating_requests")}, {"title": title}]
