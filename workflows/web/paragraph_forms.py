"""The forms of paragraphs: words in both languages, additions, files, places, corrections; `said` is what the action takes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.rules.texts import PARAGRAPH_LIMIT
from workflows.states import ParagraphKind
from workflows.web.forms_base import VersionedForm

END = "end"


def area(label: Any, **more: Any) -> forms.CharField:
    """Return a field for a paragraph's words."""
    widget = forms.Textarea({"rows": 7})
    return forms.CharField(label=label, required=False, widget=widget, max_length=PARAGRAPH_LIMIT, strip=False, **more)


class WordsForm(VersionedForm):
    """A paragraph in both languages, and whether what changes is the substance."""

    text_es = area(gettext_lazy("Spanish"))
    text_pt = area(gettext_lazy("Portuguese"))
    change = forms.ChoiceField(
        label=gettext_lazy("What changes"),
        widget=forms.RadioSelect,
        required=False,
        choices=[
            ("", gettext_lazy("A language that was behind is brought up to date, or both are written")),
            ("substance", gettext_lazy("The substance: the other language has to follow")),
            ("wording", gettext_lazy("Only the wording of one language: the other stays up to date")),
        ],
    )
    note = forms.CharField(label=gettext_lazy("Note on the change"), required=False, max_length=200)

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        said = self.cleaned_data
        substance = {"": None, "substance": True, "wording": False}[said["change"]]
        return {"text_es": said["text_es"], "text_pt": said["text_pt"], "substance": substance, "note": said["note"]}


class AddForm(VersionedForm):
    """Adds a paragraph, or several pasted at once and cut at their empty lines."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it is"),
        choices=[("", gettext_lazy("As its words suggest (for several at once)")), *ParagraphKind.choices],
        required=False,
    )
    text_es = area(
        gettext_lazy("Spanish"), help_text=gettext_lazy("Several paragraphs may be pasted, with an empty line between them.")
    )
    text_pt = area(gettext_lazy("Portuguese"), help_text=gettext_lazy("As many paragraphs as in Spanish, or none."))
    after = forms.ChoiceField(label=gettext_lazy("Where"), initial=END)


class FileForm(VersionedForm):
    """Imports a file in each language, or one alone."""

    file_es = forms.FileField(label=gettext_lazy("File in Spanish (.docx or .txt)"), required=False)
    file_pt = forms.FileField(label=gettext_lazy("File in Portuguese (.docx or .txt)"), required=False)

    def clean(self) -> dict[str, Any]:
        """Ask for one file at least."""
        said: dict[str, Any] = super().clean() or {}
        if not self.errors and not said.get("file_es") and not said.get("file_pt"):
            raise forms.ValidationError({"file_es": _("Choose a file in at least one language.")})
        return said


class PlaceForm(VersionedForm):
    """Moves a paragraph, changes what it is, or marks on what it depends."""

    after = forms.ChoiceField(label=gettext_lazy("Where"))
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ParagraphKind.choices)
    conditional_on = forms.CharField(
        label=gettext_lazy("On what it depends"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("A mark for the readers; leave it empty when it depends on nothing."),
    )


class CorrectionForm(VersionedForm):
    """Corrects the translation of a circulated paragraph."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=[("es", gettext_lazy("Spanish")), ("pt", gettext_lazy("Portuguese"))]
    )
    text = area(gettext_lazy("Corrected text"))
    note = forms.CharField(label=gettext_lazy("What is corrected"), max_length=200)
