"""In continuous integration nothing is skipped in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPING = {
    "itself": "import pytest\ndef test_it():\n    pytest.skip('no Kannel')\n",
    "marked": "import pytest\n@pytest.mark.skip(reason='no Kannel')\ndef test_it():\n    pass\n",
    "fixture": (
        "import pytest\n@pytest.fixture\ndef box():\n    pytest.skip('no Kannel')\n"
        "def test_it(box):\n    pass\n"
    ),
    "module": (
        "import pytest\npytest.skip('no Kannel', allow_module_level=True)\n"
        "def test_it():\n    pass\n"
    ),
}
XFAIL = "import pytest\n@pytest.mark.xfail(strict=True)\ndef test_it():\n    assert False\n"


def run(folder: Path, text: str, *, no_skips: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_it.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-p", "tests.unskippable", "-p", "no:cacheprovider"]
    return subprocess.run(
        [*command, "-c", os.devnull, "--rootdir", str(folder), str(folder / "test_it.py")],
        env={**os.environ, "PORTAL_TEST_NO_SKIPS": no_skips},
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("way", SKIPPING)
def test_a_skip_fails_where_nothing_may_be_skipped(tmp_path: Path, way: str) -> None:
    strict = run(tmp_path, SKIPPING[way], no_skips="1")
    assert strict.returncode != 0
    assert "no Kannel" in strict.stdout
    assert "Nothing may be skipped while PORTAL_TEST_NO_SKIPS is 1." in strict.stdout
    lenient = run(tmp_path, SKIPPING[way], no_skips="")
    assert lenient.returncode in {0, 5}  # 5: no tests were there to run
    assert "1 skipped" in lenient.stdout


def test_an_expected_failure_is_no_skip(tmp_path: Path) -> None:
    done = run(tmp_path, XFAIL, no_skips="1")
    assert done.returncode == 0
    assert "1 xfailed" in done.stdout
