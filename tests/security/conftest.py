from tests.integration.conftest import clock, driver

__all__ = ["clock", "driver"]
