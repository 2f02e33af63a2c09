"""The dataset's README.md: a Hugging Face card with one config for each task."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.manifest import Manifest

__all__ = ["card"]


def card(manifest: Manifest) -> str:
    """Markdown with the front matter that ``datasets.load_dataset(folder, task)`` reads."""
    tasks = sorted({file.task for split in manifest.splits.values() for file in split.files})
    lines = ["---", "configs:"]
    for task in tasks:
        lines += [f"- config_name: {task}", "  data_files:"]
        for name, split in manifest.splits.items():
            if any(file.task == task for file in split.files):
                lines += [f"  - split: {name}", f"    path: data/{task}/{name}-*.parquet"]
    lines += ["---", "", f"# Image quality dataset: {manifest.recipe}", ""]
    made = f"Made with {manifest.made_with}, recipe `{manifest.recipe}` (digest `{manifest.recipe_digest[:12]}`)"
    lines += [f"{made}, seed {manifest.seed}.", ""]
    lines += ["| split | kind | rows |", "|---|---|---|", *_counts(manifest), ""]
    lines += [
        "```python",
        "from datasets import load_dataset",
        "",
        f'rows = load_dataset(FOLDER, "{tasks[0]}", split="{next(iter(manifest.splits))}")',
        "```",
        "",
    ]
    lines += ["Settings: `recipe.json`. What was left out and why: `quarantine/`. Check it: `annotate verify FOLDER`.", ""]
    return "\n".join(lines)


def _counts(manifest: Manifest) -> Iterator[str]:
    for name, split in manifest.splits.items():
        for kind, rows in split.rows.items():
            yield f"| {name} | {kind} | {rows} |"
