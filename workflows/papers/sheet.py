"""A text as it is printed: its frame (symbol, edition, marks) and its paragraphs, said in Spanish and in Portuguese."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from workflows.models import Publication
from workflows.queries.document_facts import body_of
from workflows.queries.names import name_summit_at
from workflows.queries.resource import in_protocol_order
from workflows.states import DocumentState, Outcome, ParagraphKind, ParagraphState, TextStatus

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from django.utils.functional import _StrPromise

    from workflows.models import Document, Summit, Version

Mode = Literal["es", "pt", "synoptic"]
MODES: tuple[Mode, ...] = ("es", "pt", "synoptic")
LANGUAGES = {"es": "Español", "pt": "Português"}
FINAL = frozenset({"record_outcome", "publish", "publish_provisional", "publish_corrigendum"})
"""Occasions whose version is the text as concluded: brackets and states are history."""

STANDING: Mapping[str, str | _StrPromise] = {
    "circulate": gettext_lazy("Draft circulated for comments. Not adopted."),
    "circulate_provisional": gettext_lazy("Draft circulated for comments. Not adopted."),
    "recirculate": gettext_lazy("New version of the draft, circulated for comments. Not adopted."),
    "approve": gettext_lazy("Approved by the Pro Tempore Secretariat."),
    "agree": gettext_lazy("Draft agreed by the national coordinators. Not adopted."),
    "elevate": gettext_lazy("Draft elevated to the ministers with open paragraphs. Not adopted."),
    "approve_by_ministers": gettext_lazy("Draft approved by the ministers. Not adopted."),
}
"""How a version stood when it was made, by its occasion."""

OUTCOMES: Mapping[str, str | _StrPromise] = {
    Outcome.ADOPTED: gettext_lazy("Adopted by consensus."),
    Outcome.PRESIDENCY_TEXT: gettext_lazy("Text of the Presidency. It was not adopted by consensus."),
    Outcome.NOT_ADOPTED: gettext_lazy("The text was not adopted."),
}


@dataclass(frozen=True)
class Row:
    """A paragraph as printed in one language; `text` is empty where there is nothing to print but the note."""

    kind: str
    number: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Face:
    """A sheet in one language: every string as it is printed."""

    language: str
    name: str
    summit: str
    kind: str
    title: str
    symbol: str
    edition: str
    standing: str
    marks: tuple[str, ...]
    demonstration: str
    rows: tuple[Row, ...]
    page: str
    check: str


@dataclass(frozen=True)
class Sheet:
    """A text to print: both faces, the digest that whoever holds a copy can recompute (empty: a text still in work)."""

    es: Face
    pt: Face
    made_at: datetime
    zone: str
    digest: str

    def faces(self, mode: Mode) -> tuple[Face, ...]:
        """Return what a mode prints: one language, or both side by side."""
        return (self.es, self.pt) if mode == "synoptic" else (self.es if mode == "es" else self.pt,)


def sheet_of_version(version: Version) -> Sheet:
    """Return a version as it is printed; `document.summit.host` and `document.proponent` are read."""
    publication = Publication.objects.filter(version_of_text=version).first()
    return _sheet(version.document, version.body, version.made_at, version, publication)


def sheet_of_text(document: Document, *, now: datetime) -> Sheet:
    """Return the living text as it stands; it is no version: no symbol, no hash, and it says so."""
    return _sheet(document, body_of(document), now, None, None)


def _sheet(
    document: Document,
    body: Sequence[Mapping[str, Any]],
    at: datetime,
    version: Version | None,
    publication: Publication | None,
) -> Sheet:
    summit = document.summit
    portuguese = "pt-pt" if summit.host is not None and summit.host.code == "PT" else "pt-br"
    with override("es"):
        es = _face(document, body, at, version, publication, "es")
    with override(portuguese):
        pt = _face(document, body, at, version, publication, "pt")
    return Sheet(es=es, pt=pt, made_at=at, zone=summit.zone, digest=version.digest if version else "")


def _face(
    document: Document,
    body: Sequence[Mapping[str, Any]],
    at: datetime,
    version: Version | None,
    publication: Publication | None,
    language: str,
) -> Face:
    when = moment(at, document.summit)
    demonstration = settings.SUMMITPREP_DEMO or document.summit.is_demonstration
    final = version is not None and (version.occasion in FINAL or document.is_plain)
    return Face(
        language=language,
        name=LANGUAGES[language],
        summit=name_summit_at(document.summit),
        kind=document.get_kind_display(),
        title=document.title_es if language == "es" else document.title_pt,
        symbol="" if version is None else version.symbol_es if language == "es" else version.symbol_pt,
        edition=_("Version %(number)d, %(when)s") % {"number": version.number, "when": when} if version else when,
        standing=_standing(document, version),
        marks=tuple(_marks(document, version, publication, when)),
        demonstration=_("Demonstration: fictitious data, not an official document") if demonstration else "",
        rows=tuple(_rows(body, language, final=final)),
        page=_("Page %(page)s of %(pages)s"),
        check=_(
            "This copy can be checked. The SHA-256 hash of the text in both languages, recomputed from the JSON copy of this "
            "version, is:"
        ),
    )


def moment(instant: datetime, summit: Summit) -> str:
    """Return "30/09/2026, 10:40 (Madrid, UTC+2)": paper lasts, so the distance from UTC stands beside the city."""
    local = instant.astimezone(ZoneInfo(summit.zone))
    shift = local.strftime("%z")
    offset = f"UTC{shift[0]}{int(shift[1:3])}" + (f":{shift[3:]}" if shift[3:] != "00" else "")
    known = summit.city and summit.zone != "UTC"
    return f"{local:%d/%m/%Y, %H:%M} ({summit.city}, {offset})" if known else f"{local:%d/%m/%Y, %H:%M} ({offset})"


def _standing(document: Document, version: Version | None) -> str:
    if version is None:
        return str(DocumentState(document.state).label)
    if version.occasion in FINAL and document.is_plain:
        return _("Published by the Pro Tempore Secretariat.")
    if version.occasion not in FINAL:
        return str(STANDING.get(version.occasion, ""))
    if document.outcome == Outcome.ADOPTED_BY_COUNTRIES:
        adhering = in_protocol_order(document.adhering).order_by("place", "pk")
        names = ", ".join(party.name for party in adhering)
        return _("Adopted by the countries that adhere to it: %(countries)s.") % {"countries": names}
    return str(OUTCOMES.get(document.outcome, ""))


def _marks(document: Document, version: Version | None, publication: Publication | None, when: str) -> list[str]:
    marks = []
    if version is None:
        marks.append(_("Text in work as it stood on %(when)s. It is not a version and has no symbol.") % {"when": when})
    elif version.occasion == "circulate_provisional":
        marks.append(_provisional(document))
    if publication is not None and publication.provisional:
        marks.append(_("Provisional: the text as adopted, before the signed originals are filed."))
    if publication is not None and publication.corrigendum:
        marks.append(_("Corrigendum. %(what)s") % {"what": publication.corrigendum})
    if document.state == DocumentState.WITHDRAWN:
        marks.append(_("This text was withdrawn."))
    return marks


def _provisional(document: Document) -> str:
    if document.other_language_at is None:
        return _("Provisional: circulated in one language, before the other.")
    when = moment(document.other_language_at, document.summit)
    return _("Provisional: circulated in one language. The other follows on %(when)s.") % {"when": when}


def _rows(body: Sequence[Mapping[str, Any]], language: str, *, final: bool) -> list[Row]:
    """Return the paragraphs as printed; states are noted where paragraphs differ and the text is not concluded."""
    differ = len({p["state"] for p in body if p["kind"] != ParagraphKind.HEADING}) > 1 and not final
    rows = []
    for p in body:
        if p["state"] == ParagraphState.DELETED:
            if not final:
                note = _("Deleted in the negotiation. Its number is kept until the final version.")
                rows.append(Row(p["kind"], p["number"], "", note))
            continue
        notes = [str(ParagraphState(p["state"]).label)] if differ and p["kind"] != ParagraphKind.HEADING else []
        notes += _language_notes(p[f"{language}_status"], language)
        rows.append(Row(p["kind"], p["number"], p[language], ". ".join(notes)))
    return rows


def _language_notes(status: str, language: str) -> list[str]:
    if status == TextStatus.MISSING:
        return [_("The Spanish text is missing") if language == "es" else _("The Portuguese text is missing")]
    return [str(TextStatus(status).label)] if status == TextStatus.STALE else []
