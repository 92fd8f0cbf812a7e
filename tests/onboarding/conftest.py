"""The pages' small province, for onboarding."""

from tests.web.conftest import place

__all__ = ["place"]
