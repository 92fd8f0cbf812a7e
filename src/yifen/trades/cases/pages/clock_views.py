"""Pages of clocks: a pause is proposed and ended, who is told of money is written down; a case's money as a picture."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now
from yifen.core.access.telling import put, say, told
from yifen.core.documents.figures import grouped_yuan
from yifen.core.facts.refused import Refused
from yifen.face import words
from yifen.trades.cases.clock import notices, pausing
from yifen.trades.cases.clock.notices import CHANNELS, NoticeTo
from yifen.trades.cases.clock.pausing import CaseClock, KeptPause, NewPause
from yifen.trades.cases.pages import telling
from yifen.trades.cases.pages.clock_forms import PauseForm, ServedForm
from yifen.trades.cases.pages.clock_lists import COLOURS, PARTS, TELLINGS_WORDS, role_word
from yifen.trades.cases.pages.words import ENTRIES, OUT
from yifen.trades.cases.payout.reading import name_of
from yifen.trades.cases.reading import CaseRow, found_case, rows

BIGGEST = 2**62
Shown = dict[str, Any]


def of_case(case: CaseRow, access: Access) -> Shown:
    """What the page of a case says of its clocks."""
    today = localdate(now())
    found, pauses = pausing.clocks(case.case_id, today), pausing.pauses(case.case_id)
    mine = access.may("cases.pause") and (not case.judge or (access.user is not None
                                                            and access.user.login == case.judge))  # fmt: skip
    may_end = mine or access.may("cases.pause_agree")
    return {
        "clocks": clock_table(found, access), "pauses": pause_table(pauses), "picture": picture(case),
        "may_pause": mine and case.state == "open",
        "to_end": [(one.pause_id, _("提前结束延缓 %(from)s 至 %(until)s") % {"from": one.from_on,
                                                                            "until": one.until_on})
                   for one in pauses if may_end and one.ended_on is None and one.until_on >= today],
    }  # fmt: skip


def clock_table(found: list[CaseClock], access: Access) -> Shown:
    may = access.may("cases.notify")
    heads = (_("到账时间"), _("来源"), _("部分"), _("在案（元）"), _("通知承办人"), _("应发放日"), _("状态"), "")
    return telling.table(heads, (
        ({"kind": "time", "at": one.since}, words.word(ENTRIES, one.kind), words.word(PARTS, one.part),
         {"kind": "amount", "fen": one.fen},
         {"kind": "time", "at": one.told_at} if one.told_at else _("期限 %(day)s") % {"day": one.notice_due_on},
         {"kind": "code", "text": str(one.due_on)},
         {"kind": "badge", "text": words.word(COLOURS, one.state), "tone": words.tone(COLOURS, one.state)},
         {"text": _("通知"), "url": reverse("court_told", args=[-one.document_id])} if may else "")
        for one in found), (3,))  # fmt: skip


def pause_table(found: list[KeptPause]) -> Shown:
    heads = (_("起止"), _("延缓事由"), _("案款（元）"), _("说明"), _("提前结束"), "")
    return telling.table(heads, (
        (f"{one.from_on} – {one.until_on}", told(one.reason),
         _("全部") if one.entry_id is None else _("第 %(no)d 号到账") % {"no": -one.entry_id} + (
             f" {grouped_yuan(one.amount_fen)}" if one.amount_fen else ""),
         one.words, f"{one.ended_on} {name_of(one.ended_by or '')}" if one.ended_on else "",
         {"text": _("查看复核"), "url": reverse("proposal", args=[one.proposal_id])})
        for one in found))  # fmt: skip


def picture(case: CaseRow) -> Shown | None:
    """What was on a case behind each movement, as steps, and the movements as bars; None: nothing moved."""
    moves = list(reversed(rows("time_line", (case.court_id, case.account_no))))
    if len(moves) < 2:
        return None
    days = [f"{localdate(at):%Y-%m-%d}" for _no, at, *_rest in moves]
    ins = [fen / 100 if kind not in OUT else 0 for _no, _at, _came, kind, fen, *_rest in moves]
    outs = [-fen / 100 if kind in OUT else 0 for _no, _at, _came, kind, fen, *_rest in moves]
    names = [_("到账"), _("转出"), _("余额")]
    return {
        "animation": False, "legend": {"data": names, "top": 0, "right": 0},
        "xAxis": {"type": "category", "data": days}, "yAxis": {"type": "value"},
        "series": [{"type": "bar", "name": names[0], "stack": "all", "tone": "ok", "data": ins},
                   {"type": "bar", "name": names[1], "stack": "all", "tone": "bad", "data": outs},
                   {"type": "line", "step": "end", "name": names[2],
                    "data": [balance / 100 for _no, _at, _came, _kind, _fen, balance, *_rest in moves]}],
    }  # fmt: skip


@allow("cases.pause")
def court_pause_new(request: HttpRequest, case_id: int) -> HttpResponse:
    """A pause, put before another."""
    access, today = access_of(request), localdate(now())
    case = _case(access, case_id)
    found = {one.document_id: one for one in pausing.clocks(case_id, today)}
    entries = [(-one.document_id, f"{localdate(one.since)} {words.word(ENTRIES, one.kind)} {grouped_yuan(one.fen)}")
               for one in found.values()]  # fmt: skip
    whys = [(code, told(text)) for code, text in pausing.reasons().items()]
    form = PauseForm(request.POST or None, initial={"from_on": today}).offer(entries, whys)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        entry = -asked["entry"] if asked["entry"] else None
        new = NewPause(case_id, asked["why"], asked["words"], asked["from_on"], asked["until_on"], entry,
                       asked["amount"])  # fmt: skip
        try:
            return redirect("proposal", pausing.propose(access, new, now()).pk)
        except Refused as refused:
            put(request, form, refused, "until_on")
    lead = _("延缓的日子不计入发放期限；只冻结一部分的，选那笔款并填金额，其余照常计时。")
    return telling_form(request, form, f"{_('延缓发放')} {case.number}", reverse("court_case", args=[case_id]), lead)


@allow("cases.view")
@require_POST
def court_pause_end(request: HttpRequest, pause_id: int) -> HttpResponse:
    """Today counts again. By the case's judge or one who agrees to pauses: the function decides."""
    access = access_of(request)
    try:
        case = _case(access, pausing.case_of(min(pause_id, BIGGEST)))
    except Refused:
        raise Http404 from None
    try:
        pausing.end(access, pause_id, now())
        messages.success(request, _("已结束，期限从今天起继续计算"))
    except Refused as refused:
        say(request, refused)
    return redirect("court_case", case.case_id)


