"""Who and what the demo's finance bureau is. No Django."""

BUREAU, DIVISION = "FIN01", "960101000"
OFFICERS = ("fin1", "fin2")
UNITS = (("101", "青溪县教育局", ""), ("101001", "青溪县第一中学", "101"), ("102", "青溪县卫生健康局", ""))
ACCOUNTS = {"101": "6001960101000101", "101001": "6001960101101001", "102": "6001960101000102"}
BANK_NAME, BANK_CODE = "青溪县联社营业部", "402961010015"
# Login (its staff number in capitals), name, unit, duty, roles.
STAFF = (
    ("fin1", "田国库", "", "国库科长", "budget_bureau"),
    ("fin2", "方支付", "", "国库科员", "budget_bureau"),
    ("edu1", "温会计", "101", "出纳", "unit_cashier"),
    ("edu2", "章局长", "101", "局长", "unit_head"),
    ("edu3", "黎科员", "101", "科员", "card_holder"),
    ("edu4", "姚科员", "101", "科员", "card_holder"),
    ("sch1", "邱会计", "101001", "出纳", "unit_cashier"),
    ("sch2", "龚校长", "101001", "校长", "unit_head"),
    ("sch3", "文老师", "101001", "教师", "card_holder"),
    ("sch4", "雷老师", "101001", "教师", "card_holder"),
    ("sch5", "贺老师", "101001", "教师", "card_holder"),
    ("hea1", "汤会计", "102", "出纳", "unit_cashier"),
    ("hea2", "白局长", "102", "局长", "unit_head"),
    ("hea3", "龙医生", "102", "科员", "card_holder"),
    ("hea4", "万医生", "102", "科员", "card_holder"),
)
# Who has a card and no login: staff number, name, unit.
_GIVEN = ("建国", "秀英", "志强", "丽华", "永福", "桂兰")
COLLEAGUES = tuple(
    (f"{unit}-{turn:03d}", "赵钱孙李周吴郑王冯陈"[turn % 10] + _GIVEN[turn % 6], unit)
    for unit, count in (("101", 14), ("101001", 24), ("102", 12))
    for turn in range(1, count + 1)
)
# Number's end, classes of government and department, project, title, yuan granted, yuan in quota.
INDICATORS = (
    ("01", "50201", "", "", "公用经费", 300_000, 200_000),
    ("02", "50202", "30215", "", "会议费", 60_000, 30_000),
    ("03", "50203", "30216", "", "培训费", 80_000, 80_000),
    ("04", "50206", "30217", "P2026001", "专项业务费", 120_000, 50_000),
)
FUNCS = {"101": "2050101", "101001": "2050204", "102": "2100101"}
FUND = "1111"
TIMES = {"101": 3, "101001": 5, "102": 2}  # so much larger is a unit's
