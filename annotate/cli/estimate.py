"""``annotate estimate``: the price of a build before it is paid."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from annotate.cli._recipe_options import effective_recipe, recipe_options

if TYPE_CHECKING:
    from annotate.endpoint.estimate import Estimate

__all__ = ["COMMAND"]


@click.command("estimate", short_help="Say what a teacher will cost before anything is paid.")
@click.option("--split", type=click.Choice(["train", "test", "all"]), default="train", show_default=True, help="Splits to build.")
@click.option("--photos", default="", metavar="DIR", help="Folder of photos, as for build.")
@click.option(
    "--out", default="dataset", show_default=True, metavar="DIR", help="Dataset folder; pictures rendered here are kept."
)
@click.option("--workers", type=click.IntRange(1), default=None, help="Processes for the CPU work [default: one for each core].")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@recipe_options
def COMMAND(split: str, photos: str, out: str, workers: int | None, as_json: bool, **options: Any) -> None:  # noqa: N802
    """Plans and renders as a build does, then counts requests, tokens and dollars. Nothing is sent; no key is needed.

    Answers that are in the store already cost nothing and are left out. Without stored labels the descriptions are counted
    with the regions' own names, which changes their number of tokens little.

    \b
    Examples:
      annotate estimate --photos photos/ --out dataset/ --teacher openai --teacher-model gpt-5-mini
      annotate estimate --photos photos/ --out dataset/ --teacher openai --teacher-model gpt-5-mini --set teacher.batch=submit
    """  # noqa: D301
    from annotate.cli._progress import terminal_watch  # noqa: PLC0415
    from annotate.estimating import forecast  # noqa: PLC0415
    from annotate.mapping import processes  # noqa: PLC0415
    from annotate.pipeline import BuildOrder  # noqa: PLC0415

    order = BuildOrder(effective_recipe(options).recipe, Path(out), split, photos)  # type: ignore[arg-type]
    with terminal_watch() as watch, processes(workers or len(os.sched_getaffinity(0))) as mapper:
        found = forecast(order, mapper, watch)
    if as_json:
        from annotate.endpoint.estimate import as_mapping  # noqa: PLC0415

        click.echo(json.dumps(as_mapping(found), indent=1))
    else:
        click.echo(_sentence(found, order.recipe.teacher.model))


def _sentence(found: Estimate, model: str) -> str:
    lines = [
        f"{found.requests} requests to {model} ({found.questions} questions, {found.stored} answered already)",
        f"  tokens     {found.input_tokens:,} in, {found.output_tokens:,} out",
    ]
    if found.expected_usd is None:
        lines.append("  cost       unknown: the model has no price; name a price file in teacher.prices")
        return "\n".join(lines)
    lines.append(f"  cost       ${found.low_usd:.2f} low, ${found.expected_usd:.2f} expected, ${found.high_usd:.2f} at worst")
    if found.correction != 1.0:
        lines.append(f"  corrected  by {found.correction:.2f}, what this run's answers cost against what was expected")
    return "\n".join(lines)
