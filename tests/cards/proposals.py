"""A proposal of the act about official cards, for the tests of two people."""

import itertools
from typing import Any

from django.utils.timezone import localdate

from tests.billing.price_proposals import as_owner
from tests.budget.proposals import CODE, an_officer, at, in_force
from tests.web import site
from tests.web.province import Province

Proposed = tuple[Any, Any, str, Any]
_numbers = itertools.count(1)


def a_bank(place: Province) -> int:
    """One that issues no cards yet."""
    number = next(_numbers)
    partner = as_owner(
        "INSERT INTO partner (code, name, institution_id, book_id, suspended, xml, json, encoding, unit)"
        " SELECT %s, '发卡行', institution_id, book_id, false, true, true, 'UTF-8', 'fen' FROM partner WHERE id = %s"
        " RETURNING id",
        [f"ISSUER{number}", place.own.biller],
    )
    account = as_owner(
        "SELECT ledger_open_account_v1(book_id, %s, '发卡行', 'asset', 'none') FROM partner WHERE id = %s",
        [f"1002.ISSUER{number}", partner],
    )
    as_owner(
        "INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint)"
        " VALUES (%s, '9551000000000009', '发卡行', %s, '') RETURNING partner_id",
        [partner, account],
    )
    return int(partner)


def new_issuer(place: Province) -> Proposed:
    from yifen.trades.cards import issuers

    in_force(place)
    bank = a_bank(place)
    made = issuers.propose(site.access(an_officer(place)), place.own.biller, bank, at())
    return made, an_officer(place, 2), "SELECT count(*) FROM card_issuer WHERE bank_id = %s", bank


def an_issuer(place: Province) -> int:
    """A bank whose word counts: the bureau has its accounts."""
    made, second, _effect, bank = new_issuer(place)
    site.agree(second, made, at())
    return int(bank)


def new_file(place: Province) -> Proposed:
    from yifen.trades.cards import files
    from yifen.trades.cards.words import xml_words
    from yifen.trades.cards.words.wording import CardSaid, CardWord

    bank, access = an_issuer(place), site.access(an_officer(place))
    said = CardSaid(kind="lost", at=at(), card_no="6283880000000001")
    body = xml_words.written(CardWord(serial=f"F{next(_numbers)}", bureau=CODE, cards=[said]))
    one = files.found(files.take_in(access, place.own.biller, bank, "F.xml", body, at()))
    assert one is not None
    made = files.propose(access, place.own.biller, one, at())
    return made, an_officer(place, 2), "SELECT count(*) FROM card_word_agreed WHERE word_id = %s", one.word_id


def new_catalogue(place: Province) -> Proposed:
    from yifen.trades.cards import catalogue

    an_issuer(place)
    code, access = f"{next(_numbers) % 50 + 40}", site.access(an_officer(place))
    row = catalogue.CatalogueRow("item", code, localdate(at()), "会务费", ("30215",))
    made = catalogue.propose(access, place.own.biller, row, at())
    return made, an_officer(place, 2), "SELECT count(*) FROM card_item WHERE code = %s", code


def new_watch_rule(place: Province) -> Proposed:
    """Of the bureau of the issuer before, or the first one."""
    from datetime import timedelta

    from yifen.trades.cards.watch import rules
    from yifen.trades.cards.watch.kinds import WatchRule

    in_force(place)
    as_owner(
        "INSERT INTO card_bureau SELECT p.id, a.id, a.id, a.id, a.id, a.id, a.id, now() FROM partner p"
        " CROSS JOIN LATERAL (SELECT account_id AS id FROM bank LIMIT 1) a WHERE p.id = %s"
        " ON CONFLICT DO NOTHING RETURNING bureau_id",
        [place.own.biller],
    )
    day = at().date() + timedelta(days=next(_numbers))
    made = rules.propose(site.access(an_officer(place)), place.own.biller, WatchRule(day), at())
    return made, an_officer(place, 2), "SELECT count(*) FROM card_watch_rule WHERE valid_from = %s", day


def new_deputy(place: Province) -> Proposed:
    """Of a head of a unit, with a post and a login each."""
    from tests.budget.proposals import a_list, an_administrator
    from yifen.trades.cards import deputies

    an_issuer(place)
    number, day = next(_numbers), localdate(at())
    absent, deputy = f"HEAD{number}", f"DEPUTY{number}"
    posts = f"工号,姓名,单位编码,任职日\n{absent},赵,101001,2020-01-01\n{deputy},钱,101001,2020-01-01\n"
    site.agree(an_administrator(place), a_list(place, "posts", posts, place.own.user), at())
    for login, role in ((absent, "unit_head"), (deputy, "card_holder")):
        site.user(login.lower(), place.own.county, role, partner=place.own.biller, person=login)
    unit = as_owner("SELECT unit_id FROM budget_unit WHERE bureau_id = %s AND code = '101001'", [place.own.biller])
    new = deputies.NewDeputy(unit, "head", absent, deputy, day, day, "出差")
    made = deputies.propose(site.access(an_officer(place)), place.own.biller, new, at())
    return made, an_officer(place, 2), "SELECT count(*) FROM card_deputy WHERE proposal_id = %s", made.pk


MAKERS = {"cards.deputy": new_deputy, "cards.issuer": new_issuer, "cards.file": new_file,
          "cards.catalogue": new_catalogue, "cards.watch_rule": new_watch_rule}
