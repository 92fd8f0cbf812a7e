"""The pages' small province: two counties, users of every role."""

from tests.web.conftest import place

__all__ = ["place"]
