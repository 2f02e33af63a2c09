"""What a finished dataset must obey. One file is one rule; ``annotate.rules`` is also the entry-point group."""

from __future__ import annotations

from schemas.registry import Registry

__all__ = ["rules"]

rules: Registry[object] = Registry("rule", __name__)
