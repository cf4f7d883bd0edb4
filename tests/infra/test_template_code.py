"""What was compiled once is there for the next process, and nothing else is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from portal.infra import template_code
from portal.infra.template_code import SharedCode

SECRET = "4f9d-a-secret-of-more-than-32-bytes-71c2"


@pytest.fixture(autouse=True)
def fresh_process() -> Iterator[None]:
    kept = [template_code._compiled.copy(), template_code._used.copy()]
    forget()
    yield
    forget()
    template_code._compiled.update(kept[0])
    template_code._used.update(kept[1])


def forget() -> None:
    for each in (template_code._compiled, template_code._used, template_code._written):
        each.clear()


def shown(text: str) -> str:
    environment = Environment(
        loader=DictLoader({"a.html": text}), bytecode_cache=SharedCode(), autoescape=True
    )
    return environment.get_template("a.html").render(n=1)


def compiles(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that are compiled from now on."""
    done: list[str] = []
    real = Environment.compile

    def compiled(self: Environment, *args: object, **kwargs: object) -> object:
        done.append(str(args[1]))
        return real(self, *args, **kwargs)  # type: ignore[call-overload]  # whatever it was called with

    monkeypatch.setattr(Environment, "compile", compiled)
    return done


def test_the_next_process_compiles_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "templates"
    assert shown("{{ n + 1 }}") == "2"
    template_code.write_down(file, secret=SECRET)
    assert file.stat().st_mode & 0o777 == 0o600
    forget()
    compiled = compiles(monkeypatch)
    template_code.take_over(file, secret=SECRET)
    assert shown("{{ n + 1 }}") == "2"
    assert compiled == []


def test_a_template_that_was_changed_is_compiled_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "templates"
    shown("{{ n + 1 }}")
    template_code.write_down(file, secret=SECRET)
    forget()
    compiled = compiles(monkeypatch)
    template_code.take_over(file, secret=SECRET)
    assert shown("{{ n + 2 }}") == "3"
    assert compiled == ["a.html"]


def test_what_nobody_uses_any_more_is_left_out(tmp_path: Path) -> None:
    file = tmp_path / "templates"
    shown("a long text that nobody shows any more")
    template_code.write_down(file, secret=SECRET)
    long = file.stat().st_size
    forget()
    template_code.take_over(file, secret=SECRET)
    shown("{{ n }}")
    template_code.write_down(file, secret=SECRET)
    assert b"nobody shows" not in file.read_bytes()
    assert file.stat().st_size != long


@pytest.mark.parametrize("damage", ["cut", "bent", "other version", "other secret", "missing"])
def test_a_file_that_is_not_whole_is_none(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "templates"
    shown("{{ n + 1 }}")
    template_code.write_down(file, secret=SECRET)
    content = file.read_bytes()
    if damage == "cut":
        file.write_bytes(content[:-5])
    elif damage == "bent":
        file.write_bytes(content[:-5] + b"?????")
    elif damage == "other version":
        monkeypatch.setattr(template_code.jinja2, "__version__", "2.0")
    elif damage == "other secret":
        file.unlink()
        template_code._written.clear()
        template_code.write_down(file, secret=SECRET[::-1])
    else:
        file.unlink()
    forget()
    compiled = compiles(monkeypatch)
    template_code.take_over(file, secret=SECRET)
    assert shown("{{ n + 1 }}") == "2"
    assert compiled == ["a.html"]


def test_nothing_new_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "templates"
    shown("{{ n + 1 }}")
    template_code.write_down(file, secret=SECRET)
    os.utime(file, (0, 0))
    template_code.write_down(file, secret=SECRET)
    assert file.stat().st_mtime == 0


def test_a_folder_that_is_not_there_stops_nobody(tmp_path: Path) -> None:
    shown("{{ n + 1 }}")
    template_code.write_down(tmp_path / "nowhere" / "templates", secret=SECRET)
    assert list(tmp_path.iterdir()) == []
    template_code.take_over(tmp_path / "nowhere" / "templates", secret=SECRET)
