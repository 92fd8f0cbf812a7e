"""Forms of court funds."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.core.facts.money import AmountError, parse_yuan
from yifen.face import words
from yifen.face.forms import ReasonField, day_input
from yifen.trades.cases.pages.words import NAMES

Choices = list[tuple[Any, Any]]
METHODS = (("luhn", _("Luhn 一位")), ("mod97", _("模 97 两位")), ("none", _("无校验位")))
WAYS = (("transfer", _("转账")), ("pos", _("普通 POS（凭签购单）")), ("cash", _("现金")), ("other", _("其他")))
_SPLIT = re.compile(r"(.+?号(?:之[一二三四五六七八九十]+|-[0-9]+)?)\s+([0-9][0-9,]*(?:\.[0-9]{1,2})?)\s+(.+)")
LINKS = [choice for choice in words.choices(NAMES) if choice[0] != "merged"]


class _OfCourt(forms.Form):
    """A form of one court."""

    def offer(self, courts: Choices) -> Any:
        self.fields["court"].choices = courts  # type: ignore[attr-defined]
        return self


class CourtRuleForm(_OfCourt):
    """A court's rule, from a day on."""

    court = forms.TypedChoiceField(label=_("法院"), coerce=int)
    code = LineField(label=_("法院代字"), max_length=10, help_text=_("案号里的法院代字，如 桂0304"))
    valid_from = forms.DateField(label=_("生效日"), widget=day_input(), validators=[during_our_time])
    main_no = LineField(label=_("案款专户账号"), max_length=30)
    start = LineField(label=_("子账号前缀"), max_length=24)
    width = forms.IntegerField(label=_("序号位数"), min_value=3, max_value=10, initial=6)
    method = forms.ChoiceField(label=_("校验位"), choices=METHODS)
    beyond = forms.BooleanField(label=_("可以超过执行标的缴款"), required=False, initial=True)
    beyond_percent = forms.IntegerField(
        label=_("超标的上限（%）"), min_value=0, max_value=1000, initial=100,
        help_text=_("累计缴款最多超过执行标的的百分比，如利息、费用；未填执行标的的案件不限"))  # fmt: skip
    share_interest = forms.BooleanField(label=_("利息计入各案"), required=False, help_text=_(
        "对账单上的专户利息按各案逐日余额分配，最大余数到分；不选则留作利息，待付出"))
    claim_days = forms.IntegerField(label=_("认领期限（天）"), min_value=0, max_value=365, initial=3)
    claim_working = forms.BooleanField(label=_("认领按工作日"), required=False, initial=True)
    notice_days = forms.IntegerField(label=_("通知期限（天）"), min_value=0, max_value=365, initial=3)
    notice_working = forms.BooleanField(label=_("通知按工作日"), required=False)
    payout_days = forms.IntegerField(label=_("发放期限（天）"), min_value=0, max_value=365, initial=30)
    payout_working = forms.BooleanField(label=_("发放按工作日"), required=False)
    objection_days = forms.IntegerField(label=_("分配方案异议期（天）"), min_value=0, max_value=365, initial=15)
    levels = forms.CharField(label=_("审批级次"), widget=forms.Textarea({"rows": 4}), max_length=1000, help_text=_(
        "每行一级，按先后：级名、起点金额（元）、适用种类（不写为全部），如“院领导 100000 退款”"))
    bank_id = forms.TypedChoiceField(label=_("专户银行"), coerce=int, required=False, empty_value=None, help_text=_(
        "其到账推送先于对账单取信；有银企直连口的由其付款，没有的由会计手工付款"))
    account_bank = LineField(label=_("开户行"), max_length=100, required=False,
                             help_text=_("缴款通知书上的开户行"))  # fmt: skip
    phone = LineField(label=_("联系电话"), max_length=60, required=False,
                      help_text=_("缴款通知书上的电话，如 0773-1234567"))  # fmt: skip
    comply_days = forms.IntegerField(label=_("履行期限（天）"), min_value=1, max_value=365, required=False, help_text=_(
        "缴款通知书要求自送达之日起几日内缴款；不填则不写"))
    mail_to = LineField(label=_("报表邮箱"), max_length=1000, required=False, help_text=_(
        "每周一的承办人周报、每月一日的不明款清单发往这里，如本院办公邮箱；至多 5 个，用空格隔开"))

    def offer_banks(self, banks: Choices) -> Any:
        self.fields["bank_id"].choices = [("", "—"), *banks]  # type: ignore[attr-defined]
        return self


class NewCaseForm(_OfCourt):
    """A case to open."""

    court = forms.TypedChoiceField(label=_("法院"), coerce=int)
    number = LineField(label=_("案号"), max_length=60, help_text=_("如 (2026)桂0304执123号，括号、全半角不限"))
    applicant = LineField(label=_("申请执行人"), max_length=100)
    debtor = LineField(label=_("被执行人"), max_length=100)
    judge = LineField(label=_("承办人"), max_length=60, required=False, help_text=_("登录名，或本院法官的姓名"))
    filed_on = forms.DateField(label=_("立案日期"), widget=day_input(), required=False, validators=[during_our_time])
    due = YuanField(label=_("执行标的（元）"), required=False)
    account_no = LineField(label=_("子账号"), max_length=40, required=False, help_text=_("留空按本院规则取下一个"))
    entrusted = LineField(label=_("委托执行"), max_length=200, required=False, help_text=_(
        "其他法院案号的案件：写明委托法院和委托文书，如“北京市朝阳区人民法院委托，(2026)京0105执委3号”"))


