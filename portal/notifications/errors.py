"""What can be wrong with the wording of a mail, and with how it shall go out."""

from __future__ import annotations

from enum import StrEnum, unique

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


@unique
class Wrong(StrEnum):
    """What is wrong with a setting of how mails go out."""

    ADDRESS = "address"
    """It is not exactly one e-mail address."""
    SUFFIX = "suffix"
    """Its domain is one under which many have theirs, such as co.uk."""
    NEEDED = "needed"
    """The own server sends in the name of this address."""
    NO_ADDRESS = "no_address"
    """There is no own address yet that the server could send for."""
    HOST = "host"
    """It is no host name."""
    HOST_WITH_PORT = "host_with_port"
    """The port stands behind the name, and has a field of its own."""
    HOST_PRIVATE = "host_private"
    """It is a name or an address of a private network."""
    PORT = "port"
    """Mail servers do not listen there."""
    SECURITY = "security"
    """Passwords and mails would be sent in the clear."""
    PASSWORD_AGAIN = "password_again"  # noqa: S105 - a word for people
    """The kept password is for another server or another user."""
    PASSWORD_ALONE = "password_alone"  # noqa: S105 - a word for people
    """There is a password without a user, or a user without a password."""
    LETTERS = "letters"
    """It has letters that the library cannot give to a server."""


class MailSettingUnfit(PortalError):
    """A setting of how mails go out cannot be saved; `field` is the one that is wrong."""

    code = "mail_setting_unfit"

    def __init__(self, field: str, wrong: Wrong) -> None:
        super().__init__(f"{field}: {wrong.value}")
        self.field = field
        self.wrong = wrong


class NotResendable(PortalError):
    """Nothing of this mail is kept, so it cannot be sent a second time."""

    code = "not_resendable"


class NotWaiting(PortalError):
    """The mail has been sent or refused by now."""

    code = "not_waiting"
