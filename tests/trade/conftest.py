"""The small province, where Django is needed."""

from tests.web.conftest import place

__all__ = ["place"]
