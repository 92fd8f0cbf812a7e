"""A small province for tests of the pages: two counties that must not see each other's rows.

`own` is what the people of county 青溪 may see, `foreign` the same of county 白石. The union above
runs the hosted channels: DESK (counter) and PAGE (payers).
"""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import psycopg

from tests.web import site
from tests.world import DAY, Database, World, the_ring

UNION_ROLES = ("platform_admin", "auditor")
PARTNER_ROLES = ("biller_staff", "developer")
COUNTY_ROLES = ("institution_admin", "supervisor", "finance")


@dataclass
class County:
    """One county's rows: ids as the pages' addresses carry them."""

    county: int
    branch: int
    biller: int  # partner id of a hosted biller, category power, one exact bill and an open payable
    biller_code: str
    channel: int
    channel_code: str
    account_no: str
    payment_id: int
    payable_id: int  # that the payment paid
    transit_id: int  # the biller's transit account in the ledger
    serial: str
    user: Any = None  # its institution admin
    teller: Any = None
    more: dict[str, Any] = field(default_factory=dict)


@dataclass
class Province:
    """What is there, and who works there."""

    database: Database
    union: int
    own: County
    foreign: County
    users: dict[str, Any]  # by role; of county 青溪 but for those of the union


def build(database: Database) -> Province:
    """Everything committed; Django must already work on `database`."""
    with psycopg.connect(database.app_url) as conn:
        world = World(conn, database.buckets)
        union = world.institution
        world.set_up("UPDATE institution SET code = '96', name = '云川省联社' WHERE id = %s", union)
        world.channel("DESK")
        world.channel("PAGE")
        for code, hosted in (("DESK", "counter"), ("PAGE", "payer")):
            world.run("UPDATE channel SET hosted = %s WHERE partner_id = %s",
                      hosted, world.ids[code])  # fmt: skip
        own = county(world, union, "01", "青溪")
        foreign = county(world, union, "02", "白石")
    users = people(union, own)
    site.user("checker96", union, "platform_admin")  # going live takes two
    for rows in (own, foreign):
        runs_and_outages(rows, users["platform_admin"])
    own.user, own.teller = users["institution_admin"], users["teller"]
    foreign.user = site.user("ia02", foreign.county, "institution_admin")
    foreign.teller = site.user("te02", foreign.branch, "teller")
    for rows in (own, foreign):
        shift_and_entry(rows)
        papered(database, rows)
    for rows in (own, foreign):
        exported(rows)
        proposed(database, rows)
    return Province(database, union, own, foreign, users)


def county(world: World, union: int, number: str, place: str) -> County:
    """A county union with a branch, a biller POWER<number>, a channel WX<number>, one payment."""
    seat = institution(world, union, "county", f"96{number}", f"{place}县联社")
    branch = institution(world, seat, "branch", f"96{number}01", f"{place}营业部")
    world.institution = seat
    biller_code, channel_code = f"POWER{number}", f"WX{number}"
    biller = world.biller(biller_code, category="power")
    world.run("UPDATE partner SET name = %s WHERE id = %s", f"{place}供电公司", biller)
    world.run("UPDATE biller SET city = %s WHERE partner_id = %s", f"{place}县", biller)
    channel = world.channel(channel_code)
    for code in (channel_code, "DESK", "PAGE"):
        world.admit(code, biller_code)
    account = f"32{number}000001"
    for ref, fen in (("2026-09", 12_345), ("2026-10", 23_456), ("2026-11", 34_567)):
        world.owe(biller_code, account, ref, fen)
    world.owe(biller_code, account, "TOPUP", 0, "open", min_fen=1_000, max_fen=2_000_000)
    serial = f"WX{number}-0001"
    booked = world.charge(serial, {"2026-09": 12_345}, channel=channel_code, biller=biller_code,
                          account_no=account)  # fmt: skip
    assert booked.payment_id is not None
    payable = world.value("SELECT payable_id FROM payable WHERE biller_id = %s AND ref = '2026-09'",
                          biller)  # fmt: skip
    transit = world.value("SELECT transit_id FROM biller WHERE partner_id = %s", biller)
    rows = County(seat, branch, biller, biller_code, channel, channel_code, account,
                  booked.payment_id, payable, transit, serial)  # fmt: skip
    reconciled(world, rows)
    piped(world, rows)
    billed(world, rows)
    return rows


