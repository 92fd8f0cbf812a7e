"""The pages' small province: its billers are hosted, so their bills come by file."""

from tests.web.conftest import place

__all__ = ["place"]
