"""What visits 外勤 bring: somebody goes to a door, sees, and says so with time, place and picture."""

from yifen.core.facts.plug import (
    BILLS,
    Grant,
    Home,
    MenuEntry,
    Plug,
    Proves,
    RoleRow,
    SealedColumn,
    Table,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import WEB
from yifen.core.facts.roles import Role as R
from yifen.trades.visits.codes import VisitCode

FIELD, WALL = "field", "wall"
_OFFICE = (R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.BILLER_STAFF, R.AUDITOR)

PLUG = Plug(
    name="yifen.trades.visits",
    builds_on=("yifen.trades.billing",),
    apps=("yifen.trades.visits",),
    tables=(
        Table("visit", writes=(), watch=Watch(only=("assignee_id", "dropped_at", "done_at", "finding"))),
        Table("visit_photo", writes=(), reads=(WEB,), hidden=("body",), watch=Watch(ignored=("body",)), sealed=(
            SealedColumn("body", "concat_ws(':', 'visit_photo', r.visit_id, r.photo_no)", at_once=5),)),
    ),
    functions={
        "visits_assign_v1": (WEB,),
        "visits_done_v1": (WEB,),
        "visits_give_up_v1": (WEB,),
        "visits_goer_v1": (WEB,),
        "visits_in_use_v1": (WEB,),
        "visits_new_v1": (WEB,),
    },
    roles=(
        RoleRow(FIELD, "外勤人员", "field worker", of_partner=True),
        RoleRow(WALL, "大屏账号", "screen on the wall", of_partner=True),
    ),
    permissions=(
        Grant("visits.view", _OFFICE, "看外勤", "see visits"),
        Grant("visits.assign", (R.FINANCE, R.BILLER_STAFF), "发起、派、撤销外勤",
              "ask for visits, give them out, give them up"),
        Grant("visits.do", (FIELD, R.TELLER), "到户办理派给本人的外勤", "go to doors and say what was found"),
        Grant("visits.doors", (FIELD, R.TELLER, *_OFFICE), "看楼栋图：各户欠费与外勤",
              "see houses door by door: what is owed, what waits"),
        Grant("wall.view", (WALL, *_OFFICE), "看大屏", "see the wall of the hall"),
    ),
    codes=(VisitCode,),
    terms={
        "visit": Text("外勤", "Visit"), "visit_photo": Text("外勤照片", "Photo of a visit"),
        "visit_id": Text("外勤号", "Visit"), "photo_no": Text("第几张", "Which photo"),
        "assignee_id": Text("外勤人员", "Who goes there"),
        "dropped_at": Text("撤销时间", "Dropped"), "done_at": Text("完成时间", "Done"),
        "finding": Text("结果", "What was found"), "finding=ok": Text("正常、已办", "all right"),
        "finding=differs": Text("与登记不符", "differs"), "finding=warm": Text("有热", "warm"),
        "finding=cold": Text("不热", "cold"), "finding=no_access": Text("无人、进不去", "no access"),
        "finding=refused": Text("拒绝", "refused"),
    },
    serves=(BILLS,),
    menu=(
        MenuEntry("run", 35, Text("外勤", "Visits"), "visits", "map-pinned", "visits.view"),
        MenuEntry("run", 36, Text("我的外勤", "My visits"), "visits_mine", "footprints", "visits.do"),
        MenuEntry("run", 37, Text("楼栋图", "Houses"), "visits_places", "building", "visits.doors"),
        MenuEntry("run", 38, Text("大屏", "Wall"), "visits_wall", "monitor", "wall.view"),
    ),
    home=(Home(15, "visits_mine", "visits.do"),),
    urls=(Urls("console/", "yifen.trades.visits.pages.urls"),),
    uploads={"visit_do": 14 << 20},
    lists=("yifen.trades.visits.pages.listing:VISITS",),
    today=("yifen.trades.visits.pages.waiting:what_waits",),
    proves=(
        Proves("visit_photo", Text("外勤照片", "photos")),
    ),
    verify=("yifen.trades.visits.proof:altered",),
    sample=("yifen.trades.visits.sample:prepare",),
)  # fmt: skip