def billed(world: World, rows: County) -> None:
    """Its biller bills here (tests.billing.county)."""
    from tests.billing.county import billed as bill

    bill(world, rows, world.buckets)
    customer = rows.more["customer"]
    with world.as_owner():
        rows.more["visit"] = world.value(
            "SELECT visits_ask_v1(%s, %s::smallint, %s, NULL, 'check', 'visits', %s, '看铅封', '2026-12-01', now())",
            rows.biller, customer % 1000, customer, str(customer))  # fmt: skip
    rows.more["door"] = world.value("SELECT place_id FROM billing_customer WHERE customer_id = %s", customer)


def piped(world: World, rows: County) -> None:
    """A webhook of the county's biller, with a secret, and one test that arrived."""
    ref, at = str(uuid5(NAMESPACE_DNS, rows.biller_code)), datetime.now(UTC)
    with world.as_owner():
        pipe = world.value(
            "INSERT INTO pipe (ref, partner_id, kind, address, wants, settings, secret, enabled, made_at)"
            " VALUES (%s, %s, 'webhook', 'https://hooks.example.cn/yifen', '[\"payment.decided\"]', '{}', %s, true, %s)"
            " RETURNING id", ref, rows.biller, the_ring().seal(b"s" * 24, f"pipe:{ref}"), at,
        )  # fmt: skip
        event = world.value(
            "INSERT INTO pipe_event (uid, kind, source, partner_id, subject, at, data)"
            " VALUES (%s, 'ping', '', %s, 'x', %s, '{\"ping\": true}') RETURNING id",
            f"evt_{rows.biller:032d}", rows.biller, at,
        )  # fmt: skip
        delivery = world.value(
            "INSERT INTO pipe_delivery (pipe_id, event_id, state, tries, made_at, ended_at, said)"
            " VALUES (%s, %s, 'delivered', 1, %s, %s, '204') RETURNING id", pipe, event, at, at,
        )  # fmt: skip
        world.run("INSERT INTO pipe_try (delivery_id, pipe_id, at, took_ms, result, status, said)"
                  " VALUES (%s, %s, %s, 41, 'delivered', 204, '204')", delivery, pipe, at)  # fmt: skip
        world.run("INSERT INTO pipe_fetched (pipe_id, name, size, sha256, changed_at, fetched_at, landed)"
                  " VALUES (%s, 'bills.csv', 100, %s, %s, %s, 'inbox/X/bills.csv')", pipe, b"x" * 32, at, at)
    rows.more |= {"pipe": pipe, "delivery": delivery}


