"""Look at the certificate that a browser would be shown."""

from __future__ import annotations

import socket
import ssl
from datetime import datetime
from typing import Final

from cryptography import x509

SECONDS_MAX: Final = 30.0
"""How long it may take: a certificate that is asked for the first time has to be issued."""


def good_until(
    name: str, *, host: str, port: int, seconds_max: float = SECONDS_MAX
) -> datetime | None:
    """When the certificate ends that this server shows for a name; None if it shows none.

    Whether it can be trusted is not looked at: browsers do that, and they know whom they trust.
    """
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), timeout=seconds_max) as connection,
            context.wrap_socket(connection, server_hostname=name) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
    except OSError:  # ssl.SSLError is one, and so is a time-out
        return None
    return x509.load_der_x509_certificate(shown).not_valid_after_utc if shown else None
