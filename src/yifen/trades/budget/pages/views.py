"""Pages of budget indicators: the bureau's board, one indicator, lists taken in, rules, the year's end."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import language, put, say, told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.plug import Text
from yifen.core.facts.refused import Refused
from yifen.core.facts.sqlfiles import queries
from yifen.core.partners.models import Partner
from yifen.face.filed.blank import blank
from yifen.face.filed.telling import XLSX, aside_facts, download, faults_table
from yifen.face.plain import plain_connection
from yifen.trades.budget import bureaus, directory, granting, lists, year_end
from yifen.trades.budget.bureaus import BureauRule
from yifen.trades.budget.list_rows import EXAMPLES, FILINGS
from yifen.trades.budget.lists import BudgetList, CheckedListRow
from yifen.trades.budget.pages import listing, telling
from yifen.trades.budget.pages.forms import (
    BudgetFileForm,
    BureauRuleForm,
    IndicatorMoveForm,
    YearForm,
)
from yifen.trades.budget.pages.telling import IndicatorRow

_SQL = queries(__package__)
BIGGEST = 2**62
ROWS_SHOWN = 20
ENTRIES_MOST = 500


@allow("budget.view")
def budget_board(request: HttpRequest) -> HttpResponse:
    """What of the year's indicators is used, held and free, a bar a unit."""
    access = access_of(request)
    found = listing.bureaus(access)
    bureau = next((one for one, _name in found if str(one) == request.GET.get("bureau", "")),
                  found[0][0] if found else None)  # fmt: skip
    years = [year for (year,) in rows("board_years", (bureau,))] or [timezone.localdate(now()).year]
    year = next((one for one in years if str(one) == request.GET.get("year", "")), years[0])
    units = rows("board", {"year": year, "bureau": bureau, "user": user_of(request).pk}) if bureau else []
    used, held, quota, free = (sum(unit[place] for unit in units) for place in range(2, 6))
    return render(request, "console/budget/board.html", {
        "bureaus": found, "bureau": bureau, "years": years, "year": year, "used": used, "held": held, "quota": quota,
        "free": free, "granted": used + held + quota + free, "chart": telling.board_chart(units),
        "units": telling.unit_table(units), "breadcrumbs": [{"title": _("预算执行")}]})  # fmt: skip


@allow("budget.view")
def budget_indicator(request: HttpRequest, indicator_id: int) -> HttpResponse:
    """One indicator and all that moved it. POST: more or less of it, put before another."""
    access, one = access_of(request), found_indicator(request, indicator_id)
    may = access.may("budget.move") and one.closed_at is None
    form = IndicatorMoveForm(request.POST or None) if may else None
    if form and request.method == "POST" and form.is_valid():
        try:
            return redirect("proposal", propose_move(access, one, **form.cleaned_data).pk)
        except Refused as refused:
            put(request, form, refused, "fen")
    entries = rows("indicator_entries", (indicator_id, ENTRIES_MOST))
    return render(request, "console/budget/indicator.html", {
        "one": one, "facts": telling.indicator_facts(one), "form": form, "entries": telling.entry_table(entries),
        "breadcrumbs": crumbs(one.number)})  # fmt: skip


def propose_move(access: Access, one: IndicatorRow, move: str, fen: int, doc_no: str, reason: str) -> Any:
    """Refused as lists.propose_rows."""
    signed = -fen if move in ("quota_back", "cut") else fen
    kind, row = "quota", {"number": one.number, "doc_no": doc_no, "fen": signed}
    if move in ("grant", "cut"):
        kind = "indicators"
        row |= {"unit": one.unit_code, "year": one.year, "type": one.type_code, "func": one.func_code,
                "gov": one.gov_code, "dep": one.dep_code, "project": one.project, "fund": one.fund_code,
                "title": one.title}  # fmt: skip
    bureau = Partner.objects.get(pk=one.bureau_id)
    return lists.propose_rows(access, bureau, kind, [row], f"{one.number} {doc_no}", now(), reason)


