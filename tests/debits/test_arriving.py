"""Debit files that land in a biller's folder: taken in once, refused with a reason beside them."""

from pathlib import Path

import pytest

from tests.debits.bench import DebitBench
from yifen.trades.debits.arriving import take_landed
from yifen.trades.debits.codes import DebitCode


def landed(bench: DebitBench, inbox: Path) -> int:
    return take_landed(bench.worker, bench.ring, inbox, bench.clock, 0)


def lie(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_what_lands_is_taken_in_once_and_runs_to_its_result(bench: DebitBench, tmp_path: Path):
    folder = tmp_path / "debits" / bench.code
    folder.mkdir(parents=True)
    customer, card = bench.payer(1_000, A=100)
    body = bench.written([(customer, card, 100)])
    (folder / "DK-landed.txt").write_bytes(body)
    (folder / "half.txt.part").write_bytes(b"half")
    assert (landed(bench, tmp_path), landed(bench, tmp_path)) == (1, 0)
    (folder / "DK-landed.txt").write_bytes(body)  # the same once more: the same batch
    assert landed(bench, tmp_path) == 1
    [(batch, by)] = bench.rows("SELECT batch_id, received_by FROM debit_batch WHERE name = 'DK-landed.txt'")
    assert (by, bench.run(int(batch)), len(bench.paid(customer))) == ("pipe", "done", 1)
    assert lie(folder) == ["half.txt.part", "taken/2.DK-landed.txt", "taken/DK-landed.txt"]


def test_another_content_under_a_known_name_and_a_broken_file_lie_aside_with_the_reason(
    bench: DebitBench, tmp_path: Path
):
    folder = tmp_path / "debits" / bench.code
    folder.mkdir(parents=True)
    customer, card = bench.payer(1_000, A=100)
    (folder / "DK-two.txt").write_bytes(bench.written([(customer, card, 100)]))
    assert landed(bench, tmp_path) == 1
    (folder / "DK-two~002.txt").write_bytes(bench.written([(customer, card, 90)]))  # as a pipe fetches it anew
    (folder / "DK-bad.txt").write_bytes(b"\xff\x00 no file of anybody")
    nul = bench.written([(customer, card, 80)]).replace(customer.encode(), customer[:-1].encode() + b"\0")
    (folder / "DK-nul.txt").write_bytes(nul)  # what no column holds
    assert landed(bench, tmp_path) == 0
    assert lie(folder) == ["refused/DK-bad.txt", "refused/DK-bad.txt.txt",
                           "refused/DK-nul.txt", "refused/DK-nul.txt.txt",
                           "refused/DK-two~002.txt", "refused/DK-two~002.txt.txt", "taken/DK-two.txt"]  # fmt: skip
    assert "9553" in (folder / "refused/DK-two~002.txt.txt").read_text()
    codes = bench.rows("SELECT code FROM debit_refusal WHERE name IN ('DK-two.txt', 'DK-bad.txt') ORDER BY code")
    assert codes == [(DebitCode.DEBIT_FILE_UNREADABLE,), (DebitCode.DEBIT_NAME_TAKEN,)]


@pytest.mark.parametrize(("there", "where"), [
    ("/out/debits", "debits/POWER01"), ("/out/debits/", "debits/POWER01"), ("/out", "POWER01"), ("/", "POWER01"),
])  # fmt: skip
def test_what_a_pipe_fetches_from_a_folder_called_debits_lands_apart_from_day_files(
    bench: DebitBench, there: str, where: str
):
    from yifen.trades.pipes.fetching.looking import _Look
    from yifen.trades.pipes.port import PipeEnd

    pipe = PipeEnd(1, "r", "POWER01", "sftp", "", {"fetch": there}, ())
    assert _Look(bench.worker, pipe, Path("inbox/POWER01"), bench.clock()).folder == Path("inbox") / where
