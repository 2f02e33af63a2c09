"""Kinds of damage to a dataset.

Each is done consistently, hashes and counts of the manifest put right, unless that is the damage: so a rule has to derive
what is wrong, and cannot merely notice that a file changed.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

from annotate.regions.colours import still_called
from schemas.keys import file_sha256, sha256
from schemas.masks import decode, encode
from schemas.values import Rle

Row = dict
Change = Callable[[Row], object]
TASKS = ("global_description", "grounding", "local_description", "referring")


@dataclass
class Copy:
    """A copy of the good dataset to be damaged."""

    folder: Path

    def shard(self, task: str, split: str = "train") -> Path:
        return self.folder / "data" / task / f"{split}-00000-of-00001.parquet"

    def rows(self, task: str, split: str = "train") -> list[Row]:
        return pq.read_table(self.shard(task, split)).to_pylist()

    def save(self, task: str, rows: list[Row], split: str = "train") -> None:
        schema = pq.read_schema(self.shard(task, split))
        self.replace(task, pa.Table.from_pylist(rows, schema=schema), split)

    def replace(self, task: str, table: pa.Table, split: str = "train") -> None:
        pq.write_table(table, self.shard(task, split))
        self.restamp()

    def manifest(self, change: Callable[[Row], object]) -> None:
        path = self.folder / "manifest.json"
        manifest = json.loads(path.read_text())
        change(manifest)
        path.write_text(json.dumps(manifest))

    def restamp(self) -> None:
        """Hashes and row numbers of all files, as if the damaged files had been published."""

        def stamp(manifest: Row) -> None:
            for split in manifest["splits"].values():
                for file in split["files"]:
                    path = self.folder / file["path"]
                    file["sha256"], file["rows"] = file_sha256(path), pq.read_metadata(path).num_rows

        self.manifest(stamp)

    def recount(self) -> None:
        """Numbers of rows, pictures and photos too."""

        def count(manifest: Row) -> None:
            for split, part in manifest["splits"].items():
                rows = [(task, row) for task in TASKS for row in self.rows(task, split)]
                kinds = [row.get("subtask") or row.get("form") or task for task, row in rows]
                part["rows"] = {kind: kinds.count(kind) for kind in sorted(set(kinds))}
                part["pictures"] = len({row["image"]["path"] for _, row in rows})
                part["photos"] = len({row["source"]["sha256"] for _, row in rows})

        self.manifest(count)

    def one(self, task: str, change: Change, where: Callable[[Row], bool] = lambda _: True) -> None:
        """Changes the first row of a task for which ``where`` holds."""
        rows = self.rows(task)
        change(next(row for row in rows if where(row)))
        self.save(task, rows)

    def two(self, task: str, change: Callable[[Row, Row], object], fits: Callable[[Row, Row], bool]) -> None:
        """Changes the first two rows of a task that fit together."""
        rows = self.rows(task)
        one, other = next((a, b) for i, a in enumerate(rows) for b in rows[i + 1 :] if fits(a, b))
        change(one, other)
        self.save(task, rows)

    def everywhere(self, change: Change, where: Callable[[Row], bool] = lambda _: True) -> None:
        """Changes all rows of the first picture for which ``where`` holds, in all tasks alike."""
        path = next(row["image"]["path"] for task in TASKS for row in self.rows(task) if where(row))
        for task in TASKS:
            rows = self.rows(task)
            for row in rows:
                if row["image"]["path"] == path:
                    change(row)
            self.save(task, rows)


@dataclass(frozen=True)
class Damage:
    name: str
    do: Callable[[Copy], object]
    rules: set[str]
    """rules that must name it"""
    photos: bool = False
    """whether it can only be seen with the photos"""
    code: str = ""
    """code that one of the findings must have"""


DAMAGES: list[Damage] = []


def damage(rule: str, *, photos: bool = False, code: str = "") -> Callable[[Callable[[Copy], object]], Callable[[Copy], object]]:
    def register(do: Callable[[Copy], object]) -> Callable[[Copy], object]:
        DAMAGES.append(Damage(do.__name__.replace("_", " "), do, set(rule.split()), photos, code))
        return do

    return register


def distorted(row: Row) -> int:
    return next((i for i, region in enumerate(row["regions"]) if region["steps"]), -1)


def pair(row: Row) -> int:
    return next((i for i, region in enumerate(row["regions"]) if len(region["steps"]) == 2), -1)


def clean(row: Row) -> int:
    return next((i for i, region in enumerate(row["regions"]) if not region["steps"]), -1)


def has_pair(row: Row) -> bool:
    return pair(row) >= 0


def mask_of(region: Row) -> np.ndarray:
    return decode(Rle.model_validate(region["mask"])).copy()


def set_mask(region: Row, mask: np.ndarray) -> None:
    region["mask"] = encode(mask).model_dump()


def image_of(row: Row) -> np.ndarray:
    return np.array(Image.open(io.BytesIO(row["image"]["bytes"])).convert("RGB"))


def set_image(row: Row, image: np.ndarray, kind: str = "PNG", **options: object) -> None:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, kind, **options)
    row["image"]["bytes"] = buffer.getvalue()


def swap(one: Row, other: Row, *fields: str) -> None:
    for name in fields:
        one[name], other[name] = other[name], one[name]


# --- masks, boxes, shapes -------------------------------------------------------------------------------------------------


@damage("boxes shapes")
def masks_of_two_regions_swapped(copy: Copy) -> None:
    copy.everywhere(lambda row: swap(row["regions"][0], row["regions"][1], "mask"))


@damage("boxes")
def box_shifted_by_one_pixel(copy: Copy) -> None:
    def change(row: Row) -> None:
        x0, y0, x1, y1 = row["regions"][0]["bbox"]
        row["regions"][0]["bbox"] = [x0 + 1, y0, x1 + 1, y1]

    copy.everywhere(change)


@damage("boxes")
def position_word_of_a_region_flipped(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][0]
        region["horizontal"] = "left" if region["horizontal"] == "right" else "right"

    copy.everywhere(change)


@damage("masks")
def area_off_by_one(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][0].update(area=row["regions"][0]["area"] + 1))


@damage("masks")
def runs_of_a_mask_corrupt(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][0]["mask"].update(counts=row["regions"][0]["mask"]["counts"][:-2]))


@damage("masks")
def mask_of_another_size(copy: Copy) -> None:
    def change(row: Row) -> None:
        mask = row["regions"][0]["mask"]
        mask["size"] = mask["size"][::-1]

    copy.everywhere(change, lambda row: row["width"] != row["height"])


@damage("masks")
def regions_made_to_overlap(copy: Copy) -> None:
    def change(row: Row) -> None:
        one, other = row["regions"][:2]
        both = mask_of(one) | mask_of(other)
        set_mask(one, both)
        one["area"] = int(both.sum())

    copy.everywhere(change)


@damage("masks rendered", photos=True)
def mask_grown_by_one_pixel_all_around(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][distorted(row)]
        set_mask(region, cv2.dilate(mask_of(region).astype(np.uint8), np.ones((3, 3))).astype(bool))

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("shapes")
def click_moved(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][0].update(click=[0, 0]))


@damage("shapes")
def component_count_changed(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][0].update(components=row["regions"][0]["components"] + 1))


@damage("shapes")
def quarter_share_changed(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][0].update(quadrant_share=0.123))


@damage("shapes")
def phrases_of_two_regions_made_equal(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][1].update(phrase=row["regions"][0]["phrase"]))


@damage("shapes")
def region_listed_twice(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"].append(row["regions"][0]))


@damage("measured", photos=True)
def colour_of_a_region_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["regions"][0]["brightness"] = 1 - row["regions"][0]["brightness"]

    copy.everywhere(change)


@damage("measured", photos=True)
def texture_of_a_distorted_region_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][distorted(row)]
        region["seen_texture"] = 1 - region["seen_texture"]

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("measured", photos=True)
def tones_of_a_distorted_region_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["regions"][distorted(row)]["seen_tones"]["spread"] += 0.01

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("steps")
def tones_without_a_step_left_out(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["regions"][distorted(row)]["measures"][0]["without"] = None

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("steps")
def step_unlike_its_name(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["regions"][distorted(row)]["seen_tones"] |= {"lightness": 1.0, "chroma": 0.0, "detail": 0.0, "spread": 0.0}

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("doubles", photos=True)
def patch_of_a_regions_colour_kept_quiet(copy: Copy) -> None:
    def sought(row: Row) -> Row | None:
        return next((region for region in row["regions"] if 0.05 < (region["double"] or 0) < 0.3), None)

    copy.everywhere(lambda row: sought(row).update(double=0.02), sought)


@damage("shapes")
def region_seen_in_a_colour_that_its_phrase_does_not_say(copy: Copy) -> None:
    def named_by_colour(row: Row) -> Row | None:
        regions = (region for region in row["regions"] if region["steps"])
        return next((region for region in regions if region["seen_colour"] and region["seen_colour"] in region["phrase"]), None)

    def change(row: Row) -> None:
        region = named_by_colour(row)
        region["seen_colour"] = next(name for name in ("green", "orange") if not still_called(region["seen_colour"], name))

    copy.everywhere(change, named_by_colour)


@damage("steps")
def clean_region_seen_in_another_colour(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][clean(row)]
        region["seen_colour"] = "purple" if region["colour"] != "purple" else "green"

    copy.everywhere(change, lambda row: clean(row) >= 0)


# --- steps ----------------------------------------------------------------------------------------------------------------


def step_change(**values: object) -> Change:
    return lambda row: row["regions"][distorted(row)]["steps"][0].update(values)


@damage("steps")
def severity_word_of_a_step_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        step = row["regions"][distorted(row)]["steps"][0]
        step["severity"] = "mild" if step["severity"] == "severe" else "severe"

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("steps questions")
def level_of_a_step_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        step = row["regions"][distorted(row)]["steps"][0]
        step["level"] = 5 if step["level"] < 3 else 1

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("steps")
def category_of_a_step_changed(copy: Copy) -> None:
    copy.everywhere(step_change(category="weather"), lambda row: distorted(row) >= 0)


@damage("steps")
def function_of_a_step_unknown(copy: Copy) -> None:
    copy.everywhere(step_change(function="blur.nothing"), lambda row: distorted(row) >= 0)


@damage("steps rendered", photos=True)
def parameters_of_a_step_changed(copy: Copy) -> None:
    copy.everywhere(step_change(parameters='{"sigma":9}'), lambda row: distorted(row) >= 0)


@damage("rendered", photos=True)
def seed_of_a_noise_step_changed(copy: Copy) -> None:
    def noisy(row: Row) -> int:
        return next((i for i, r in enumerate(row["regions"]) if any(s["function"].startswith("noise.") for s in r["steps"])), -1)

    def change(row: Row) -> None:
        for step in row["regions"][noisy(row)]["steps"]:
            step["seed"] ^= 1

    copy.everywhere(change, lambda row: noisy(row) >= 0)


@damage("rendered questions", photos=True)
def order_of_two_steps_reversed(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][pair(row)]
        region["steps"].reverse()
        region["measures"].reverse()

    copy.everywhere(change, has_pair)


@damage("steps")
def step_removed_but_not_its_measure(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][distorted(row)]["steps"].pop(), lambda row: distorted(row) >= 0)


@damage("steps")
def third_step_added(copy: Copy) -> None:
    def change(row: Row) -> None:
        region = row["regions"][pair(row)]
        region["steps"].append(region["steps"][0])
        region["measures"].append(region["measures"][0])

    copy.everywhere(change, has_pair)


@damage("rendered", photos=True)
def clean_region_given_a_step(copy: Copy) -> None:
    def change(row: Row) -> None:
        donor, region = row["regions"][distorted(row)], row["regions"][clean(row)]
        region.update(steps=donor["steps"], measures=donor["measures"], strength=donor["strength"], order_gap=donor["order_gap"])

    copy.everywhere(change, lambda row: clean(row) >= 0 and distorted(row) >= 0)


@damage("questions", code="unseen")
def measured_change_below_what_can_be_seen(copy: Copy) -> None:
    def change(row: Row) -> None:
        for region in row["regions"]:
            for measure in region["measures"]:
                measure["change"] = 0.1

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("questions", code="word")
def measured_strength_that_makes_the_severity_word_lie(copy: Copy) -> None:
    def change(row: Row) -> None:
        for region in row["regions"]:
            for measure, step in zip(region["measures"], region["steps"], strict=True):
                measure["strength"] = 0.95 if step["severity"] == "mild" else 0.21

    copy.everywhere(change, lambda row: distorted(row) >= 0)


@damage("measured", photos=True)
def measured_strength_of_a_pair_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["regions"][pair(row)]["strength"] += 0.01

    copy.everywhere(change, has_pair)


@damage("steps")
def strength_of_a_clean_region_not_zero(copy: Copy) -> None:
    copy.everywhere(lambda row: row["regions"][clean(row)].update(strength=0.4), lambda row: clean(row) >= 0)


@damage("questions", code="dao_gap")
def order_gap_below_what_can_be_seen(copy: Copy) -> None:
    def change(row: Row) -> None:
        for region in row["regions"]:
            region["order_gap"] = 0.0

    copy.everywhere(change, lambda row: row.get("subtask") == "dao")


# --- grounding ------------------------------------------------------------------------------------------------------------


def is_(**values: object) -> Callable[[Row], bool]:
    return lambda row: all(row.get(name) == value for name, value in values.items())


@damage("questions", code="target_mask")
def mask_of_another_region_as_target(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(mask=row["regions"][row["target"] - 1]["mask"]))


@damage("questions", code="winner")
def target_and_mask_of_another_region(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["target"] = (row["target"] + 1) % len(row["regions"])
        row["mask"] = row["regions"][row["target"]]["mask"]

    copy.one("grounding", change)


@damage("questions", code="target")
def target_that_is_no_region(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(target=40))


@damage("questions", code="position")
def position_word_of_the_answer_flipped(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(vertical="top" if row["vertical"] == "bottom" else "bottom"))


@damage("questions", code="position")
def spatial_part_says_the_other_side(copy: Copy) -> None:
    def change(row: Row) -> None:
        other = {"left": "right", "right": "left"}[row["horizontal"]]
        row["spatial"] = row["spatial"].replace(row["horizontal"], other)
        row["answer"] = f"{row['spatial']} {row['semantic']}"

    copy.one("grounding", change)


@damage("questions", code="answer_parts")
def answer_without_its_semantic_part(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(answer=row["spatial"]))


@damage("questions", code="text")
def semantic_parts_of_two_rows_exchanged(copy: Copy) -> None:
    def change(one: Row, other: Row) -> None:
        swap(one, other, "semantic")
        for row in (one, other):
            row["answer"] = f"{row['spatial']} {row['semantic']}"

    copy.two("grounding", change, lambda a, b: types_of(a, a["target"]).isdisjoint(types_of(b, b["target"])))


@damage("questions", code="question_pool")
def strongest_asked_where_the_weakest_is_meant(copy: Copy) -> None:
    def change(row: Row) -> None:
        names = {"strongest": "Which region suffers from the strongest blur?", "weakest": "Segment the region with mild blur."}
        row["question"] = names[row["ask"]].replace("blur", "tartan")

    copy.one("grounding", change, is_(subtask="sid"))


@damage("questions")
def most_turned_into_least(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(ask="least" if row["ask"] == "most" else "most"), is_(subtask="hyd"))


@damage("questions")
def another_distortion_named_as_topic(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(topic=["weather"]), is_(subtask="sid"))


@damage("questions", code="identity")
def sid_row_called_hyd(copy: Copy) -> None:
    copy.one("grounding", lambda row: row.update(subtask="hyd"), is_(subtask="sid"))
    copy.recount()


# --- referring and descriptions -------------------------------------------------------------------------------------------


def types_of(row: Row, target: int) -> set[str]:
    return {step["category"] for step in row["regions"][target]["steps"]}


def differ(one: Row, other: Row) -> bool:
    return bool(types_of(one, one["target"])) and types_of(one, one["target"]).isdisjoint(types_of(other, other["target"]))


@damage("questions", code="short_answer")
def severity_of_a_short_answer_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        said = row["types"][0]["severity"]
        row["answer"] = row["answer"].replace(said.capitalize(), "Mild" if said == "severe" else "Severe")

    copy.one("referring", change, is_(form="short"))


@damage("questions", code="short_answer")
def short_answers_of_two_rows_exchanged(copy: Copy) -> None:
    both = is_(form="short")
    copy.two("referring", lambda a, b: swap(a, b, "answer"), lambda a, b: both(a) and both(b) and a["answer"] != b["answer"])


@damage("questions", code="short_answer")
def distortions_of_a_short_answer_in_the_other_order(copy: Copy) -> None:
    def change(row: Row) -> None:
        first, second = row["answer"].rstrip(".").split(", ")
        row["answer"] = f"{second.capitalize()}, {first.lower()}."

    copy.one("referring", change, lambda row: row["form"] == "short" and len(row["types"]) == 2)


@damage("questions", code="text")
def long_answers_of_two_rows_exchanged(copy: Copy) -> None:
    both = is_(form="long")
    copy.two("referring", lambda a, b: swap(a, b, "answer"), lambda a, b: both(a) and both(b) and differ(a, b))


@damage("questions", code="text")
def local_descriptions_of_two_rows_exchanged(copy: Copy) -> None:
    copy.two("local_description", lambda a, b: swap(a, b, "answer"), differ)


@damage("questions", code="text")
def global_descriptions_of_two_pictures_exchanged(copy: Copy) -> None:
    copy.two(
        "global_description",
        lambda a, b: swap(a, b, "answer"),
        lambda a, b: a["source"] != b["source"] and a["regions"] != b["regions"],
    )


@damage("questions", code="text")
def sentence_about_a_distortion_that_is_not_there(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["answer"] += " Severe pixelation breaks it into coarse blocks."

    copy.one("local_description", change, lambda row: "pixelate" not in types_of(row, row["target"]))


@damage("questions", code="text")
def text_that_gives_away_how_it_was_made(copy: Copy) -> None:
    copy.one("local_description", lambda row: row.update(answer=row["answer"] + " The mask of region 2 was given level 3."))


@damage("questions", code="text")
def empty_answer(copy: Copy) -> None:
    copy.one("global_description", lambda row: row.update(answer=""))


@damage("questions", code="structured_answer")
def structured_answer_lacks_a_type(copy: Copy) -> None:
    copy.one("referring", lambda row: row.update(types=row["types"][:-1]))


@damage("questions", code="structured_answer")
def mentions_of_a_region_dropped(copy: Copy) -> None:
    copy.one("global_description", lambda row: row.update(mentions=row["mentions"][:-1]))


@damage("questions", code="question_pool")
def short_question_on_a_long_answer(copy: Copy) -> None:
    region = "{region}"

    def change(row: Row) -> None:
        row["question"] = f"In a few words, what kind of damage does {region} show?"

    copy.one("referring", change, is_(form="long"))


@damage("questions", code="question_pool")
def question_about_another_region(copy: Copy) -> None:
    def change(row: Row) -> None:
        other = row["regions"][row["target"] - 1]
        row["question"] = f"Describe the quality of {other['phrase']}."

    copy.one("local_description", change)


@damage("questions", code="question_pool")
def local_question_on_a_global_answer(copy: Copy) -> None:
    copy.one("global_description", lambda row: row.update(question="What is wrong with the sky?"))


@damage("questions", code="identity")
def target_of_a_local_question_moved(copy: Copy) -> None:
    copy.one("local_description", lambda row: row.update(target=(row["target"] + 1) % len(row["regions"])))


# --- identity and provenance ----------------------------------------------------------------------------------------------


@damage("duplicates questions")
def id_of_one_row_given_to_another(copy: Copy) -> None:
    copy.two("local_description", lambda a, b: b.update(id=a["id"]), lambda a, b: a["id"] != b["id"])


@damage("duplicates")
def row_written_twice(copy: Copy) -> None:
    rows = copy.rows("referring")
    copy.save("referring", [rows[0], *rows])
    copy.recount()


@damage("identity")
def picture_named_after_another(copy: Copy) -> None:
    def change(row: Row) -> None:
        row["image"]["path"] = "f" * 64 + ".png"

    copy.everywhere(change)


@damage("identity")
def variant_number_changed(copy: Copy) -> None:
    copy.everywhere(lambda row: row["provenance"].update(variant=7))


@damage("identity splits", photos=True)
def photo_of_a_picture_exchanged_for_another(copy: Copy) -> None:
    other = copy.rows("referring", "test")[0]["source"]
    copy.everywhere(lambda row: row.update(source=other))
    copy.recount()


@damage("rows_agree")
def licence_of_a_photo_changed_in_one_task(copy: Copy) -> None:
    shown = {row["image"]["path"] for row in copy.rows("referring")}
    copy.one("local_description", lambda row: row["source"].update(licence="none"), lambda row: row["image"]["path"] in shown)


@damage("one_picture")
def width_changed_in_one_of_two_rows(copy: Copy) -> None:
    copy.two("referring", lambda _, b: b.update(width=b["width"] + 1), lambda a, b: a["image"]["path"] == b["image"]["path"])


@damage("one_recipe")
def digest_of_another_recipe(copy: Copy) -> None:
    copy.one("referring", lambda row: row["provenance"].update(recipe_digest="0" * 64))


@damage("provenance")
def segmenter_without_its_weights(copy: Copy) -> None:
    copy.one("referring", lambda row: row["provenance"].update(segmenter=row["provenance"]["segmenter"].split()[0]))


@damage("provenance")
def prose_called_computed(copy: Copy) -> None:
    copy.one("local_description", lambda row: row["provenance"].update(teacher="computed"))


@damage("provenance")
def row_of_a_newer_schema(copy: Copy) -> None:
    copy.one("referring", lambda row: row["provenance"].update(schema_version=99))


@damage("schema")
def severity_word_that_does_not_exist(copy: Copy) -> None:
    copy.everywhere(step_change(severity="terrible"), lambda row: distorted(row) >= 0)


@damage("schema")
def level_out_of_range(copy: Copy) -> None:
    copy.everywhere(step_change(level=6), lambda row: distorted(row) >= 0)


# --- pictures -------------------------------------------------------------------------------------------------------------


@damage("pictures")
def picture_recompressed_as_jpeg(copy: Copy) -> None:
    copy.one("referring", lambda row: set_image(row, image_of(row), "JPEG", quality=95))


@damage("pictures")
def picture_recompressed_as_jpeg_with_its_hash(copy: Copy) -> None:
    def change(row: Row) -> None:
        set_image(row, image_of(row), "JPEG", quality=95)
        row["image_sha256"] = sha256(row["image"]["bytes"])

    copy.everywhere(change)


@damage("rendered", photos=True)
def picture_recompressed_lossily_inside_a_png_with_its_hash(copy: Copy) -> None:
    def change(row: Row) -> None:
        buffer = io.BytesIO()
        Image.fromarray(image_of(row)).save(buffer, "JPEG", quality=95)
        set_image(row, np.array(Image.open(buffer)))
        row["image_sha256"] = sha256(row["image"]["bytes"])

    copy.everywhere(change)


@damage("rendered", photos=True)
def one_pixel_outside_all_regions_changed(copy: Copy) -> None:
    def change(row: Row) -> None:
        image = image_of(row)
        outside = ~np.any([mask_of(region) for region in row["regions"]], axis=0)
        y, x = np.argwhere(outside)[0]
        image[y, x] ^= 1
        set_image(row, image)
        row["image_sha256"] = sha256(row["image"]["bytes"])

    copy.everywhere(change)


@damage("pictures")
def pictures_of_two_rows_exchanged(copy: Copy) -> None:
    def change(one: Row, other: Row) -> None:
        one["image"]["bytes"], other["image"]["bytes"] = other["image"]["bytes"], one["image"]["bytes"]

    copy.two("referring", change, lambda a, b: a["image"]["path"] != b["image"]["path"])


@damage("pictures")
def picture_left_out(copy: Copy) -> None:
    copy.one("referring", lambda row: row["image"].update(bytes=None))


@damage("pictures")
def picture_truncated(copy: Copy) -> None:
    copy.one("referring", lambda row: row["image"].update(bytes=row["image"]["bytes"][:500]))


@damage("pictures")
def picture_scaled_with_its_hash(copy: Copy) -> None:
    def change(row: Row) -> None:
        set_image(row, cv2.resize(image_of(row), (64, 64)))
        row["image_sha256"] = sha256(row["image"]["bytes"])

    copy.everywhere(change)


# --- splits, files, counts ------------------------------------------------------------------------------------------------


@damage("splits")
def row_moved_to_the_shards_of_the_other_split(copy: Copy) -> None:
    rows, others = copy.rows("referring"), copy.rows("referring", "test")
    others.append(rows.pop(0))
    copy.save("referring", rows)
    copy.save("referring", others, "test")
    copy.recount()


@damage("splits")
def rows_of_a_photo_moved_across_splits_with_their_word(copy: Copy) -> None:
    rows, others = copy.rows("referring"), copy.rows("referring", "test")
    photo = rows[0]["source"]["sha256"]
    moved = [row | {"split": "test"} for row in rows if row["source"]["sha256"] == photo]
    copy.save("referring", [row for row in rows if row["source"]["sha256"] != photo])
    copy.save("referring", others + moved, "test")
    copy.recount()


@damage("splits")
def split_word_changed(copy: Copy) -> None:
    copy.one("referring", lambda row: row.update(split="test"))


@damage("files counts")
def shard_truncated(copy: Copy) -> None:
    path = copy.shard("referring")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


@damage("files")
def one_byte_of_a_shard_flipped(copy: Copy) -> None:
    path = copy.shard("grounding")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(bytes(data))


@damage("files counts")
def shard_missing(copy: Copy) -> None:
    copy.shard("local_description").unlink()


@damage("files")
def shard_that_nobody_listed(copy: Copy) -> None:
    path = copy.shard("referring")
    path.with_name("train-00001-of-00002.parquet").write_bytes(path.read_bytes())


@damage("files")
def shard_numbered_wrongly(copy: Copy) -> None:
    path = copy.shard("referring")
    path.rename(path.with_name("train-00000-of-00002.parquet"))

    def rename(manifest: Row) -> None:
        for file in manifest["splits"]["train"]["files"]:
            file["path"] = file["path"].replace("referring/train-00000-of-00001", "referring/train-00000-of-00002")

    copy.manifest(rename)


@damage("files")
def column_dropped(copy: Copy) -> None:
    copy.replace("referring", pq.read_table(copy.shard("referring")).drop_columns(["types"]))


@damage("files")
def column_of_another_type(copy: Copy) -> None:
    table = pq.read_table(copy.shard("referring"))
    at = table.column_names.index("width")
    copy.replace("referring", table.set_column(at, "width", table["width"].cast(pa.int32())))


@damage("counts")
def count_in_the_manifest_wrong(copy: Copy) -> None:
    copy.manifest(lambda manifest: manifest["splits"]["train"]["rows"].update(short=99))


@damage("quotas")
def split_of_the_manifest_renamed(copy: Copy) -> None:
    copy.manifest(lambda manifest: manifest["splits"].update(validation=manifest["splits"].pop("test")))


@damage("counts")
def split_of_the_manifest_called_by_another_name_inside(copy: Copy) -> None:
    copy.manifest(lambda manifest: manifest["splits"]["test"].update(split="train"))


@damage("counts")
def seed_in_the_manifest_wrong(copy: Copy) -> None:
    copy.manifest(lambda manifest: manifest.update(seed=4))


@damage("counts one_recipe")
def threshold_of_the_recipe_changed(copy: Copy) -> None:
    path = copy.folder / "recipe.json"
    recipe = json.loads(path.read_text())
    recipe["answerable"]["min_change"] = [0.0, 0.0, 0.0]
    path.write_text(json.dumps(recipe))


@damage("counts one_recipe")
def setting_taken_out_of_the_recipe(copy: Copy) -> None:
    path = copy.folder / "recipe.json"
    recipe = json.loads(path.read_text())
    del recipe["answerable"]["min_change"]
    path.write_text(json.dumps(recipe))


@damage("counts")
def quarantine_lost(copy: Copy) -> None:
    (copy.folder / "quarantine" / "train.parquet").unlink()


@damage("quotas")
def row_of_a_met_quota_dropped(copy: Copy) -> None:
    rows = copy.rows("local_description")
    copy.save("local_description", rows[1:])
    copy.recount()


@damage("quotas")
def shortfall_hidden(copy: Copy) -> None:
    copy.manifest(lambda manifest: manifest["splits"]["train"].update(shortfalls=[]))


@dataclass
class Unread:
    """Damage that leaves nothing to verify: refused with a sentence."""

    name: str
    do: Callable[[Copy], object]
    sentence: str
    kinds: list[str] = field(default_factory=list)


UNREAD = [
    Unread("manifest lost", lambda copy: (copy.folder / "manifest.json").unlink(), "no finished dataset"),
    Unread("manifest of a newer schema", lambda copy: copy.manifest(lambda it: it.update(schema_version=2)), "Install a newer"),
    Unread("manifest cut short", lambda copy: (copy.folder / "manifest.json").write_text("{"), "cannot be read as JSON"),
    Unread("manifest without splits", lambda copy: copy.manifest(lambda it: it.pop("splits")), "splits"),
    Unread("recipe lost", lambda copy: (copy.folder / "recipe.json").unlink(), "recipe.json"),
]
