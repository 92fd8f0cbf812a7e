"""What each way to a partner asks in its form: SFTP its host key and what it signs in with, mail a certificate."""

import json
from typing import Any, NamedTuple

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.telling import told
from yifen.face.forms import Unsaid
from yifen.trades.pipes.models import Pipe
from yifen.trades.pipes.operations.keeping import PipeTerms
from yifen.trades.pipes.pages.forms import NewPipeForm, PipeForm
from yifen.trades.pipes.sftp import AFTER, LEAVE


def afterwards() -> list[tuple[str, str]]:
    return [(word, told(text)) for word, text in AFTER.items()]


class SftpForm(PipeForm):
    """A server: which, known by which key, signed in with what, and what is fetched from it."""

    host_key = forms.CharField(
        label=_("服务器主机公钥"), max_length=2000, widget=forms.Textarea({"rows": 3, "class": "input-code"}),
        help_text=_("ssh-keyscan 主机 的一行；先与对方核对指纹（ssh-keygen -lf），连接时只认这一把"),
    )  # fmt: skip
    password = forms.CharField(
        label=_("密码"), max_length=200, required=False, strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("密码或私钥填一项；修改时留空则不变，改了用户、主机、端口或主机密钥须重填"),
    )  # fmt: skip
    private_key = forms.CharField(
        label=_("私钥"), max_length=10_000, required=False, strip=False,
        widget=Unsaid({"rows": 3, "class": "input-code", "autocomplete": "off"}),
        help_text=_("OpenSSH 或 PEM 格式，不带口令；加密保存，不再显示"),
    )  # fmt: skip
    fetch = forms.CharField(label=_("取文件的目录"), max_length=200, required=False,
                            help_text=_("每 5 分钟取一次，放入 inbox；留空则不取"))  # fmt: skip
    after = forms.ChoiceField(label=_("取走之后"), choices=afterwards, initial=LEAVE)
    field_order = ("partner", "kind", "address", "host_key", "password", "private_key", "wants", "fetch", "after")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["address"].help_text = _("sftp://用户@主机[:端口]/目录；文件写为 .part，写完再改名")

    def terms(self, pipe: Pipe | None = None) -> PipeTerms:
        given = self.cleaned_data
        typed = {name: given[name].replace("\r\n", "\n") for name in ("password", "private_key") if given[name]}
        settings = {"host_key": " ".join(given["host_key"].split())}
        if given["fetch"]:
            settings |= {"fetch": given["fetch"], "after": given["after"]}
        secret = json.dumps(typed).encode() if typed else None
        return super().terms(pipe)._replace(settings=settings, secret=secret)


class MailForm(PipeForm):
    """An address, and the certificate for which files are encrypted."""

    certificate = forms.CharField(
        label=_("加密证书"), max_length=10_000, required=False,
        widget=forms.Textarea({"rows": 4, "class": "input-code"}),
        help_text=_("PEM 格式的 RSA 证书；对账文件含户号，有证书才加密附上，否则邮件只告知已生成"),
    )  # fmt: skip
    field_order = ("partner", "kind", "address", "certificate", "wants")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["address"].help_text = _("一个邮箱地址；经 YIFEN_MAIL_URL 发出")
        self.fields["address"].label = _("邮箱")

    def terms(self, pipe: Pipe | None = None) -> PipeTerms:
        certificate = self.cleaned_data["certificate"].replace("\r\n", "\n")
        return super().terms(pipe)._replace(settings={"certificate": certificate} if certificate else {})


class NewSftpForm(SftpForm, NewPipeForm):
    """Of which partner."""


class NewMailForm(MailForm, NewPipeForm):
    """Of which partner."""


class Way(NamedTuple):
    """A way to a partner: what it is called and means, its forms."""

    title: str | Promise
    meaning: str | Promise
    new: type[NewPipeForm]
    edit: type[PipeForm]


WAYS = {
    "webhook": Way(_("Webhook"), _("事件发生后数秒内，以签名的 HTTPS 请求告知"), NewPipeForm, PipeForm),
    "sftp": Way(_("SFTP"), _("文件放到对方的 SFTP 服务器，也可从中取文件"), NewSftpForm, SftpForm),
    "mail": Way(_("邮件"), _("没有服务器的合作方：发到邮箱"), NewMailForm, MailForm),
}


def new_form(kind: str, data: Any, access: Access) -> NewPipeForm:
    return WAYS[kind].new(data, access=access, initial={"kind": kind})


def edit_form(row: Pipe, data: Any) -> PipeForm:
    given = {"address": row.address, "wants": row.wants}
    return WAYS[row.kind].edit(data, initial=row.settings | given)