def reconciled(world: World, rows: County) -> None:
    """A file of the biller read by a layout of its own, one run of it, one difference."""
    layout = world.value(
        "INSERT INTO recon_layout (code, name, shape, encoding, delimiter, quote, header_lines,"
        " named, totals, totals_mark) VALUES (%s, '流水', 'delimited', 'UTF-8', '|', '', 0, false,"
        " '', '') RETURNING id", rows.biller_code,
    )  # fmt: skip
    world.run(
        "INSERT INTO recon_profile (partner_id, party, format, layout_id, owner, truth, slack_min,"
        " by_rule, rule_window_min, by_group, deadline_days)"
        " VALUES (%s, 'biller', 'layout', %s, '', 'ours', 30, false, 60, false, 3)",
        rows.biller, layout,
    )  # fmt: skip
    file_id = world.value(
        "INSERT INTO recon_file VALUES (nextval('recon_file_no'), %s, %s, 1, 'layout', 'a.txt',"
        " sha256(%s::text::bytea), 1, 0, 0, 0, now(), 'test') RETURNING file_id",
        rows.biller, DAY, rows.biller_code,
    )  # fmt: skip
    world.run("INSERT INTO recon_file_part VALUES (%s, 0, 1, %s::text::bytea)", file_id,
              rows.biller_code)  # fmt: skip
    run = world.made(
        "INSERT INTO recon_run (partner_id, business_day, file_id, files, started_at, ended_at, ours_count,"
        " ours_fen) VALUES (%s, %s, %s, ARRAY[%s::bigint], now(), now(), 1, 12345) RETURNING run_id",
        rows.biller, DAY, file_id, file_id,
    )  # fmt: skip
    item = world.made(
        "INSERT INTO recon_item (run_id, partner_id, business_day, class, serial, payment_id,"
        " ours_kind, ours_fen, account_no, deadline, opened_at) VALUES (%s, %s, %s, 'ours_only',"
        " %s, %s, 'sale', 12345, %s, %s, now()) RETURNING item_id",
        run, rows.biller, DAY, str(rows.payment_id), rows.payment_id, rows.account_no, DAY,
    )  # fmt: skip
    agreement = world.value(
        "INSERT INTO agreement (biller_id, valid_from, mode, period, measure, min_fen, lag_days,"
        " make_up_days, payout) VALUES (%s, %s, 'net', 'day', 'amount', 0, 1, true, false)"
        " RETURNING id", rows.biller, DAY,
    )  # fmt: skip
    world.run("INSERT INTO agreement_tier (agreement_id, from_measure, rate_ppm, each_fen)"
              " VALUES (%s, 0, 3800, 0)", agreement)  # fmt: skip
    world.run("INSERT INTO merchant (biller_id, level, pooled) VALUES (%s, 'store', false)",
              rows.biller)  # fmt: skip
    rows.more["bills"] = world.value(
        "INSERT INTO bill_file (biller_id, name, sha256, bytes, rows, wrong, due_fen, received_at, received_by)"
        " VALUES (%s, 'bills.csv', sha256('x'), 1, 1, 1, 0, now(), 'test') RETURNING file_id", rows.biller,
    )  # fmt: skip
    world.run("INSERT INTO bill_file_part VALUES (%s, 0, %s)", rows.more["bills"],
              the_ring().seal("户号,户名,账单号,名称,应缴金额\nA1,张三,M1,电费,0\n".encode(),
                              f"bill_file_part:{rows.more['bills']}:0"))  # fmt: skip
    bank = f"BK{rows.biller_code[-2:]}"
    world.run(
        "INSERT INTO bank (partner_id, account_no, account_name, account_id, endpoint)"
        " VALUES (%s, '9551000000000002', '益分清算', %s, '')",
        world.partner(bank), world.account(f"1002.{bank}"),
    )  # fmt: skip
    rows.more["bank"] = bank
    rows.more["payout_file"] = world.value(
        "SELECT payout_file_v1(%s, '{}', %s, 1, %s, now())", world.ids[bank], f"PF1-{bank}.csv",
        the_ring().seal(b"x", f"payout_file:PF1-{bank}.csv"),
    )  # fmt: skip
    rows.more["payout_result"] = world.value(
        "INSERT INTO payout_result (file_no, name, sha256, body, received_at, received_by)"
        " VALUES (%s, 'r.csv', sha256('r'), %s, now(), 'test') RETURNING result_no", rows.more["payout_file"],
        the_ring().seal(b"r", f"payout_result:{hashlib.sha256(b'r').hexdigest()}"),
    )  # fmt: skip
    rows.more |= {"layout": layout, "recon_run": run, "recon_file": file_id, "item": item, "agreement": agreement}


def runs_and_outages(rows: County, asked_by: Any) -> None:
    """One finished conformance run and one outage to come, of the county's biller."""
    from yifen.core.partners.models import Outage
    from yifen.trades.onboarding.models import ConformanceRun

    now = datetime.now(UTC)
    rows.more["run"] = ConformanceRun.objects.create(
        partner_id=rows.biller, asked_by=asked_by, began_at=now, ended_at=now, ok=True,
        report={"clauses": [], "passed": 0, "failed": 0, "not_run": 0},
    ).pk  # fmt: skip
    rows.more["outage"] = Outage.objects.create(
        biller_id=rows.biller, starts_at=now + timedelta(days=30), ends_at=now + timedelta(days=31),
        reason="检修",
    ).pk  # fmt: skip


def exported(rows: County) -> None:
    """One finished export, of the county's administrator."""
    from yifen.face.models import Export

    now = datetime.now(UTC)
    rows.more["export"] = Export.objects.create(
        listing="partners", query="", format="csv", language="zh-hans", maker=rows.user,
        asked_at=now, finished_at=now, state="done", rows=1, size=1, file="none.csv",
    ).pk  # fmt: skip


