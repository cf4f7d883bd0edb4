"""Hand a mail over: to an SMTP server, or to a folder that shows what would have been sent."""

from __future__ import annotations

import os
import re
import secrets
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import unquote, urlsplit

from portal.infra.config import SettingError
from portal.infra.mail_errors import MailDelayed
from portal.infra.smtp import Security, SmtpMailer

_PORTS: Final = {"smtp": 25, "smtps": 465}
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9]+")


class Mailer(Protocol):
    """Somewhere to hand mails over to."""

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Hand over one mail for one address; `sender` is where the envelope returns to.

        A connection that breaks off after the last byte counts as delayed: a mail may arrive
        twice, under one Message-ID, rather than not at all.

        Raises:
            MailRefused: it will never be taken.
            MailDelayed: it may be taken later.
        """
        ...


def open_mailer(setting: str) -> Mailer:
    """The mailer of `PORTAL_MAIL`: `smtp://user:password@host:587`, `smtps://…`, `folder:/path`.

    Nothing is connected to or written yet.

    Raises:
        SettingError: for anything else; one sentence, without the password.
    """
    kind, _, path = setting.partition(":")
    if kind == "folder" and path:
        return FolderMailer(Path(path))
    try:
        parts = urlsplit(setting)
        port = parts.port
    except ValueError:
        raise SettingError("PORTAL_MAIL has a host or a port that cannot be read.") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise SettingError(
            "PORTAL_MAIL must be smtp://user:password@host:587, smtps://… or folder:/path."
        )
    return SmtpMailer(
        parts.hostname,
        port or _PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security=Security.TLS if parts.scheme == "smtps" else Security.OFFERED,
    )


class FolderMailer:
    """Writes each mail as an `.eml` file; sending one again replaces its file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, message: EmailMessage, *, sender: str, to: str) -> None:
        """Write `<time of the mail in UTC>-<id>.eml`, so that the names sort as the mails came."""
        del sender, to  # the message's own headers say it
        name = _file_name(message)
        # Readers look for *.eml, so that none sees a file that is half written.
        draft = self.folder / f".{name}.{secrets.token_hex(4)}"
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft.write_bytes(message.as_bytes())
            draft.replace(self.folder / name)
        except OSError as error:
            with suppress(OSError):
                draft.unlink(missing_ok=True)
            reason = os.strerror(error.errno) if error.errno else type(error).__name__
            raise MailDelayed(f"the mail folder cannot be written to: {reason}") from error


def _file_name(message: EmailMessage) -> str:
    number = _NOT_IN_FILE_NAMES.sub("-", message["Message-ID"].partition("@")[0]).strip("-")
    return f"{message['Date'].datetime:%Y%m%dT%H%M%SZ}-{number}.eml"
