"""Forms of onboarding."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.core.access.scope import Scope
from yifen.core.access.telling import told
from yifen.core.directory.models import Institution
from yifen.core.partners.books import books
from yifen.core.partners.categories import categories
from yifen.core.partners.models import Biller, ChannelKind, Partner, WireLogKeeping
from yifen.face.forms import ReasonField
from yifen.trades.onboarding.operations.dialects import Move
from yifen.trades.onboarding.operations.register import Registration
from yifen.trades.onboarding.pages.picking import PickField, SuggestField, not_offered

OURS = ("counter", "payer")  # channels of our own
SILENT = (*OURS, "hosted")  # who sends no messages, nor is sent any


def kinds() -> list[tuple[str, str]]:
    """Categories of billers as choices."""
    return [(row.code, told(row.text)) for row in categories().values()]


class CityField(SuggestField, LineField):
    """Where a biller is; the first one of a city names it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=40, **options)


class SideForm(forms.Form):
    """What channel and biller each have: limits, hours, endpoint."""

    channel_kind = forms.ChoiceField(
        label=_("渠道种类"), choices=ChannelKind.choices, required=False, initial=ChannelKind.OTHER,
        help_text=_("同种类的渠道共有的限额和服务时间，与本渠道自己的取更严的"),
    )  # fmt: skip
    payment_fen_max = YuanField(label=_("单笔限额（元）"), required=False)
    day_fen_max = YuanField(label=_("当日限额（元）"), required=False)
    opens_at = forms.TimeField(label=_("服务开始"), required=False,
                               widget=forms.TimeInput({"type": "time"}))  # fmt: skip
    closes_at = forms.TimeField(label=_("服务结束"), required=False,
                                widget=forms.TimeInput({"type": "time"}))  # fmt: skip
    category = forms.ChoiceField(label=_("类别"), choices=kinds, required=False)
    city = CityField(label=_("城市"), required=False)
    endpoint = forms.CharField(
        label=_("接口地址"), max_length=200, required=False,
        help_text=_("收费单位自有系统的地址；留空表示由一分托管账单"),
    )  # fmt: skip
    timeout_s = forms.IntegerField(label=_("超时（秒）"), min_value=1, max_value=30, initial=5,
                                   required=False)  # fmt: skip
    quote_ttl_s = forms.IntegerField(
        label=_("报价有效期（秒）"), min_value=30, max_value=86_400, required=False,
        help_text=_("填写后须先查询报价再缴费"),
    )  # fmt: skip
    oldest_first = forms.BooleanField(
        label=_("先缴旧账"), required=False, help_text=_("托管账单须先缴清较早的，再缴较新的"),
    )  # fmt: skip

    CHANNEL = ("channel_kind", "payment_fen_max", "day_fen_max", "opens_at", "closes_at")
    BILLER = ("category", "city", "endpoint", "timeout_s", "quote_ttl_s", "oldest_first")

    def fit(self, *names: str) -> None:
        """Leaves out what does not concern this side, and offers the cities that billers have. A choice that is
        none is refused by its number."""
        for name in {*self.CHANNEL, *self.BILLER} - {*names}:
            del self.fields[name]
        for field in self.fields.values():
            if "invalid_choice" in field.error_messages:
                field.error_messages["invalid_choice"] = not_offered()
        if "city" in self.fields:
            cities = Biller.objects.exclude(city="").order_by("city").values_list("city", flat=True)
            self.fields["city"].offer(cities.distinct())  # type: ignore[attr-defined]

    def options(self, kind: str) -> dict[str, Any]:
        """The chosen side's fields, as partners.models has them; what was not asked is as it is at first."""
        first = {"endpoint": "", "timeout_s": 5, "quote_ttl_s": None, "oldest_first": False}
        found = {name: self.cleaned_data.get(name, first.get(name)) for name in
                 (self.CHANNEL if kind == "channel" else self.BILLER)}  # fmt: skip
        if kind == "biller":
            found["timeout_s"] = found["timeout_s"] or 5
        if chosen := found.pop("channel_kind", ""):
            found["kind"] = chosen
        return found


class Side(NamedTuple):
    """What a new partner can be: as people call it, what that means, and which fields it has."""

    title: str | Promise
    meaning: str | Promise
    fields: tuple[str, ...]


SIDES = {
    "channel": Side(_("渠道"), _("外部渠道：用自己的系统发起查询、缴费"), SideForm.CHANNEL),
    "biller": Side(_("收费单位，自有系统"), _("账单在对方系统里：本系统按接口去查询、销账"), SideForm.BILLER[:-1]),
    "hosted": Side(_("收费单位，由一分托管账单"), _("对方没有系统：账单由文件导入，存在本系统"),
                   ("category", "city", "quote_ttl_s", "oldest_first")),
    "counter": Side(_("本方渠道：柜面"), _("不收发报文，无需密钥和测试，复核后上线"), SideForm.CHANNEL[1:]),
    "payer": Side(_("本方渠道：缴费页面、自助机"), _("不收发报文，无需密钥和测试，复核后上线"), SideForm.CHANNEL),
}  # fmt: skip


