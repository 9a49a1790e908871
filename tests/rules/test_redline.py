"""Redlines: nothing of either text is lost, words are the unit, and no pair of texts takes long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rules.redline import Piece, compare, redline

WORDS = st.lists(st.sampled_from(["la", "paz", "de", " ", " ", ",", ".", "\n", "ñandú"]), max_size=40).map("".join)


@given(WORDS, WORDS)
def test_both_texts_can_be_read_off(before, after):
    pieces = redline(before, after)
    assert "".join(p.text for p in pieces if p.kind != "in") == before
    assert "".join(p.text for p in pieces if p.kind != "out") == after
    assert all(p.text for p in pieces)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("Igual.", "Igual.", [("same", "Igual.")]),
        ("", "Nuevo.", [("in", "Nuevo.")]),
        (
            "Reafirmar el compromiso.",
            "Reafirmar su firme compromiso, siempre.",
            [
                ("same", "Reafirmar "),
                ("out", "el "),
                ("in", "su firme "),
                ("same", "compromiso"),
                ("in", ", siempre"),
                ("same", "."),
            ],
        ),
        ("uno dos tres", "uno cuatro cinco", [("same", "uno "), ("out", "dos tres"), ("in", "cuatro cinco")]),
        ("educação", "educacao", [("out", "educação"), ("in", "educacao")]),
    ],
)
def test_words_are_the_unit_and_a_space_between_two_changes_belongs_to_both(before, after, pieces):
    assert redline(before, after) == [Piece(*piece) for piece in pieces]


def test_two_long_texts_without_a_common_word_are_shown_whole():
    before, after = "uno dos " * 2_500, "tres cuatro " * 1_600
    assert [p.kind for p in redline(before, after)] == ["out", "in", "same"]


def body(*paragraphs):
    """Return a version's body from pairs (uuid, Spanish)."""
    return [
        {"uuid": uuid, "number": str(n + 1), "kind": "operative", "state": "proposed", "es": text, "pt": text}
        for n, (uuid, text) in enumerate(paragraphs)
    ]


def fates(before, after):
    return [(c.uuid, c.number_before, c.number_after, c.fate) for c in compare(body(*before), body(*after))]


def test_each_paragraph_of_two_versions_is_named_with_its_fate():
    before = [("a", "Uno"), ("b", "Dos"), ("c", "Tres"), ("d", "Cuatro")]
    after = [("d", "Cuatro"), ("a", "Uno"), ("x", "Equis"), ("c", "Tres y medio")]
    assert fates(before, after) == [
        ("d", "4", "1", "moved"),
        ("a", "1", "2", "same"),
        ("b", "2", "", "removed"),
        ("x", "", "3", "added"),
        ("c", "3", "4", "changed"),
    ]
    assert fates([], []) == []
    assert fates(before, []) == [
        ("a", "1", "", "removed"),
        ("b", "2", "", "removed"),
        ("c", "3", "", "removed"),
        ("d", "4", "", "removed"),
    ]


def test_a_state_that_changed_is_a_change_too():
    one, other = body(("a", "Uno")), body(("a", "Uno"))
    other[0]["state"] = "agreed"
    assert [(c.fate, c.state_before, c.state_after, c.es) for c in compare(one, other)] == [
        ("changed", "proposed", "agreed", (Piece("same", "Uno"),))
    ]
