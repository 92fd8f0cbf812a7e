"""A core bank's books in memory: accounts, cheques, postings by serial, double entry. Pure; no HTTP."""

from datetime import date
from typing import Literal, NamedTuple

from yifen.core.wire.core_port import (
    AccountKind,
    AccountState,
    AgreeQuery,
    AgreeState,
    CorePack,
    CorePackStatus,
    CorePosting,
    CoreStatus,
    CoreUndo,
)

CHEQUE_DAYS = 10
UNUSED, USED = 1, 5
ASSETS = "1"  # first digit of the bank's own assets: a debit is more of them
CASH_PREFIX = "1001"  # 现金: a teller's box is opened when it is first met


class CoreAccount:
    """An account. `medium`: 0 good, 1 lost, 2 lost and replaced; `cheques`: number → state, as `core_port` has them."""

    def __init__(
        self, account_no: str, name: str, kind: AccountKind, balance_fen: int = 0, *, held_fen: int = 0, pin: str = "",
        cheques: dict[str, int] | None = None, medium: int = 0, is_frozen: bool = False, is_closed: bool = False,
        phone: str = "",
    ) -> None:  # fmt: skip
        self.account_no, self.name, self.kind, self.balance_fen = account_no, name, kind, balance_fen
        self.held_fen, self.pin, self.cheques = held_fen, pin, cheques or {}
        self.medium, self.is_frozen, self.is_closed, self.phone = medium, is_frozen, is_closed, phone

    @property
    def is_asset(self) -> bool:
        return self.kind == "internal" and self.account_no.startswith(ASSETS)

    @property
    def free_fen(self) -> int:
        """What may be spent."""
        return self.balance_fen - self.held_fen


class CoreEntry(NamedTuple):
    """One line of the journal: a debit below zero, a credit above; each serial adds up to 0."""

    number: int
    serial: str
    account_no: str
    fen: int


class KeptSerial(NamedTuple):
    """What became of a serial; `why` is empty where it was posted. `asked` None: it is blocked."""

    asked: CorePosting | CoreUndo | None
    status: CoreStatus


