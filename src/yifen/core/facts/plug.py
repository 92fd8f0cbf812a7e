"""A plug: what a trade brings to the house, as data; no Django at import.

Every package of the list of trades (`project/trades.py`) has a module `plug` with one `PLUG`.
Callables are dotted names, `package.module:name`, and are imported when they are called, so that
the fast lane stays free of what it does not need. `core.plugs` puts all plugs together and refuses
two that claim the same thing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from yifen.core.facts.codes import ResultCode
from yifen.core.facts.menu import BILLS as BILLS
from yifen.core.facts.menu import BUDGET as BUDGET
from yifen.core.facts.menu import CASES as CASES
from yifen.core.facts.menu import Heading as Heading
from yifen.core.facts.menu import Home as Home
from yifen.core.facts.menu import MenuEntry as MenuEntry
from yifen.core.facts.menu import Text as Text
from yifen.core.facts.metrics import Metric
from yifen.core.facts.processes import INSIDE, WEB, Roles

Dotted = str  # "package.module:name"


class Grant(NamedTuple):
    """A permission, "what.may": what a route, a transaction code or an operation asks for; `to`: the
    roles that have it."""

    name: str
    to: tuple[str, ...]
    zh: str
    en: str


class RoleRow(NamedTuple):
    """A role 角色. `of_partner`: of people who work for a partner; `platform_only`: only a platform
    administrator gives it; `apart_from`: roles that one person never holds together with it."""

    name: str
    zh: str
    en: str
    of_partner: bool = False
    platform_only: bool = False
    apart_from: tuple[str, ...] = ()


class Watch(NamedTuple):
    """A table whose changes are audited: columns shown as a fingerprint only, and columns that are
    not worth an entry. `only`: just these columns are watched, which are empty in a new row, so that new
    rows are no entries."""

    secret: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    only: tuple[str, ...] = ()


class SealedColumn(NamedTuple):
    """A column that the key ring seals; `context`: what it was sealed for, as an SQL expression of the row (`r`).
    `lookup`, for what must be found again: a column with the keyed hash of the plain bytes, and the purpose of its
    key. `again(ring, sealed, context)`: of a column that holds sealed texts, seals its text by the newest key.
    `together`: columns of this name are compared with each other, so all are sealed anew at once. `when`: SQL of the
    rows that are sealed, if not all; `at_once`: how many a transaction holds. `./yifen reseal` reads it here."""

    column: str
    context: str
    lookup: tuple[str, str] | None = None
    again: Dotted = ""
    together: str = ""
    when: str = "true"
    at_once: int = 500  # rows locked at a time; whoever is stopped goes on where he was


class Table(NamedTuple):
    """Who may do what to a table, of the roles of processes; the owner may all. `writes`: who adds,
    changes and removes rows; `adds`: who only adds; `changes`: who only changes; `keep_rows`: no row
    is ever removed; `keep`: columns that never change; `reads`: who sees all of it, `hidden`: columns
    that the others do not see (none named: they see nothing); `watch`: its changes are in the audit
    trail; `sealed`: columns that only the key ring opens; `alone`: of a table that an act of two people
    names, the columns that one person may change; `alone_when`: an SQL function of (table, old row, new
    row as jsonb) that tells the changes that one person may make, where that is no matter of columns."""

    name: str
    writes: Roles = (WEB,)
    adds: Roles = ()
    changes: Roles = ()
    keep_rows: bool = False
    keep: tuple[str, ...] = ()
    reads: Roles = INSIDE
    hidden: tuple[str, ...] = ()
    watch: Watch | None = None
    sealed: tuple[SealedColumn, ...] = ()
    alone: tuple[str, ...] = ()
    alone_when: str = ""


class ChartAccount(NamedTuple):
    """A kind of account 会计科目: its number, in which `{book}` and `{key}` are the book and whose it is (a partner's
    code); its title, whose Chinese an account's name begins with; asset, liability, income or expense; what limits its
    balance (ledger_limit). `theirs`: the partner's own, which everybody sees who has the partner in scope."""

    kind: str
    number: str
    title: Text
    side: str
    limited: str = "none"
    theirs: bool = False


