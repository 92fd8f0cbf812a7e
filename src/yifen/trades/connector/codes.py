"""Result codes of the connector."""

from yifen.core.facts.codes import FINAL, RETRY, ResultCode


class ConnectorCode(ResultCode):
    """9600–9639: a utility's own database. From 9610 on: why it did not answer, or what it refused."""

    SOURCE_UNKNOWN = 9600, FINAL, 404, "该收费单位没有启用的数据库接口", "No database of this biller is in use."
    MAPPING_INVALID = 9601, FINAL, 400, "映射文件有误", "The mapping cannot be used."
    MAPPING_MISSING = 9602, FINAL, 409, "数据库接口还没有映射", "The database has no mapping yet."
    DRIVER_MISSING = (
        9603, FINAL, 409, "未安装此类数据库的驱动，见文档",
        "The driver of this kind of database is not installed: see the docs.",
    )  # fmt: skip
    SOURCE_TAKEN = (
        9604, FINAL, 409, "该编号已用于另一收费单位，或该收费单位已有另一数据库接口",
        "Another biller has this name, or the biller has another database.",
    )  # fmt: skip
    MAPPING_UNCHANGED = 9605, FINAL, 409, "与现用映射相同", "This is the mapping in force."
    DATABASE_AWAY = 9610, RETRY, 503, "数据库连不上", "The database cannot be reached."
    DATABASE_SLOW = 9611, RETRY, 503, "数据库未在时限内答复", "The database did not answer in time."
    DATABASE_DENIED = (
        9612, RETRY, 503, "数据库拒绝登录，或该账号无此权限",
        "The database does not let us in, or the account may not do this.",
    )  # fmt: skip
    TABLE_UNFIT = (
        9613, RETRY, 503, "表、列或其类型与映射不符",
        "A table, a column or its type is not as the mapping says.",
    )  # fmt: skip
    ROW_LOCKED = 9614, RETRY, 503, "数据被他人锁定或同时修改", "Somebody else holds or changed the rows."
    ROWS_TOO_MANY = 9615, FINAL, 503, "查询结果行数超过上限", "More rows came than the mapping allows."
    VALUE_UNREAD = 9616, FINAL, 503, "某列的值读不懂", "A value cannot be read as the mapping says."
    WRITE_UNPROVED = (
        9617, FINAL, 503, "写入后按流水号查不到同一金额，已回滚",
        "What was written is not found under its serial with its amount: rolled back.",
    )  # fmt: skip
    ROWS_UNFIT = (
        9618, FINAL, 409, "受影响的行数与映射不符（多为账单已缴或已变），未写入",
        "Not as many rows as the mapping says: mostly the bill is paid or has changed. Nothing was written.",
    )  # fmt: skip
    ROW_REFUSED = (
        9619, FINAL, 409, "对方数据库的约束拒绝该行，未写入",
        "A constraint of the database refuses the row. Nothing was written.",
    )  # fmt: skip
    SOURCE_BUSY = 9620, RETRY, 503, "该数据库的连接已占满", "All connections to this database are taken."
    OTHER_AMOUNT = 9621, FINAL, 409, "该流水号已写入，金额不同", "The serial stands there with another amount."
    NO_WAY_BACK = 9622, FINAL, 409, "映射没有撤销的写法", "The mapping has no way to take a payment back."
    TAKEN_BACK = 9623, FINAL, 409, "该流水号已撤销，不再写入", "The serial was taken back: it is not written again."
    NO_WAY_IN = 9624, FINAL, 409, "映射只供查询，没有写入的方法", "The mapping is for query alone."
