import cv2
import numpy as np
import pytest
from skimage import data

from annotate.photos.landmarks import decode, landmarks, shared
from annotate.photos.landmarks import mirrored as landmarks_mirrored
from annotate.photos.near_duplicates import fingerprint, group
from schemas.values import Photo


@pytest.fixture(scope="module")
def pictures():
    return {name: np.ascontiguousarray(getattr(data, name)()) for name in ("astronaut", "chelsea", "coffee", "rocket")}


def photo(name, mark, marks=""):
    return Photo(sha256=name, name=name, path=name, width=8, height=8, fingerprint=mark, landmarks=marks)


def groups(images, **settings):
    return group([photo(name, fingerprint(image), landmarks(image)) for name, image in images.items()], **settings)


def test_a_fingerprint_is_16_hexadecimal_digits(pictures):
    for image in pictures.values():
        assert len(fingerprint(image)) == 16
        int(fingerprint(image), 16)


@pytest.mark.parametrize("factor", [0.25, 0.5, 1.7])
def test_resized_copies_share_a_group(pictures, factor):
    images = {
        **pictures,
        **{f"{n}-small": cv2.resize(i, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA) for n, i in pictures.items()},
    }
    found = groups(images)
    assert all(found[name] == found[f"{name}-small"] for name in pictures)
    assert len(set(found.values())) == len(pictures)


@pytest.mark.parametrize("quality", [10, 40, 90])
def test_recompressed_copies_share_a_group(pictures, quality):
    def copy(image):
        _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
        return cv2.imdecode(data, cv2.IMREAD_COLOR)

    found = groups({**pictures, **{f"{name}-copy": copy(image) for name, image in pictures.items()}})
    assert all(found[name] == found[f"{name}-copy"] for name in pictures)
    assert len(set(found.values())) == len(pictures)


def cropped(image, share, corner):
    height, width = (int(side * share) for side in image.shape[:2])
    top, left = (int((side - part) * corner) for side, part in zip(image.shape[:2], (height, width), strict=True))
    return np.ascontiguousarray(image[top : top + height, left : left + width])


def mirrored(image):
    return np.ascontiguousarray(image[:, ::-1])


@pytest.mark.parametrize(("share", "corner"), [(0.9, 0.0), (0.8, 1.0), (0.7, 0.3), (0.6, 0.0), (0.5, 0.5)])
@pytest.mark.parametrize("turned", [False, True])
def test_crops_down_to_half_of_each_side_share_a_group_mirrored_or_not(pictures, share, corner, turned):
    copies = {f"{n}-crop": cropped(mirrored(i) if turned else i, share, corner) for n, i in pictures.items()}
    found = groups({**pictures, **copies})
    assert all(found[name] == found[f"{name}-crop"] for name in pictures)
    assert len(set(found.values())) == len(pictures)


def test_mirrored_landmarks_are_those_of_the_mirrored_picture(pictures):
    for image in pictures.values():
        marks, its = decode(landmarks(image)), decode(landmarks(mirrored(image)))
        assert shared(landmarks_mirrored(marks), its) > 40
        assert shared(marks, its) <= 6
        back = landmarks_mirrored(landmarks_mirrored(marks))
        assert np.array_equal(back.points, marks.points)
        assert np.array_equal(back.bits, marks.bits)


def test_photos_of_different_things_share_hardly_any_landmarks(pictures):
    marks = [decode(landmarks(image)) for image in pictures.values()]
    pairs = [(one, other) for i, one in enumerate(marks) for other in marks[i + 1 :]]
    assert max(shared(one, way) for one, other in pairs for way in (other, landmarks_mirrored(other))) <= 4


def test_a_cropped_shrunk_and_recompressed_copy_shares_a_group(pictures):
    def copy(image):
        height, width = image.shape[:2]
        small = cv2.resize(image[height // 8 :, : -width // 8], None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        return cv2.imdecode(cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, 60])[1], cv2.IMREAD_COLOR)

    found = groups({**pictures, **{f"{name}-copy": copy(image) for name, image in pictures.items()}})
    assert all(found[name] == found[f"{name}-copy"] for name in pictures)
    assert len(set(found.values())) == len(pictures)


def test_a_flat_picture_has_no_landmarks_and_no_fellows(pictures):
    flat = np.full((64, 96, 3), 90, np.uint8)
    assert landmarks(flat) == ""
    found = groups({**pictures, "flat": flat})
    assert list(found.values()).count(found["flat"]) == 1


def test_groups_do_not_depend_on_the_order_of_photos_and_are_named_by_their_smallest_member():
    photos = [
        photo(name, mark) for name, mark in (("c", "0" * 16), ("a", "0" * 15 + "f"), ("b", "0" * 14 + "ff"), ("d", "f" * 16))
    ]
    expected = {"a": "a", "b": "a", "c": "a", "d": "d"}
    assert group(photos, distance=4) == group(photos[::-1], distance=4) == expected


def test_a_chain_of_links_is_one_group():
    marks = ["0" * 16, "0" * 15 + "f", "0" * 14 + "ff", "0" * 13 + "fff"]
    found = group([photo(f"p{n}", mark) for n, mark in enumerate(marks)], distance=4)
    assert set(found.values()) == {"p0"}


def test_a_negative_distance_links_nothing_not_even_equal_hashes():
    assert group([photo("a", "0" * 16), photo("b", "0" * 16)], distance=-1) == {"a": "a", "b": "b"}