class CoreBooks:
    """All of one core."""

    def __init__(self, accounts: list[CoreAccount]) -> None:
        self.accounts = {one.account_no: one for one in accounts}
        self.kept: dict[str, KeptSerial] = {}
        self.packs: dict[str, CorePack] = {}
        self.journal: list[CoreEntry] = []
        self.codes: dict[str, str] = {}  # of a mandate's number, what was sent to its holder's phone

    def look(self, account_no: str, cheque_no: str, pin: str | None) -> AccountState:
        """How an account stands; `pin` None: none was given."""
        one = self._account(account_no)
        if one is None:
            return AccountState(account_no, False)
        is_right = pin is not None and pin == one.pin != ""
        told = "" if pin is None else "right" if is_right else "wrong"
        free_fen = one.free_fen if is_right or one.kind == "internal" else None
        return AccountState(account_no, True, one.name, one.kind, not one.is_closed, one.is_frozen, one.medium,
                            one.cheques.get(cheque_no, 0), told, free_fen)  # type: ignore[arg-type]  # fmt: skip

    def agree(self, asked: AgreeQuery) -> AgreeState:
        """Six digits to the phone that it has of the holder; the right ones are his word, once."""
        one = self._account(asked.account_no)
        why = ("no_account" if one is None else "name_differs" if one.name.strip() != asked.name.strip()
               else "phone_differs" if one.phone != asked.phone or not one.phone else "lost" if one.medium
               else "closed" if one.is_closed else "frozen" if one.is_frozen else "")  # fmt: skip
        state: Literal["sent", "agreed", "refused"] = "sent"
        if not why and not asked.code:
            self.codes[asked.reference] = f"{len(self.codes) * 7919 + 135246:06d}"
        elif not why:
            why = "" if self.codes.get(asked.reference) == asked.code else "code_wrong"
            state = "agreed"
        return AgreeState(asked.reference, asked.account_no, asked.terms, "refused" if why else state, why)

    def post(self, asked: CorePosting, pin: str | None, refused: str = "") -> CoreStatus:
        """Post it, once for each serial; `pin` None: none was given. `refused`: why it does not, whatever the
        accounts say."""
        there = self._there(asked.serial, asked)
        if there is not None:
            return there
        why = refused or self._refusal(asked, pin)
        if why:
            return self._keep(asked, CoreStatus(asked.serial, "refused", asked.amount_fen, code=why))
        self._book(asked.serial, asked.debit, asked.credit, asked.amount_fen)
        if asked.cheque_no:
            self.accounts[asked.debit].cheques[asked.cheque_no] = USED
        return self._done(asked)

    def undo(self, asked: CoreUndo) -> CoreStatus:
        """Take a whole posting back, once; the serial of one that never came is blocked from now on."""
        there = self._there(asked.serial, asked)
        if there is not None:
            return there
        original = self.kept.get(asked.original)
        why = ""
        if original is None:
            self.kept[asked.original] = KeptSerial(None, CoreStatus(asked.original, "refused", code="blocked"))
        if original is None or original.status.state == "refused":
            why = "original_missing"
        elif original.status.state == "reversed":
            why = "already_reversed"
        elif original.status.amount_fen != asked.amount_fen:
            why = "amount_differs"
        if why:
            return self._keep(asked, CoreStatus(asked.serial, "refused", asked.amount_fen, code=why))
        assert original is not None
        assert isinstance(original.asked, CorePosting)
        self._book(asked.serial, original.asked.credit, original.asked.debit, asked.amount_fen)
        if original.asked.cheque_no:
            self.accounts[original.asked.debit].cheques[original.asked.cheque_no] = UNUSED
        reversed_ = CoreStatus(asked.original, "reversed", asked.amount_fen, original.status.core_serial)
        self.kept[asked.original] = original._replace(status=reversed_)
        return self._done(asked)

    def query(self, serial: str) -> CoreStatus:
        """What became of it."""
        there = self.kept.get(serial)
        return there.status if there else CoreStatus(serial, "not_found")

    def post_pack(self, asked: CorePack, refused: str = "") -> CorePackStatus:
        """Each in its order, once for each serial; the same pack again is answered as it stands."""
        if self.packs.setdefault(asked.serial, asked) != asked:
            return CorePackStatus(asked.serial, "clash")
        for item in asked.items:
            self.post(item, None, refused)
        return self.pack(asked.serial)

    def pack(self, serial: str) -> CorePackStatus:
        """What became of it."""
        asked = self.packs.get(serial)
        if asked is None:
            return CorePackStatus(serial, "not_found")
        return CorePackStatus(serial, "done", [self.kept[item.serial].status for item in asked.items])

    def balances(self) -> dict[str, int]:
        return {number: one.balance_fen for number, one in self.accounts.items()}

    def _there(self, serial: str, asked: CorePosting | CoreUndo) -> CoreStatus | None:
        """The answer to a serial that it has; a PIN is sealed anew each time, so that it tells nothing apart."""
        there = self.kept.get(serial)
        if there is None:
            return None
        if there.asked is None or there.status.state == "refused":
            return there.status
        return CoreStatus(serial, "repeated" if _plain(there.asked) == _plain(asked) else "clash")

    def _refusal(self, asked: CorePosting, pin: str | None) -> str:
        debit, credit = self._account(asked.debit), self._account(asked.credit)
        if debit is None or credit is None:
            return "no_account"
        if asked.kind and debit.kind != asked.kind:
            return "wrong_kind"
        if debit.medium and asked.kind in ("personal", "corporate"):
            return "lost" if debit.medium == 1 else "replaced"
        if debit.is_closed or credit.is_closed:
            return "closed"
        if debit.is_frozen:
            return "frozen"
        if asked.kind in ("personal", "corporate") and (not debit.pin or pin != debit.pin):
            return "pin_wrong"
        if why := _cheque_refusal(asked, debit):
            return why
        return "short" if debit.kind != "internal" and debit.free_fen < asked.amount_fen else ""

    def _book(self, serial: str, debit: str, credit: str, fen: int) -> None:
        for account_no, part in ((debit, -fen), (credit, fen)):
            one = self.accounts[account_no]
            one.balance_fen += -part if one.is_asset else part
            self.journal.append(CoreEntry(len(self.journal) + 1, serial, account_no, part))

    def _done(self, asked: CorePosting | CoreUndo) -> CoreStatus:
        return self._keep(asked, CoreStatus(asked.serial, "done", asked.amount_fen, f"HX{len(self.journal):010d}"))

    def _keep(self, asked: CorePosting | CoreUndo, status: CoreStatus) -> CoreStatus:
        self.kept[asked.serial] = KeptSerial(asked, status)
        return status

    def _account(self, account_no: str) -> CoreAccount | None:
        if account_no.startswith(CASH_PREFIX) and account_no not in self.accounts:
            self.accounts[account_no] = CoreAccount(account_no, "现金", "internal")
        return self.accounts.get(account_no)


def _cheque_refusal(asked: CorePosting, debit: CoreAccount) -> str:
    if not asked.cheque_no:
        return "no_cheque" if asked.kind == "cheque" else ""
    try:
        late = (date.fromisoformat(asked.day) - date.fromisoformat(asked.cheque_on)).days
    except ValueError:
        return "cheque_late"
    if not 0 <= late <= CHEQUE_DAYS:
        return "cheque_late"
    states = {0: "no_cheque", 2: "cheque_lost", 3: "cheque_returned", 4: "cheque_void", USED: "cheque_used"}
    return states.get(debit.cheques.get(asked.cheque_no, 0), "")


def _plain(asked: CorePosting | CoreUndo) -> tuple[object, ...]:
    return tuple(getattr(asked, name) for name in asked.__struct_fields__ if name != "pin_block")
