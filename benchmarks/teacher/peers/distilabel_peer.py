"""distilabel on the same server. Arguments: URL, requests, bytes, concurrency, folder."""

from __future__ import annotations

import base64
import os
import sys
import time

url, requests, size, concurrency, folder = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
os.environ |= {"OPENAI_API_KEY": "none", "HF_HUB_OFFLINE": "1", "HOME": folder}

from distilabel.models import OpenAILLM  # noqa: E402
from distilabel.pipeline import Pipeline  # noqa: E402
from distilabel.steps import LoadDataFromDicts  # noqa: E402
from distilabel.steps.tasks import TextGenerationWithImage  # noqa: E402

PICTURES = [base64.b64encode(os.urandom(size)).decode() for _ in range(8)]


def run() -> float:
    start = time.perf_counter()
    rows = [{"instruction": f"Question {number}.", "image": PICTURES[number % 8]} for number in range(requests)]
    with Pipeline(name="speed", cache_dir=folder) as pipeline:
        load = LoadDataFromDicts(data=rows, batch_size=concurrency)
        llm = OpenAILLM(model="loopback", base_url=url, api_key="none", generation_kwargs={"max_new_tokens": 100})
        task = TextGenerationWithImage(llm=llm, image_type="base64", input_batch_size=concurrency)
        load >> task
    found = pipeline.run(use_cache=True)
    count = len(found["default"]["train"])
    assert count == requests, count
    return time.perf_counter() - start


if __name__ == "__main__":
    print("seconds", run(), run())
