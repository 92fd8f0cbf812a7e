"""What two people decide about differences: of each act a proposal that is right, who may decide it, and a
statement that reads what it would change, with its parameter."""

from datetime import UTC, datetime
from typing import Any

import psycopg

from tests.web import site
from tests.web.province import Province
from tests.world import DAY
from yifen.core.facts.processes import WEB

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Proposed = tuple[Any, Any, str, Any]


def repair(place: Province) -> Proposed:
    from yifen.trades.reconciliation.repair import deciding
    from yifen.trades.reconciliation.repair.words import RepairAction

    item, maker = place.own.more["item"], site.access(place.users["finance"])
    return (deciding.propose(maker, item, RepairAction.TELL, "对方漏记", NOW), place.users["supervisor"],
            "SELECT decided_by FROM recon_item WHERE item_id = %s", item)  # fmt: skip


def release(place: Province) -> Proposed:
    from yifen.trades.reconciliation.repair import deciding

    item, maker = suspended(place), site.access(place.users["finance"])
    return (deciding.propose_release(maker, item, "已查明", NOW), place.users["supervisor"],
            "SELECT count(*) FROM recon_posting WHERE item_id = %s", item)  # fmt: skip


def suspended(place: Province) -> int:
    """A sale that the county's channel lists twice, on suspense by its policy; made once."""
    serial = "TWICE"
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        found = conn.execute("SELECT item_id FROM recon_item WHERE serial = %s", (serial,)).fetchone()
        if found is None:
            with psycopg.connect(place.database.owner_url) as owner:
                found = owner.execute(
                    "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, nth,"
                    " theirs_kind, theirs_fen, state, action, opened_at)"
                    " VALUES (%s, %s, %s, 'duplicate', %s, 2, 'sale', 700, 'doing', 'suspend', now())"
                    " RETURNING item_id", (place.own.more["recon_run"], place.own.channel, DAY, serial),
                ).fetchone()  # fmt: skip
            assert found is not None
            done = conn.execute("SELECT recon_suspend_v1(%s, %s)", (found[0], NOW)).fetchone()
            assert done == (0,)
        return int(found[0])


def checker(place: Province) -> Any:
    """Another finance officer."""
    from yifen.core.access.models import User

    return (User.objects.filter(login="finance-b").first()
            or site.user("finance-b", place.own.county, "finance"))  # fmt: skip


def reconciled_by(place: Province) -> Proposed:
    from yifen.trades.reconciliation import ruling
    from yifen.trades.reconciliation.models import Profile

    row = Profile.objects.get(pk=place.own.biller)
    fields = {name: getattr(row, name) for name in ruling.TITLES} | {"layout": row.layout, "deadline_days": 9}
    policies = {"amount": {"action": "ask", "automatic": False, "automatic_fen_max": None}}
    maker = site.access(place.users["finance"])
    return (ruling.propose_rules(maker, row.pk, fields, policies, NOW), checker(place),
            "SELECT deadline_days FROM recon_profile WHERE partner_id = %s", row.pk)  # fmt: skip


def read_by(place: Province) -> Proposed:
    from yifen.trades.reconciliation import ruling
    from yifen.trades.reconciliation.models import Layout

    row = Layout.objects.get(pk=place.own.more["layout"])
    head = {name: getattr(row, name) for name in ruling.HEAD} | {"delimiter": ";"}
    column = {"position": 1, "name": "a", "width": None, "target": "serial", "type": "text", "words": ""}
    maker = site.access(place.users["finance"])
    return (ruling.propose_layout(maker, row, head, [column], NOW), checker(place),
            "SELECT delimiter FROM recon_layout WHERE id = %s", row.pk)  # fmt: skip


def described(place: Province) -> None:
    """The layout has its columns; laid out once."""
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("INSERT INTO recon_layout_column (layout_id, position, name, target, type, words)"
                     " VALUES (%(layout)s, 1, 'a', 'serial', 'text', ''), (%(layout)s, 2, 'b', 'amount', 'fen', '')"
                     " ON CONFLICT DO NOTHING", {"layout": place.own.more["layout"]})  # fmt: skip


