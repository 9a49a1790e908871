"""What stands around a text on its page: who has it in hand, the window, actions, clearances, versions, tasks, copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from workflows.models import Document
from workflows.queries.document_names import symbol
from workflows.queries.names import in_sentence, name_party, name_seat
from workflows.rules.evaluate import signs_for
from workflows.rules.verbs import verbs_of
from workflows.states import ClearanceOffice, DocumentState, Outcome, ParagraphState
from workflows.templatetags.moments import moment
from workflows.web.document_rows import behind_in_words, counted
from workflows.web.links import linked, url_for, url_to_do

if TYPE_CHECKING:
    from collections.abc import Sequence

    from workflows.models import Clearance, Deadline, Publication, Signature, Version
    from workflows.queries.document import DocumentSheet
    from workflows.rules.facts import Actor

D = DocumentState
FORWARD = (
    *("submit_for_clearance", "clear", "circulate", "approve", "publish", "recirculate", "open_negotiation", "agree"),
    *("approve_by_ministers", "elevate_to_heads", "record_outcome"),
)
"""The verbs that lead a text on: the first that can be done is the page's primary button."""


def symbol_of(document: Document) -> str:
    """Return the symbol of the latest version in the reader's language, or nothing before the first."""
    if not document.version_number:
        return ""
    language = "pt" if (get_language() or "es").startswith("pt") else "es"
    return symbol(document, language, document.version_number)


def ball_of(document: Document) -> tuple[str, str]:
    """Return who has a text in hand now, and what for."""
    spt, segib = _("Pro Tempore Secretariat"), "SEGIB"
    author = document.proponent.name if document.proponent else spt
    both = _("Pro Tempore Secretariat and SEGIB")
    negotiated = not document.is_plain
    said = {
        D.DRAFTING: (author, _("writes the text and submits it for clearance")),
        D.IN_CLEARANCE: (segib, _("signs the four clearances and clears it, or returns it")),
        D.RETURNED: (author, _("changes what SEGIB asks and submits it again")),
        D.CLEARED: (spt, _("circulates it to the delegations") if negotiated else _("approves it")),
        D.APPROVED: (spt, _("publishes it")),
        D.CIRCULATED: (pgettext("who has a text", "The delegations"), _("comment and propose while the window is open")),
        D.CONSOLIDATING: (spt, _("disposes of the proposals, and circulates a new version or opens the negotiation")),
        D.IN_NEGOTIATION: (pgettext("who has a text", "The table"), _("the Pro Tempore Secretariat chairs it")),
        D.AGREED: (pgettext("who has a text", "The ministers"), _("approve it in their meeting")),
        D.ELEVATED: (pgettext("who has a text", "The ministers"), _("close what the coordinators left open")),
        D.MINISTER_APPROVED: (both, _("record the outcome with two signatures")),
        D.ELEVATED_TO_HEADS: (both, _("record the outcome with two signatures")),
        D.CONCLUDED: (segib, _("files the signed originals and publishes it")),
    }
    return said.get(D(document.state), (pgettext("who has a text", "Nobody"), _("it has reached its end")))


