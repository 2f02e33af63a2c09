"""``annotate segmenter fetch`` against a server on the loopback."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from annotate.cli import main
from annotate.segmenters._download import fetch
from annotate.segmenters._sam_published import PUBLISHED, Published, published
from schemas.errors import AnnotateError, StorageError, UsageError

CONTENT = bytes(range(256)) * 20_000  # 5 MB
WANTED = Published("vit_b", "sam", "http://127.0.0.1/weights.pth", hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


class Server(ThreadingHTTPServer):
    """Serves ``content``; ``stop_after`` breaks transfers off, ``ranges`` says whether it can resume."""

    daemon_threads = True
    content = CONTENT
    stop_after: int | None = None
    ranges = True
    status = 200

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked: list[str | None] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/weights.pth"


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        asked = self.headers.get("Range")
        self.server.asked.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.server.ranges else 0
        body = self.server.content[start:]
        status = self.server.status if self.server.status != 200 else 206 if start and body else 416 if start else 200
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.stop_after])

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def server():
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def quiet(done: int, total: int | None) -> None:
    pass


def test_a_checkpoint_is_fetched_once_and_then_found_whole(server, tmp_path):
    target, seen = tmp_path / "deep" / "weights.pth", []
    assert fetch(WANTED, target, lambda *progress: seen.append(progress), server.url)
    assert target.read_bytes() == CONTENT
    assert seen[-1] == (len(CONTENT), len(CONTENT))
    assert not fetch(WANTED, target, quiet, server.url)
    assert server.asked == [None]
    assert [path.name for path in target.parent.iterdir()] == ["weights.pth"]


def test_a_transfer_that_broke_off_goes_on_where_it_stopped(server, tmp_path):
    target, seen = tmp_path / "weights.pth", []
    server.stop_after = 2_000_000
    with pytest.raises(AnnotateError, match=r"broke off\. 2,000,000 bytes are kept"):
        fetch(WANTED, target, quiet, server.url)
    assert not target.exists()
    server.stop_after = None
    assert fetch(WANTED, target, lambda *progress: seen.append(progress), server.url)
    assert server.asked == [None, "bytes=2000000-"]
    assert target.read_bytes() == CONTENT
    assert seen[0][0] > 2_000_000
    assert seen[-1] == (len(CONTENT), len(CONTENT))


def test_a_server_that_cannot_resume_sends_everything_again(server, tmp_path):
    target = tmp_path / "weights.pth"
    target.with_name("weights.pth.part").write_bytes(b"x" * 1000)
    server.ranges = False
    assert fetch(WANTED, target, quiet, server.url)
    assert target.read_bytes() == CONTENT


def test_a_part_that_is_whole_already_is_only_checked(server, tmp_path):
    target = tmp_path / "weights.pth"
    target.with_name("weights.pth.part").write_bytes(CONTENT)
    assert fetch(WANTED, target, quiet, server.url)
    assert target.read_bytes() == CONTENT


@pytest.mark.parametrize("part", [b"", b"damaged start"])
def test_a_file_with_another_sum_is_refused_and_deleted(server, tmp_path, part):
    target = tmp_path / "weights.pth"
    if part:
        target.with_name("weights.pth.part").write_bytes(part)
    else:
        server.content = CONTENT[:-1] + b"?"
    with pytest.raises(AnnotateError, match=WANTED.sha256):
        fetch(WANTED, target, quiet, server.url)
    assert list(tmp_path.iterdir()) == []


def test_another_file_at_the_target_is_left_alone(server, tmp_path):
    target = tmp_path / "weights.pth"
    target.write_bytes(b"mine")
    with pytest.raises(UsageError, match="Delete or move it"):
        fetch(WANTED, target, quiet, server.url)
    assert target.read_bytes() == b"mine"


def test_an_address_without_the_file_says_so(server, tmp_path):
    server.status = 404
    with pytest.raises(AnnotateError, match="answers 404"):
        fetch(WANTED, tmp_path / "weights.pth", quiet, server.url)


def test_a_disk_without_room_is_refused_before_anything_is_sent(server, tmp_path):
    with pytest.raises(StorageError, match="MB free"):
        fetch(replace(WANTED, size=10**18), tmp_path / "weights.pth", quiet, server.url)
    assert server.asked == []


def test_offline_is_one_clear_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:  # port 1 of the loopback: nobody listens
        main(["segmenter", "fetch", "vit_b", "--to", str(tmp_path), "--url", "http://127.0.0.1:1/weights.pth"])
    assert stopped.value.code == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "No connection to 127.0.0.1" in said
    assert "offline" in said
    assert "give its path as the checkpoint" in said


def test_only_http_addresses_are_asked(tmp_path):
    with pytest.raises(UsageError, match="no http"):
        fetch(WANTED, tmp_path / "weights.pth", quiet, "file:///etc/passwd")


def test_an_unknown_checkpoint_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="Did you mean 'vit_b'"):
        published("vit_bb")


def test_the_command_line_fetches_and_lists(server, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ANNOTATE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setitem(PUBLISHED, "vit_b", WANTED)
    main(["segmenter", "fetch", "vit_b", "--url", server.url])
    assert "fetched and checked" in capsys.readouterr().out
    main(["segmenter", "list"])
    listed = capsys.readouterr().out
    assert str(tmp_path / "weights.pth") in listed
    assert "segmenter fetch vit_h" in listed
    assert "felzenszwalb" in listed
