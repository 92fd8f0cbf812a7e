"""The pages' small province: its billers bill here."""

from tests.web.conftest import place

__all__ = ["place"]
