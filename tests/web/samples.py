"""What the style guide and the sample pages show: one of everything, with plausible content."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

NOW = datetime(2026, 11, 23, 2, 21, 7, tzinfo=UTC)
TOKENS = (
    "paper surface raised wash line edge ink ink-2 ink-3 accent accent-strong accent-wash ok ok-wash"
    " waiting waiting-wash bad bad-wash bar chart-1 chart-2 chart-3 chart-4 chart-5 chart-6"
)
HOURS = [f"{hour:02d}" for hour in range(8, 20)]
COUNTS = [212, 640, 1290, 1411, 980, 702, 1120, 1533, 1380, 1044, 720, 388]
STATES = (("已销账", "ok"), ("处理中", "waiting"), ("已冲正", "neutral"), ("已拒绝", "bad"))


class SampleForm(forms.Form):
    """Every kind of field, some of them wrong."""

    name = forms.CharField(label="收费单位名称", max_length=60)
    kind = forms.ChoiceField(label="类别", choices=[("e", "电费"), ("w", "水费"), ("h", "热费")])
    opened = forms.DateField(
        label="上线日期", help_text="账务日期，不晚于下月末", required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    limit = forms.DecimalField(
        label="单笔限额（元）", widget=forms.TextInput(attrs={"class": "input-amount"})
    )
    modes = forms.MultipleChoiceField(
        label="付款方式", widget=forms.CheckboxSelectMultiple,
        choices=[("cash", "现金"), ("card", "银行卡"), ("scan", "扫码")],
    )  # fmt: skip
    note = forms.CharField(label="备注", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    agreed = forms.BooleanField(label="已核对签约资料", required=False)

    def clean(self) -> dict[str, Any]:
        raise forms.ValidationError("类别与签约书不一致，请核对。")


class SampleFilter(forms.Form):
    """What a list is searched by."""

    number = forms.CharField(label="号码", required=False)
    state = forms.ChoiceField(
        label="状态", required=False, choices=[("", "全部"), ("ok", "已销账")]
    )
    since = forms.DateField(
        label="自", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )


class Person:
    """Who is signed in."""

    name = "李敏"
    institution = type("Institution", (), {"name": "杭州联合农村商业银行 · 营业部"})


def everything() -> dict[str, Any]:
    """The whole context of every sample page."""
    return {
        "user": Person, "missing": None, "nothing": [], "tokens": TOKENS.split(),
        "theme": "auto", "navigation": navigation(), "breadcrumbs": crumbs(),
        "form": SampleForm({"name": "", "kind": "e", "limit": "12.345", "modes": ["cash"]}),
        "filters": SampleFilter(), "columns": COLUMNS, "rows": rows(), "facts": FACTS,
        "events": EVENTS, "steps": STEPS, "tabs": TABS, "tiles": TILES,
        "outlet": "0571001 武林支行", "teller": "0412 李敏", "business_day": NOW.date(),
        "shift": "早班 09:00", "idle_s": 90, "idle_url": "/payer_home", "transaction_code": "4623", "back_url": "#back",
        "chart_bar": {
            "xAxis": {"type": "category", "data": HOURS}, "yAxis": {"type": "value"},
            "series": [{"type": "bar", "data": COUNTS}],
        },
        "chart_line": {
            "legend": {"data": ["p50", "p99"], "top": 0, "right": 8},
            "xAxis": {"type": "category", "data": HOURS}, "yAxis": {"type": "value"},
            "series": [
                {"type": "line", "name": "p50", "data": [20, 22, 31, 30, 26, 24, 28, 33, 30, 27, 24, 21]},
                {"type": "line", "name": "p99", "data": [90, 101, 160, 142, 120, 99, 130, 171, 150, 122, 110, 93]},
            ],
        },
        "chart_rows": [list(pair) for pair in zip(HOURS, COUNTS, strict=True)],
    }  # fmt: skip


def navigation() -> list[dict[str, Any]]:
    def item(title: str, icon: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "url": "#", "icon": icon, **more}

    return [
        {"title": "运行", "items": [item("总览", "layout-dashboard", current=True),
         item("缴费", "receipt-text"), item("应缴项", "file-clock"), item("作业", "list-checks", pending=3)]},
        {"title": "接入", "items": [item("合作方", "handshake"), item("停机窗口", "calendar-off")]},
        {"title": "账务", "items": [item("账户", "landmark"), item("哈希链", "link")]},
        {"title": "管理", "items": [item("用户", "users"), item("机构", "network"),
         item("配置", "settings"), item("审计", "scroll-text")]},
    ]  # fmt: skip


def crumbs() -> list[dict[str, str]]:
    return [
        {"title": "运行", "url": "#"},
        {"title": "缴费", "url": "#"},
        {"title": "明细", "url": ""},
    ]


COLUMNS = [
    {"title": "时间", "sort": "?order=at", "sorted": "down"},
    {"title": "编号"}, {"title": "渠道"}, {"title": "收费单位", "sort": "?order=biller"},
    {"title": "户号"}, {"title": "金额（元）", "kind": "amount", "sort": "?order=amount"},
    {"title": "缴费人侧"}, {"title": "收费方侧"}, {"title": ""},
]  # fmt: skip


def rows() -> list[dict[str, Any]]:
    return [row(number) for number in range(8)]


def row(number: int) -> dict[str, Any]:
    state, tone = STATES[(0, 0, 1, 0, 2, 0, 3, 0)[number]]
    amounts = (28968, 14604, 100000000, 54, 120050, -28968, 8800, 0)
    return {
        "selected": number == 3,
        "cells": [
            {"kind": "time", "at": NOW - timedelta(seconds=37 * number)},
            {"kind": "code", "text": f"20261123{128 - number:09d}047", "url": "#"},
            {"text": ("柜面", "手机银行", "微信缴费", "自助终端")[number % 4]},
            {"text": ("杭州市电力公司", "城市水务", "Hangzhou Heating Co., Ltd.")[number % 3], "url": "#"},
            {"kind": "code", "text": f"0571-88{230917 + number}"},
            {"kind": "amount", "fen": amounts[number]},
            {"kind": "badge", "text": "已收", "tone": "ok" if tone != "bad" else "neutral"},
            {"kind": "badge", "text": state, "tone": tone},
            {"kind": "link", "text": "明细", "url": "#"},
        ],
    }  # fmt: skip


FACTS: list[dict[str, Any]] = [
    {"title": "金额", "kind": "amount", "fen": 28968},
    {"title": "收费方侧", "kind": "badge", "tone": "ok", "text": "已销账"},
    {"title": "户号", "kind": "code", "text": "0571-88230917"},
    {"title": "户名", "text": "张*明"},
    {"title": "对方流水号", "kind": "copy", "text": "WX2026112310210700128"},
    {"title": "收款时间", "kind": "time", "at": NOW},
    {"title": "渠道", "text": "微信缴费", "url": "#"},
    {"title": "备注", "text": ""},
]
EVENTS = [
    {"title": "收款", "at": NOW, "tone": "ok", "note": "微信缴费，289.68 元，业务日 2026-11-23"},
    {"title": "已发往电力公司", "at": NOW, "tone": "waiting", "note": "第 1 次，等待 3 秒"},
    {
        "title": "Answered: refused",
        "at": NOW,
        "tone": "bad",
        "note": "8002 account number not found",
    },
    {"title": "退回缴费人", "at": NOW, "tone": "neutral"},
]
STEPS = [
    {"title": "登记", "state": "done", "note": "11 月 3 日"}, {"title": "密钥", "state": "done", "url": "#"},
    {"title": "联通", "state": "current", "note": "等待对方应答"},
    {"title": "验收", "state": "bad", "note": "2 项未过"},
    {"title": "Go live", "state": ""},
]  # fmt: skip
TABS = [
    {"title": "概况", "url": "#", "current": True}, {"title": "报文", "url": "#", "count": 4},
    {"title": "分录", "url": "#", "count": 6}, {"title": "Audit", "url": "#"},
]  # fmt: skip
TILES = [
    ("zap", "电费"), ("droplets", "水费"), ("flame", "燃气费"), ("thermometer", "供热费"),
    ("graduation-cap", "学费"), ("tv", "有线电视"),
]  # fmt: skip
