"""Compilations: proposals stand in the text as negotiators write them, equal ones together, several numbered."""

from workflows.rules.compilation import Sent, compile_text

PARAGRAPHS = [("a", "", "heading", "proposed", "Cultura"), ("b", "1", "operative", "bracketed", "Alentar la paz.")]


def printed(*proposals):
    return [p.printed for p in compile_text(PARAGRAPHS, proposals)[0]]


def test_one_proposal_stands_behind_its_paragraph_with_its_delegation():
    assert printed(Sent("1", "Bolivia", "la paz duradera", "b")) == [
        "Cultura",
        "1. [Alentar la paz.] [Bolivia: la paz duradera]",
    ]


def test_equal_wordings_stand_together_and_different_ones_are_numbered():
    proposals = (
        Sent("1", "Brasil", "suprimir", "b"),
        Sent("2", "Bolivia", "la paz duradera", "b"),
        Sent("3", "México", " suprimir ", "b"),
    )
    assert printed(*proposals)[1] == ("1. [Alentar la paz.] [Alt 1 Brasil, México: suprimir] [Alt 2 Bolivia: la paz duradera]")


def test_comments_are_told_apart_from_wordings():
    proposals = (Sent("1", "Cuba", "¿Qué paz?", "b", is_comment=True), Sent("2", "Perú", "De acuerdo", is_comment=True))
    paragraphs, whole = compile_text(PARAGRAPHS, proposals)
    assert paragraphs[1].printed == "1. [Alentar la paz.]"
    assert [b.printed for b in paragraphs[1].comments] == ["[Cuba: ¿Qué paz?]"]
    assert [b.printed for b in whole] == ["[Perú: De acuerdo]"]
