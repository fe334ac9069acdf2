from tests.integration.conftest import carrier, clock

__all__ = ["carrier", "clock"]