def facts_row(sheet: DocumentSheet, rows: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the facts at the top: in whose hands, how the languages or the paragraphs stand, the symbol."""
    document = sheet.document
    who, why = ball_of(document)
    facts = [{"label": _("In whose hands"), "figure": who, "note": why}]
    numbered = [row for row in rows if row["state"]]
    if not document.is_plain and document.circulated_at is not None and numbered:
        agreed = sum(row["state"] == ParagraphState.AGREED for row in numbered)
        figure = _("%(agreed)d of %(total)d agreed") % {"agreed": agreed, "total": len(numbered)}
        facts.append({"label": _("Paragraphs"), "figure": figure, "note": counted(rows)})
    aligned = behind_in_words(sheet.behind, len(rows))
    facts.append({"label": _("Spanish and Portuguese"), "figure": capfirst(aligned), "note": _concordance(document)})
    name = symbol_of(document)
    version = _("version %(number)d") % {"number": document.version_number} if name else _("it comes with the first version")
    facts.append({"label": _("Symbol"), "figure": name or pgettext("symbol", "None yet"), "note": version})
    return facts


def _concordance(document: Document) -> str:
    if document.concordance_certified_at is None:
        return _("its concordance is not certified") if document.circulated_at else ""
    return _("concordance certified on %(when)s") % {"when": moment(document.concordance_certified_at, document.summit.zone)}


def lead_of(document: Document) -> str:
    """Return the sentence below the title: what it is, of whom, which version."""
    parts = [str(document.get_kind_display())]
    if document.proponent:
        parts.append(_("proposed by %(party)s") % {"party": in_sentence(document.proponent)})
    if document.version_number:
        parts.append(_("version %(number)d") % {"number": document.version_number})
    if document.outcome:
        parts.append(str(Outcome(document.outcome).label).lower())
    return capfirst(", ".join(parts)) + "."


def window_of(sheet: DocumentSheet) -> Deadline | None:
    """Return the window for comments, where it says something still."""
    return sheet.deadline if sheet.document.state in {D.CIRCULATED, D.CONSOLIDATING} else None


def provisional(document: Document) -> str:
    """Return the sentence on the other language of a provisional circulation, or nothing."""
    if document.other_language_at is None or document.state not in {D.CIRCULATED, D.CONSOLIDATING}:
        return ""
    when = moment(document.other_language_at, document.summit.zone)
    return _("It circulates provisionally in one language; the other follows on %(when)s.") % {"when": when}


# Actions ---------------------------------------------------------------------------------------------------------


def actions_of(sheet: DocumentSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the transitions that can be done now, each behind a page that says what it does; the way on is primary."""
    signed = {s.verb for s in sheet.signatures if _office(s, sheet, actor) == s.office}
    found = [o for o in sheet.options.values() if o.allowed and o.name not in signed]
    found.sort(key=lambda o: FORWARD.index(o.name) if o.name in FORWARD else len(FORWARD))
    return [
        {
            "label": offered.label,
            "url": url_to_do(sheet.document, offered.name),
            "kind": "stop" if offered.name == "withdraw" else "" if n == 0 and offered.name in FORWARD else "line",
        }
        for n, offered in enumerate(found)
    ]


def withheld_of(sheet: DocumentSheet) -> list[dict[str, Any]]:
    """Return what cannot be done now, each with its reasons and their links."""
    return [
        {"action": offered.label, "reasons": linked(r for r in offered.reasons if not r.advisory)}
        for offered in sheet.options.values()
        if not offered.allowed
    ]


def _office(signature: Signature, sheet: DocumentSheet, actor: Actor) -> str | None:
    return signs_for(sheet.facts, actor, verbs_of(Document)[signature.verb][0].countersigned)


def countersigned(sheet: DocumentSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the signatures that wait, as their component shows them; the other office may sign or decline."""
    found = []
    for s in sheet.signatures:
        verb, office = verbs_of(Document)[s.verb][0], _office(s, sheet, actor)
        text = _("%(who)s signed on %(when)s. It is done when the other secretariat signs too.") % {
            "who": name_party(s.seat.party),
            "when": moment(s.signed_at, actor.zone),
        }
        outcome = s.inputs.get("outcome", "")
        shown: dict[str, Any] = {"title": f"{verb.label}.", "text": text, "sign": None, "decline": None}
        if outcome in Outcome.values:
            shown["title"] = f"{verb.label}: {str(Outcome(outcome).label).lower()}."
        if office and office != s.office:
            shown["sign"] = {"label": _("Sign"), "url": url_to_do(sheet.document, s.verb), "suffix": verb.label}
        if office:
            shown["decline"] = {
                "label": _("Decline") if office != s.office else _("Withdraw the signature"),
                "url": reverse("signature-decline", args=[sheet.document.summit.slug, s.uuid]),
                "suffix": verb.label,
            }
        found.append(shown)
    return found


def other_acts(sheet: DocumentSheet) -> list[dict[str, str]]:
    """Return what else the reader may do to the text: acts that are no transitions."""
    may, document = sheet.may, sheet.document
    acts = [
        (may.certify, "certify_concordance", _("Certify the concordance")),
        (may.admit, "admit_late", _("Record the decision that admits it")),
        (may.adhere, "record_adherence", _("Record the countries that adhere")),
        (may.file_originals, "file_originals", _("File the signed originals")),
        (may.publish_provisionally, "publish_provisional", _("Publish provisionally")),
        (may.correct, "corrigendum", _("Publish a corrigendum")),
    ]
    return [{"label": label, "url": url_to_do(document, name)} for allowed, name, label in acts if allowed]


# Around the text -------------------------------------------------------------------------------------------------


def clearances_of(sheet: DocumentSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the four offices: signed by which seat and when, dropped and why, or not yet signed."""
    return [_clearance(sheet, office, clearance, actor) for office, clearance in sheet.clearances.items()]


def _clearance(sheet: DocumentSheet, office: str, clearance: Clearance | None, actor: Actor) -> dict[str, Any]:
    over = sheet.document.circulated_at is not None or sheet.document.state in {D.APPROVED, D.PUBLISHED}
    stands = office in sheet.facts.clearances or (over and clearance is not None)
    state = "signed" if stands else "dropped" if clearance is not None else "awaited"
    note = ""
    if clearance is not None:
        signed = _("%(seat)s, on %(when)s") % {
            "seat": name_seat(clearance.seat),
            "when": moment(clearance.signed_at, actor.zone),
        }
        why = clearance.dropped_reason or _("The text has changed since.")
        note = signed if stands else _("It was signed by %(signed)s. %(why)s") % {"signed": signed, "why": why}
    sign = None
    if sheet.may.clear and not stands:
        sign = {"label": _("Sign"), "url": url_to_do(sheet.document, "sign_clearance"), "post": True}
        sign |= {"fields": [("office", office), ("version", sheet.document.version)], "suffix": ClearanceOffice(office).label}
    return {"office": str(ClearanceOffice(office).label), "state": state, "note": note, "sign": sign}


def versions_of(sheet: DocumentSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the versions, the latest first, each with its redline from the one before."""
    document, rows = sheet.document, []
    args = [document.summit.slug, document.code]
    for version in sheet.versions:
        compare = reverse("document-compare", args=args)
        rows.append(
            {
                "number": version.number,
                "symbol": symbol_text(version),
                "url": reverse("document-version", args=[*args, version.number]),
                "when": moment(version.made_at, actor.zone),
                "occasion": occasion_of(version),
                "compare": f"{compare}?from={version.number - 1}&to={version.number}" if version.number > 1 else "",
            }
        )
    return rows


def symbol_text(version: Version) -> str:
    """Return the symbol of a version in the reader's language."""
    return version.symbol_pt if (get_language() or "es").startswith("pt") else version.symbol_es


def occasion_of(version: Version) -> str:
    """Return at which act a version was made."""
    verb = verbs_of(Document).get(version.occasion)
    if verb is not None:
        return str(verb[0].label)
    return _("Publish provisionally") if version.occasion == "publish_provisional" else version.occasion


def tasks_of(sheet: DocumentSheet) -> list[dict[str, Any]]:
    """Return the lines of the checklist that this text does, and by which of its acts."""
    return [
        {
            "code": task.code,
            "title": task.title,
            "url": url_for(task),
            "state": task.state,
            "verb": str(verbs_of(Document)[task.done_by_verb][0].label) if task.done_by_verb in verbs_of(Document) else "",
        }
        for task in sheet.tasks
    ]


def publications_of(sheet: DocumentSheet, actor: Actor) -> list[dict[str, Any]]:
    """Return the frozen copies, the latest first, each with its hash."""
    return [publication_shown(p, actor.zone) for p in sheet.publications]


def publication_shown(publication: Publication, zone: str) -> dict[str, Any]:
    """Return a frozen copy as pages show it."""
    kind = _("Provisional") if publication.provisional else _("Published")
    return {
        "url": reverse("published", args=[publication.uuid]),
        "kind": _("Corrigendum") if publication.corrigendum else kind,
        "text": publication.corrigendum,
        "symbol": symbol_text(publication.version_of_text),
        "digest": publication.version_of_text.digest,
        "when": moment(publication.published_at, zone),
    }


FILES = ("pdf-es", "pdf-pt", "pdf-synoptic", "docx-es", "docx-pt", "docx-synoptic")


def file_label(name: str) -> str:
    """Return what a file holds: "PDF, Spanish and Portuguese"."""
    kind, _dash, mode = name.partition("-")
    language = {"es": _("Spanish"), "pt": _("Portuguese"), "synoptic": _("Spanish and Portuguese")}[mode]
    return f"{'Word' if kind == 'docx' else 'PDF'}, {language}"


def downloads_of(document: Document) -> list[dict[str, str]]:
    """Return the files of the text as it stands."""
    args = [document.summit.slug, document.code]
    return [{"label": file_label(name), "url": reverse("document-file", args=[*args, name])} for name in FILES]
