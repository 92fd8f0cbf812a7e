"""What can be wrong with the embedded PostgreSQL; a docstring is the message.

EmbeddedError
├── BinariesMissing, BinariesUnreachable     no server programs, or the account may not run them
├── WrongMajorVersion                        the data are of another PostgreSQL
├── NoDatabase, RestoreUnfinished            a command that makes none found none, or half a restore
├── FolderNotWritable, NotYours, DiskFull    the data folder
├── PasswordsLost                            the data are there, their passwords are not
├── PortInUse, StartFailed, StartTooSlow     a start that came to nothing
└── NotRunning                               asked before start()
"""


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL cannot be used."""

    def __init__(self, **facts: object) -> None:
        super().__init__(" ".join((self.__doc__ or "").split()).format(**facts))


class BinariesMissing(EmbeddedError):
    """No PostgreSQL programs in {where}: run ./yifen once to install them,
    or set YIFEN_PG_BIN to the bin folder of a PostgreSQL 15 or newer."""


class BinariesUnreachable(EmbeddedError):
    """The account {account} may not run {where}: set YIFEN_PG_BIN to a bin folder
    that everybody may read ({reason})."""


class WrongMajorVersion(EmbeddedError):
    """The data in {data} are of PostgreSQL {have}, the programs in {where} are PostgreSQL {want}:
    set YIFEN_PG_BIN to the bin folder of PostgreSQL {have}, start, dump with its pg_dumpall,
    move the folder away and load the dump with the new programs; or move the folder away
    to begin with an empty database."""


class NoDatabase(EmbeddedError):
    """{folder} 没有数据库，本命令不会新建：用 YIFEN_DATA 指明数据所在的文件夹（演示的数据在其 demo 文件夹内）；
    首次安装先运行 ./yifen migrate。
    There is no database in {folder}, and this command makes none: name the folder of the data by
    YIFEN_DATA (a demo's are in its folder `demo`); at a first install run ./yifen migrate."""


class RestoreUnfinished(EmbeddedError):
    """{folder} 里是一次未完成的恢复，不是数据库：删除该文件夹，重新恢复。
    {folder} holds a restore that did not end, and no database: remove that folder and restore
    anew."""


class FolderNotWritable(EmbeddedError):
    """Cannot write in {folder} ({reason}): make it yours,
    or set YIFEN_DATA to a folder that you may write."""


class NotYours(EmbeddedError):
    """The data in {data} belong to {owner} and you are {account}: run as {owner} or as root,
    or set YIFEN_DATA to another folder."""


class DiskFull(EmbeddedError):
    """No space is left for {folder}: free some, then start again; nothing committed is lost."""


class PasswordsLost(EmbeddedError):
    """{file} does not fit the data beside it: bring the file back from a copy,
    or move the whole folder away to begin with an empty database."""


class PortInUse(EmbeddedError):
    """Port {port} of 127.0.0.1 is taken by another program: stop that one,
    or choose another port."""


class StartFailed(EmbeddedError):
    """PostgreSQL did not start; the last lines of {log}:
    {lines}"""


class StartTooSlow(EmbeddedError):
    """PostgreSQL did not accept connections within {seconds} s; see {log}."""


class NotRunning(EmbeddedError):
    """The embedded PostgreSQL of {folder} is not running: call start() first."""


def explain(text: str, *, folder: object, log: object, port: object = None) -> EmbeddedError:
    """The error that PostgreSQL's own output tells of."""
    if "No space left on device" in text:
        return DiskFull(folder=folder)
    if port is not None and "could not bind" in text:
        return PortInUse(port=port)
    if "Permission denied" in text or "Read-only file system" in text:
        reason = next(line for line in text.splitlines() if "denied" in line or "Read-only" in line)
        return FolderNotWritable(folder=folder, reason=reason.strip())
    return StartFailed(log=log, lines="\n" + "\n".join(text.strip().splitlines()[-8:]))
