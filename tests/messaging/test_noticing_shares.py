import pytest

from portal.messaging.noticing import reached


@pytest.mark.parametrize(
    ("size", "left", "percent"),
    [
        (100, 100, 0),
        (100, 51, 0),
        (100, 50, 50),
        (100, 21, 50),
        (100, 20, 80),
        (100, 1, 80),
        (100, 0, 100),
        (3, 2, 0),
        (3, 1, 50),
        (3, 0, 100),
        (1, 1, 0),
        (1, 0, 100),
    ],
)
def test_the_highest_share_that_is_used(size: int, left: int, percent: int) -> None:
    assert reached(size=size, left=left) == percent
