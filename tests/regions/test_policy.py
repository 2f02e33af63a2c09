"""From proposals to regions: disjoint, connected, within every limit, each refusal counted."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from annotate.regions.policy import choose
from annotate.regions.shapes import count_components
from annotate.segmenters import Proposal
from schemas.recipe import RegionSettings

SIZE = (48, 64)
POLICY = RegionSettings(background=False)


def box(x0, y0, x1, y1, size=SIZE):
    mask = np.zeros(size, dtype=bool)
    mask[y0:y1, x0:x1] = True
    return mask


boxes = st.tuples(st.integers(0, 60), st.integers(0, 44), st.integers(1, 60), st.integers(1, 44)).map(
    lambda t: box(t[0], t[1], t[0] + t[2], t[1] + t[3])
)
ragged = arrays(bool, (12, 16)).map(lambda small: np.kron(small, np.ones((4, 4), dtype=bool)).astype(bool))
proposals = st.lists(st.builds(Proposal, st.one_of(boxes, ragged), st.floats(0, 1, allow_nan=False)), max_size=12)


@settings(max_examples=60, deadline=None)
@given(proposals)
def test_chosen_masks_are_disjoint_connected_and_within_all_limits(found):
    chosen = choose(found, POLICY).proposals
    assert len(chosen) <= POLICY.maximum
    taken = np.zeros(SIZE, dtype=int)
    for proposal in chosen:
        taken += proposal.mask
        share = proposal.mask.mean()
        assert share <= POLICY.max_area + POLICY.fill_holes
        assert share >= POLICY.min_area * POLICY.min_left
        assert count_components(proposal.mask) == 1
    assert taken.max(initial=0) <= 1


@settings(max_examples=60, deadline=None)
@given(proposals, st.booleans())
def test_every_proposal_is_either_chosen_or_refused_for_a_reason(found, background):
    chosen = choose(found, RegionSettings(background=background))
    extra = len(chosen.proposals) + sum(chosen.refusals.values()) - len(found)
    assert extra == 0 if not background else extra in (0, 1)


@settings(max_examples=30, deadline=None)
@given(proposals)
def test_the_same_proposals_always_give_the_same_regions(found):
    one, other = choose(found, POLICY), choose(found, POLICY)
    assert [p.mask.tobytes() for p in one.proposals] == [p.mask.tobytes() for p in other.proposals]
    assert one.refusals == other.refusals


@pytest.mark.parametrize(
    ("mask", "code"),
    [
        (box(0, 0, 4, 4), "small"),
        (box(0, 0, 64, 40), "large"),
        (box(0, 20, 64, 22), "thin"),
        (box(0, 0, 20, 20) | box(40, 20, 60, 40), "scattered"),
    ],
)
def test_a_bad_mask_is_refused_with_its_own_code(mask, code):
    assert choose([Proposal(mask, 1.0)], POLICY).refusals == {code: 1}


def test_of_two_near_equal_masks_the_better_scored_one_stays():
    chosen = choose([Proposal(box(10, 10, 40, 40), 0.5), Proposal(box(10, 10, 41, 40), 0.9)], POLICY)
    assert [proposal.score for proposal in chosen.proposals] == [0.9]
    assert chosen.refusals == {"duplicate": 1}


def test_a_mask_mostly_inside_a_better_one_is_covered():
    chosen = choose([Proposal(box(0, 0, 40, 30), 0.9), Proposal(box(10, 5, 44, 25), 0.2)], POLICY)
    assert chosen.refusals == {"covered": 1}


def test_small_holes_are_filled_and_large_ones_stay():
    mask = box(4, 4, 44, 44)
    mask[10, 10] = False
    mask[20:36, 12:30] = False
    (only,) = choose([Proposal(mask, 1.0)], POLICY).proposals
    assert only.mask[10, 10]
    assert not only.mask[28, 20]


def test_what_no_proposal_covers_may_become_a_region():
    left = Proposal(box(0, 0, 30, 48), 0.9)
    assert len(choose([left], RegionSettings(background=True)).proposals) == 2
    assert len(choose([left], POLICY).proposals) == 1


def test_more_good_masks_than_the_maximum_are_surplus():
    grid = [Proposal(box(16 * x, 16 * y, 16 * x + 16, 16 * y + 16), 1.0) for x in range(4) for y in range(3)]
    chosen = choose(grid, RegionSettings(background=False, maximum=5))
    assert (len(chosen.proposals), chosen.refusals["surplus"]) == (5, 7)


def test_diversity_prefers_a_free_corner_to_a_slightly_better_crowded_one():
    crowd = [Proposal(box(0, 0, 16, 12), 1.0), Proposal(box(16, 0, 31, 12), 1.0), Proposal(box(40, 30, 56, 42), 0.95)]
    chosen = choose(crowd, RegionSettings(background=False, maximum=2, diversity=0.3)).proposals
    assert any(proposal.mask[36, 50] for proposal in chosen)
    greedy = choose(crowd, RegionSettings(background=False, maximum=2, diversity=0.0)).proposals
    assert not any(proposal.mask[36, 50] for proposal in greedy)


def test_a_patch_that_looks_like_its_surroundings_is_faint():
    image = np.full((*SIZE, 3), 120, dtype=np.uint8)
    image[4:20, 4:20] = (200, 40, 40)
    seen, unseen = Proposal(box(4, 4, 20, 20), 1.0), Proposal(box(36, 20, 56, 40), 1.0)
    chosen = choose([seen, unseen], POLICY, image)
    assert len(chosen.proposals) == 1
    assert chosen.refusals == {"faint": 1}


def test_masks_of_another_size_than_the_picture_are_named():
    with pytest.raises(ValueError, match="differ in size"):
        choose([Proposal(box(0, 0, 9, 9), 1.0)], POLICY, np.zeros((20, 20, 3), dtype=np.uint8))
