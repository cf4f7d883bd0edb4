"""Tests that share something slow are run by one process: the mark that says so is heard."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.xdist_group("groups")


def test_a_group_is_told_to_whoever_spreads_the_tests(request: pytest.FixtureRequest) -> None:
    # pytest-xdist 3.8 writes the group into a test's name, which pytest 9.2 does not let it do.
    wanted = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@groups") is bool(wanted)
