"""Case numbers 案号 (法〔2015〕137号): year, court, one special character, type, serial. Pure.

Whoever writes one has other brackets, widths and blanks; all of them are one number here. 之N and -N number a
document of
the case, and are no part of its number. What a person should know stands in `warnings`.
"""

import re
import unicodedata
from typing import NamedTuple

from yifen.core.facts.plug import Text

PROVINCES = "京津冀晋内辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川黔贵云藏陕甘青宁新兵军"
"""The characters of high courts; with two digits a middle court, with four a basic one."""
SUPREME, SPECIALS = "最高法", "知"
FIRST_YEAR = 2016  # of numbers of this form
TYPES = {
    "执": Text("首次执行", "enforcement"), "执恢": Text("恢复执行", "enforcement resumed"),
    "执保": Text("财产保全执行", "preservation carried out"), "执异": Text("执行异议", "objection to enforcement"),
    "执复": Text("执行复议", "review of enforcement"), "执监": Text("执行监督", "supervision of enforcement"),
    "执协": Text("执行协调", "coordination of enforcement"), "执他": Text("其他执行", "other enforcement"),
    "民初": Text("民事一审", "civil, first instance"), "民终": Text("民事二审", "civil, second instance"),
    "民申": Text("民事申请再审", "civil, retrial asked for"), "民再": Text("民事再审", "civil retrial"),
    "民特": Text("民事特别程序", "civil, special procedure"), "刑初": Text("刑事一审", "criminal, first instance"),
    "刑终": Text("刑事二审", "criminal, second instance"), "行初": Text("行政一审", "administrative, first instance"),
    "行终": Text("行政二审", "administrative, second instance"),
    "行审": Text("非诉行政执行审查", "administrative enforcement examined"),
    "财保": Text("诉前财产保全", "preservation before suit"), "破申": Text("破产申请", "bankruptcy asked for"),
    "破": Text("破产", "bankruptcy"), "民诉前调": Text("诉前调解", "mediation before suit"),
}  # fmt: skip
"""Kinds of cases; one that is not here keeps its text."""
COURTS = {
    "桂0304": "桂林市象山区人民法院", "京0105": "北京市朝阳区人民法院", "粤0703": "江门市蓬江区人民法院",
    "粤0781": "台山市人民法院", "粤07": "江门市中级人民法院", "桂03": "桂林市中级人民法院",
}  # fmt: skip
"""Names of courts by code. A court tells its own when it is registered; none is made out of a code."""
NOT_PLAIN = Text("括号不规范，已改", "brackets of another kind were put right")
LEADING_ZERO = Text("序号前的零已去掉", "zeros before the serial were taken off")
TOO_EARLY = Text("2016 年前不用此格式", "numbers before 2016 are of another form")
TYPE_UNKNOWN = Text("类型代字不在表中", "the type is in no table")
_BRACKETS = str.maketrans("〔[【〕]】號執", "((()))号执")
_ODD = re.compile(r"[〔\[【〕\]】［］]")
_COURT = rf"{SUPREME}|[{PROVINCES}](?:[0-9]{{4}}|[0-9]{{2}})?"
_DOCUMENT = r"(?:(?:之([一二三四五六七八九十]{1,3}|[0-9]{1,2}))|-([0-9]{1,3}))?"
_NEW = re.compile(rf"\(([0-9]{{4}})\)({_COURT})([{SPECIALS}]?)([一-龥]{{1,6}}?)([0-9]{{1,8}}){_DOCUMENT}号{_DOCUMENT}")
_OLD = re.compile(rf"\(([0-9]{{4}})\)([一-龥]{{2,12}})字第([0-9]{{1,8}}){_DOCUMENT}号{_DOCUMENT}")
_WITHIN = re.compile(rf"\(?([0-9]{{4}})\)?({_COURT})([{SPECIALS}]?)([一-龥]{{1,4}}?)"
                     r"([0-9]{1,8}(?:号?[、,;和及/][0-9]{1,8}(?=[、,;和及/号]))*)(?![0-9])")
_SERIAL = re.compile("[0-9]{1,8}")
_SHORT = re.compile(r"(执[恢保异复监协他]?)([0-9]{1,8})号")
_DIGITS = "一二三四五六七八九"


class CaseNo(NamedTuple):
    """A number taken apart. `court`: its code; of an old number all that stands before 字第, and `type` is empty.
    `document`: 0, the case itself."""

    year: int
    court: str
    special: str
    type: str
    serial: int
    document: int = 0
    warnings: tuple[Text, ...] = ()

    @property
    def is_old(self) -> bool:
        return not self.type

    def __str__(self) -> str:
        """The one form of it, without the document's number."""
        middle = "字第" if self.is_old else self.special + self.type
        return f"({self.year}){self.court}{middle}{self.serial}号"


class CaseNoWrong(ValueError):
    """No case number."""


def parse(typed: str) -> CaseNo:
    """CaseNoWrong: it is none, whole."""
    text = _plain(typed)
    warnings = [NOT_PLAIN] if _ODD.search(typed) else []
    if found := _OLD.fullmatch(text):
        year, court, serial, *documents = found.groups()
        special = type_ = ""
    elif found := _NEW.fullmatch(text):
        year, court, special, type_, serial, *documents = found.groups()
        warnings += [TOO_EARLY] * (int(year) < FIRST_YEAR) + [TYPE_UNKNOWN] * (type_ not in TYPES)
    else:
        raise CaseNoWrong(typed[:60])
    numbers = [_number(one) for one in documents if one]
    if int(serial) == 0 or len(numbers) > 1:
        raise CaseNoWrong(typed[:60])
    if serial.startswith("0"):
        warnings.append(LEADING_ZERO)
    document = numbers[0] if numbers else 0
    return CaseNo(int(year), court, special, type_, int(serial), document, tuple(warnings))


def within(text: str) -> list[str]:
    """Numbers that stand among other words, such as a payer's memo: what a person may look at, never more. Serials that
    follow one, as "执105、106号", are of the same year, court and type."""
    found: list[CaseNo] = []
    for year, court, special, type_, serials in _WITHIN.findall(_plain(text)[:400]):
        found += (CaseNo(int(year), court, special, type_, int(one)) for one in _SERIAL.findall(serials))
    return list(dict.fromkeys(str(one) for one in found if one.serial))


def short_within(text: str) -> list[str]:
    """What stands there without year and court, as "执108号": type, serial and 号, whose year nobody knows."""
    plain = _WITHIN.sub(" ", _plain(text)[:400])
    return list(dict.fromkeys(f"{type_}{int(serial)}号" for type_, serial in _SHORT.findall(plain)))


def _plain(typed: str) -> str:
    return "".join(unicodedata.normalize("NFKC", typed[:400]).translate(_BRACKETS).split())


def _number(text: str) -> int:
    """11 of 十一."""
    if text.isdigit():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        tens, ones = "", text
    if len(tens) > 1 or len(ones) > 1 or tens not in ("", *_DIGITS):
        raise CaseNoWrong(text)
    return (_DIGITS.index(tens) + 1 if tens else 1) * 10 * bool(ten) + (_DIGITS.index(ones) + 1 if ones else 0)
