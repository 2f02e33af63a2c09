from __future__ import annotations

import pytest

from annotate.endpoint import client
from tests.endpoint.rig import KEY, Endpoint


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    """A scripted server with a client and a store; waits between tries are a thousandth of the real ones."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr(client, "FIRST_BACKOFF_S", 0.001)
    place = Endpoint(tmp_path)
    with place.server:
        yield place
        if place.store is not None:
            place.store.close()
