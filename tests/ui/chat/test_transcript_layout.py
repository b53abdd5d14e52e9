"""Sums, searches and the boxes of a message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from phidesk.richtext.blocks import Block, BlockKind, Span
from phidesk.ui.chat.transcript_layout import FenwickTree, MessageLayout, TextMetrics

METRICS = TextMetrics(character_width=8, line_height=22, code_line_height=20, column_width=400)
heights = st.lists(st.integers(0, 500), max_size=60)


@given(heights, st.lists(st.tuples(st.integers(0, 59), st.integers(0, 500))), heights, st.integers(0, 60))
def test_fenwick_tree_is_a_list_with_sums(
    values: list[int], changes: list[tuple[int, int]], more: list[int], cut: int
) -> None:
    tree = FenwickTree(values)

    for index, value in changes:
        if index < len(values):
            tree[index] = values[index] = value
    del values[cut:]
    tree.truncate(min(cut, len(tree)))
    for value in more:
        tree.append(value)
        values.append(value)

    assert [tree[index] for index in range(len(tree))] == values
    assert [tree.sum(count) for count in range(len(values) + 1)] == [sum(values[:n]) for n in range(len(values) + 1)]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=60), st.integers(0, 40_000))
def test_fenwick_tree_finds_what_covers_an_offset(values: list[int], offset: int) -> None:
    index, top = FenwickTree(values).find(offset)

    assert top == sum(values[:index])
    assert top <= offset
    assert offset < top + values[index] or index == len(values) - 1


def test_empty_tree_has_nothing_to_find() -> None:
    assert FenwickTree().find(5) == (0, 0)
    assert FenwickTree().sum() == 0


def paragraph(text: str, *, joint: str | None = None) -> Block:
    return Block(BlockKind.PARAGRAPH, (Span(text),), joint=joint)


def test_message_is_as_high_as_its_rows() -> None:
    layout = MessageLayout(padding=10)
    layout.replace(0, [paragraph("a"), paragraph("b"), paragraph("c")], METRICS)
    layout.set_height(1, 100)

    assert layout.height == 10 + 22 + 12 + 100 + 12 + 22 + 10
    assert [layout.block_top(index) for index in range(3)] == [10, 44, 156]
    assert [layout.find(offset) for offset in (0, 31, 32, 155, 156, 9_999)] == [0, 0, 1, 2, 2, 2]
    assert [index for index, _, _ in layout.rows_between(40, 50)] == [1]


def test_replaced_blocks_leave_the_first_ones_alone() -> None:
    layout = MessageLayout()
    layout.replace(0, [paragraph("a"), paragraph("b")], METRICS)
    first = layout.boxes[0]

    layout.replace(1, [paragraph("c"), paragraph("d")], METRICS)

    assert layout.boxes[0] is first
    assert [box.block.text for box in layout.boxes] == ["a", "c", "d"]
    assert layout.height == 3 * 22 + 2 * 12


def test_pieces_of_one_block_have_no_gap() -> None:
    layout = MessageLayout()
    layout.replace(0, [paragraph("a"), paragraph("b", joint="")], METRICS)

    assert layout.height == 44


def test_empty_message_takes_no_room() -> None:
    assert MessageLayout(padding=10).height == 0
