import pytest

from tests.integration.attached.orders import Orders, make_table
from tests.integration.carrier import Carrier


@pytest.fixture
def orders(carrier: Carrier) -> Orders:
    """A DynamoDB table of a team's own, empty and not attached yet."""
    make_table()
    return Orders(carrier)
