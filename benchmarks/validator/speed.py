"""Milliseconds that all checks together take for one text, and the grammar teacher to write one, by kind of description.

    python benchmarks/validator/speed.py

Texts are the grammar teacher's and the labelled sentences of tests/data, judged one after the other in one process; processor
time, so that other work on the machine counts little; the first hundred of each kind warm up.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from annotate.checks import judge
from annotate.language.grammar.plans import compose
from tests.sentences import sentences
from tests.teachers.test_grammar import KINDS, asked

TEXTS = 1000
WARM = 100


def milliseconds(work, items):
    for item in items[:WARM]:
        work(item)
    start = time.process_time()
    for item in items:
        work(item)
    return (time.process_time() - start) / len(items) * 1000


def main():
    print(f"{'':20} {'write':>8} {'judge':>8}   milliseconds a text, processor time")
    for kind in KINDS:
        requests = [asked(kind, number, 6 if kind == "global" else 4) for number in range(TEXTS)]
        pairs = [(request, compose(request)) for request in requests]
        written, judged = milliseconds(compose, requests), milliseconds(lambda pair: judge(*pair), pairs)
        print(f"{kind:20} {written:8.2f} {judged:8.2f}")
    labelled = [(sentence.request, sentence.text) for sentence in sentences()]
    print(f"{'labelled sentences':20} {'':8} {milliseconds(lambda pair: judge(*pair), labelled):8.2f}")


if __name__ == "__main__":
    main()
