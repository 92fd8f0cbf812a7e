"""Files of requests 报停报开文件: taken in, their preview, their proposal."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.db import connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from yifen.core.access.doors import allow
from yifen.core.access.edge import Access, access_of, now, user_of
from yifen.core.access.telling import language, put, say, told
from yifen.core.audit.record import act
from yifen.core.facts.refused import Refused
from yifen.face.filed.telling import CSV, XLSX, download, faults_table, with_reasons
from yifen.trades.heating import filing
from yifen.trades.heating.filed_rows import filing as kind_of_file
from yifen.trades.heating.filing import RequestFile
from yifen.trades.heating.pages.forms import RequestFileForm
from yifen.trades.heating.pages.lists import FILE_STATES, season_names
from yifen.trades.heating.pages.masking import account_shown
from yifen.trades.heating.pages.telling import table
from yifen.trades.heating.rules import ASKERS, KINDS

ROWS_SHOWN = 20


@allow("heating.ask")
def heating_file_upload(request: HttpRequest) -> HttpResponse:
    """The file is kept and leads to its preview. Nothing is asked for by that."""
    access, form = access_of(request), RequestFileForm(request.POST or None, request.FILES or None)
    form.fields["season"].choices = [("", _("请选择")), *season_names(access)]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        at, upload = now(), form.cleaned_data["file"]
        try:
            with transaction.atomic():
                file_id = filing.take_in(access, form.cleaned_data["season"], upload.file, upload.name,
                                         user_of(request).login, at)  # fmt: skip
        except Refused as refused:
            put(request, form, refused, "file")
        else:
            if filing.found(file_id).received_at != at:
                messages.warning(request, _("此文件先前已收，未重复载入；下面是先前那一份"))
            return redirect("heating_file", file_id)
    lead = _("先预览，不受理：任何一行有错，整份不收，并逐行说明原因。另一人复核同意后全部受理，并派人验收。"
             "列：户号、申请（报停、报开）、申请书编号；可选：自（按天停供的采暖季必填）、申请人（户主、受托人）、理由。"
             "一份至多 1,000 行。")  # fmt: skip
    return render(request, "console/heating/form.html", {
        "form": form, "title": _("导入报停报开"), "button": _("上传"), "lead": lead, "upload": True,
        "back": reverse("heating_files"), "breadcrumbs": _crumbs(_("导入报停报开"))})  # fmt: skip


@allow("heating.ask")
def heating_file(request: HttpRequest, file_id: int) -> HttpResponse:
    """The preview of one file, or what is wrong with it, or that it was taken in."""
    access, file = access_of(request), found_file(access_of(request), file_id)
    word, tone = FILE_STATES[file.state]
    faults: dict[str, Any] = {}
    if file.state in ("wrong", "staged", "open"):
        lines = filing.check_again(file, now())
        if any(line.faults for line in lines):
            faults = faults_table(lines, language(request))
    return render(request, "console/heating/file.html", {
        "file": file, "state": word, "tone": tone, "sha256": file.sha256.hex(), "faults": faults,
        "counts": [(told(KINDS[kind]), count) for kind, count in filing.counts(file.lines).items()],
        "first": _first(file, access), "may_propose": file.state == "staged" and not faults,
        "breadcrumbs": _crumbs(str(file_id))})  # fmt: skip


@allow("heating.ask")
@require_POST
def heating_file_propose(request: HttpRequest, file_id: int) -> HttpResponse:
    """Put it before a second person."""
    found_file(access_of(request), file_id)
    try:
        row = filing.propose(access_of(request), file_id, "", now())
    except Refused as refused:
        say(request, refused)
        return redirect("heating_file", file_id)
    return redirect("proposal", row.pk)


@allow("heating.ask")
def heating_file_faults(request: HttpRequest, file_id: int) -> HttpResponse:
    """The user's own file, each wrong row with its reason."""
    file = found_file(access_of(request), file_id)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        lines = iter(filing.check_again(file, now()))
        kind = with_reasons(filing.kept_bytes(file_id), lines, kind_of_file(), language(request), path)
        body = path.read_bytes()
    name = f"{file.biller_code}-requests-{file_id}-wrong.{'xlsx' if kind == 'xlsx' else 'csv'}"
    act(connection, "download", "heating_file", file_id, note=name)
    return download(name, body, XLSX if kind == "xlsx" else CSV.format(kind.removesuffix("-sig")))


def found_file(access: Access, file_id: int) -> RequestFile:
    """404 outside the scope."""
    try:
        file = filing.found(file_id) if file_id < 2**62 else None
    except Refused:
        file = None
    if file is None or not access.scope.has_partner(file.biller_id):
        raise Http404
    return file


def _first(file: RequestFile, access: Access) -> dict[str, Any]:
    heads = (_("行"), _("户号"), _("申请"), _("自"), _("申请人"), _("申请书编号"), _("理由"))
    return table(heads, ((line["line_no"], account_shown(access, line["account_no"]), told(KINDS[line["kind"]]),
                          line["from_on"], told(ASKERS[line["asked_by"]]), line["document"], line["reason"])
                         for line in file.lines[:ROWS_SHOWN]))  # fmt: skip


def _crumbs(title: str) -> list[dict[str, str]]:
    return [{"title": _("报停报开文件"), "url": reverse("heating_files")}, {"title": title}]