class Urls(NamedTuple):
    """Addresses of pages, below a prefix."""

    prefix: str
    module: str


class Proves(NamedTuple):
    """Rows that `verify` proved, as it counts them in the end: of a table, `when` (SQL), in words; `fen`: the column
    that is summed."""

    table: str
    text: Text
    fen: str = ""
    when: str = "true"


LAST = "*"  # after the steps of all trades


class NightStep(NamedTuple):
    """A step of the end of day: `run(conn, night)`, after which step ("": it is the first, LAST: after
    those of all trades); `signed`: a signature lets it go on, for it calls nothing outside."""

    name: str
    after: str
    run: Dotted
    title: Text
    signed: bool = False


# Queues of jobs: what runs by the clock, what people wait for, what moves the money of closed days.
STEADY, ASKED, NIGHT_QUEUE = "steady", "asked", "night"


class Task(NamedTuple):
    """A job that is no money: `run(ending, **arguments)`; once `ending()` is true the worker is to end,
    and a long job raises something, to be tried again.

    `cron`: when it runs by itself, seconds in the sixth field; while one waits no other is added.
    `retries`: how often it is tried again, later and later, when it raised or its worker died;
    `given_up(**arguments)` is called when it is tried no more. `alone`: never two of it at once."""

    name: str
    run: Dotted
    cron: str = ""
    queue: str = STEADY
    retries: int = 0
    given_up: Dotted = ""
    alone: bool = False

    @property
    def lock(self) -> str | None:
        """What two jobs that are never run at once have in common."""
        return self.name if self.alone else None


class CommandExample(NamedTuple):
    """A line to type after `./yifen`, and what it is for."""

    line: str
    zh: str
    en: str


class Command(NamedTuple):
    """A command of `./yifen`, a row of docs/reference/commands.md; the module has `arguments(parser)`
    and `run(args)`. `examples`, at least one: its own parser takes each line."""

    name: str
    module: str
    meaning: str
    meaning_zh: str
    examples: tuple[CommandExample, ...] = ()


class Ends(NamedTuple):
    """How what people decide about comes to its end without them: a row of `table` that an `event` (insert,
    update, delete) made `when` (SQL of OLD and NEW). `subject`: SQL over that row's columns; `at`: the moment.
    What was proposed about it lapses in the same transaction, and says `why`."""

    table: str
    event: str
    when: str
    subject: str
    why: Text
    at: str = "now()"


class Second(NamedTuple):
    """An act that two people decide 复核 (`core/access/second.py`): who proposes, who decides, by permission.

    `view(content)` answers what changes (`list[Change]`) and refuses what cannot be; `run(content, decision)` does it
    in the transaction of the decision. `tables` are changed by nothing else, and by it no row of theirs but those
    that the SQL function `bound` (act, table, old row, new row, content, as jsonb) says are what it is about.
    `level`: of the institution whose people decide ("": of any that reaches it); the act's own function refuses others.
    `about`: the SQL function that tells of a proposal's row whose it is (institution, partner; both people must be
    allowed to act there); empty where the act's own function, or its every table, takes only the proposal's own
    partner's. `page`: the route that shows it, by the proposal's subject. `ends`: how its subject ends otherwise;
    empty: by nothing but this act. `named(subject)`: what people call the subject, if a key; or a `Text` with {0}."""

    name: str
    title: Text
    propose: str
    decide: str
    view: Dotted
    run: Dotted
    tables: tuple[str, ...] = ()
    bound: str = ""
    page: str = ""
    ends: tuple[Ends, ...] = ()
    named: Dotted | Text = ""
    about: str = ""
    level: str = ""


class EventKind(NamedTuple):
    """A kind of event that partners are told of 事件, "thing.happened": what it means, and `example`: the data
    of one, as docs and pages show it; every event of the kind has just these names."""

    name: str
    title: Text
    example: Mapping[str, Any]


