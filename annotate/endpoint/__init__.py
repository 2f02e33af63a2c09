"""Any OpenAI-compatible endpoint: questions, one answer store, retries, pace and money. Knows nothing of what is asked.

question.py   what is asked, and the key that decides whether two questions are the same
abilities.py  what an endpoint can do, learnt once
ladder.py     structured output from strict schema down to plain text, and reading it again
wire.py       the bytes of a request
outcomes.py   what came back, and the table of what each event leads to
pace.py       adaptive concurrency; launches.py  few requests on their way out at once; lanes.py  many small connection pools
commits.py    one thread that writes to SQLite, many changes in one commit
store.py      requests, attempts, raw answers, verdicts, ledger
prices.py     price files; tokens.py  token counts; money.py  expected and worst cost
client.py     one question through all of it
stream.py     many questions, one event loop, results as they come
batch.py      the same by the batch API; ingest.py  result files of batches, whosever they are
"""