@allow("cases.view")
def court_told(request: HttpRequest, number: int) -> HttpResponse:
    """Who is to be told of money, and who was. POST: somebody was told."""
    access = access_of(request)
    found = told_of(access, number)
    first, may = found[0], access.may("cases.notify")
    people = [(one.party_id or 0, f"{role_word(one.role)} {one.name}") for one in found]
    untold = next((one for one in found if one.told_at is None), first)
    initial = {"who": untold.party_id or 0, "told_at": now()}
    channels = [(name, told(text)) for name, text in CHANNELS.items()]
    form = ServedForm(request.POST or None, initial=initial).offer(people, channels) if may else None
    if request.method == "POST" and form is not None and form.is_valid():
        asked = form.cleaned_data
        try:
            notices.serve(access, -number, asked["who"] or None, asked["channel"], asked["told_at"], asked["said"],
                          now())  # fmt: skip
            messages.success(request, _("已登记"))
            return redirect("court_told", number)
        except Refused as refused:
            put(request, form, refused, "told_at")
    is_receipt = may and first.kind in ("collected", "transfer", "claimed")
    return render(request, "console/cases/told.html", {
        "first": first, "form": form, "people": people_table(found, access), "facts": [
            {"title": _("案号"), "text": first.number, "url": reverse("court_case", args=[first.case_id])},
            {"title": _("来源"), "text": words.word(ENTRIES, first.kind)},
            {"title": _("金额（元）"), "kind": "amount", "fen": first.fen},
            {"title": _("到账时间"), "kind": "time", "at": first.since},
            {"title": _("通知期限"), "kind": "code", "text": str(first.due_on)}],
        "receipt_url": reverse("court_receipt", args=[number]) if is_receipt else "",
        "breadcrumbs": [{"title": _("到账通知"), "url": reverse("court_tellings")}, {"title": first.number}],
    })  # fmt: skip


def people_table(found: list[NoticeTo], access: Access) -> Shown:
    today, may = localdate(now()), access.may("cases.notify")

    def state(one: NoticeTo) -> str:
        if one.told_at is None:
            return "late" if one.due_on < today else "todo"
        return "told_late" if localdate(one.told_at) > one.due_on else "told"

    def way(one: NoticeTo) -> str:
        return _("工作列表") if one.channel == "page" else told(CHANNELS[one.channel]) if one.channel else ""

    return telling.table((_("通知谁"), _("姓名"), _("状态"), _("通知时间"), _("方式"), _("经办人"), ""), (
        (role_word(one.role), one.name if access.may("cases.keep") or one.party_id is None else "*",
         {"kind": "badge", "text": words.word(TELLINGS_WORDS, state(one)),
          "tone": words.tone(TELLINGS_WORDS, state(one))},
         {"kind": "time", "at": one.told_at} if one.told_at else "", way(one), name_of(one.told_by or ""),
         {"text": _("打印通知书"), "url": reverse("court_letter", args=[-one.document_id, one.party_id])}
         if one.party_id and may else "")
        for one in found))  # fmt: skip


def told_of(access: Access, number: int) -> list[NoticeTo]:
    """404 outside the scope."""
    try:
        found = notices.of_entry(-number) if number < BIGGEST else []
    except Refused:
        found = []
    if not found or not access.scope.has_partner(found[0].court_id):
        raise Http404
    return found


def telling_form(request: HttpRequest, form: Any, title: str, back: str, lead: str) -> HttpResponse:
    """A page of one form that is put before another."""
    return render(request, "console/cases/form.html", {
        "form": form, "title": title, "button": _("提交复核"), "lead": lead, "is_file": False, "back": back,
        "breadcrumbs": [{"title": _("执行案件"), "url": reverse("court_cases")}, {"title": title}]})  # fmt: skip


def _case(access: Access, case_id: int) -> CaseRow:
    """404 outside the scope."""
    try:
        case = found_case(case_id) if case_id < BIGGEST else None
    except Refused:
        case = None
    if case is None or not access.scope.has_partner(case.court_id):
        raise Http404
    return case
