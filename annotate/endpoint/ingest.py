"""Result files of the batch API or of ``vllm run-batch``, taken into an answer store whichever process they belong to."""

from __future__ import annotations

from concurrent.futures import Future

from annotate.endpoint.batch_files import read_results
from annotate.endpoint.client import Outcome
from annotate.endpoint.outcomes import TABLE, Failure, read_reply
from annotate.endpoint.prices import Price, Prices
from annotate.endpoint.store import AnswerStore, Closing

__all__ = ["TIER", "take_in"]

TIER = "batch"
"""service tier whose price batches have"""


def take_in(store: AnswerStore, text: bytes, prices: Prices, failures: dict[str, Outcome] | None = None) -> tuple[int, int]:
    """Takes in a result file by ``custom_id``, whichever batch or process it comes from; (answers, failures) that were new."""
    answered: list[Future[bool]] = []
    failed: list[Future[bool]] = []
    query = (
        "SELECT id, state = 'sent' AND way = 'batch', reserved, body, kind, model FROM attempt JOIN request USING (key) "
        "WHERE key = ? ORDER BY state = 'sent' DESC, id DESC LIMIT 1"
    )
    for result in read_results(text):
        for attempt, waits, reserved, body, kind, model in store.read(query, (result.key,)):
            if result.failure is None:
                closing = _closing(result.raw, prices.of(model), reserved)
                there = store.settle(attempt, closing) if waits else store.add(body, result.key, kind, model, result.raw)
                answered.append(there)
            elif waits:
                failed.append(store.settle(attempt, Closing("failed", note=result.failure.reason)))
                _remember(result.key, result.failure, failures)
    return sum(future.result() for future in answered), sum(future.result() for future in failed)


def _closing(raw: bytes, price: Price | None, reserved: float) -> Closing:
    """An answer with its cost: by its usage, or the worst where the server does not say."""
    reply = read_reply(raw)
    usage = reply.usage
    tokens = (usage.input, usage.cached, usage.output)
    cost = price.cost(tokens, TIER) if price and usage.known else reserved
    return Closing("answered", cost=cost, tokens=tokens, tier=TIER, note=reply.model, raw=raw)


def _remember(key: str, failure: Failure, failures: dict[str, Outcome] | None) -> None:
    """A failure that sending again would not mend is final for this process."""
    if failures is not None and TABLE[failure.event].resend == 0:
        failures[key] = Outcome(code=failure.event.value, reason=failure.reason)