class NumbersForm(_OfCourt):
    """Sub-account numbers that the bank made."""

    court = forms.TypedChoiceField(label=_("法院"), coerce=int)
    numbers = forms.CharField(label=_("子账号"), widget=forms.Textarea({"rows": 10}), max_length=40_000,
                              help_text=_("一行一个，至多 1,000 个"))  # fmt: skip


class CourtFileForm(_OfCourt):
    """A file of a court."""

    court = forms.TypedChoiceField(label=_("法院"), coerce=int)
    file = forms.FileField(label=_("文件"), max_length=200, help_text=_("CSV 或 Excel（.xlsx），至多 2 MB、2,000 行"))


class StatementForm(CourtFileForm):
    """A statement of the main account."""

    file = forms.FileField(label=_("文件"), max_length=200, help_text=_(
        "CSV、Excel（.xlsx）、camt.053 或 MT940，至多 2 MB、2,000 行"))


class OldForm(CourtFileForm):
    """A court's old balances, and what the bank says."""

    on_day = forms.DateField(label=_("结转日"), widget=day_input(), validators=[during_our_time],
                             help_text=_("已过去的一天，其日终余额"))  # fmt: skip
    bank = YuanField(label=_("当日银行余额（元）"))


class LinkForm(forms.Form):
    """Another number of a case."""

    number = LineField(label=_("案号"), max_length=60, help_text=_(
        "须是本院的案件；系统里没有的历史案号，只能作为本案的原案号。一个案号只通向一件案件"))
    kind = forms.ChoiceField(label=_("关系"), choices=LINKS)


class UnlinkForm(forms.Form):
    """A link to take back."""

    number = forms.ChoiceField(label=_("关联案号"))

    @classmethod
    def of(cls, numbers: list[tuple[Any, ...]]) -> "UnlinkForm | None":
        """None: there is none."""
        form = cls(auto_id="unlink_%s")
        form.fields["number"].choices = [(number, number) for (number,) in numbers]  # type: ignore[attr-defined]
        return form if numbers else None


class CaseCorrectionForm(forms.Form):
    """A case put right; what is empty stays. `names`: of the party, and of those whom its field named too, a line
    each."""

    party = forms.TypedChoiceField(label=_("当事人"), coerce=int, required=False, empty_value=None)
    names = forms.CharField(
        label=_("更正后的姓名"), widget=forms.Textarea({"rows": 2}), max_length=5_000, required=False,
        help_text=_("一行一人：几名当事人写成一个的（如“甲，乙”）分行写开，收款账户留在第一人"))  # fmt: skip
    due = YuanField(label=_("执行标的（元）"), required=False)
    filed_on = forms.DateField(label=_("立案日期"), widget=day_input(), required=False, validators=[during_our_time])
    reason = ReasonField(label=_("理由"))

    def offer(self, parties: Choices) -> "CaseCorrectionForm":
        self.fields["party"].choices = [("", "—"), *parties]  # type: ignore[attr-defined]
        return self

    def clean(self) -> dict[str, Any]:
        """Names and whose they are come together."""
        asked = super().clean() or {}
        names = [line.strip() for line in str(asked.get("names") or "").splitlines() if line.strip()]
        if bool(names) != bool(asked.get("party")):
            raise forms.ValidationError(_("改姓名须选当事人，并写更正后的姓名"))
        return asked | {"names": names}


class IntoForm(forms.Form):
    """The case that stays."""

    into = LineField(label=_("并入案号"), max_length=60)


class PayeesForm(forms.Form):
    """Where a party's money may go."""

    account_no = LineField(label=_("收款账号"), max_length=40)
    account_name = LineField(label=_("收款户名"), max_length=100)
    bank_name = LineField(label=_("开户行"), max_length=100)
    bank_code = LineField(label=_("联行号"), max_length=12)


class ClaimForm(forms.Form):
    """How it came, for which case, how much, and what proves it; `more`: other cases among which it is split."""

    way = forms.ChoiceField(label=_("到账方式"), choices=WAYS)
    number = LineField(label=_("案号"), max_length=60)
    amount = YuanField(label=_("认领金额（元）"))
    evidence = ReasonField(label=_("凭据"))
    more = forms.CharField(label=_("拆分给其他案件"), required=False, widget=forms.Textarea({"rows": 3}),
                           max_length=10_000, help_text=_("一行一案：案号 金额 凭据"))  # fmt: skip

    def clean_more(self) -> list[tuple[str, int, str]]:
        """(number, fen, evidence) a line."""
        found = []
        for line in filter(None, map(str.strip, self.cleaned_data["more"].splitlines())):
            told = _SPLIT.fullmatch(line)
            try:
                found.append((told[1].strip(), parse_yuan(told[2]), told[3]) if told else None)
            except AmountError:
                found.append(None)
        if None in found:
            raise forms.ValidationError(_("每行须为：案号 金额 凭据"))
        return [one for one in found if one]


class EvidenceForm(forms.Form):
    """What proves it."""

    evidence = ReasonField(label=_("凭据"))
