import pytest

from tests.integration.attached.orders import Orders, make_table
from tests.integration.driver import Driver


@pytest.fixture
def orders(driver: Driver) -> Orders:
    """A DynamoDB table of a team's own, empty and not attached yet."""
    make_table()
    return Orders(driver)