def uploaded(place: Province) -> Proposed:
    """A file of the county's biller, in its own layout."""
    import io

    from yifen.trades.reconciliation import files, filing
    from yifen.trades.reconciliation.profile import read_profile

    described(place)
    with psycopg.connect(place.database.url(WEB)) as conn:  # as a page takes it in
        profile = read_profile(conn, place.own.biller)
        body = io.BytesIO(f"{place.own.payment_id}|21\n".encode())
        taken = files.take_in(conn, profile, body, "up.txt", "finance01", NOW, DAY)
    maker = site.access(place.users["finance"])
    return (filing.propose(maker, taken.file_id, "对方更正", NOW), checker(place),
            "SELECT count(*) FROM recon_file_agreed WHERE file_id = %s", taken.file_id)  # fmt: skip


def withdrawn(place: Province) -> Proposed:
    """A file of the county's channel that was fetched."""
    from tests.repair.bench import NUMBERS
    from yifen.trades.reconciliation import withdrawing

    number = next(NUMBERS)
    with psycopg.connect(place.database.owner_url) as conn:
        conn.execute("INSERT INTO recon_file_part VALUES (%(n)s, 0, 1, %(n)s::text::bytea)", {"n": 900_000 + number})
        conn.execute("INSERT INTO recon_file VALUES (%(n)s, %(partner)s, %(day)s, %(n)s, 'hub', 'f.txt',"
                     " sha256(%(n)s::text::bytea), 1, 0, 0, 0, %(now)s, 'test', false, true, '{}')",
                     {"n": 900_000 + number, "partner": place.own.channel, "day": DAY, "now": NOW})  # fmt: skip
    maker = site.access(place.users["finance"])
    return (withdrawing.propose(maker, 900_000 + number, "不是本渠道的文件", NOW), checker(place),
            "SELECT count(*) FROM recon_file_counting WHERE file_id = %s", 900_000 + number)  # fmt: skip


def undecided(place: Province) -> Proposed:
    """A payment of the day before at a biller of the county that is gone."""
    from tests.console.busy import again
    from tests.repair.bench import NUMBERS
    from yifen.trades.reconciliation import undecided

    number = next(NUMBERS)
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = again(conn, place)
        world.institution = place.own.county
        biller = f"GONE{number}"
        world.biller(biller, endpoint="http://127.0.0.1:9")
        world.admit("WX01", biller)
        world.owe(biller, f"A{number}", f"GONE-{number}", 1_000)
        paid = world.charge(f"GONE-{number}", {f"GONE-{number}": 1_000}, channel="WX01", biller=biller,
                            account_no=f"A{number}").payment_id  # fmt: skip
    with psycopg.connect(place.database.super_url) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("UPDATE biller_call SET due_at = NULL WHERE payment_id = %s", (paid,))
        conn.execute("UPDATE payment SET business_day = business_day - 1 WHERE payment_id = %s", (paid,))
    maker = site.access(place.users["finance"])
    return (undecided.propose(maker, paid, "booked", "书面答复", NOW), checker(place),
            "SELECT biller_state::text FROM payment WHERE payment_id = %s", paid)  # fmt: skip


def charged_back(place: Province) -> Proposed:
    """A payment of today at the county's own biller."""
    from tests.console.busy import again
    from tests.repair.bench import NUMBERS
    from yifen.trades.reconciliation.chargebacks import deciding

    ref = f"CB-{next(NUMBERS)}"
    with psycopg.connect(place.database.app_url, autocommit=True) as conn:
        world = again(conn, place)
        world.owe(place.own.biller_code, place.own.account_no, ref, 1_000)
        paid = world.charge(ref, {ref: 1_000}, channel=place.own.channel_code, biller=place.own.biller_code,
                            account_no=place.own.account_no).payment_id  # fmt: skip
    maker = site.access(place.users["finance"])
    return (deciding.propose(maker, paid, 1_000, "denied", "来函 7 号", NOW), checker(place),
            "SELECT count(*) FROM recon_chargeback WHERE payment_id = %s", paid)  # fmt: skip


MAKERS = {
    "payments.chargeback": charged_back,
    "recon.file": uploaded, "recon.rules": reconciled_by, "recon.layout": read_by, "repair": repair,
    "repair.release": release, "recon.withdraw": withdrawn,
    "repair.undecided": undecided,
}  # fmt: skip
