"""For every act of two people: a maker who makes a valid proposal of it in the small province."""

from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any, NamedTuple

from tests.access import core_proposals as cores
from tests.access import paper_proposals as papers
from tests.arrears import proposals as arrears
from tests.billing import late_proposals as late
from tests.billing import price_proposals as prices
from tests.billing import proposals as customers
from tests.billing import run_proposals as bill_runs
from tests.billing import sale_proposals as sales
from tests.bills import proposals as bills
from tests.budget import proposals as budget
from tests.cards import proposals as cards
from tests.cases import proposals as courts
from tests.checkout import proposals as methods
from tests.connector import proposals as databases
from tests.counter import proposals as desk
from tests.debits import proposals as debits
from tests.deductions import proposals as ports
from tests.endofday import proposals as nights
from tests.figures import proposals as figures
from tests.heating import proposals as heating
from tests.mandates import proposals as mandates
from tests.messages import proposals as messages
from tests.pipes import proposals as pipes
from tests.pos import proposals as terminals
from tests.repair import proposals as repairs
from tests.settlement import proposals as agreed
from tests.tcp import proposals as lines
from tests.treasury import proposals as treasury
from tests.web import site
from tests.web.province import Province

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class Made(NamedTuple):
    """A proposal, who may decide it, and a statement (with a parameter) that reads what it would change."""

    proposal: Any
    checker: Any
    effect: str
    key: Any


def _teller(place: Province) -> Any:
    number = site_number()
    return site.user(f"t{number}", place.own.branch, "teller", person=f"T{number}")


_NUMBERS = iter(range(10_000, 99_999))


def site_number() -> int:
    """One that no other person of these tests has."""
    return next(_NUMBERS)


def new_user(place: Province) -> Made:
    from yifen.core.access import people
    from yifen.core.directory.models import Institution

    number = site_number()
    made = people.propose_user(
        site.access(place.own.user), f"new{number}", "新人", f"N{number}",
        Institution.objects.get(pk=place.own.branch), frozenset({"teller"}), "a-new-passphrase", NOW,
    )  # fmt: skip
    return Made(made, place.users["platform_admin"],
                "SELECT count(*) FROM access_user WHERE login = %s", f"new{number}")  # fmt: skip


def roles(place: Province) -> Made:
    from yifen.core.access import people

    user = _teller(place)
    made = people.propose_roles(site.access(place.own.user), user, frozenset({"finance"}), NOW)
    return Made(made, place.users["platform_admin"],
                "SELECT string_agg(role, ',') FROM access_user_role WHERE user_id = %s", user.pk)  # fmt: skip


def reset(place: Province) -> Made:
    from yifen.core.access import people

    user = _teller(place)
    made = people.propose_reset(site.access(place.own.user), user, "a-new-passphrase", NOW, "丢失")
    return Made(made, place.users["platform_admin"],
                "SELECT password FROM access_user WHERE id = %s", user.pk)  # fmt: skip


def let_in(place: Province) -> Made:
    from yifen.core.access import people

    user, admin = _teller(place), site.access(place.own.user)
    people.shut(admin, user, "离岗", NOW)
    made = people.propose_let_in(admin, user, NOW, "返岗")
    return Made(made, place.users["platform_admin"],
                "SELECT is_active FROM access_user WHERE id = %s", user.pk)  # fmt: skip


def payee(place: Province) -> Made:
    from yifen.trades.settlement.operations import payees

    number = site_number()
    asked = payees.AskedPayee(place.own.biller, bank(place), f"62220000000{number}", "青溪供电公司",
                              "102100099996", "工行")  # fmt: skip
    made = payees.propose(site.access(place.users["finance"]), asked, NOW)
    return Made(made, place.users["supervisor"],
                "SELECT account_no FROM payee WHERE biller_id = %s", place.own.biller)  # fmt: skip


