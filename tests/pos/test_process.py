"""`./yifen pos`, `sim pos` and `sim acquirer` as they are typed."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.pos.bench import MASTER, MERCHANT, OF_ACQUIRER, PosBench
from yifen.core.facts.processes import POS


@contextmanager
def started(env: dict[str, str], *words: str) -> Iterator[int]:
    """A command that listens, and its port."""
    child = subprocess.Popen([sys.executable, "-m", "yifen", *words], env=env, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        line = next(line for line in child.stdout if "listens on" in line)
        yield int(line.rsplit(":", 1)[1])
    finally:
        child.terminate()
        assert child.wait(20) in (0, -15)
        child.stdout.close()


def test_a_terminal_of_the_command_line_pays_through_the_process(bench: PosBench, tmp_path):
    account, terminal = bench.account(), bench.terminal(signed_on=False)
    env = bench.database.environment(POS, YIFEN_DATA=str(tmp_path))
    keys = (OF_ACQUIRER.pin + OF_ACQUIRER.mac).hex()
    who = ["--terminal", terminal.who.terminal_no, "--merchant", MERCHANT, "--key", MASTER.hex(), "--account", account]
    with started(env, "sim", "acquirer", "--port", "0", "--key", keys) as acquirer, \
            started(env, "pos", "--host", "127.0.0.1", "--port", "0") as port:  # fmt: skip
        bench.world.set_up("UPDATE pos_acquirer SET port = %s", acquirer)
        script = "sign-on,query,sale:12.50,sale:30,void,settle,sale:20"
        said = subprocess.run([sys.executable, "-m", "yifen", "sim", "pos", "--port", str(port), *who,
                               "--script", script], env=env, capture_output=True, text=True, timeout=60)  # fmt: skip
        shown = subprocess.run([sys.executable, "-m", "yifen", "sim", "pos", "--port", str(port), *who, "--screen"],
                               input=f"sale:7.00\nsell\naccount:6217\nquery\naccount:{account}\nvoid\noff\n",
                               env=env, capture_output=True, text=True, timeout=60)  # fmt: skip
        bench.world.set_up("UPDATE pos_acquirer SET port = %s", bench.port_of_acquirer)
    screens = [screen.rstrip("─\n").splitlines() for screen in shown.stdout.split("> ")[:-1]]
    assert [" ".join(screen[-1].split()[:2]) for screen in screens] == [
        "请操作 ready", "sale:7.00: 00", "sell: 'sell'", "请操作 ready", "query: 25", "请操作 ready",
        "void: 00"]  # fmt: skip
    assert [screen[-3].strip() for screen in screens[:2]] == ["本批 sold 0, 0.00", "本批 sold 1, 7.00"]
    lines = [line.split() for line in said.stdout.splitlines()]
    assert [line[:2] for line in lines] == [[word, "00"] for word in script.split(",")], said.stderr
    assert f"**小明 owes 0.00; 应缴C{account}: 0.00, pays 1.00 to 10000000.00" in said.stdout
    assert bench.paid_fen(account) == 3_250
