"""Portals that are started once for several tests, and stopped whatever happened to them.

They stop after the last test of this folder: their workers have something to look for all the time.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.builders.open_folder import open_folder
from tests.builders.running import Portal


def _started(**settings: str) -> Iterator[Portal]:
    with open_folder() as folder:
        portal = Portal(folder / "data", settings=settings)
        try:
            portal.start()
            yield portal
        finally:
            portal.clear_away()


@pytest.fixture(scope="package")
def single() -> Iterator[Portal]:
    """One web process and one worker."""
    yield from _started(web_workers="1", worker_count="1")


@pytest.fixture(scope="package")
def doubled() -> Iterator[Portal]:
    """Two of each."""
    yield from _started(web_workers="2", worker_count="2")


@pytest.fixture(params=["single", "doubled"])
def portal(request: pytest.FixtureRequest) -> Portal:
    """Each of the two: what holds for one process of each kind holds for two."""
    running = request.getfixturevalue(request.param)
    assert isinstance(running, Portal)
    return running
