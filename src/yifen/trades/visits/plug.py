"""What visits 外勤 bring: somebody goes to a door, sees, and says so with time, place and picture."""

from yifen.core.facts.plug import Plug, SealedColumn, Table
from yifen.core.facts.processes import WEB

PLUG = Plug(
    name="yifen.trades.visits",
    builds_on=("yifen.trades.billing",),
    apps=("yifen.trades.visits",),
    tables=(
        Table("visit", writes=()),
        Table("visit_photo", writes=(), reads=(WEB,), sealed=(
            SealedColumn("body", "concat_ws(':', 'visit_photo', r.visit_id, r.photo_no)", at_once=5),)),
    ),
)  # fmt: skip
