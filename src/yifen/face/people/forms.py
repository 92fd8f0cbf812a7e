"""Forms of users and institutions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from yifen.core.access.edge import Access
from yifen.core.access.fields import LineField, TypedDayField
from yifen.core.access.models import User
from yifen.core.access.roles import Roles, grantable, role_text, roles
from yifen.core.access.tellers import KINDS
from yifen.core.access.telling import told
from yifen.core.directory.models import Institution
from yifen.core.facts.sandbox import SANDBOX_BOOK_ID
from yifen.core.partners.models import Partner
from yifen.face.forms import ReasonField


class RolesField(forms.MultipleChoiceField):
    """Roles as check boxes."""

    def __init__(self, offered: Roles) -> None:
        choices = [(name, role_text(name)) for name in roles() if name in offered]
        super().__init__(label=_("角色"), choices=choices, widget=forms.CheckboxSelectMultiple)

    def clean(self, value: Any) -> Roles:
        return frozenset(super().clean(value))


class UserForm(forms.Form):
    """A new user, with the first password that he must change."""

    login = forms.RegexField(r"^[A-Za-z0-9._-]{2,32}\Z", label=_("账号"), max_length=32, required=False,
                             help_text=_("字母数字，2–32 位；柜员留空，编下一个柜员号（机构号-三位序号）"))  # fmt: skip
    name = LineField(label=_("姓名"), max_length=100)
    person = forms.RegexField(
        r"^[A-Za-z0-9.-]{2,32}\Z", label=_("工号"), max_length=32,
        help_text=_("一个人只有一个工号；同一工号的多个账号算同一人，不得互相复核"),
    )  # fmt: skip
    institution = forms.ModelChoiceField(Institution.objects.none(), label=_("机构"))
    partner = forms.ModelChoiceField(
        Partner.objects.none(), label=_("合作方"), required=False,
        help_text=_("仅收费单位人员和合作方开发人员填写"),
    )  # fmt: skip

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = RolesField(grantable(access.roles))
        institutions = Institution.objects.filter(closed_at=None).order_by("code")
        partners = Partner.objects.exclude(book_id=SANDBOX_BOOK_ID).order_by("code")
        if access.scope.institutions is not None:
            institutions = institutions.filter(pk__in=access.scope.institutions)
        if access.scope.partners is not None:
            partners = partners.filter(pk__in=access.scope.partners)
        self.fields["institution"].queryset = institutions  # type: ignore[attr-defined]
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]


class RolesForm(forms.Form):
    """Another set of roles."""

    def __init__(self, *args: Any, roles: Roles, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"] = RolesField(roles)


class TellerMoveForm(forms.Form):
    """A teller moved for good, or substituting for some days."""

    kind = forms.ChoiceField(label=_("事项"), choices=lambda: [(kind, told(words)) for kind, words in KINDS.items()])
    to = forms.ModelChoiceField(Institution.objects.none(), label=_("到机构"))
    from_on = TypedDayField(label=_("顶岗开始日"), required=False)
    until_on = TypedDayField(label=_("顶岗截止日"), required=False, help_text=_("调动不填；顶岗到期自动返回"))
    reason = ReasonField(label=_("理由"))

    def __init__(self, *args: Any, access: Access, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Institution.objects.filter(closed_at=None).exclude(pk=user.institution_id).order_by("code")
        if access.scope.institutions is not None:
            rows = rows.filter(pk__in=access.scope.institutions)
        self.fields["to"].queryset = rows  # type: ignore[attr-defined]


class InstitutionForm(forms.Form):
    """A node of the organisation tree."""

    parent = forms.ModelChoiceField(Institution.objects.none(), label=_("上级机构"))
    level = forms.ChoiceField(label=_("级别"), choices=Institution.Level.choices[1:])
    code = forms.RegexField(r"^[0-9A-Za-z]{2,16}\Z", label=_("机构号"), max_length=16,
                            help_text=_("2 至 16 位数字或字母；其柜员的账号为机构号加 -001 至 -999"))  # fmt: skip
    name = LineField(label=_("名称"), max_length=100)

    def __init__(self, *args: Any, access: Access, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Institution.objects.filter(closed_at=None).order_by("code")
        if access.scope.institutions is not None:
            rows = rows.filter(pk__in=access.scope.institutions)
        self.fields["parent"].queryset = rows  # type: ignore[attr-defined]


class InstitutionChangeForm(forms.Form):
    """Another name, another institution above, closed or open again."""

    name = LineField(label=_("名称"), max_length=100)
    parent = forms.ModelChoiceField(Institution.objects.none(), label=_("上级机构"), empty_label=None)
    closed = forms.BooleanField(label=_("撤销"), required=False,
                                help_text=_("撤销后不再新增用户、合作方和下级；历史照旧可查"))  # fmt: skip
    reason = ReasonField(label=_("理由"))

    def __init__(self, *args: Any, access: Access, institution: Institution, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        higher = [level.value for level in Institution.Level]
        rows = Institution.objects.filter(closed_at=None, level__in=higher[: higher.index(institution.level)])
        if access.scope.institutions is not None:
            rows = rows.filter(pk__in=access.scope.institutions)
        self.fields["parent"].queryset = rows.order_by("code")  # type: ignore[attr-defined]
        if institution.parent_id is None:
            del self.fields["parent"], self.fields["closed"]
