"""What banks write in :86: of a SWIFT statement, German (?20EREF+…?31…) or Dutch (/EREF/…)."""

import re
from collections.abc import Sequence

NO_REFERENCE = ("NONREF", "NOTPROVIDED", "KREF+", "EREF+")
"""What stands where there is none."""
SUBFIELD_MAX = 27  # characters; a full one may go on in the next
FULL = SUBFIELD_MAX - len("EREF+")
_NUMBER = re.compile(r"[0-9]{2}")
_WANTED = re.compile(r"\?(?:(\0)|31|[0-9]{2}([EK]REF)[+:])([^?\0]*)")
_KEYWORD = re.compile(r"([A-Z]{4})[+:]")
_MARKS = frozenset("+:")
_SLASHED = re.compile(r"/EREF/([^/]+)")


def said_in(details: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The end-to-end and the customer's reference and the other account in each :86:, German (?20EREF+…?31…)
    or Dutch (/EREF/…)."""
    joined = "?\0".join(details).replace("\n", "")
    end_to_end, customer, account = found = [""] * len(details), [""] * len(details), [""] * len(details)
    place, long = 0, set()
    for behind, keyword, value in _WANTED.findall(joined):
        if behind:
            place += 1
        elif len(value) >= FULL or value[4:5] in _MARKS:
            long.add(place)
        elif keyword == "EREF":
            end_to_end[place] = value
        elif keyword:
            customer[place] = value
        else:
            account[place] = value
    for place in long:
        text = details[place].replace("\n", "")
        end_to_end[place], customer[place], account[place] = _subfields(text)
    if "/EREF/" in joined:
        for place, text in enumerate(details):
            if (slashed := _SLASHED.search(text.replace("\n", ""))) is not None:
                end_to_end[place], customer[place], account[place] = slashed[1], "", ""
    return found


def _subfields(joined: str) -> tuple[str, str, str]:
    """The same of one, where a value may go on in the next subfield."""
    told: dict[str, str] = {}
    going = ""  # the keyword whose value may go on in the next subfield
    for subfield in joined.split("?")[1:]:
        number, part = subfield[:2], subfield[2:]
        if not _NUMBER.fullmatch(number):
            continue
        if number == "31":
            told[""] = part
        if part[4:5] in _MARKS and (found := _KEYWORD.match(part)):
            going = found[1]
            told[going] = part[found.end() :]
        elif going and number[0] == "2":
            told[going] += part
        if len(part) < SUBFIELD_MAX:
            going = ""
    return told.get("EREF", ""), told.get("KREF", ""), told.get("", "")
