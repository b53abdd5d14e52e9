"""Sentences with a number: each has both forms of English, and the file of forms is that of the sources.

After a sentence with a number is new or another one, in the folder of the project:

    pyside6-lupdate -pluralonly -no-obsolete -locations none -source-language en -target-language en
        $(find phidesk/ui -name "*.py") -ts resources/translations/phidesk_en.ts
    (fill in the forms that are unfinished)
    pyside6-lrelease resources/translations/phidesk_en.ts
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import PySide6
import pytest
from PySide6.QtCore import QLocale, QTranslator
from PySide6.QtWidgets import QApplication

import phidesk.ui
from phidesk.core.answers import Gauge
from phidesk.core.paths import package_resources
from phidesk.ui.application import PLURAL_FORMS, take_plural_forms
from phidesk.ui.figures import gauge_text

FORMS = package_resources() / "translations" / Path(PLURAL_FORMS).with_suffix(".ts")
Sentence = tuple[str, str]


def read_forms(file: Path) -> dict[Sentence, list[str]]:
    """Read the forms of each sentence; none where they are unfinished."""
    found = {}
    for context in ElementTree.parse(file).iter("context"):
        for message in context.iter("message"):
            translation = message.find("translation")
            assert translation is not None
            forms = [] if translation.get("type") else [form.text or "" for form in translation]
            found[context.findtext("name", ""), message.findtext("source", "")] = forms
    return found


@pytest.fixture
def one_or_many(qapp: QApplication) -> Iterator[None]:
    """The forms as the program takes them."""
    before = QLocale()
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    take_plural_forms(qapp)
    yield
    translator = qapp.findChild(QTranslator, "pluralForms")
    assert translator is not None
    qapp.removeTranslator(translator)
    translator.deleteLater()
    QLocale.setDefault(before)


def test_every_sentence_with_a_number_has_both_forms(tmp_path: Path) -> None:
    tool = shutil.which("lupdate", path=str(Path(PySide6.__file__).parent))
    assert tool is not None
    sources = [str(path) for path in Path(phidesk.ui.__file__).parent.rglob("*.py")]
    fresh = str(tmp_path / "fresh.ts")
    command = [tool, "-silent", "-pluralonly", "-locations", "none", "-target-language", "en", *sources, "-ts", fresh]
    subprocess.run(command, check=True)

    forms = read_forms(FORMS)

    assert forms.keys() == read_forms(Path(fresh)).keys()
    assert len(forms) > 10
    assert [sentence for sentence, given in forms.items() if len(set(given)) != 2] == []


def test_the_program_has_the_forms_that_are_written(qapp: QApplication) -> None:
    translator = QTranslator(qapp)
    assert translator.load(str(package_resources() / "translations" / PLURAL_FORMS))

    for (context, source), forms in read_forms(FORMS).items():
        said = [translator.translate(context, source, "", number) for number in (1, 2, 0)]
        assert said == [forms[0], forms[1], forms[1]]


@pytest.mark.usefixtures("one_or_many")
def test_one_is_not_many() -> None:
    assert gauge_text(Gauge(1)) == "1 token"
    assert gauge_text(Gauge(2)) == "2 tokens"
