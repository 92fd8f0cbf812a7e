"""Forms of payouts and held money."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, YuanField, during_our_time
from yifen.face import words
from yifen.face.forms import day_input
from yifen.trades.cases.pages.forms import PayeesForm
from yifen.trades.cases.pages.payout_words import HOLDS, KINDS, PURPOSES

Choices = list[tuple[Any, Any]]


class PayoutForm(forms.Form):
    """What a judge applies for."""

    kind = forms.ChoiceField(label=_("种类"), choices=words.choices(KINDS))
    payee = forms.TypedChoiceField(label=_("收款人"), coerce=int)
    amount = YuanField(label=_("金额（元）"))
    receipt = forms.TypedChoiceField(label=_("退哪一笔到账"), coerce=int, required=False, empty_value=None,
                                     help_text=_("只有退款要选"))  # fmt: skip
    other = LineField(label=_("退到其他账户的理由"), max_length=200, required=False,
                      help_text=_("退款的收款账户不是原付款账户时填写，合议庭据此审批"))  # fmt: skip
    words = LineField(label=_("事由"), max_length=200)

    def offer(self, payees: Choices, receipts: Choices) -> "PayoutForm":
        self.fields["payee"].choices = [("", "—"), *payees]  # type: ignore[attr-defined]
        self.fields["receipt"].choices = [("", "—"), *receipts]  # type: ignore[attr-defined]
        return self


class SentBackForm(forms.Form):
    """Unidentified money goes back; without an account number to the one that paid."""

    amount = YuanField(label=_("金额（元）"))
    words = LineField(label=_("退回理由"), max_length=200)
    evidence = LineField(label=_("凭据"), max_length=200, help_text=_("如付款人的申请、银行查询回函"))
    bank_name = LineField(label=_("开户行"), max_length=100)
    bank_code = LineField(label=_("联行号"), max_length=12)
    account_no = LineField(label=_("收款账号"), max_length=40, required=False,
                           help_text=_("留空：退回对账单所载的原付款账户"))  # fmt: skip
    account_name = LineField(label=_("收款户名"), max_length=100, required=False)
    other = LineField(label=_("退到其他账户的理由"), max_length=200, required=False,
                      help_text=_("填了收款账号才写，须经合议庭审批"))  # fmt: skip


class LevelForm(forms.Form):
    """A level's word; `seen`: the digest of what the page shows."""

    seen = forms.CharField(widget=forms.HiddenInput(), max_length=64)
    note = LineField(label=_("意见"), max_length=200, required=False)


class HoldForm(forms.Form):
    """A part to hold."""

    kind = forms.ChoiceField(label=_("种类"), choices=words.choices(HOLDS))
    amount = YuanField(label=_("金额（元）"), required=False,
                       help_text=_("留空：全部留置，包括以后到账的；破产必须留空"))  # fmt: skip
    source = LineField(label=_("冻结来源"), max_length=200, help_text=_("哪个法院、哪份文书"))
    from_on = forms.DateField(label=_("起"), widget=day_input(), validators=[during_our_time])
    until_on = forms.DateField(label=_("止"), widget=day_input(), required=False, validators=[during_our_time],
                               help_text=_("到期不自动解除，由两人解除"))  # fmt: skip


class OwnPayeeForm(PayeesForm):
    """Where a court's fees or deposits go."""

    court = forms.TypedChoiceField(label=_("法院"), coerce=int)
    purpose = forms.ChoiceField(label=_("用途"), choices=words.choices(PURPOSES))
    field_order = ("court", "purpose")

    def offer(self, courts: Choices) -> "OwnPayeeForm":
        self.fields["court"].choices = courts  # type: ignore[attr-defined]
        return self


class PartyForm(forms.Form):
    """Another party of a case."""

    role = forms.ChoiceField(label=_("诉讼地位"), choices=(
        ("creditor", _("其他债权人")), ("debtor", _("被执行人")), ("other", _("其他当事人"))))  # fmt: skip
    name = LineField(label=_("姓名"), max_length=100)


class JudgeForm(forms.Form):
    """Who judges a case from now on."""

    judge = LineField(label=_("承办人"), max_length=60, help_text=_("登录名，或本院法官的姓名"))


class SharingForm(forms.Form):
    """A plan among creditors."""

    method = forms.ChoiceField(label=_("分配办法"), choices=(("ratio", _("按比例（先优先，再普通）")),
                                                         ("order", _("按顺序（公司，按查封先后）"))))  # fmt: skip
    amount = YuanField(label=_("拟分配金额（元）"))
    fee = YuanField(label=_("执行费（元）"), required=False)
    cost = YuanField(label=_("评估拍卖等费用（元）"), required=False)
    claims = forms.CharField(label=_("债权"), widget=forms.Textarea({"rows": 8}), max_length=20_000, help_text=_(
        "每行一人，按先后：编号、姓名、债权额（元），优先的加“优先”；不参加的删去"))  # fmt: skip


class ServingForm(forms.Form):
    """What happened to a share."""

    party = forms.TypedChoiceField(label=_("债权人"), coerce=int)
    day = forms.DateField(label=_("送达日"), widget=day_input(), validators=[during_our_time])
    words = LineField(label=_("事由"), max_length=200, required=False)

    def offer(self, parties: Choices) -> "ServingForm":
        self.fields["party"].choices = parties  # type: ignore[attr-defined]
        return self
