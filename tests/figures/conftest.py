"""The pages' small province."""

from tests.web.conftest import place

__all__ = ["place"]
