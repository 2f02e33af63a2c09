"""A server with files and batches whose ends can be chosen, partial output included, which ready-made mocks cannot do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from annotate.endpoint.loopback import Call, Reply, completion


@dataclass
class End:
    """How a batch ends: state, keys answered, keys in the error file with their status."""

    state: str = "completed"
    answered: Callable[[int], bool] = lambda _: True
    error: int | None = None
    """HTTP status of those not answered; None leaves them out of both files"""
    polls: int = 1
    code: str = "invalid"
    """code of the error of a failed batch"""


@dataclass
class BatchServer:
    ends: list[End] = field(default_factory=lambda: [End()])
    files: dict[str, bytes] = field(default_factory=dict)
    batches: dict[str, dict] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    """custom_id of every request in every batch that ran"""
    content: Callable[[dict], str] = lambda _: '{"description": "fine"}'
    """what is answered to a request"""
    tokens: tuple[int, int] = (100, 20)
    """of prompt and answer"""
    message: str = "no"
    """of errors in an error file"""

    def __call__(self, call: Call) -> Reply:
        path = call.path.removeprefix("/v1").split("?")[0]
        if call.method == "POST" and path == "/files":
            return Reply(self._keep(upload(call)))
        if call.method == "POST" and path == "/batches":
            return Reply(self._create(call.json))
        if path == "/batches":
            return Reply(self._page(call.path))
        if found := re.fullmatch(r"/batches/(\w+)", path):
            return Reply(self._poll(found[1]))
        if found := re.fullmatch(r"/files/(\w+)/content", path):
            return Reply(self.files[found[1]], headers={"content-type": "application/octet-stream"})
        return Reply({"error": {"message": path}}, 404)

    def _page(self, path: str) -> dict:
        """Newest first, two at a time."""
        newest = list(reversed(self.batches))
        after = re.search(r"after=(\w+)", path)
        start = newest.index(after[1]) + 1 if after else 0
        data = [self.batches[name] for name in newest[start : start + 2]]
        return {"object": "list", "data": data, "has_more": start + 2 < len(newest)}

    def _keep(self, content: bytes) -> dict:
        name = f"file{len(self.files)}"
        self.files[name] = content
        return {
            "id": name,
            "object": "file",
            "bytes": len(content),
            "created_at": 0,
            "filename": "f",
            "purpose": "batch",
            "status": "processed",
        }

    def _create(self, wish: dict) -> dict:
        name = f"batch{len(self.batches)}"
        end = self.ends.pop(0) if len(self.ends) > 1 else self.ends[0]
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": wish["endpoint"],
            "input_file_id": wish["input_file_id"],
            "completion_window": "24h",
            "status": "in_progress",
            "created_at": 0,
            "metadata": wish.get("metadata"),
        }
        self._plan = {**getattr(self, "_plan", {}), name: end}
        return self.batches[name]

    def _poll(self, name: str) -> dict:
        batch, end = self.batches[name], self._plan[name]
        end.polls -= 1
        if end.polls <= 0 and batch["status"] == "in_progress":
            self._finish(batch, end)
        return batch

    def _finish(self, batch: dict, end: End) -> None:
        output, errors = [], []
        for number, line in enumerate(self.files[batch["input_file_id"]].splitlines()):
            key = json.loads(line)["custom_id"]
            if end.state == "failed":
                continue
            if end.answered(number):
                self.asked.append(key)
                body = completion(self.content(json.loads(line)["body"]), tokens=self.tokens)
                output.append({"custom_id": key, "response": {"status_code": 200, "body": body}, "error": None})
            elif end.error:
                body = {"error": {"message": self.message, "code": None}}
                errors.append({"custom_id": key, "response": {"status_code": end.error, "body": body}, "error": None})
        batch["status"] = end.state
        for name, lines in (("output_file_id", output), ("error_file_id", errors)):
            if lines:
                # Results come in another order than requests.
                batch[name] = self._keep("\n".join(json.dumps(line) for line in reversed(lines)).encode())["id"]
        if end.state == "failed":
            batch["errors"] = {"object": "list", "data": [{"code": end.code, "message": "Line 1 is not valid JSON", "line": 1}]}


def upload(call: Call) -> bytes:
    """The file in a multipart form."""
    boundary = call.headers["content-type"].split("boundary=")[1].strip('"')
    for part in call.body.split(b"--" + boundary.encode()):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="file"' in head:
            return content.removesuffix(b"\r\n")
    raise AssertionError("no file in the form")