def proposed(database: Database, rows: County) -> None:
    """A proposal of the county's administrator about its biller, that nobody decided; no role of a
    process could write it so."""
    with psycopg.connect(database.owner_url) as conn:
        row = conn.execute(
            "INSERT INTO access_authorisation (action, subject_key, reason, maker_id, requested_at,"
            " shown, institution_id, partner_id) VALUES ('of a trade that is gone', %s, '', %s, now(),"
            " %s, %s, %s) RETURNING id",
            (rows.biller_code, rows.user.pk, bytes(32), rows.county, rows.biller),
        ).fetchone()
    assert row is not None
    rows.more["proposal"] = row[0]


def shift_and_entry(rows: County) -> None:
    """A closed shift of the county's teller, and what he began in it."""
    from yifen.core.partners.models import Channel
    from yifen.trades.counter.models import Entry, Shift

    desk, now = Channel.objects.get(partner__code="DESK"), datetime.now(UTC)
    shift = Shift.objects.create(
        teller=rows.teller, institution_id=rows.branch, channel=desk, business_day=DAY,
        opened_at=now, closed_at=now, opening_fen=0, counted_fen=0, expected_fen=0,
        difference_fen=0, state="closed",
    )  # fmt: skip
    entry = Entry.objects.create(
        shift=shift, teller=rows.teller, institution_id=rows.branch, channel=desk, code="4623",
        serial=f"OLD-{rows.branch}", biller_id=rows.biller, biller_code=rows.biller_code,
        account_no=rows.account_no, lines=[], amount_fen=100, pay_kind="cash", state="refused",
        result=5011, business_day=DAY, at=now,
    )  # fmt: skip
    rows.more |= {"shift": shift.pk, "entry": entry.pk}


def papered(database: Database, rows: County) -> None:
    """A hundred numbered papers of the county's store; ten of them are on their way to its branch."""
    first, last, way = 1, 100, 91
    with psycopg.connect(database.owner_url) as conn:
        ((kind,),) = conn.execute(
            "INSERT INTO invoice_kind (biller_id, name, prefix, digits, layout, made_by, made_at)"
            " VALUES (%s, '电费发票', %s, 8, 'a5', %s, now()) RETURNING kind_id",
            (rows.biller, rows.biller_code, rows.user.pk)).fetchall()  # fmt: skip
        ((transfer,),) = conn.execute(
            "INSERT INTO invoice_transfer (kind_id, first_no, last_no, is_void, from_institution, to_institution,"
            " given_by, given_at) VALUES (%s, %s, %s, false, %s, %s, %s, now()) RETURNING transfer_id",
            (kind, way, last, rows.county, rows.branch, rows.user.pk)).fetchall()  # fmt: skip
        conn.execute("INSERT INTO invoice_range (kind_id, first_no, last_no, state, institution_id, transfer_id, since)"
                     " VALUES (%s, %s, %s, 'hand', %s, NULL, now()), (%s, %s, %s, 'transit', %s, %s, now())",
                     (kind, first, way - 1, rows.county, kind, way, last, rows.county, transfer))  # fmt: skip
        conn.execute("INSERT INTO invoice_act (kind_id, first_no, last_no, act, from_institution, to_institution,"
                     " signed_by, at, transfer_id) VALUES (%s, %s, %s, 'receive', NULL, %s, %s, now(), NULL),"
                     " (%s, %s, %s, 'give', %s, %s, %s, now(), %s)",
                     (kind, first, last, rows.county, rows.user.pk, kind, way, last, rows.county, rows.branch,
                      rows.user.pk, transfer))  # fmt: skip
    rows.more["paper_transfer"] = transfer


def institution(world: World, parent: int, level: str, code: str, name: str) -> int:
    return int(world.value(
        "INSERT INTO institution (parent_id, level, code, name) VALUES (%s, %s, %s, %s)"
        " RETURNING id", parent, level, code, name,
    ))  # fmt: skip


def people(union: int, own: County) -> dict[str, Any]:
    """One user of every role."""
    found = {role: site.user(f"{role[:6]}96", union, role) for role in UNION_ROLES}
    found |= {role: site.user(f"{role[:6]}01", own.county, role) for role in COUNTY_ROLES}
    found |= {
        role: site.user(f"{role[:6]}01", own.county, role, partner=own.biller)
        for role in PARTNER_ROLES
    }
    found["teller"] = site.user("te01", own.branch, "teller")
    return found
