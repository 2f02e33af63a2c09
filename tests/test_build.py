"""The main job on small real photographs: what it writes, that it is true, repeats itself and survives what may happen."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from PIL import Image

from annotate.mapping import in_process, processes
from annotate.pipeline import BuildOrder, build
from annotate.recipes import load_recipe
from annotate.watch import Silent
from schemas.errors import RunConflictError, ShortageError, UsageError
from schemas.keys import file_sha256
from schemas.masks import decode
from schemas.rows import Row
from schemas.values import Rle
from tests.photos import save_photos

SETTINGS = {"photos.min_side": 64, "plan.variants": 3, "split.test_share": 0.3, "split.salt": "test", "name": "small"}
TASKS = {"global_description", "local_description", "grounding", "referring"}


@pytest.fixture(scope="session")
def photos(tmp_path_factory) -> Path:
    return save_photos(tmp_path_factory.mktemp("photos"), 8)


def order(photos: Path, out: Path, split="train", **settings) -> BuildOrder:
    return BuildOrder(load_recipe("demo", SETTINGS | settings, environment={}).recipe, out, split, str(photos))


@pytest.fixture(scope="session")
def dataset(photos, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("built") / "dataset"
    build(order(photos, out, "all"), in_process, Silent())
    return out


def shards(dataset: Path) -> dict[str, str]:
    return {path.relative_to(dataset).as_posix(): file_sha256(path) for path in sorted(dataset.glob("data/*/*.parquet"))}


def rows(dataset: Path, task: str) -> list[dict]:
    return [row for path in sorted(dataset.glob(f"data/{task}/*.parquet")) for row in pq.read_table(path).to_pylist()]


def test_all_four_tasks_are_written_for_both_splits(dataset):
    assert {name.split("/")[1] for name in shards(dataset)} == TASKS
    assert {row["split"] for row in rows(dataset, "global_description")} == {"train", "test"}


def test_the_manifest_lists_every_shard_with_its_digest_and_rows(dataset):
    manifest = json.loads((dataset / "manifest.json").read_text())
    listed = {file["path"]: file["sha256"] for split in manifest["splits"].values() for file in split["files"]}
    assert listed == shards(dataset)
    for split in manifest["splits"].values():
        for file in split["files"]:
            assert pq.read_metadata(dataset / file["path"]).num_rows == file["rows"]


def test_no_photo_is_in_two_splits(dataset):
    splits = {}
    for task in TASKS:
        for row in rows(dataset, task):
            splits.setdefault(row["source"]["sha256"], set()).add(row["split"])
    assert all(len(found) == 1 for found in splits.values())


def test_pixels_outside_all_distorted_masks_equal_the_photo_bit_for_bit(dataset, photos):
    originals = {file_sha256(path): np.asarray(Image.open(path)) for path in photos.glob("*.png")}
    seen = set()
    for row in rows(dataset, "global_description"):
        picture = np.asarray(Image.open(__import__("io").BytesIO(row["image"]["bytes"])))
        changed = np.zeros(picture.shape[:2], dtype=bool)
        for region in row["regions"]:
            if region["steps"]:
                changed |= decode(Rle(**region["mask"]))
        np.testing.assert_array_equal(picture[~changed], originals[row["source"]["sha256"]][~changed])
        assert (picture[changed] != originals[row["source"]["sha256"]][changed]).any()
        seen.add(row["image"]["path"])
    assert len(seen) >= 8


def test_every_row_fits_its_model_and_ids_are_unique(dataset):
    from annotate.tasks import tasks  # noqa: PLC0415

    ids = [task.row.model_validate(row).id for task in tasks.all() for row in rows(dataset, task.name)]
    assert len(ids) == len(set(ids))
    assert issubclass(tasks.get("grounding").row, Row)


def test_each_picture_is_stored_once_in_a_row_group(dataset):
    path = next(dataset.glob("data/local_description/train-*.parquet"))
    table = pq.read_table(path)
    pictures = {row["image"]["path"]: len(row["image"]["bytes"]) for row in table.to_pylist()}
    assert table.num_rows > len(pictures)
    column = next(
        pq.read_metadata(path).row_group(0).column(i)
        for i in range(pq.read_metadata(path).num_columns)
        if pq.read_metadata(path).row_group(0).column(i).path_in_schema == "image.bytes"
    )
    assert column.total_uncompressed_size < 1.1 * sum(pictures.values()) + 1000


def test_hugging_face_polars_and_duckdb_read_the_same_rows(dataset, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    import duckdb  # noqa: PLC0415
    from datasets import load_dataset  # noqa: PLC0415

    for task in sorted(TASKS):
        expected = rows(dataset, task)
        train = [row["id"] for row in expected if row["split"] == "train"]
        loaded = load_dataset(str(dataset), task, split="train", cache_dir=str(tmp_path))
        assert loaded["id"] == train
        assert isinstance(loaded[0]["image"], Image.Image)
        assert pl.read_parquet(dataset / "data" / task / "train-*.parquet")["id"].to_list() == train
        query = f"select id from read_parquet('{dataset}/data/{task}/train-*.parquet')"
        assert [row[0] for row in duckdb.sql(query).fetchall()] == train


def test_one_and_four_workers_write_the_same_bytes(dataset, photos, tmp_path):
    with processes(4) as mapper:
        build(order(photos, tmp_path / "d", "all"), mapper, Silent())
    assert shards(tmp_path / "d") == shards(dataset)


def test_the_names_and_times_of_files_do_not_matter(dataset, photos, tmp_path):
    for number, path in enumerate(sorted(photos.glob("*.png"), reverse=True)):
        (tmp_path / "photos").mkdir(exist_ok=True)
        (tmp_path / "photos" / path.name).write_bytes(path.read_bytes())
        os.utime(tmp_path / "photos" / path.name, (number, number))
    build(order(tmp_path / "photos", tmp_path / "d", "all"), in_process, Silent())
    assert shards(tmp_path / "d") == shards(dataset)


def command(photos: Path, out: Path, workers: int) -> list[str]:
    settings = [f"--set={key}={value}" for key, value in SETTINGS.items()]
    start = [sys.executable, "-c", "from annotate.cli import main; main()", "build", "--split=all"]
    return [*start, f"--photos={photos}", f"--out={out}", f"--workers={workers}", *settings]


def wait_for_commits(out: Path, process: subprocess.Popen, number: int) -> bool:
    """Whether the build committed ``number`` chunks before it ended."""
    deadline = time.monotonic() + 120
    while process.poll() is None and time.monotonic() < deadline:
        if len(list(out.glob(".annotate/*/*/[0-9a-f]*"))) >= number:
            return True
        time.sleep(0.02)
    return False


@pytest.mark.slow
def test_a_build_that_is_killed_goes_on_and_writes_the_same_bytes(dataset, photos, tmp_path):
    out = tmp_path / "d"
    kills = 0
    for commits in (1, 3, 6):
        with subprocess.Popen(command(photos, out, 2), stderr=subprocess.DEVNULL, start_new_session=True) as process:
            if wait_for_commits(out, process, commits):
                os.killpg(process.pid, signal.SIGKILL)
                kills += 1
    assert kills
    subprocess.run(command(photos, out, 1), check=True)
    assert shards(out) == shards(dataset)


@pytest.mark.slow
def test_ctrl_c_ends_cleanly_and_says_how_to_go_on(photos, tmp_path):
    out = tmp_path / "d"
    with subprocess.Popen(command(photos, out, 2), stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        assert wait_for_commits(out, process, 2)
        os.killpg(process.pid, signal.SIGINT)
        _, message = process.communicate(timeout=60)
    assert process.returncode == 130
    assert message.splitlines()[-1].endswith("run the same command again to go on.")
    assert "Traceback" not in message


def test_a_disk_that_refuses_ends_with_its_own_exit_code_and_loses_nothing(dataset, photos, tmp_path):
    def small_files():
        resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))  # stands for a full disk: writing any more fails

    out = tmp_path / "d"
    done = subprocess.run(command(photos, out, 1), preexec_fn=small_files, capture_output=True, text=True, check=False)
    assert done.returncode == 7, done.stderr
    assert "make room" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (out / "manifest.json").exists()
    build(order(photos, out, "all"), in_process, Silent())
    assert shards(out) == shards(dataset)


def test_a_finished_build_does_nothing_when_run_again(dataset, photos):
    before = {path: path.stat().st_mtime_ns for path in dataset.rglob("*.parquet")}
    reports = build(order(photos, dataset, "all"), in_process, Silent())
    assert all(report.already_done for report in reports)
    assert {path: path.stat().st_mtime_ns for path in dataset.rglob("*.parquet")} == before


def test_a_shard_that_was_lost_is_written_again_from_what_is_finished(dataset, photos, tmp_path):
    copy = tmp_path / "d"
    shutil.copytree(dataset, copy)
    next(copy.glob("data/grounding/train-*.parquet")).unlink()
    reports = build(order(photos, copy, "all"), in_process, Silent())
    assert [report.already_done for report in reports] == [False, True]
    assert shards(copy) == shards(dataset)


def test_another_recipe_on_the_same_folder_is_refused_with_the_difference(dataset, photos):
    with pytest.raises(RunConflictError, match=r"plan\.clean_share was .*, now 0\.5"):
        build(order(photos, dataset, **{"plan.clean_share": 0.5}), in_process, Silent())


def test_two_builds_cannot_work_on_one_folder(dataset, photos):
    from annotate.workspace import exclusive  # noqa: PLC0415

    with exclusive(dataset), pytest.raises(RunConflictError, match="another build"):
        build(order(photos, dataset), in_process, Silent())


def test_bad_files_and_duplicates_are_quarantined_and_stop_nothing(tmp_path):
    photos = save_photos(tmp_path / "photos", 3)
    (photos / "broken.jpg").write_bytes(b"\xff\xd8 not a photo")
    (photos / "copy.png").write_bytes((photos / "001.png").read_bytes())
    Image.new("RGB", (200, 200), (9, 90, 200)).save(photos / "flat.png")
    (report,) = build(order(photos, tmp_path / "d", **{"split.test_share": 0}), in_process, Silent())
    left_out = pl.read_parquet(tmp_path / "d/quarantine/train.parquet")
    assert {"broken.jpg", "copy.png", "flat.png"} <= set(left_out["subject"])
    assert left_out.filter(pl.col("subject") == "copy.png")["reason"].item() == "the same file as 001.png"
    assert report.manifest.photos == 3
    assert report.manifest.quarantined["duplicate"] == 1


def test_quotas_are_met_exactly_or_refused_with_the_number_missing(photos, tmp_path):
    wanted = {
        "select.train": {"global_description": 4, "short": 5, "long": 0, "local_description": 3, "hyd": 0, "sid": 0, "dao": 0}
    }
    (report,) = build(order(photos, tmp_path / "d", **wanted), in_process, Silent())
    assert report.manifest.rows == {"global_description": 4, "local_description": 3, "short": 5}
    with pytest.raises(ShortageError, match=r"global_description: 4000 rows are wanted, \d+ can be had"):
        build(order(photos, tmp_path / "e", **{"select.train.global_description": 4000}), in_process, Silent())


def test_variants_that_are_equal_because_no_step_can_be_seen_give_one_picture(photos, tmp_path):
    out = tmp_path / "clean"
    build(order(photos, out, **{"answerable.min_change": (255, 255, 255), "plan.variants": 3}), in_process, Silent())
    found = rows(out, "local_description")
    assert found
    assert all(not region["steps"] for row in found for region in row["regions"])
    assert len({row["image"]["path"] for row in found}) == len({row["source"]["sha256"] for row in found})


def test_a_split_without_photos_says_what_to_change(photos, tmp_path):
    with pytest.raises(UsageError, match=r"None of the photos falls into the test split.*split\.test_share"):
        build(order(photos, tmp_path / "d", "test", **{"split.test_share": 0}), in_process, Silent())
