"""The province of all pages."""

from tests.web.conftest import place  # noqa: F401
