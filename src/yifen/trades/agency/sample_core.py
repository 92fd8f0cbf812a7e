"""Who banks at the core of the demo's county, and the core's own accounts."""

from yifen.hub.simulators.core_books import CoreAccount

BILLER, CORE, UNIT = "POWER01", "CORE01", "3709"
FIRST_SLIP, HOLDER_PHONE = "JK000001", "13800138000"
TRANSIT, SETTLED, INCOME = "2241000001", "9010417002000077", "60303002"
CASH, CLEARING, SUNDRY = "1001", "1011000001", "2243000001"
CHEQUES = 50  # of the paper mill, from 00012345 on


def accounts(company: str) -> list[CoreAccount]:
    """Who banks at the core; `company`: the name in which its settlement account is held."""
    cheques = {f"{number:08d}": 1 for number in range(12_345, 12_345 + CHEQUES)}
    return [
        CoreAccount("6222021234567890123", "欧阳小明", "personal", 5_000_000, pin="135790", phone=HOLDER_PHONE),
        CoreAccount("9010417002000001", "青溪造纸厂", "cheque", 500_000_000, cheques=cheques),
        CoreAccount("901041700200000012345", "青溪粮站", "corporate", 80_000_000, pin="246801"),
        CoreAccount(TRANSIT, "其他应付款代收电费", "internal"), CoreAccount(SETTLED, company, "cheque", 10_000_000),
        CoreAccount(CLEARING, "同城清算", "internal"), CoreAccount(SUNDRY, "其他应解汇款", "internal"),
        CoreAccount(INCOME, "代收公用事业费业务收入", "internal"),
    ]  # fmt: skip
