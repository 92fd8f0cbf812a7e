"""A file is withdrawn while its night waits: the night awaits a file again, and closes with the right one."""

from datetime import timedelta

from tests.endofday.network import NIGHT, Network


def withdraw(network: Network, partner: str) -> int:
    file_id = network.world.value("SELECT max(file_id) FROM recon_file WHERE partner_id = %s",
                                  network.world.ids[partner])  # fmt: skip
    with network.conn.transaction():
        network.world.two_people("recon.withdraw", str(file_id), {"file": file_id})
        return int(network.world.value("SELECT recon_withdraw_v1(%s, %s)", file_id, network.now))


def test_an_open_day_awaits_a_file_again(network: Network):
    network.world.run("UPDATE recon_profile SET file_late_after = '08:00' WHERE partner_id = %s",
                      network.world.ids["WX"])  # fmt: skip
    network.pay("WX", "BIG", "HEAT", 150_000)
    network.cut()
    network.send_lines(network.lines[:-1])
    network.send_ours("POS")
    ran = network.run()
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [("open_items", "WX"), ("unsettled", "HEAT")]
    assert withdraw(network, "WX") == 0
    ran = network.run()
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [("file_missing", "WX")]
    network.send_lines(network.lines[:-1])  # the same bytes again are no other file
    ran = network.run()
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [("file_missing", "WX")]
    network.now = NIGHT + timedelta(hours=7)
    ran = network.run()
    assert [(r["kind"], r["partner"]) for r in ran.reasons] == [("not_reconciled", "WX"), ("unsettled", "HEAT")]
    network.send_lines(network.lines)
    ran = network.run()
    assert (ran.state, ran.reasons) == ("closed", [])
    settled = {(row[0], row[2], row[7]) for row in network.books()["settlements"]}
    assert settled == {("WATER", 90_012, None), ("HEAT", 180_006, None)}
