"""Processes are killed in the middle of their work: nothing is lost, nothing is done twice."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders.running import Portal
from tests.processes.buyers import TO, buyer

# One process of the suite starts these portals, so that each is started once.
pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("processes")]

MESSAGES = 500
SENDING_AT_ONCE = 8
AT_REST = {"delivered", "undelivered", "rejected", "unknown", "submitted"}


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def send_until_answered(portal: Portal, token: str, number: int) -> str:
    """Try again, with the same key, as often as the other side goes away; the message's id."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            answer = portal.send(token, TO, f"No. {number}", key=f"key {number}")
        except (OSError, http.client.HTTPException):
            time.sleep(0.2)
            continue
        if answer.status == 202:
            return str(answer.json["id"])
        assert answer.status in {409, 503}, answer
        time.sleep(0.2)
    raise AssertionError(f"message {number} was not accepted within a minute")


def kill_them_all(portal: Portal, stop: threading.Event) -> int:
    """A web process, both workers, then the first web process; how many that were."""
    victims = (
        lambda: min(portal.children("web-server")),
        lambda: portal.leader("worker-1"),
        lambda: portal.leader("worker-2"),
        lambda: portal.leader("web-server"),
    )
    for killed, victim in enumerate(victims):
        if stop.wait(0.7):
            return killed
        kill(victim())
    return len(victims)


def test_web_and_worker_processes_that_are_killed(doubled: Portal) -> None:
    token = buyer(doubled, messages=MESSAGES + 100)
    stop = threading.Event()
    with ThreadPoolExecutor(SENDING_AT_ONCE + 1) as pool:
        killing = pool.submit(kill_them_all, doubled, stop)
        sending = pool.map(lambda n: send_until_answered(doubled, token, n), range(MESSAGES))
        accepted = list(sending)
        stop.set()
        killed = killing.result()
    assert killed == 4
    assert len(set(accepted)) == MESSAGES

    def unfinished() -> set[str]:
        messages = doubled.messages()
        assert set(accepted) <= messages.keys()  # whatever was answered 202 is in the books
        return {each for each in accepted if messages[each]["status"] not in AT_REST}

    # What a dead worker had in its hands waits for its lease to end; the rest is quick.
    doubled.until("the workers are back", lambda: len(unfinished()) <= 2 * 64, seconds=60)
    time.sleep(4)  # what living workers hold takes a moment
    doubled.let_leases_end()
    doubled.until("all have come to rest", lambda: not unfinished(), seconds=60)

    messages = doubled.messages()
    handed_over = doubled.handed_over()
    assert max(handed_over[each] for each in accepted) == 1
    # Everything but what was in the hands of a worker that died is known to have gone out.
    certain = {each for each in accepted if messages[each]["status"] != "unknown"}
    assert certain <= handed_over.keys()
    assert len(certain) >= MESSAGES - killed * 64
    status, said = doubled.prove()
    assert (status, said.startswith("books agree: ")) == (0, True), said
    balance = doubled.ask("GET", "/api/v1/balance", token=token).json
    assert float(balance["amount"]) == pytest.approx(100 * 0.05)


def test_the_whole_portal_that_is_killed_and_started_again(doubled: Portal) -> None:
    """Its programs live on as orphans; the next start stops them and carries on."""
    token = buyer(doubled, messages=50)
    accepted = [send_until_answered(doubled, token, n) for n in range(20)]
    before = doubled.groups()
    assert doubled.process is not None
    doubled.process.kill()
    doubled.process.wait()
    assert doubled.groups() == before
    doubled.start()
    assert not doubled.groups() & before
    again = [send_until_answered(doubled, token, n) for n in range(20)]
    assert again == accepted
    accepted += [send_until_answered(doubled, token, n) for n in range(20, 40)]
    time.sleep(4)  # what living workers hold takes a moment
    doubled.let_leases_end()

    def at_rest() -> bool:
        messages = doubled.messages()
        return all(messages[each]["status"] in AT_REST for each in accepted)

    doubled.until("all have come to rest", at_rest, seconds=60)
    handed_over = doubled.handed_over()
    assert max(handed_over[each] for each in accepted) == 1
    status, said = doubled.prove()
    assert (status, said.startswith("books agree: ")) == (0, True), said
