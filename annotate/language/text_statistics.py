"""How varied texts are: seven numbers for any list of texts.

| number | meaning | better |
|---|---|---|
| unique | distinct texts, share of all | higher |
| vocabulary | distinct words | higher |
| distinct_2 | distinct word pairs, share of all pairs (Li et al. 2016, arXiv 1510.03055) | higher |
| gzip_ratio | bytes over bytes after gzip, level 9 (Shaib et al. 2024, arXiv 2403.00553) | lower |
| self_bleu_4 | BLEU-4 of texts against other texts of the list (Zhu et al. 2018, arXiv 1802.01886) | lower |
| mtld | mean length of word runs whose type-token ratio stays above 0.72 (McCarthy and Jarvis 2010) | higher |
| commonest_opening | share of the commonest first three words | lower |

Shares of pairs, compression and vocabulary change with the number of texts: compare lists of one size.
"""

from __future__ import annotations

import gzip
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from schemas.keys import generator

__all__ = ["TextStatistics", "text_statistics"]

_WORD: Final = re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*")
_TYPE_TOKEN: Final = 0.72
_HYPOTHESES: Final = 500
_REFERENCES: Final = 100
"""Self-BLEU grows with the number of references: at most 500 texts are scored against 100 others, drawn once by a fixed key."""

Gram = tuple[str, ...]


@dataclass(frozen=True)
class TextStatistics:
    """The numbers of a list of texts; ratios and shares are 0 and ``mtld`` is 0.0 for an empty list."""

    texts: int
    words: float
    """mean number of words of a text"""
    unique: float
    vocabulary: int
    distinct_2: float
    gzip_ratio: float
    self_bleu_4: float
    mtld: float
    commonest_opening: float
    opening: str
    """the commonest first three words"""

    def as_json(self) -> dict[str, float | int | str]:
        """The numbers by name."""
        return asdict(self)


def text_statistics(texts: Sequence[str]) -> TextStatistics:
    """The statistics of texts; the same for the same texts in the same order."""
    words = [_WORD.findall(text.lower()) for text in texts]
    pairs = [pair for text in words for pair in _grams(text, 2)]
    opening, count = Counter(" ".join(text[:3]) for text in words).most_common(1)[0] if texts else ("", 0)
    return TextStatistics(
        texts=len(texts),
        words=_share(sum(map(len, words)), len(texts)),
        unique=_share(len(set(texts)), len(texts)),
        vocabulary=len({word for text in words for word in text}),
        distinct_2=_share(len(set(pairs)), len(pairs)),
        gzip_ratio=_gzip_ratio(texts),
        self_bleu_4=_self_bleu(words),
        mtld=_mtld([word for text in words for word in text]),
        commonest_opening=_share(count, len(texts)),
        opening=opening,
    )


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _grams(words: Sequence[str], size: int) -> Iterable[Gram]:
    return zip(*(words[offset:] for offset in range(size)), strict=False)


def _gzip_ratio(texts: Sequence[str]) -> float:
    plain = "\n".join(texts).encode()
    return _share(len(plain), len(gzip.compress(plain, 9, mtime=0))) if plain else 0.0


def _self_bleu(texts: Sequence[Sequence[str]]) -> float:
    """Mean sentence BLEU-4 (uniform weights, epsilon smoothing 0.1 for counts of zero) of drawn texts against drawn others."""
    order = generator(0, "self-bleu", len(texts)).permutation(len(texts)).tolist()
    references, hypotheses = order[:_REFERENCES], order[_REFERENCES:][:_HYPOTHESES]
    if len(texts) < 2:
        return 0.0
    if not hypotheses:
        # a short list: each of up to 100 texts against all the others
        scores = [_bleu(texts[one], [texts[other] for other in order if other != one]) for one in order]
        return _share(sum(scores), len(scores))
    most = [_most([texts[one] for one in references], size) for size in range(1, 5)]
    lengths = sorted(len(texts[one]) for one in references)
    return _share(sum(_score(texts[one], most, lengths) for one in hypotheses), len(hypotheses))


def _bleu(text: Sequence[str], others: Sequence[Sequence[str]]) -> float:
    return _score(text, [_most(others, size) for size in range(1, 5)], sorted(map(len, others)))


def _most(texts: Sequence[Sequence[str]], size: int) -> Counter[Gram]:
    """The most times each run of words occurs in one of the texts."""
    most: Counter[Gram] = Counter()
    for text in texts:
        most |= Counter(_grams(text, size))
    return most


def _score(text: Sequence[str], most: Sequence[Counter[Gram]], lengths: Sequence[int]) -> float:
    if not text:
        return 0.0
    total = 0.0
    for size, counts in enumerate(most, start=1):
        found = Counter(_grams(text, size))
        hits = sum(min(count, counts[gram]) for gram, count in found.items())
        total += math.log(max(hits, 0.1) / max(found.total(), 1))
    nearest = min(lengths, key=lambda length: (abs(length - len(text)), length))
    return math.exp(total / 4) * min(1.0, math.exp(1 - nearest / len(text)))


def _mtld(words: Sequence[str]) -> float:
    """Mean of the measure read forwards and backwards."""
    return (_runs(words) + _runs(words[::-1])) / 2


def _runs(words: Sequence[str]) -> float:
    factors, types, count = 0.0, set[str](), 0
    for word in words:
        types.add(word)
        count += 1
        if len(types) / count <= _TYPE_TOKEN:
            factors += 1
            types, count = set(), 0
    if count:
        factors += (1 - len(types) / count) / (1 - _TYPE_TOKEN)
    return len(words) / factors if factors else float(len(words))