class EventSource(NamedTuple):
    """Where events are found in the books: `find(conn, position, wanted, most)` → FoundEvents (`core/facts/events.py`)
    of about `most` rows, in the caller's transaction. Position: JSON, {} at the beginning, which means from now
    on. `wanted`: ids of the partners who are told; nobody else's are found. `kinds`: what it brings, `also`:
    kinds of other sources that it finds too. `file(conn, partner's code, data)` → in parts, the bytes of the file
    that an event of it is about."""

    name: str
    find: Dotted
    kinds: tuple[EventKind, ...] = ()
    also: tuple[str, ...] = ()
    file: Dotted = ""

    @property
    def finds(self) -> tuple[str, ...]:
        """The names of all kinds that it finds."""
        return (*(kind.name for kind in self.kinds), *self.also)


class Category(NamedTuple):
    """A kind of biller 缴费类别, as payers and operators choose it. `account`: what its accounts' numbers are called;
    `where`: where a payer finds his; `paid`: what is paid to it."""

    code: str
    text: Text
    icon: str
    account: Text = Text("户号", "Account number")
    where: Text = Text("印在账单、缴费卡或表具上", "On the bill, the payment card or the meter")
    paid: str = BILLS


class MessageField(NamedTuple):
    """A place `{name}` in a kind of message, and what may stand there."""

    name: str
    text: Text
    sample: Text


class MessageKind(NamedTuple):
    """A kind of message to people: its places, those that each text `needs`, and its texts (title, body) by
    channel, until two people put others there. `stops`: by channel, of what one stands in each text, so that people
    know how to end them."""

    name: str
    text: Text
    fields: tuple[MessageField, ...]
    bodies: Mapping[str, tuple[Text, Text]]
    needs: tuple[str, ...] = ()
    stops: Mapping[str, tuple[str, ...]] = {}


class Never(NamedTuple):
    """Of what was never done: in words, and what to do."""

    said: Text
    cure: Text


class Alert(NamedTuple):
    """When an operator is told: a rule of ops/prometheus/alerts.yml, a line of the page 系统状态. It holds where
    `metric` (of these labels) is `over` or `under` a bound for so many minutes; `grave`: at once, at night
    too. `cure`: what to do. `absent`: there need not be such a figure; a `Never` where it is of what was never done.
    `expr`: where the condition is one that Prometheus alone can tell."""

    name: str
    metric: str
    title: Text
    cure: Text
    minutes: int
    over: float | None = None
    under: float | None = None
    where: tuple[tuple[str, str], ...] = ()
    grave: bool = False
    absent: bool | Never = False
    expr: str = ""


