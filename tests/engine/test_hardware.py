"""Facts about a computer: what the system really says, and what nobody says."""

from __future__ import annotations

from pathlib import Path

import pytest

from phidesk.core.memory_fit import Room
from phidesk.engine.hardware import GraphicsCard, computer_memory, disk_room, graphics_cards, graphics_room

GIB = 1024**3


def write_card(folder: Path, name: str, **files: str) -> None:
    device = folder / name / "device"
    device.mkdir(parents=True)
    for file, text in files.items():
        (device / file).write_text(text + "\n", encoding="utf-8")


def test_an_amd_card_tells_its_memory(tmp_path: Path) -> None:
    write_card(
        tmp_path,
        "card1",
        mem_info_vram_total=str(8 * GIB),
        mem_info_vram_used=str(3 * GIB),
        product_name="Radeon RX 7600",
    )

    assert graphics_cards(tmp_path)[-1:] == [GraphicsCard("Radeon RX 7600", Room(8 * GIB, 5 * GIB))]


@pytest.mark.parametrize(
    "files", [{}, {"mem_info_vram_total": "8"}, {"mem_info_vram_total": "8", "mem_info_vram_used": "?"}], ids=str
)
def test_a_card_that_does_not_tell_its_memory_is_not_listed(tmp_path: Path, files: dict[str, str]) -> None:
    known = graphics_cards(tmp_path)
    write_card(tmp_path, "card0", **files)

    assert graphics_cards(tmp_path) == known


def test_without_a_known_card_the_graphics_memory_is_unknown() -> None:
    assert graphics_room([]) is None


def test_the_memory_of_several_cards_is_added() -> None:
    cards = [GraphicsCard("one", Room(8 * GIB, 5 * GIB)), GraphicsCard("two", Room(4 * GIB, 4 * GIB))]

    assert graphics_room(cards) == Room(12 * GIB, 9 * GIB)


def test_a_folder_that_does_not_exist_yet_has_the_room_of_its_disk(tmp_path: Path) -> None:
    assert disk_room(tmp_path / "not" / "yet").total_bytes == disk_room(tmp_path).total_bytes


def test_this_computer_has_memory() -> None:
    memory = computer_memory()

    assert 0 < memory.free_bytes <= memory.total_bytes
