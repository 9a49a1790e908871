"""The forms of paragraphs: write, add, move, take out, correct, import; `said` is what the action takes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.errors import InvalidInput
from workflows.papers.reading import read_text
from workflows.rules.texts import PARAGRAPH_LIMIT
from workflows.states import ParagraphKind, TextStatus
from workflows.web.document_rows import name_paragraph
from workflows.web.forms_base import RefusableForm, VersionedForm, offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Paragraph
    from workflows.papers.reading import Reading
    from workflows.queries.document import ParagraphRow

AT_END, AT_START = "end", "beginning"


def text_field(label: Any, **kwargs: Any) -> forms.CharField:
    """Return a field for a paragraph's text; what is too long or cannot be stored the action refuses, at the field."""
    return forms.CharField(
        label=label, required=False, strip=True, widget=forms.Textarea({"rows": 9, "class": "area--text"}), **kwargs
    )


def plain(text: str) -> str:
    """Return a text as it is stored, whatever ends of lines a browser sends."""
    return text.replace("\r\n", "\n").strip()


def mark_of(text: str) -> str:
    """Return a short mark by which a form knows whether a text was touched since it was opened."""
    return hashlib.sha256(plain(text).encode()).hexdigest()[:16]


class WriteForm(VersionedForm):
    """Writes one paragraph in one or both languages."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    read_es = forms.CharField(widget=forms.HiddenInput, required=False)
    read_pt = forms.CharField(widget=forms.HiddenInput, required=False)
    text_es = text_field(gettext_lazy("Spanish"))
    text_pt = text_field(gettext_lazy("Portuguese"))
    change = forms.ChoiceField(
        label=gettext_lazy("What changes"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("wording", gettext_lazy("Only the wording, or one language catches up with the other")),
            ("substance", gettext_lazy("The substance: a language that is not written now is to be updated")),
        ],
        help_text=gettext_lazy("If you write both languages, both are up to date, and every clearance is signed again."),
    )
    note = forms.CharField(
        label=gettext_lazy("Why it changes"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("It stays in the history of the paragraph."),
    )

    @staticmethod
    def first(paragraph: Paragraph) -> dict[str, Any]:
        """Return what the form holds when it is opened."""
        behind = not paragraph.status("es") == paragraph.status("pt") == TextStatus.CURRENT
        return {
            "version": paragraph.version,
            "text_es": paragraph.text_es,
            "text_pt": paragraph.text_pt,
            "read_es": mark_of(paragraph.text_es),
            "read_pt": mark_of(paragraph.text_pt),
            "change": "wording" if behind else "substance",
        }

    def touched(self) -> dict[str, str]:
        """Return the languages that the writer changed since the form was opened, with their texts."""
        said, came = self.cleaned_data, [lang for lang in ("es", "pt") if f"text_{lang}" in self.data]
        return {lang: said[f"text_{lang}"] for lang in came if mark_of(said[f"text_{lang}"]) != said[f"read_{lang}"]}

    def said(self) -> dict[str, Any]:
        """Return what the action takes: of the languages, those that were touched."""
        texts = {f"text_{lang}": plain(text) for lang, text in self.touched().items()}
        return {
            **texts,
            "substance": {"substance": True, "wording": False}.get(self.cleaned_data["change"]),
            "note": self.cleaned_data["note"],
        }


class PlaceFields(RefusableForm):
    """After which paragraph."""

    after = forms.ChoiceField(label=gettext_lazy("Where it stands"), required=False)

    def offer_places(self, rows: Sequence[ParagraphRow], *, first: str, last: str = "") -> None:
        """Offer the beginning (where `first` is given), each paragraph, and the end (where `last` is)."""
        places = [(AT_START, first)] if first else []
        places += [(str(row.paragraph.uuid), _("After: %(what)s") % {"what": opening_of(row)}) for row in rows]
        offer(self, "after", [*([(AT_END, last)] if last else []), *places])


def opening_of(row: ParagraphRow) -> str:
    """Return how a paragraph is recognised in a list: its number and its first words."""
    words = (row.paragraph.text_es or row.paragraph.text_pt).split()
    return f"{name_paragraph(row.line.kind, row.line.number)}, {' '.join(words[:8])}"


KINDS = [("", gettext_lazy("As its words say")), *ParagraphKind.choices]


class AddForm(PlaceFields):
    """Adds paragraphs that are typed or pasted: cut at the empty lines, the n-th Spanish beside the n-th Portuguese."""

    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=KINDS, required=False)
    text_es = text_field(
        gettext_lazy("Spanish"),
        help_text=gettext_lazy("Several paragraphs may be pasted at once, with an empty line between them."),
    )
    text_pt = text_field(
        gettext_lazy("Portuguese"), help_text=gettext_lazy("The first paragraph stands beside the first in Spanish, and so on.")
    )

    def readings(self) -> tuple[Reading | None, Reading | None]:
        """Return what was written as paragraphs, by language; InvalidInput at the field where it cannot be taken."""
        found = []
        for name in ("text_es", "text_pt"):
            text = self.cleaned_data[name]
            try:
                found.append(read_text(text) if text else None)
            except InvalidInput as error:
                raise InvalidInput({name: next(iter(error.fields.values()))}) from error
        return found[0], found[1]


class MoveForm(PlaceFields, VersionedForm):
    """Moves a paragraph, changes its kind, marks on what it depends."""

    after = forms.ChoiceField(label=gettext_lazy("Where it stands"))
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ParagraphKind.choices)
    conditional_on = forms.CharField(
        label=gettext_lazy("On what it depends"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("A mark for the table: for example, another paragraph that must be agreed first."),
    )


class CorrectForm(VersionedForm):
    """Corrects the wording of one language, for concordance alone."""

    language = forms.ChoiceField(choices=[("es", ""), ("pt", "")], widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("The corrected text"),
        widget=forms.Textarea({"rows": 9, "class": "area--text"}),
        max_length=PARAGRAPH_LIMIT,
    )
    note = forms.CharField(
        label=gettext_lazy("What is corrected"),
        max_length=200,
        help_text=gettext_lazy("Both secretariats and every delegation are told."),
    )


class ImportForm(PlaceFields):
    """Takes one file, or one in each language."""

    file_es = forms.FileField(
        label=gettext_lazy("File in Spanish"),
        required=False,
        help_text=gettext_lazy("Word (.docx) or plain text (.txt), up to 25 MB."),
    )
    file_pt = forms.FileField(label=gettext_lazy("File in Portuguese"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one file."""
        said = super().clean() or {}
        if not said.get("file_es") and not said.get("file_pt") and not self.errors:
            self.add_error("file_es", _("Choose a file in at least one language."))
        return said