@dataclass(frozen=True, kw_only=True)
class Plug:
    """All that a trade brings. What is not named, it does not have."""

    name: str  # its package, as the list of trades has it
    builds_on: tuple[str, ...] = ()  # trades whose tables its SQL reads and whose functions it calls
    apps: tuple[str, ...] = ()  # its Django apps; `sql` in one holds versioned functions
    tables: tuple[Table, ...] = ()
    readable: tuple[str, ...] = ()  # its views that the role yifen_reader reads, and nothing else
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # tables by role, of who is not INSIDE
    functions: Mapping[str, Roles] = field(default_factory=dict)  # who calls it; no other may
    accounts: tuple[ChartAccount, ...] = ()
    documents: tuple[str, ...] = ()  # tables whose rows move money, by `document_id`
    fresh: tuple[str, ...] = ()  # SQL functions (bucket, biller, account, now): an account is up to date afterwards
    spent: tuple[str, ...] = ()  # tables (bucket, payable_id, amount_fen) of what was spent of payables' balances
    moved: tuple[str, ...] = ()  # SQL functions (bucket, payables): what paid on each was moved to a balance since
    moved_back: tuple[str, ...] = ()  # SQL functions (bucket, payments, payables, fen, now): a return gives that
    asked: tuple[str, ...] = ()  # SQL functions (payment_return) → boolean: people or the night here asked for it
    held: tuple[str, ...] = ()  # SQL functions (bucket, payments) → those of them that may not be reversed any more
    keeps: tuple[str, ...] = ()  # SQL functions (bucket, payments) → payment, of what (text, id), fen: its most to give
    gives: tuple[str, ...] = ()  # SQL functions (channel, serial) → boolean: its payer is given what is taken back
    billers: Mapping[str, Dotted] = field(default_factory=dict)  # (ring, clock) → who calls addresses of this scheme
    refuses: tuple[str, ...] = ()  # SQL functions (channel, biller, institution or NULL, day) → a code, 0: may pay
    sole: tuple[str, ...] = ()  # SQL functions (biller) → boolean: no bills of it come another way than by this trade
    moves: tuple[str, ...] = ()  # SQL functions (core_move) → boolean: its document asks for just this move, or undo
    stays: tuple[str, ...] = ()  # SQL functions (user) → a code: why a teller may not leave his branch; 0: he may
    cash: tuple[str, ...] = ()  # SQL functions (shift) → fen of cash through its drawer; NULL: not known yet
    drawer: tuple[Dotted, ...] = ()  # (shift_id) → DrawerPart: what else went through a teller's drawer
    roles: tuple[RoleRow, ...] = ()
    own_words: Mapping[str, tuple[tuple[Text, Text], ...]] = field(default_factory=dict)  # by role: the house's, theirs
    permissions: tuple[Grant, ...] = ()
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # others' permissions that its roles have too
    second: tuple[Second, ...] = ()
    opened: tuple[Dotted, ...] = ()  # (partner_id) → list[Change], as it is and stays: what goes live with it
    codes: tuple[type[ResultCode], ...] = ()
    terms: Mapping[str, Text] = field(default_factory=dict)  # what its tables and columns are called
    categories: tuple[Category, ...] = ()
    numbers: tuple[Dotted, ...] = ()  # (biller's code, typed) → the account that a payer calls so, empty: none
    headings: tuple[Heading, ...] = ()
    menu: tuple[MenuEntry, ...] = ()
    serves: tuple[str, ...] = ()  # what is paid to the billers whose own people see its menu; empty: all
    home: tuple[Home, ...] = ()
    stands: tuple[Dotted, ...] = ()  # (user) → where in his partner's house he works, for pages' heads; or empty
    urls: tuple[Urls, ...] = ()
    uploads: Mapping[str, int] = field(default_factory=dict)  # routes that take files of who signed in: bytes at most
    lists: tuple[Dotted, ...] = ()
    customer: tuple[Dotted, ...] = ()  # (access, customer_id) → list[(words, address)]: what his page offers
    transactions: tuple[Dotted, ...] = ()  # of the teller's desk: each a tuple of Transaction
    night: tuple[NightStep, ...] = ()
    tasks: tuple[Task, ...] = ()
    commands: tuple[Command, ...] = ()
    verify: tuple[Dotted, ...] = ()  # (conn) → list[str]: what was altered of its documents
    proves: tuple[Proves, ...] = ()  # what of it that read
    proof: tuple[Dotted, ...] = ()  # (conn, book_id, day) → lines that explain balances
    gaps: tuple[Dotted, ...] = ()  # (conn, book_id, day) → list[DayGap]: why the day is not one with others' books
    sample: tuple[Dotted, ...] = ()  # (sample) → None: its part of the demo's world
    events: tuple[EventSource, ...] = ()
    today: tuple[Dotted, ...] = ()  # (access, now) → list[WaitingWork]: what waits for whom
    ahead: tuple[Dotted, ...] = ()  # (access, now) → list[Coming]: what comes next by itself
    search: tuple[Dotted, ...] = ()  # (access, asked, now) → list[Hit]: what a search finds for whom
    rested: tuple[Dotted, ...] = ()  # (conn, partner_id, day, file_id) → list[RestedMoney]: what moved by that file
    messages: tuple[MessageKind, ...] = ()
    bound: Dotted = ""  # who payers are and what they bound: an object as face/bound.py has it
    metrics: tuple[Metric, ...] = ()  # which figures there are of it
    gauges: tuple[Dotted, ...] = ()  # (conn, now) → list[Measure]: those that the database tells, in short reads
    alerts: tuple[Alert, ...] = ()  # what of it an operator is told
    biller_fees: tuple[Dotted, ...] = ()  # (day) → list[(biller_id, words)]: what billers pay for the service then
    payment_facts: tuple[Dotted, ...] = ()  # (conn, payment_id) → facts of a payment's page
    papers: tuple[Dotted, ...] = ()  # what a teller prints for payments: an object as face/desk/papers.py has it
    payer_facts: tuple[Dotted, ...] = ()  # (conn, payment_id) → those that whoever paid is told
