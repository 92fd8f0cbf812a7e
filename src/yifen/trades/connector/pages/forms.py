"""What is asked of a utility's database and its mapping."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from yifen.core.access.fields import LineField, PlainField
from yifen.core.access.telling import told
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.trades.connector.address import SourceAddress
from yifen.trades.connector.codes import ConnectorCode
from yifen.trades.connector.kinds import KINDS
from yifen.trades.connector.sources import TITLES

TOML_MAX = 40_000
_told = lazy(told, str)


class SourceForm(forms.Form):
    """Empty passwords: those of now stay."""

    code = PlainField(label=_("接口编号"), max_length=32, help_text=_("小写字母、数字和连字符；收费单位的接口地址写作 db://编号"))
    partner_id = forms.TypedChoiceField(label=_told(TITLES["partner_id"]), coerce=int)
    kind = forms.ChoiceField(label=_told(TITLES["kind"]),
                             choices=[(name, _told(one.title)) for name, one in KINDS.items()])  # fmt: skip
    host = PlainField(label=_("主机"), max_length=253, required=False, help_text=_("名称或地址；SQLite 留空"))
    port = forms.IntegerField(label=_("端口"), min_value=0, max_value=65535, required=False,
                              help_text=_("留空则用该种类通常的端口"))  # fmt: skip
    database = LineField(label=_("库名"), max_length=63,
                         help_text=_("SQLite：数据目录 connector 下的文件名；Oracle：服务名"))  # fmt: skip
    tls = forms.BooleanField(label=_told(TITLES["tls"]), required=False)
    user = LineField(label=_told(TITLES["user"]), max_length=63, required=False, help_text=_("只读即可"))
    password = forms.CharField(label=_("查询密码"), max_length=200, required=False, strip=False,
                               widget=forms.PasswordInput({"autocomplete": "new-password"}),
                               help_text=_("留空则不变"))  # fmt: skip
    write_user = LineField(label=_told(TITLES["write_user"]), max_length=63, required=False,
                           help_text=_("留空则用查询账号写入"))  # fmt: skip
    write_password = forms.CharField(label=_("写入密码"), max_length=200, required=False, strip=False,
                                     widget=forms.PasswordInput({"autocomplete": "new-password"}))
    enabled = forms.BooleanField(label=_told(TITLES["enabled"]), required=False, initial=True)

    def address(self) -> SourceAddress:
        given: dict[str, Any] = self.cleaned_data
        port = given["port"] or (KINDS[given["kind"]].port if given["host"] else 0)
        names = ("kind", "host", "database", "user", "password", "write_user", "write_password", "tls")
        return SourceAddress(**{name: given[name] for name in names}, port=port)


class MappingForm(forms.Form):
    """The text, or a file in its place; `account_no`: for trying it."""

    toml = forms.CharField(label=_("映射（TOML）"), max_length=TOML_MAX, required=False, strip=False,
                           widget=forms.Textarea({"rows": 28, "spellcheck": "false", "class": "mono"}))  # fmt: skip
    file = forms.FileField(label=_("或选择文件"), required=False)
    account_no = PlainField(label=_("试用户号"), max_length=40, required=False,
                            help_text=_("用它试查询，并试写一笔后回滚"))  # fmt: skip

    def text(self) -> str:
        """Refused: INPUT_INVALID, MAPPING_INVALID."""
        file = self.cleaned_data.get("file")
        if file is None:
            found = str(self.cleaned_data["toml"])
        elif file.size > TOML_MAX:
            raise Refused(Code.INPUT_INVALID, "file")
        else:
            try:
                found = file.read().decode()
            except UnicodeDecodeError:
                raise Refused(ConnectorCode.MAPPING_INVALID, "file", "UTF-8") from None
        if not found.strip():
            raise Refused(Code.INPUT_INVALID, "toml")
        return found
