"""A terminal as the door meets it: who it is, whether its message is its own, and how it is answered."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from yifen.core.facts.buckets import serial_bucket
from yifen.core.facts.codes import Code, ResultCode
from yifen.core.facts.days import ZONE
from yifen.core.facts.refused import Refused
from yifen.core.facts.secrets import KeyRing
from yifen.core.facts.sqlfiles import queries
from yifen.core.wire.pos_frames import PosFrame, answer_to, frame_bytes, framed
from yifen.core.wire.pos_keys import MASTER_BYTES, WorkingKeys, is_mac, signed_frame
from yifen.hub.payments.connections import ReadConnections
from yifen.hub.payments.hub import Hub
from yifen.hub.pos import rules
from yifen.hub.pos.codes import PosCode
from yifen.hub.pos.door.acquirer import AcquirerLine, AcquirerLines, AcquirerPlace
from yifen.hub.pos.door.gathered import Gathered, Rows

SQL = queries("yifen.hub.pos")
AT_ONCE, ENTRY_TRIES = 16, 8
ECHOED = ("3", "4", "11", "25", "41", "42", "49", "60")
Row = tuple[Any, ...]


class KnownTerminal(NamedTuple):
    """`keys`: those that this message was made with; None: it had none to prove. `entries`: so often it asked.
    `version`: of its parameters. `waiting`: new keys, sealed, that it was sent and that no message proved yet."""

    terminal_no: str
    merchant_no: str
    merchant_name: str
    channel: str
    biller: str
    algorithm: str
    account_in: str
    master: bytes
    is_open: bool
    keys: WorkingKeys | None
    acquirer_id: int
    acquirer_code: str
    acquirer: AcquirerPlace
    entries: int
    version: int
    waiting: bytes | None = None


class PosLanes(NamedTuple):
    """Statements of many messages at a time."""

    line: Gathered
    proved: Gathered
    owed: Gathered
    ask: Gathered
    end: Gathered


class PosSides(NamedTuple):
    """What a message needs: the verbs, connections of the door's own, the ring, the acquirers."""

    hub: Hub
    connections: ReadConnections
    ring: KeyRing
    acquirers: AcquirerLines
    lanes: PosLanes

    @classmethod
    def of(cls, hub: Hub, url: str, ring: KeyRing) -> "PosSides":
        lanes = PosLanes(Gathered(url, SQL["line"], None, True), Gathered(url, SQL["proved"], None, True),
                         Gathered(url, SQL["owed"], hub.clock, True), Gathered(url, SQL["ask"], hub.clock),
                         Gathered(url, SQL["end"], hub.clock))  # fmt: skip
        return cls(hub, ReadConnections(url, AT_ONCE), ring, AcquirerLines(), lanes)

    async def close(self) -> None:
        """All but the hub."""
        await self.acquirers.close()
        for lane in self.lanes:
            await lane.close()
        await self.connections.close()

    async def read(self, name: str, *params: Any) -> list[Row]:
        """Of a statement that may be tried twice. WireFault: UNAVAILABLE."""
        return await self.hub.read(SQL[name], params, self.connections.rows)

    async def write(self, name: str, *params: Any) -> list[Row]:
        """Of one that is tried once. WireFault: UNAVAILABLE."""
        return await self.hub.write(SQL[name], params, self.connections.rows)

    def line(self, terminal: KnownTerminal) -> AcquirerLine:
        return self.acquirers.line(terminal.acquirer_id, lambda: terminal.acquirer)

    async def place(self, terminal_no: str) -> AcquirerLine:
        """The acquirer of a terminal, blacklisted or not: what was begun is ended."""
        terminal, _, _ = self._of_row((await self.lanes.line.one(terminal=terminal_no))[0])
        return self.line(terminal)

    async def entered(
        self, terminal: KnownTerminal, write: Callable[[int], Awaitable[Rows]]
    ) -> tuple[Any, ...]:
        """A row that has the terminal's next number in its seal, its code first; again where it asked for something
        else meanwhile."""
        row = (await write(terminal.entries + 1))[0]
        for _try in range(ENTRY_TRIES):
            if row[0] != Code.BUSY:
                break
            now, _, _ = self._of_row((await self.lanes.line.one(terminal=terminal.terminal_no))[0])
            row = (await write(now.entries + 1))[0]
        return row

    def home(self, channel_id: int, serial: str) -> int:
        """The bucket of a serial."""
        return serial_bucket(channel_id, serial, len(self.hub.lanes))

    async def known(self, frame: PosFrame, body: bytes, is_sign_on: bool) -> KnownTerminal:
        """Whose message this is; a sign-on has no MAC, any other must have its own. Refused: POS_TERMINAL_UNKNOWN,
        POS_TERMINAL_STOPPED, POS_SIGN_ON_FIRST, POS_MAC_WRONG."""
        rows = await self.lanes.line.one(terminal=frame.fields.get("41", ""))
        if not rows or rows[0][1] != frame.fields.get("42"):
            raise Refused(PosCode.POS_TERMINAL_UNKNOWN, "41")
        terminal, sealed, waiting = self._of_row(rows[0])
        if is_sign_on:
            if not terminal.is_open:
                raise Refused(PosCode.POS_TERMINAL_STOPPED, "41")
            return terminal._replace(waiting=waiting)
        if sealed is None and waiting is None:
            raise Refused(PosCode.POS_SIGN_ON_FIRST, "41")
        keys = await self._proved(terminal, body if "64" in frame.fields else b"", sealed, waiting)
        if keys is None:
            raise Refused(PosCode.POS_MAC_WRONG, "64")
        return terminal._replace(keys=keys)

    def _of_row(self, row: Row) -> tuple[KnownTerminal, bytes | None, bytes | None]:
        (terminal_no, merchant_no, merchant_name, channel, biller, algorithm, account_in, master, is_open, sealed,
         waiting, acquirer_id, host, port, of_acquirer, acquirer_sealed, timeout_s, acquirer_code,
         key_version, entries, version) = row  # fmt: skip
        secret = self.ring.open(bytes(acquirer_sealed), acquirer_context(acquirer_code))
        place = AcquirerPlace(acquirer_code, key_version, host, port, of_acquirer, keys_of_secret(secret), timeout_s)
        opened = self.ring.open(bytes(master), terminal_context(terminal_no))
        terminal = KnownTerminal(terminal_no, merchant_no, merchant_name, channel, biller, algorithm, account_in,
                                 opened, is_open, None, acquirer_id, acquirer_code, place, entries,
                                 version)  # fmt: skip
        return terminal, sealed and bytes(sealed), waiting and bytes(waiting)

    async def _proved(
        self, terminal: KnownTerminal, body: bytes, sealed: bytes | None, waiting: bytes | None
    ) -> WorkingKeys | None:
        """By the keys that count, or by new ones, which count from now on."""
        for kept in (sealed, waiting) if body else ():
            if kept is None:
                continue
            keys = keys_of_secret(self.ring.open(kept, session_context(terminal.terminal_no)))
            if is_mac(terminal.algorithm, keys.mac, body):
                if kept is waiting:
                    await self.lanes.proved.one(terminal=terminal.terminal_no, sealed=kept.hex())
                return keys
        return None

    def answer(
        self, asked: PosFrame, code: ResultCode, terminal: KnownTerminal | None = None, **fields: str
    ) -> bytes:
        """As it goes on the line: the code in 39 and, in words, in 56; a MAC where the asker had one. `f62=…`."""
        now = self.hub.clock().astimezone(ZONE)
        kept = {name: asked.fields[name] for name in ECHOED if name in asked.fields}
        own = {"12": f"{now:%H%M%S}", "13": f"{now:%m%d}", "39": rules.field_39(code), "56": rules.told(code)}
        said = answer_to(asked, kept | own | {name[1:]: value for name, value in fields.items() if value})
        if terminal is None or terminal.keys is None:
            return framed(frame_bytes(said))
        return signed_frame(said, terminal.algorithm, terminal.keys.mac)


def keys_of_secret(secret: bytes) -> WorkingKeys:
    """As they are sealed: the key of PINs, the key of MACs."""
    return WorkingKeys(secret[:MASTER_BYTES], secret[MASTER_BYTES:])


def terminal_context(terminal_no: str) -> str:
    """For what a master key is sealed, as the plug has it."""
    return f"pos_terminal:{terminal_no}"


def session_context(terminal_no: str) -> str:
    return f"pos_session:{terminal_no}"


def acquirer_context(code: str) -> str:
    return f"pos_acquirer:{code}"


def code_named(number: int) -> ResultCode:
    """A code that a function of the door answered."""
    for kind in (PosCode, Code):
        if number in kind._value2member_map_:
            return kind(number)
    raise ValueError(f"no code {number}")
