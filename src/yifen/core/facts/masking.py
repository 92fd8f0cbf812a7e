"""Which digits and letters stay of what identifies a person (X3); who sees all is for the pages."""

TAIL = 4
STARS_MAX = 12


def masked_number(number: str, head: int = 0) -> str:
    """3201000001 → ******0001; of a short one nothing stays. `head`: digits that stay in front too,
    where the whole is longer than twice the tail."""
    shown = TAIL if len(number) > TAIL else 0
    first = head if len(number) > 2 * TAIL else 0
    hidden = len(number) - shown - first
    return number[:first] + "*" * hidden + number[len(number) - shown :]


def masked_name(name: str) -> str:
    """张三 → *三, 欧阳小明 → **小明, a company keeps its last four characters. However long the name,
    what is left fits the field."""
    shown = min(TAIL, (len(name) + 1) // 2)
    hidden = min(len(name) - shown, STARS_MAX)
    return "*" * hidden + name[len(name) - shown :] if len(name) > 1 else "*"
