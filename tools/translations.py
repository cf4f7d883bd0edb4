"""Keep the catalogues of messages in step with the code and the templates.

    python tools/translations.py extract     rewrites messages.pot and brings every .po up to it
    python tools/translations.py check       says what is out of step or not translated, and fails
    python tools/translations.py add LANG    begins the catalogue of another language

A message that changed only a little keeps its translation, marked as fuzzy: read it, mend it, take
the mark away. Catalogues are read as they are, so that there is nothing to compile. Those of the
languages in `translation.PARTIAL` have only what was translated.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po, write_po

from portal.infra.translation import PARTIAL

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "translations"
TEMPLATE: Final = FOLDER / "messages.pot"
MAPPING: Final = FOLDER / "babel.cfg"
KEYWORDS: Final = DEFAULT_KEYWORDS | {"lazy_gettext": None, "lazy_ngettext": (1, 2)}
_VARIABLES = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}|\[[a-z_]+\]")
_MARKUP = re.compile(r"</?[a-z][^>]*>")
# What changes with every run, or says nothing, stays out: a diff shall show messages only.
_CHATTER = re.compile(
    rb'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Tr|Language-Team|Generated).*\n',
    re.MULTILINE,
)


def main() -> int:
    """Do what the command line asks for."""
    match sys.argv[1:]:
        case ["extract"]:
            template = extracted()
            write(template, TEMPLATE)
            for file in catalogue_files():
                catalogue = read(file)
                partial = is_partial(file)
                catalogue.update(template, no_fuzzy_matching=partial)
                catalogue.obsolete.clear()
                if partial:
                    leave_out_untranslated(catalogue)
                write(catalogue, file)
            return 0
        case ["add", language]:
            file = FOLDER / language / "LC_MESSAGES" / "messages.po"
            file.parent.mkdir(parents=True)
            catalogue = Catalog(locale=language, charset="utf-8")
            catalogue.update(extracted())
            catalogue.fuzzy = False
            write(catalogue, file)
            return 0
        case ["check"]:
            faults = list(check())
            print("\n".join(faults) or "The catalogues are complete.")
            return 1 if faults else 0
        case _:
            print(__doc__)
            return 2


def extracted() -> Catalog:
    """Every message of the code and the templates, by the name of the file it stands in."""
    with MAPPING.open(encoding="utf-8") as source:
        methods, options = parse_mapping_cfg(source)
    template = Catalog(charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        ROOT,
        method_map=methods,
        options_map=options,
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        strip_comment_tags=True,
        directory_filter=lambda path: not Path(path).name.startswith((".", "_", "var")),
    )
    for name, _line, message, comments, context in sorted(found, key=lambda row: row[:2]):
        # Without the number of the line: it changes with every edit above it.
        template.add(message, None, [(name, None)], auto_comments=comments, context=context)
    return template


def check() -> Iterator[str]:
    """A line for each thing that is out of step, not translated, or translated wrongly."""
    template = extracted()
    wanted = {(m.context, m.id) for m in template if m.id}
    if not TEMPLATE.is_file() or wanted != {(m.context, m.id) for m in read(TEMPLATE) if m.id}:
        yield "messages.pot is not up to date: run `python tools/translations.py extract`."
    for file in catalogue_files():
        catalogue = read(file)
        language = file.parts[-3]
        present = {(m.context, m.id) for m in catalogue if m.id}
        for _, missing in () if is_partial(file) else sorted(wanted - present, key=str):
            yield f"{language}: not in the catalogue: {missing!r}"
        for _, left in sorted(present - wanted, key=str):
            yield f"{language}: in the catalogue, but nowhere else: {left!r}"
        for message in catalogue:
            if message.id:
                yield from (f"{language}: {fault}: {message.id!r}" for fault in faults_of(message))


def faults_of(message: Message) -> Iterator[str]:
    """What is wrong with one translation."""
    if message.fuzzy:
        yield "fuzzy"
    originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(strings):
        yield "not translated"
        return
    allowed = [sorted(_VARIABLES.findall(text)) for text in originals]
    tags = [sorted(_MARKUP.findall(text)) for text in originals]
    for text in strings:
        # A plural may leave its number out where the original does: "one message".
        if sorted(_VARIABLES.findall(text)) not in allowed:
            yield "other variables than the original"
        if sorted(_MARKUP.findall(text)) not in tags:
            yield "other markup than the original"


def is_partial(file: Path) -> bool:
    """Whether a catalogue is of a language that only some pages are translated to."""
    return file.parts[-3] in PARTIAL


def leave_out_untranslated(catalogue: Catalog) -> None:
    """Take out what stays English."""
    for message in list(catalogue):
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if message.id and not all(strings):
            catalogue.delete(message.id, message.context)


def catalogue_files() -> list[Path]:
    """The catalogues of all languages."""
    return sorted(FOLDER.glob("*/LC_MESSAGES/messages.po"))


def read(file: Path) -> Catalog:
    """A catalogue or the template."""
    with file.open("rb") as source:
        return read_po(source, abort_invalid=True)


def write(catalogue: Catalog, file: Path) -> None:
    """Write it so that the same messages always make the same file."""
    catalogue.header_comment = (
        "# The portal's messages; `tools/translations.py` keeps them in step."
    )
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=100, sort_by_file=True, include_lineno=False)
    file.write_bytes(_CHATTER.sub(b"", buffer.getvalue()))


if __name__ == "__main__":
    sys.exit(main())
