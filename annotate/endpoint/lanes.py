"""A transport of many small connection pools: one large pool looks at every idle connection for every request."""

from __future__ import annotations

import resource
import ssl
from math import ceil
from typing import Self

import httpx2

from schemas.errors import UsageError

__all__ = ["Lanes", "allow"]

WIDTH = 8
"""connections of one pool"""
OTHER_FILES = 256
"""open files of a process that are no connections"""


def allow(connections: int) -> None:
    """Lets this process have that many connections open, where the system's soft limit on open files is lower.

    Raises:
        UsageError: the hard limit is lower too.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + OTHER_FILES
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise UsageError(
            f"teacher.concurrency: {connections} requests at once need {wanted} open files, and this system allows a process "
            f"{hard}. Choose at most {max(1, hard - OTHER_FILES)}, or raise the hard limit (ulimit -Hn)."
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


class Lanes(httpx2.AsyncBaseTransport):
    """Sends each request by the pool with the fewest requests under way.

    Measured with 64 connections and 200 kB requests: the pool's own look at its connections was a quarter of all work.
    """

    def __init__(self, connections: int) -> None:
        verify: ssl.SSLContext = httpx2.create_ssl_context()
        limits = httpx2.Limits(max_connections=None, max_keepalive_connections=WIDTH)
        count = max(1, ceil(connections / WIDTH))
        self._pools = [httpx2.AsyncHTTPTransport(verify=verify, limits=limits, trust_env=True) for _ in range(count)]
        self._under_way = [0] * count

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Hands the request to a pool; the response is read before the lane counts as free."""
        lane = self._under_way.index(min(self._under_way))
        self._under_way[lane] += 1
        try:
            response = await self._pools[lane].handle_async_request(request)
            await response.aread()
            return response
        finally:
            self._under_way[lane] -= 1

    async def __aenter__(self) -> Self:
        for pool in self._pools:
            await pool.__aenter__()
        return self

    async def aclose(self) -> None:
        """Closes all connections."""
        for pool in self._pools:
            await pool.aclose()
