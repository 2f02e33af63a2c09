"""The tables of an answer store."""

from __future__ import annotations

__all__ = ["SCHEMA", "VERSION"]

VERSION = 1

SCHEMA = f"""
-- processes that work with the store
CREATE TABLE IF NOT EXISTS owner (
    id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, seen REAL NOT NULL
);
-- questions by content: key = sha256(body)
CREATE TABLE IF NOT EXISTS request (
    key TEXT PRIMARY KEY, kind TEXT NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL, created REAL NOT NULL
);
-- every time a question was sent; raw = zlib of the response body; dollars
CREATE TABLE IF NOT EXISTS attempt (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL, owner TEXT NOT NULL, run TEXT NOT NULL,
    state TEXT NOT NULL, way TEXT NOT NULL, started REAL NOT NULL, ended REAL,
    reserved REAL NOT NULL DEFAULT 0, expected REAL NOT NULL DEFAULT 0, cost REAL NOT NULL DEFAULT 0,
    sends INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER, cached_tokens INTEGER, output_tokens INTEGER, tier TEXT, note TEXT, raw BLOB
);
CREATE INDEX IF NOT EXISTS attempt_of_key ON attempt (key, state);
CREATE UNIQUE INDEX IF NOT EXISTS one_in_flight ON attempt (key) WHERE state = 'sent';
CREATE INDEX IF NOT EXISTS in_flight_of_owner ON attempt (owner) WHERE state = 'sent';
-- dollars of each run, kept in the same transactions as the attempts
CREATE TABLE IF NOT EXISTS ledger (
    run TEXT PRIMARY KEY, spent REAL NOT NULL DEFAULT 0, reserved REAL NOT NULL DEFAULT 0,
    perhaps REAL NOT NULL DEFAULT 0, answers INTEGER NOT NULL DEFAULT 0
);
-- what the checks said; judged again without paying when they change
CREATE TABLE IF NOT EXISTS verdict (
    key TEXT NOT NULL, item TEXT NOT NULL, accepted INTEGER NOT NULL, findings TEXT NOT NULL, judged REAL NOT NULL,
    PRIMARY KEY (key, item)
);
CREATE TABLE IF NOT EXISTS ability (
    url TEXT NOT NULL, model TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (url, model)
);
-- files of the batch API; state: written, uploaded, submitted, finished, taken
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY, run TEXT NOT NULL, url TEXT NOT NULL, file TEXT NOT NULL, requests INTEGER NOT NULL,
    state TEXT NOT NULL, input_file TEXT, remote TEXT, remote_state TEXT, created REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS batch_item (
    batch INTEGER NOT NULL, key TEXT NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (batch, key)
);
PRAGMA user_version = {VERSION};
"""
