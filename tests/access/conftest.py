"""The pages' small province, for what people may."""

from tests.web.conftest import place

__all__ = ["place"]
