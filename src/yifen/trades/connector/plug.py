"""What the connector brings: utilities whose only interface is their own database."""

from yifen.core.facts.plug import (
    Grant,
    MenuEntry,
    Plug,
    SealedColumn,
    Second,
    Table,
    Text,
    Urls,
    Watch,
)
from yifen.core.facts.processes import GATEWAY, NIGHT, POS, WEB, WORKER
from yifen.core.facts.roles import Role as R
from yifen.trades.connector.codes import ConnectorCode

_READ = (GATEWAY, WEB, WORKER, NIGHT)

PLUG = Plug(
    name="yifen.trades.connector",
    apps=("yifen.trades.connector",),
    tables=(
        Table("connector_source", writes=(), reads=_READ, hidden=("sealed",), watch=Watch(secret=("sealed",)),
              sealed=(SealedColumn("sealed", "'connector_source:' || r.code"),)),
        Table("connector_mapping", writes=(), watch=Watch()),
    ),
    reads={POS: ("connector_mapping", "connector_source")},  # the door of terminals asks and pays too
    functions={"connector_mapping_v1": (WEB,), "connector_source_v1": (WEB,)},
    billers={"db": "yifen.trades.connector.calling:DatabaseWay"},
    terms={
        "connector_source": Text("数据库接口", "Database of a utility"),
        "connector_mapping": Text("数据库映射", "Mapping of a database"),
        "shown": Text("数据库", "Database"), "database": Text("数据库", "Database"), "url": Text("地址", "Address"),
        "toml": Text("映射", "Mapping"),
    },
    permissions=(
        Grant("connector.view", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN, R.SUPERVISOR, R.FINANCE, R.AUDITOR),
              "看数据库接口及其状态", "see utilities' databases and their state"),
        Grant("connector.edit", (R.PLATFORM_ADMIN, R.INSTITUTION_ADMIN),
              "提出、复核数据库接口和映射，试用映射",
              "propose and decide on utilities' databases and mappings, try a mapping"),
    ),
    second=(
        Second("connector.source", Text("数据库接口", "Database of a utility"), "connector.edit", "connector.edit",
               "yifen.trades.connector.sources:view_source", "yifen.trades.connector.sources:run_source",
               about="connector_about_v1", named="yifen.trades.connector.sources:named"),
        Second("connector.mapping", Text("数据库映射", "Mapping of a database"), "connector.edit", "connector.edit",
               "yifen.trades.connector.sources:view_mapping", "yifen.trades.connector.sources:run_mapping",
               about="connector_about_v1", named="yifen.trades.connector.sources:named"),
    ),
    codes=(ConnectorCode,),
    menu=(MenuEntry("partners", 45, Text("数据库接口", "Databases"), "connectors", "database", "connector.view"),),
    urls=(Urls("console/", "yifen.trades.connector.pages.urls"),),
    lists=("yifen.trades.connector.pages.listing:SOURCES",),
    today=("yifen.trades.connector.pages.waiting:what_waits",),
    sample=("yifen.trades.connector.sample:prepare",),
)  # fmt: skip