def bank(place: Province) -> int:
    """Ours, in the book of the province; made once."""
    from yifen.core.partners.models import Partner
    from yifen.core.partners.operations import open_account
    from yifen.trades.settlement.models import Bank

    biller = Partner.objects.get(pk=place.own.biller)
    found = Bank.objects.filter(partner__code="OURBANK").first()
    if found is None:
        partner = Partner.objects.create(code="OURBANK", name="农信银", institution_id=place.union,
                                         book_id=biller.book_id)  # fmt: skip
        found = Bank.objects.create(
            partner=partner, account_no="9551", account_name="云川", endpoint="",
            account_id=open_account("bank", biller.book_id, "OURBANK", "农信银"),
        )  # fmt: skip
    return int(found.pk)


def key(place: Province) -> Made:
    from yifen.core.ring import key_ring
    from yifen.trades.onboarding.operations import keys

    made = keys.issue(site.access(place.users["platform_admin"]), key_ring(), channel(place),
                      "hmac-sha256", "", NOW)  # fmt: skip
    return Made(made.proposal, place.own.user,
                "SELECT max(version) FROM partner_key WHERE partner_id = %s", place.own.channel)  # fmt: skip


def key_end(place: Province) -> Made:
    from yifen.core.partners.operations import issue_key
    from yifen.core.ring import key_ring
    from yifen.trades.onboarding.operations import keys

    row = issue_key(key_ring(), channel(place), site_number(), "hmac-sha256", b"k" * 32, NOW)
    made = keys.end(site.access(place.users["platform_admin"]), row, NOW)
    return Made(made, place.own.user, "SELECT valid_until FROM partner_key WHERE id = %s", row.pk)


def terms(place: Province) -> Made:
    from yifen.trades.onboarding.operations import terms

    asked = {"payment_fen_max": 500_000, "opens_at": time(8), "closes_at": time(20, 30)}
    made = terms.change(site.access(place.own.user), channel(place), "单位WX01", asked, NOW)
    return Made(made, place.users["platform_admin"],
                "SELECT payment_fen_max FROM channel WHERE partner_id = %s", place.own.channel)  # fmt: skip


def codes(place: Province) -> Made:
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.operations import codes

    made = codes.change(site.access(place.own.user), Partner.objects.get(pk=place.own.biller),
                        {"E1": "booked", "E9": "hold"}, NOW)  # fmt: skip
    assert made is not None
    return Made(made, place.users["platform_admin"], "SELECT string_agg(wire_code || meaning, ',')"
                " FROM biller_error_code WHERE biller_id = %s", place.own.biller)  # fmt: skip


def dialect(place: Province) -> Made:
    from yifen.core.partners.operations import issue_key
    from yifen.core.ring import key_ring
    from yifen.trades.onboarding.operations import dialects

    row = channel(place)
    issue_key(key_ring(), row, site_number(), "hmac-sha256", b"k" * 32, NOW)
    row.json, move = False, dialects.Move(("json",), "UTF-8", "yuan")
    made = dialects.change(site.access(place.own.user), row, move, NOW)
    return Made(made, place.users["platform_admin"], "SELECT unit FROM partner WHERE id = %s",
                place.own.channel)  # fmt: skip


def kind_rule(place: Province) -> Made:
    from yifen.trades.onboarding.operations import kind_rules

    number = site_number()
    maker = site.user(f"pa{number}", place.union, "platform_admin", person=f"PA{number}")
    asked = {"payment_fen_max": number, "day_fen_max": None, "opens_at": time(8), "closes_at": time(20, 30)}
    made = kind_rules.change(site.access(maker), 1, "phonebank", asked, NOW)
    return Made(made, place.users["platform_admin"],
                "SELECT payment_fen_max, opens_at, closes_at FROM channel_kind_rule WHERE (book_id, kind) = (1, %s)",
                "phonebank")  # fmt: skip


def admission(place: Province) -> Made:
    from yifen.core.partners.models import Partner
    from yifen.trades.onboarding.operations import openings

    maker, biller = site.access(place.own.user), Partner.objects.get(pk=place.own.biller)
    openings.stop(maker, channel(place), biller, "盘点")
    made = openings.admit(maker, channel(place), biller, NOW)
    return Made(made, place.users["platform_admin"],
                "SELECT active FROM admission WHERE channel_id = %s", place.own.channel)  # fmt: skip


