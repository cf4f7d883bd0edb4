"""A file is fetched from where it may be, from nowhere else, whole or not at all."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from portal.infra import fetching, outgoing
from portal.infra.fetching import NotFetched, Refusal, Rules
from portal.infra.outgoing import CalledInsideTransaction

MAX = 1_000


class _Answers(BaseHTTPRequestHandler):
    """Answers by what its path begins with; `asked` has the paths."""

    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        name, _, rest = self.path.strip("/").partition("/")
        if name == "to":
            self.send_response(302)
            self.send_header("Location", rest)
            self.end_headers()
            return
        size = int(rest.partition("?")[0] or 3) if name == "file" else 0
        self.send_response(200 if name in {"file", "cut"} else 404)
        if name == "cut":
            self.send_header("Content-Length", "500")
        self.end_headers()
        self.wfile.write(b"x" * size)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    asked: list[str] = []
    handler = type("Handler", (_Answers,), {"asked": asked})
    running = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://pictures.test:{running.server_port}", asked
    running.shutdown()
    thread.join()
    running.server_close()


@pytest.fixture
def rules(server: tuple[str, list[str]]) -> Rules:
    """The rules, but that one name is this machine's, and its port is allowed."""
    port = int(server[0].rpartition(":")[2])

    def resolve(host: str, _: int) -> list[str]:
        known = {"pictures.test": ["127.0.0.1"], "two.test": ["127.0.0.1", "10.0.0.1"]}
        if host not in known and not host.replace(".", "").isdigit():
            raise socket.gaierror
        return known.get(host, [host])

    return Rules(
        ports=frozenset({port}), is_allowed=lambda each: each == "127.0.0.1", resolve=resolve
    )


def refusal_of(url: str, rules: Rules) -> Refusal:
    with pytest.raises(NotFetched) as refused:
        fetching.fetch(url, bytes_max=MAX, rules=rules)
    return refused.value.refusal


@pytest.mark.parametrize(
    "url",
    [
        "", "logo.png", "ftp://pictures.test/x", "file:///etc/passwd", "javascript:1", "http://",
        "http:///x", "http://a b/", "http://x\r\nHost: y/", "http://user@pictures.test/",
        "http://user:secret@pictures.test/", "http://[::1", "http://pictures.test:99999/",
        "http://ex\u00e4mple.test/", "http://x/" + "y" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_address(url: str, rules: Rules) -> None:
    assert refusal_of(url, rules) is Refusal.NO_ADDRESS


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/", "http://localhost/", "https://127.1/", "http://0x7f000001/",
        "http://2130706433/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://10.0.0.1/",
        "http://192.168.0.1/", "http://169.254.169.254/latest/meta-data/", "http://1.1.1.1:22/",
        "http://1.1.1.1:8080/", "http://[fd00:ec2::254]/",
    ],
)  # fmt: skip
def test_where_nobody_may_look(url: str) -> None:
    """By the rules that hold for everybody, and no byte goes out for it."""
    assert refusal_of(url, fetching.PUBLIC) is Refusal.NOT_PUBLIC


def test_a_name_with_one_bad_address_is_refused(
    server: tuple[str, list[str]], rules: Rules
) -> None:
    url, asked = server
    assert refusal_of(url.replace("pictures", "two"), rules) is Refusal.NOT_PUBLIC
    assert refusal_of(url.replace("pictures.test", "nobody.test"), rules) is Refusal.NO_ANSWER
    assert asked == []


def test_a_file_comes_whole(server: tuple[str, list[str]], rules: Rules) -> None:
    url, asked = server
    assert fetching.fetch(f"{url}/file/9?v=1", bytes_max=MAX, rules=rules) == b"x" * 9
    assert fetching.fetch(f"{url}/file/{MAX}", bytes_max=MAX, rules=rules) == b"x" * MAX
    assert asked == ["/file/9?v=1", f"/file/{MAX}"]


def test_what_is_too_large_or_not_there(server: tuple[str, list[str]], rules: Rules) -> None:
    url, _ = server
    assert refusal_of(f"{url}/file/{MAX + 1}", rules) is Refusal.TOO_LARGE
    assert refusal_of(f"{url}/none", rules) is Refusal.NOT_THERE
    assert refusal_of(f"{url}/cut", rules) is Refusal.NO_ANSWER
    closed = replace(rules, ports=frozenset({1}))
    assert refusal_of("http://pictures.test:1/", closed) is Refusal.NO_ANSWER


def test_a_redirection_is_looked_at_before_it_is_followed(
    server: tuple[str, list[str]], rules: Rules
) -> None:
    url, asked = server
    assert fetching.fetch(f"{url}/to//file/7", bytes_max=MAX, rules=rules) == b"x" * 7
    port = url.rpartition(":")[2]
    for away in (f"http://127.0.0.2:{port}/x", f"http://10.0.0.1:{port}/", "http://pictures.test/"):
        assert refusal_of(f"{url}/to/{away}", rules) is Refusal.NOT_PUBLIC
    assert refusal_of(f"{url}/to/file:///etc/passwd", rules) is Refusal.NO_ADDRESS
    asked.clear()
    again = f"{url}/to/" * 6 + "file"
    assert refusal_of(again, rules) is Refusal.TOO_FAR
    assert len(asked) == 4


def test_who_drips_is_cut_off(rules: Rules) -> None:
    """Whether it is the greeting or the file that does not come, or comes a byte at a time."""
    with listening(_drip) as port:
        slow = replace(rules, ports=frozenset({port}), seconds_max=0.5)
        assert refusal_of(f"http://pictures.test:{port}/", slow) is Refusal.TOO_SLOW
    with listening(lambda taken: taken.recv(1_000)) as port:
        short = replace(rules, ports=frozenset({port}), seconds_max=0.3)
        for scheme in ("http", "https"):
            url = f"{scheme}://pictures.test:{port}/"
            assert refusal_of(url, short) is Refusal.TOO_SLOW
        over = replace(short, seconds_max=0)
        assert refusal_of(f"http://pictures.test:{port}/", over) is Refusal.TOO_SLOW


def test_a_certificate_of_somebody_else_is_no_answer(
    server: tuple[str, list[str]], rules: Rules
) -> None:
    url = server[0].replace("http:", "https:")
    assert refusal_of(f"{url}/file", rules) is Refusal.NO_ANSWER


def test_nothing_is_asked_while_a_transaction_is_open(rules: Rules) -> None:
    outgoing.transaction_opened()
    try:
        with pytest.raises(CalledInsideTransaction):
            fetching.fetch("http://pictures.test/", bytes_max=MAX, rules=rules)
    finally:
        outgoing.transaction_closed()


def _drip(taken: socket.socket) -> None:
    taken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n")
    with suppress(OSError):
        while True:
            taken.sendall(b"x")
            time.sleep(0.05)


@contextmanager
def listening(talk: Callable[[socket.socket], object]) -> Iterator[int]:
    """Somebody who answers the door and then does only this; the number of the door."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        with ExitStack() as kept, suppress(OSError):
            while True:
                taken = kept.enter_context(listener.accept()[0])
                taken.settimeout(1)
                talk(taken)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
        listener.close()
