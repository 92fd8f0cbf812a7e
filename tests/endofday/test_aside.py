"""A partner makes links in his folder: nothing of ours is read, moved, overwritten or opened through them."""

import os
from pathlib import Path
from typing import Any

import pytest

from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused
from yifen.hub import aside, landing
from yifen.hub.aside import seen_of
from yifen.night import inbox
from yifen.trades.pipes.fetching.landing import part_of, received

WHY = Refused(Code.INPUT_INVALID, "file")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "A"
    made.mkdir()
    made.chmod(0o777)
    return made


def put_aside(folder: Path, name: str = "x.csv") -> None:
    (folder / name).write_bytes(b"forged")
    (folder / name).chmod(0o644)
    aside.move_aside(folder / name, landing.REFUSED, seen_of(folder / name), WHY)


def names(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def test_a_link_where_our_folder_should_be_leads_into_nobody_s_inbox(folder: Path, tmp_path: Path):
    other = tmp_path / "B"
    other.mkdir(mode=0o700)
    (folder / "refused").symlink_to(other)
    (folder / "2.refused").symlink_to("nowhere")
    (folder / "3.refused").write_bytes(b"")
    put_aside(folder)
    assert (names(other), other.stat().st_mode & 0o777) == ([], 0o700)
    assert names(folder) == ["2.refused", "3.refused", "4.refused", "refused"]
    assert names(folder / "4.refused") == ["x.csv", "x.csv.txt"]
    assert (folder / "4.refused").stat().st_mode & 0o777 == 0o777
    for number in range(4, 100):
        (folder / f"{number}.taken").symlink_to(other)
    for number in ("", "2.", "3."):
        (folder / f"{number}taken").symlink_to(other)
    (folder / "y").write_bytes(b"y")
    with pytest.raises(OSError, match="levels of symbolic links"):
        aside.move_aside(folder / "y", landing.TAKEN, seen_of(folder / "y"))
    assert (names(other), (folder / "y").read_bytes()) == ([], b"y")


def test_the_note_goes_over_nothing_that_is_there(folder: Path, tmp_path: Path):
    precious = tmp_path / "key-ring"
    precious.write_bytes(b"precious")
    precious.chmod(0o600)
    (folder / "refused").mkdir()
    (folder / "refused" / "x.csv.txt").symlink_to(precious)
    (folder / "refused" / "2.x.csv").symlink_to(tmp_path / "made-by-a-partner")
    put_aside(folder)
    assert (precious.read_bytes(), precious.stat().st_mode & 0o777) == (b"precious", 0o600)
    assert names(folder / "refused") == ["2.x.csv", "3.x.csv", "3.x.csv.txt", "x.csv.txt"]
    assert "2111" in (folder / "refused" / "3.x.csv.txt").read_text()
    assert (folder / "refused" / "3.x.csv.txt").stat().st_mode & 0o777 == 0o644
    assert names(tmp_path) == ["A", "key-ring"]
    put_aside(folder, "x.csv.txt")  # a file of this name is no reason either
    assert names(folder / "refused")[:3] == ["2.x.csv", "2.x.csv.txt", "2.x.csv.txt.txt"]


def test_what_cannot_be_moved_leaves_no_note(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def failing(*given: Any, **more: Any) -> None:
        raise PermissionError(1, "no")

    monkeypatch.setattr(os, "rename", failing)
    with pytest.raises(PermissionError):
        put_aside(folder)
    assert (names(folder), names(folder / "refused")) == (["refused", "x.csv"], [])


def test_a_file_that_became_another_since_it_was_seen_is_not_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read: list[bytes] = []
    monkeypatch.setattr(inbox, "take_in", lambda conn, profile, stream, *more: read.append(stream.read()))
    secret, path, given = tmp_path / "key-ring", folder / "z.csv", (None, None)
    secret.write_bytes(b"SECRET,1,2")
    path.write_bytes(b"0123456789")
    [(_, path)] = landing.lying(tmp_path, {"A"}, 0)
    seen = seen_of(path)
    inbox._take(*given, path, seen, None, None)
    assert read == [b"0123456789"]
    path.unlink()
    path.symlink_to(secret)
    for looked in (seen, seen_of(path)):
        with pytest.raises(OSError, match="levels of symbolic links"):
            inbox._take(*given, path, looked, None, None)
    path.unlink()
    os.mkfifo(path)  # and nobody waits for who writes into it
    for looked in (seen, seen_of(path)):
        with pytest.raises(OSError, match="it changed while it was looked at"):
            inbox._take(*given, path, looked, None, None)
    path.unlink()
    path.write_bytes(b"9876543210")
    with pytest.raises(OSError, match="it changed while it was looked at"):
        inbox._take(*given, path, seen, None, None)
    aside.move_aside(path, landing.TAKEN, seen)
    assert (read, names(folder)) == ([b"0123456789"], ["z.csv"])


def test_what_is_fetched_is_written_through_no_link(folder: Path, tmp_path: Path):
    precious = tmp_path / "key-ring"
    precious.write_bytes(b"precious")
    (folder / ".5.loading.part").symlink_to(precious)
    digest = received(folder, 5, [b"fet", b"ched"], 7)
    assert (precious.read_bytes(), names(folder)) == (b"precious", [f".5.{digest.hex()}.part"])
    assert part_of(folder, 5, digest).read_bytes() == b"fetched"
    (folder / ".5.loading.part").write_bytes(b"of a try that died")
    assert received(folder, 5, [b"fetched"], 7) == digest
