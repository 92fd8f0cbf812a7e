"""What the addresses of the pages take, by name: each family of pages adds its own lines."""

from collections.abc import Callable
from typing import Any

from tests.web.province import County, Province

Arguments = Callable[[Province, County], dict[str, Any]]

ARGUMENTS: dict[str, Arguments] = {}
"""Address name → its arguments, out of one county's rows."""

FOREIGN_OK: frozenset[str] = frozenset()
"""Addresses whose arguments are nobody's rows (a transaction code, a language): say why beside it."""

ENDS_SESSION = frozenset({"sign_out"})