def resumed(place: Province) -> Made:
    from yifen.trades.onboarding.operations import openings

    maker = site.access(place.own.user)
    openings.shut(maker, channel(place), "盘点", NOW)
    made = openings.resume(maker, channel(place), NOW)
    return Made(made, place.users["platform_admin"],
                "SELECT suspended FROM partner WHERE id = %s", place.own.channel)  # fmt: skip


def going_live(place: Province) -> Made:
    from yifen.trades.onboarding.operations import go_live

    row = arriving(place)
    made = go_live.propose(site.access(place.users["platform_admin"]), row, NOW)
    return Made(made, place.own.user, "SELECT live_at FROM partner WHERE id = %s", row.pk)


def institution(place: Province) -> Made:
    from yifen.core.access import institutions
    from yifen.core.access.models import User
    from yifen.core.directory.models import Institution

    row = Institution.objects.get(pk=place.own.branch)
    made = institutions.propose(site.access(place.users["platform_admin"]), row, "青溪新营业部", place.foreign.county,
                                False, NOW, "区划调整")  # fmt: skip
    return Made(made, User.objects.get(login="checker96"),
                "SELECT name || parent_id FROM institution WHERE id = %s", row.pk)  # fmt: skip


def teller_moved(place: Province) -> Made:
    from yifen.core.access import tellers

    user = _teller(place)
    made = tellers.propose(site.access(place.own.user), user, tellers.TellerMove("move", place.own.county), NOW, "调配")
    return Made(made, place.users["platform_admin"], "SELECT is_active FROM access_user WHERE id = %s", user.pk)


def channel(place: Province) -> Any:
    """The county's channel, which is live."""
    from yifen.core.partners.models import Partner

    return Partner.objects.get(pk=place.own.channel)


def arriving(place: Province) -> Any:
    """A hosted biller of the county with a key, on its way in."""
    from yifen.core.directory.models import Institution
    from yifen.core.partners import operations
    from yifen.core.ring import key_ring

    row = operations.register_partner(
        Institution.objects.get(pk=place.own.county), 1, f"COMING{site_number()}", "新供水",
        json=True, suspended=True,
    )  # fmt: skip
    operations.make_biller(row, "water", city="青溪县", dialect="json")
    operations.issue_key(key_ring(), row, 1, "hmac-sha256", b"k" * 32, NOW)
    return row


def made(maker: Callable[[Province], tuple[Any, Any, str, Any]]) -> Callable[[Province], Made]:
    """As the tests of a trade have it."""
    return lambda place: Made(*maker(place))


BY_TRADE = (messages.MAKERS | methods.MAKERS | agreed.MAKERS | bills.MAKERS | desk.MAKERS | repairs.MAKERS
            | nights.MAKERS | pipes.MAKERS | late.MAKERS | prices.MAKERS
            | bill_runs.MAKERS | customers.MAKERS | sales.MAKERS | ports.MAKERS | arrears.MAKERS
            | heating.MAKERS | courts.MAKERS | figures.MAKERS | cores.MAKERS | papers.MAKERS
             | terminals.MAKERS | lines.MAKERS | budget.MAKERS | cards.MAKERS | treasury.MAKERS
            | mandates.MAKERS | debits.MAKERS | databases.MAKERS)  # fmt: skip
MAKERS: dict[str, Callable[[Province], Made]] = {
    "users.new": new_user, "users.roles": roles, "users.reset": reset, "users.let_in": let_in,
    "settlement.payee": payee, "partners.key": key, "partners.key_end": key_end, "partners.terms": terms,
    "partners.dialect": dialect, "partners.codes": codes,
    "partners.admit": admission, "partners.kind_rule": kind_rule,
    "partners.resume": resumed, "partners.go_live": going_live,
    "institutions.change": institution, "tellers.move": teller_moved,
    **{act: made(maker) for act, maker in BY_TRADE.items()},
}  # fmt: skip
