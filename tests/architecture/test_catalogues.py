"""The catalogues: every sentence is said in Spanish and in both Portugueses, whole, compiled, and in the Conference's words."""

from __future__ import annotations

import gettext
import re
from typing import TYPE_CHECKING

import pytest

from summitprep.catalogues import LOCALES, catalogue_path, load, missing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[ds]|\{\w*\}|<[^>]+>")
SAME_IN_ALL = {
    "%(city)s, %(from)s.",
    "%(day)s, %(channel)s",
    "%(kind)s %(of_country)s",
    "%(noun)s: %(verb)s",
    "%(office)s, %(party)s",
    "%(state)s.",
    "%(title)s · %(state)s",
    "Agenda",
    "Andorra la Vella",
    "Bogotá",
    "Brasília",
    "Buenos Aires",
    "Editorial",
    "Quito",
    "SEGIB",
    "SPT",
    "San José",
    "San Salvador",
    "Santiago",
    "Token",
    "UTC",
}
"""Names, marks and bare placeholders, which no language changes."""

SAME = {
    "es": SAME_IN_ALL | {"Provisional"},
    "pt_BR": SAME_IN_ALL | {"Havana", "Menu"},
    "pt_PT": SAME_IN_ALL | {"Havana", "Menu"},
}
"""What is rightly written as in English."""

REPROACHES = r"atrasad|retrasad|¡|por favor"
"""No State is late, nothing is shouted, and no button begs."""

NOT_OUR_WORDS = {
    "es": REPROACHES,
    "pt_BR": rf"{REPROACHES}|\bcimeira|\breceção|\bregist[oa]|\bpalavra-passe|\bficheiro|\becrã|\butilizador|\bequipa\b",
    "pt_PT": rf"{REPROACHES}|\bcúpula|\bmadri\b|\brecebimento|registr|\bsenha|\barquivo\b|\btela\b|\busuári|\bequipe\b"
    r"|\bsetor(es)?\b|\bescopo|\baplicativo|\bplanej|\bcontat|\bseção|\bfato\b",
}


def said(locale: str) -> Iterator[tuple[Message, tuple[str, ...], tuple[str, ...]]]:
    """Yield each message with its forms in English and in the locale."""
    for message in load(locale):
        if message.id:
            ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
            yield message, ids, (message.string,) if isinstance(message.string, str) else tuple(message.string)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_sentence_is_translated(locale: str) -> None:
    assert missing(locale) == []
    assert [message.id for message, _, _ in said(locale) if message.fuzzy] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_compiled_is_what_is_written(locale: str) -> None:
    with catalogue_path(locale).with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]
    written = {}
    for message, ids, forms in said(locale):
        key = f"{message.context}\x04{ids[0]}" if message.context else ids[0]
        written.update({key: forms[0]} if len(ids) == 1 else {(key, n): form for n, form in enumerate(forms)})
    assert {key: value for key, value in compiled.items() if key} == written


@pytest.mark.parametrize("locale", LOCALES)
def test_placeholders_and_tags_are_kept(locale: str) -> None:
    wrong = []
    for _, ids, forms in said(locale):
        wanted = [sorted(PLACEHOLDER.findall(text)) for text in ids]
        for number, form in enumerate(forms):
            may_be = wanted if number == 0 else wanted[-1:]
            if sorted(PLACEHOLDER.findall(form)) not in may_be:
                wrong.append((ids[0], form))
    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_left_in_english(locale: str) -> None:
    same = {form for _, ids, forms in said(locale) for form in forms if form in ids}
    assert same - SAME[locale] == set()


@pytest.mark.parametrize("locale", LOCALES)
def test_words_are_those_of_the_conference(locale: str) -> None:
    unwanted = re.compile(NOT_OUR_WORDS[locale], re.IGNORECASE)
    assert [form for _, _, forms in said(locale) for form in forms if unwanted.search(form)] == []
