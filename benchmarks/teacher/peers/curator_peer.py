"""bespokelabs-curator on the same server. Arguments: URL, requests, bytes, concurrency, folder."""

from __future__ import annotations

import base64
import os
import sys
import time

url, requests, size, concurrency, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
os.environ |= {"OPENAI_API_KEY": "none", "CURATOR_DISABLE_CACHE": "0", "TELEMETRY_ENABLED": "false", "CURATOR_CACHE_DIR": folder}
os.environ |= {"OPENAI_BASE_URL": url, "CURATOR_DISABLE_RICH_DISPLAY": "1", "HF_HUB_OFFLINE": "1"}

import tiktoken  # noqa: E402

# Its token counter would be fetched from the net; one byte a token does as well here, since the limits are out of reach.
BYTES = tiktoken.Encoding("bytes", pat_str=".", mergeable_ranks={bytes([i]): i for i in range(256)}, special_tokens={})
tiktoken.get_encoding = tiktoken.encoding_for_model = lambda _: BYTES

from bespokelabs import curator  # noqa: E402

PICTURES = [base64.b64encode(os.urandom(size)).decode() for _ in range(8)]


class Describer(curator.LLM):
    return_completions_object = False

    def prompt(self, input: dict) -> tuple:  # noqa: A002
        return f"Question {input['number']}.", curator.types.Image(content=PICTURES[input["number"] % 8], mime_type="image/png")

    def parse(self, input: dict, response: str) -> dict:  # noqa: A002
        return {"number": input["number"], "text": response}


def run() -> float:
    start = time.perf_counter()
    describer = Describer(
        model_name="gpt-4o-mini",
        backend="openai",
        backend_params={
            "base_url": url,
            "max_concurrent_requests": concurrency,
            "max_requests_per_minute": 10**7,
            "max_tokens_per_minute": 10**12,
            "max_retries": 1,
        },
        generation_params={"max_tokens": 100},
    )
    rows = describer([{"number": number} for number in range(requests)], working_dir=folder)
    count = len(getattr(rows, "dataset", rows))
    assert count == requests, count
    return time.perf_counter() - start


if __name__ == "__main__":
    print("seconds", run(), run())