class RegisterForm(SideForm):
    """A new partner of one side; it asks what that side has, and no more."""

    kind = forms.CharField(widget=forms.HiddenInput())
    code = forms.CharField(label=_("代码"), max_length=13, help_text=_("大写字母和数字，2–13 位"))
    name = LineField(label=_("名称"), max_length=100)
    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("归属机构"))
    book = forms.TypedChoiceField(label=_("账簿"), coerce=int)
    dialect = forms.ChoiceField(
        label=_("报文方式"), choices=(("json", "JSON + RFC 9421"), ("xml", "XML + SHA-1")),
        help_text=_("SHA-1 为旧式签名，新接入请用 JSON"),
    )  # fmt: skip
    encoding = forms.ChoiceField(label=_("编码（XML）"), choices=(("UTF-8",) * 2, ("GB18030",) * 2), required=False)
    unit = forms.ChoiceField(label=_("金额单位（XML）"), choices=(("fen", _("分")), ("yuan", _("元"))),
                             required=False)  # fmt: skip

    field_order = ("kind", "code", "name", "institution", "book", "dialect", "encoding", "unit")

    def __init__(self, data: Any = None, *, scope: Scope, kind: str) -> None:
        super().__init__(data, initial={"kind": kind})
        self.fit(*SIDES[kind].fields)
        if not settings.YIFEN_SHA1:
            self.fields["dialect"].choices = [("json", "JSON + RFC 9421")]  # type: ignore[attr-defined]
        for name in ("encoding", "unit") if not settings.YIFEN_SHA1 else ():
            del self.fields[name]
        if kind in SILENT:
            for name in {"dialect", "encoding", "unit"} & self.fields.keys():
                del self.fields[name]
        if "category" in self.fields:
            self.fields["category"].required = True
            self.fields["category"].choices = [("", _("请选择")), *kinds()]  # type: ignore[attr-defined]
        if kind == "biller":
            self.fields["endpoint"].required = True
            self.fields["endpoint"].help_text = _("对方正式系统的地址；沙箱的地址登记后另填")
        rows = Institution.objects.filter(closed_at=None).order_by("code")
        if scope.institutions is not None:
            rows = rows.filter(pk__in=scope.institutions)
        self.fields["institution"].queryset = rows  # type: ignore[attr-defined]
        self.fields["book"].choices = books()  # type: ignore[attr-defined]

    def registration(self) -> Registration:
        data = self.cleaned_data
        own = data["kind"] if data["kind"] in OURS else ""
        kind = "channel" if own or data["kind"] == "channel" else "biller"
        dialect = "json" if data["kind"] == "hosted" else data.get("dialect", "")
        is_xml = dialect == "xml"
        options = self.options(kind)
        options |= {"hosted": own} if kind == "channel" else {"dialect": dialect}
        if own == "counter":
            options["kind"] = ChannelKind.COUNTER
        return Registration(
            code=data["code"], name=data["name"], kind=kind,
            institution_id=data["institution"].pk, dialect=dialect,
            encoding=(is_xml and data.get("encoding")) or "UTF-8", unit=(is_xml and data.get("unit")) or "fen",
            options=options,
        )  # fmt: skip


class EditForm(SideForm):
    """A partner's name, which of its messages are kept, and its side."""

    name = LineField(label=_("名称"), max_length=100)
    wire_log = forms.ChoiceField(
        label=_("报文留存"), choices=WireLogKeeping.choices, required=False,
        help_text=_("脱敏后留存，保留天数见配置 YIFEN_KEEP_MESSAGES_DAYS（不少于 30 天）"),
    )  # fmt: skip

    field_order = ("name", "wire_log")

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fit(*(self.CHANNEL if kind == "channel" else self.BILLER))


class AdmitForm(forms.Form):
    """The other side of an admission: a biller of a channel, a channel of a biller."""

    other = PickField()

    def __init__(self, *args: Any, kind: str, others: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["other"].label = _("收费单位") if kind == "channel" else _("渠道")
        self.fields["other"].help_text = _("按代码或名称搜索，从列表中选择")
        self.fields["other"].offer_rows(others)  # type: ignore[attr-defined]


class KeyForm(forms.Form):
    """Issue a shared secret, or take in a public key."""

    algorithm = forms.ChoiceField(label=_("算法"))
    public = forms.CharField(
        label=_("公钥"), required=False, max_length=4000,
        widget=forms.Textarea({"rows": 4, "class": "input-code"}),
        help_text=_("ed25519、rsa-pss-sha512、sm2-sm3 填公钥（PEM 或 base64）；共享密钥由系统生成"),
    )  # fmt: skip

    def __init__(self, *args: Any, algorithms: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["algorithm"].choices = [(name, name) for name in algorithms]  # type: ignore[attr-defined]


class DialectForm(forms.Form):
    """Another dialect; encoding and unit concern XML."""

    dialects = forms.ChoiceField(label=_("报文方式"))
    encoding = forms.ChoiceField(label=_("编码"), choices=(("UTF-8",) * 2, ("GB18030",) * 2))
    unit = forms.ChoiceField(label=_("金额单位"), choices=(("fen", _("分")), ("yuan", _("元"))))

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("json", "JSON + RFC 9421"), ("xml", "XML + SHA-1")]
        if kind == "channel":
            choices.append(("json+xml", "JSON + RFC 9421, XML + SHA-1"))
        self.fields["dialects"].choices = choices  # type: ignore[attr-defined]

    def move(self) -> Move:
        """What is asked for."""
        data = self.cleaned_data
        return Move(tuple(data["dialects"].split("+")), data["encoding"], data["unit"])


class OutageForm(forms.Form):
    """A window in which a biller is away."""

    biller = forms.ModelChoiceField(Partner.objects.none(), label=_("收费单位"))
    starts_at = forms.DateTimeField(
        label=_("开始"), validators=[during_our_time],
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    ends_at = forms.DateTimeField(
        label=_("结束"), validators=[during_our_time],
        widget=forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    reason = ReasonField(label=_("原因"))

    def __init__(self, *args: Any, billers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["biller"].queryset = billers  # type: ignore[attr-defined]


class CertifyForm(forms.Form):
    """Start a conformance run of a biller's sandbox."""

    account_no = forms.CharField(
        label=_("测试户号"), max_length=32,
        help_text=_("沙箱系统中有欠费的户号；测试会小额销账并随即冲正"),
    )  # fmt: skip
