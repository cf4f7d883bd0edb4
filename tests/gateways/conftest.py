"""What the tests of gateways stand on."""

from collections.abc import Iterator

import pytest

from tests.fakes.http_gateway import HttpGateway


@pytest.fixture
def http_gateway() -> Iterator[HttpGateway]:
    with HttpGateway() as gateway:
        yield gateway
