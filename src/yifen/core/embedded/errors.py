"""What can be wrong with the embedded PostgreSQL; a docstring is the message.

EmbeddedError
├── BinariesMissing, BinariesUnreachable     no server programs, or the account may not run them
├── WrongMajorVersion                        the data are of another PostgreSQL
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
