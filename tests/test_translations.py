"""The catalogues are complete and in step with the code and the templates."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.catalog import Message

TOOL = Path(__file__).parents[1] / "tools" / "translations.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations_tool", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        (Message("Send", ""), "not translated"),
        (Message("Send", "Senden", flags=["fuzzy"]), "fuzzy"),
        (Message("%(n)s of %(m)s", "%(n)s von %(n)s"), "other variables than the original"),
        (Message("[firstname]", "[vorname]"), "other variables than the original"),
        (Message("{n} parts", "n Teile"), "other variables than the original"),
        (Message("<b>%(n)s</b>", "%(n)s"), "other markup than the original"),
        (Message(("a part", "%(num)s parts"), ("ein Teil", "")), "not translated"),
        (Message(("a part", "%(num)s parts"), ("ein Teil", "%(n)s")), "other variables"),
    ],
)
def test_what_is_wrong_with_a_translation(tool: ModuleType, message: Message, fault: str) -> None:
    (found,) = tool.faults_of(message)
    assert found.startswith(fault)


def test_nothing_is_wrong_with_a_good_one(tool: ModuleType) -> None:
    assert list(tool.faults_of(Message("%(n)s of %(m)s", "aus %(m)s: %(n)s"))) == []
    plural = Message(("a part", "%(num)s parts"), ("ein Teil", "%(num)s Teile"))
    assert list(tool.faults_of(plural)) == []


def test_messages_are_found_in_code_and_templates(tool: ModuleType) -> None:
    found = tool.extracted()
    assert found.get("Skip to the content").locations == [
        ("themes/default/templates/skeleton.html", None)
    ]
    assert any(name.startswith("portal/") for m in found for name, _ in m.locations)


def test_the_catalogues_are_complete() -> None:
    done = subprocess.run(
        [sys.executable, str(TOOL), "check"], capture_output=True, text=True, check=False
    )
    assert done.stdout == "The catalogues are complete.\n"
    assert done.returncode == 0
