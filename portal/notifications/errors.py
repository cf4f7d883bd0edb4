"""What can be wrong with the wording of a mail."""

from __future__ import annotations

from portal.infra.errors import PortalError


class WordingError(PortalError):
    """A subject or a body that cannot be saved; `field` is the one that is wrong."""

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class TextMissing(WordingError):
    """The field is empty, and a mail needs both."""

    code = "text_missing"

    def __init__(self, *, field: str) -> None:
        super().__init__(f"the {field} is empty", field=field)


class TextTooLong(WordingError):
    """The field has more characters than `most`."""

    code = "text_too_long"

    def __init__(self, *, field: str, most: int) -> None:
        super().__init__(f"the {field} has more than {most} characters", field=field)
        self.most = most


class LineBreakInSubject(WordingError):
    """A subject is one line; what follows a line break would be another header."""

    code = "line_break_in_subject"

    def __init__(self) -> None:
        super().__init__("the subject has a line break", field="subject")


class UnknownVariable(WordingError):
    """There is no `[name]` in this mail; `nearest` is the one that may be meant."""

    code = "unknown_variable"

    def __init__(self, *, field: str, name: str, nearest: str) -> None:
        super().__init__(f"no [{name}] in this mail; nearest is [{nearest}]", field=field)
        self.name = name
        self.nearest = nearest


class VariableMissing(WordingError):
    """The body does not have `[name]`, and the mail is of no use without."""

    code = "variable_missing"

    def __init__(self, name: str) -> None:
        super().__init__(f"the body needs [{name}]", field="body")
        self.name = name


class UnknownNotice(PortalError):
    """The portal writes no mail of this name."""

    code = "unknown_notice"

    def __init__(self, key: str) -> None:
        super().__init__(f"there is no notice {key!r}")
        self.key = key


class UnknownLanguage(PortalError):
    """The portal does not speak this language."""

    code = "unknown_language"

    def __init__(self, language: str) -> None:
        super().__init__(f"the portal does not speak {language!r}")
        self.language = language
