"""Settings of a segmenter: from a recipe's [regions.options] to a model, with errors that say which setting is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from schemas.errors import RecipeError
from schemas.registry import nearest

__all__ = ["validated"]

M = TypeVar("M", bound=BaseModel)


def validated(model: type[M], options: Mapping[str, str | int | float | bool], segmenter: str) -> M:
    """The options as ``model``.

    Raises:
        RecipeError: an unknown option (the nearest is offered) or a value that does not fit, named one by one.
    """
    place = f"[regions.options] of segmenter {segmenter!r}"
    known = list(model.model_fields)
    for name in options:
        if name not in known:
            raise RecipeError(f"{place}: there is no option {name!r}.{nearest(name, known)}")
    try:
        return model.model_validate(dict(options))
    except ValidationError as error:
        problems = "; ".join(
            f"{'.'.join(map(str, problem['loc']))} = {problem['input']!r}: {problem['msg']}" for problem in error.errors()
        )
        raise RecipeError(f"{place}: {problems}.") from error
