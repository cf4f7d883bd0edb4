"""A refused message, as staff read of it on the client's time line."""

from __future__ import annotations

from tests.cast import Cast
from tests.web.conftest import Visit


def test_staff_read_it_in_words(visit: Visit, cast: Cast) -> None:
    alice = visit(cast.alice.owner)
    alice.get("/send")
    for _ in range(2):
        assert alice.post("/send", to="+33612345678", text="Salut", key="k" * 24).status == 422
    seen = visit(cast.sam).get(f"/reseller/clients/{cast.alice.client_id}/notes").text
    assert seen.count("wanted to send, and was refused") == 1
    assert "the country is not open" in seen