@allow("budget.directory")
def budget_list_upload(request: HttpRequest) -> HttpResponse:
    """A list is kept and leads to its preview. Nothing changes by that."""
    access = access_of(request)
    form = BudgetFileForm(request.POST or None, request.FILES or None).offer(listing.bureaus(access))
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            with transaction.atomic():
                list_id = lists.take_in(access, form.cleaned_data["bureau"], form.cleaned_data["kind"], upload.file,
                                        upload.name, user_of(request).login, now())  # fmt: skip
            return redirect("budget_list", list_id)
        except Refused as refused:
            put(request, form, refused, "file")
    lead = _("先预览，再由另一人复核，复核后才生效。清单没有列出的，一律保持不变。")
    form.fields["kind"].help_text = "；".join(
        f"{told(kind)}：{'、'.join(names[0] for key, names in FILINGS[name].columns.items() if key != 'why')}"
        for name, kind in lists.KINDS.items())  # fmt: skip
    return shown(request, form, _("导入清单"), _("上传，预览"), "budget_lists", lead, is_file=True)


@allow("budget.directory")
def budget_list_blank(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty list to fill in, as a workbook. 404: no such kind."""
    if kind not in lists.KINDS:
        raise Http404
    return download(f"{kind}.xlsx", blank(FILINGS[kind], EXAMPLES[kind]), XLSX)


@allow("budget.directory")
def budget_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """What it would change, and what is wrong with its rows. POST: put before another."""
    access = access_of(request)
    asked = found_list(access, list_id)
    if request.method == "POST":
        try:
            return redirect("proposal", lists.propose(access, asked, now()).pk)
        except Refused as refused:
            say(request, refused)
            return redirect("budget_list", list_id)
    lines = lists.check(asked)
    wrong = sum(bool(line.faults) for line in lines)
    head = lines[0].cells
    amounts = [place for place, cell in enumerate(head) if cell.strip() in ("金额", "amount")]
    first = telling.table((_("行"), *head), (
        (line.line_no, *({"kind": "amount", "fen": cell} if line.row and place in amounts else cell
                         for place, cell in enumerate(cells)))
        for line, cells in zip(lines[1 : ROWS_SHOWN + 1], lists.shown_cells(asked, lines[: ROWS_SHOWN + 1]),
                               strict=True)), [place + 1 for place in amounts])  # fmt: skip
    total = grouped_yuan(sum(line.row["fen"] for line in lines if line.row)) if amounts else ""
    return render(request, "console/budget/list.html", {
        "list": asked, "kind": lists.KINDS[asked.kind], "count": len(lines) - 1, "wrong": wrong, "total": total,
        "aside": aside_facts(lists.left_aside(asked)), "changes": changes_of(asked, lines, wrong),
        "first": first, "more": max(0, len(lines) - 1 - ROWS_SHOWN), "faults": faults_table(lines, language(request)),
        "may_propose": not wrong and not asked.proposal_id and access.may(lists.PERMISSIONS[asked.kind]),
        "breadcrumbs": [{"title": _("导入的清单"), "url": reverse("budget_lists")},
                        {"title": asked.name}]})  # fmt: skip


def changes_of(asked: BudgetList, lines: list[CheckedListRow], wrong: int) -> Any:
    """What it would change, as its decision page says it; nothing of a list that is wrong."""
    view = {"units": directory.view, "posts": directory.view, "indicators": granting.view,
            "quota": granting.view_quota}[asked.kind]  # fmt: skip
    if wrong or len(lines) < 2:
        return None
    try:
        found = view({"bureau_id": asked.bureau_id, "kind": asked.kind, "rows": [line.row for line in lines[1:]]})
    except Refused:
        return None
    return telling.table(("", _("现在"), _("改为")), (
        (told(one.title), *(told(said) if isinstance(said, Text) else said or "" for said in (one.before, one.after)))
        for one in found[:ROWS_SHOWN]))  # fmt: skip


@allow("budget.rules")
def budget_rule_new(request: HttpRequest) -> HttpResponse:
    """A bureau's rule, put before another; the first one makes the biller a bureau."""
    access = access_of(request)
    is_zh = language(request).startswith("zh")
    named = [(bureaus.LEVELS[level].zh if is_zh else level, fen // 100) for level, fen in bureaus.DEFAULT_LEVELS]
    usual = "\n".join(f"{name} {yuan}" for name, yuan in named)
    initial = {"valid_from": timezone.localdate(now()), "levels": usual, "buy": "50000.00"}
    form = BureauRuleForm(request.POST or None, initial=initial).offer(listing.billers(access))
    if request.method == "POST" and form.is_valid():
        fields = dict(form.cleaned_data)
        fields["buy_fen"] = fields.pop("buy")
        try:
            made = bureaus.propose(access, fields.pop("bureau"), BureauRule(**fields), now())
            return redirect("proposal", made.pk)
        except Refused as refused:
            put(request, form, refused, "valid_from")
    lead = _("自生效日起适用。第一份规则把收费单位登记为财政部门，并建立单位树的根。")
    return shown(request, form, _("提出规则"), _("提交复核"), "budget_rules", lead)


@allow("budget.move")
def budget_year_end(request: HttpRequest) -> HttpResponse:
    """What is left of a year lapses or is carried over, put before another with its figures."""
    access = access_of(request)
    last = timezone.localdate(now()).year - 1
    form = YearForm(request.POST or None, initial={"year": last}).offer(listing.bureaus(access))
    if request.method == "POST" and form.is_valid():
        try:
            asked = (form.cleaned_data["bureau"], form.cleaned_data["year"])
            return redirect("proposal", year_end.propose(access, *asked, now()).pk)
        except Refused as refused:
            put(request, form, refused, "year")
    lead = _("按该年最后一日的规则，未用完的指标注销或结转下年，数字在复核页列出。"
             "预留未付的不动；可以再做一次，已办过的不会重复。")  # fmt: skip
    return shown(request, form, _("年终结转"), _("提交复核"), "budget_indicators", lead)


def rows(statement: str, values: Any) -> list[tuple[Any, ...]]:
    with plain_connection() as conn:
        return conn.execute(_SQL[statement], values).fetchall()


def found_indicator(request: HttpRequest, indicator_id: int) -> IndicatorRow:
    """404 where who asks does not see its unit."""
    asked = {"one": indicator_id, "user": user_of(request).pk}
    found = rows("indicator", asked) if indicator_id < BIGGEST else []
    one = IndicatorRow(*found[0]) if found else None
    if one is None or not access_of(request).scope.has_partner(one.bureau_id):
        raise Http404
    return one


def found_list(access: Access, list_id: int) -> BudgetList:
    """404 outside the scope."""
    try:
        asked = lists.found(list_id) if list_id < BIGGEST else None
    except Refused:
        asked = None
    if asked is None or not access.scope.has_partner(asked.bureau_id) or not access.may(lists.PERMISSIONS[asked.kind]):
        raise Http404
    return asked


def shown(
    request: HttpRequest, form: Any, title: str, button: str, back: str, lead: str = "", *, is_file: bool = False
) -> HttpResponse:
    """A page of one form."""
    return render(request, "console/budget/form.html", {
        "form": form, "title": title, "button": button, "lead": lead, "is_file": is_file, "back": reverse(back),
        "blanks": [(kind, told(name)) for kind, name in lists.KINDS.items()] if is_file else [],
        "breadcrumbs": crumbs(title)})  # fmt: skip


def crumbs(title: str) -> list[dict[str, Any]]:
    return [{"title": _("预算指标"), "url": reverse("budget_indicators")}, {"title": title}]
