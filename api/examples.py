"""An example of each body that the API takes, shown in the contract; a test sends each through its own shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shapes import deadline, document, meeting, paragraph, party, proposal, summit, task, template, token

if TYPE_CHECKING:
    from rest_framework.serializers import Serializer

UUID = "0197f0c2-5a3e-7c1e-9b7d-3f6f0f5d2a10"

EXAMPLES: dict[type[Serializer], dict[str, Any]] = {
    task.ActInput: {"evidence": "Concept note, version 3, sent on 4 May", "accepted": ["waits_for:HND-01"]},
    task.NewTaskInput: {
        "summit": "xxxi",
        "code": "NEG-20",
        "phase": "negotiation",
        "title": {"es": "Preparar la sala", "pt": "Preparar a sala", "en": "Prepare the room"},
        "responsible": "SPT-31",
        "verified_by": "SEGIB",
        "depends_on": ["NEG-01"],
        "blocks": "closing",
        "gate": "advisory",
        "deadline": {"anchor": "cnrc_extraordinary", "offset": -5, "unit": "working_days", "calendar": "host"},
    },
    task.TaskChangeInput: {"title": {"es": "Preparar la sala", "pt": "Preparar a sala"}, "gate": "hard", "blocks": "closing"},
    task.CommentInput: {"text": "Revisar la página 2."},
    task.EvidenceInput: {"text": "Aportes nacionales", "url": "https://example.org/aportes.pdf"},
    task.PartyInput: {"party": "PY"},
    meeting.NewMeetingInput: {
        "summit": "xxxi",
        "code": "cnrc_3",
        "kind": "cnrc",
        "title": {"es": "III Reunión de CN y RC", "pt": "III Reunião de CN e RC"},
        "starts_at": "2027-05-01T09:00:00+02:00",
        "place": "Toledo",
    },
    meeting.MeetingChangeInput: {"starts_at": "2027-05-08T09:00:00+02:00", "reason": "A petición de la sede"},
    meeting.AgendaInput: {"items": [{"es": "Apertura", "pt": "Abertura"}, {"es": "Cierre", "pt": "Encerramento"}]},
    meeting.AttendanceInput: {"levels": [{"party": "PY", "level": "coordinator"}]},
    meeting.NewDecisionInput: {
        "subject": "theme_motto_calendar",
        "text": {"es": "Se aprueba el calendario.", "pt": "Aprova-se o calendário."},
    },
    document.NewDocumentInput: {
        "summit": "xxxi",
        "kind": "declaration",
        "title": {"es": "Declaración de Madrid", "pt": "Declaração de Madri"},
        "first_language": "es",
    },
    document.DocumentActInput: {"window_ends_at": "2027-09-30T21:59:59Z"},
    document.ClearanceInput: {"office": "legal", "note": "Conforme"},
    document.OriginalsInput: {"es": "Archivo central, caja 12", "pt": "Arquivo central, caixa 12"},
    document.DecisionInput: {"decision": UUID},
    document.AdherenceInput: {"parties": ["BO", "UY"]},
    document.CorrigendumInput: {"wrong_and_right": "En el párrafo 4, donde dice «2026» debe decir «2027»."},
    paragraph.NewParagraphsInput: {
        "paragraphs": [
            {"kind": "preambular", "text": {"es": "Reunidos en Madrid;", "pt": "Reunidos em Madri;"}},
            {"text": {"es": "Fortalecer la cooperación entre nuestros países."}},
        ]
    },
    paragraph.ParagraphChangeInput: {
        "text": {"pt": "Fortalecer a cooperação entre nossos países."},
        "note": "Traducción",
    },
    paragraph.PlaceInput: {"after": UUID, "kind": "operative"},
    paragraph.TranslationInput: {"language": "pt", "text": "Reunidos em Madri;", "note": "Nome da cidade"},
    paragraph.ParagraphActInput: {"meeting": "cnrc_final"},
    paragraph.ImportInput: {"language": "es", "text": "Reunidos en Madrid;\n\n1. Fortalecer la cooperación."},
    proposal.NewProposalInput: {"paragraph": UUID, "kind": "substantive", "text": "Fortalecer y ampliar la cooperación."},
    proposal.ProposalChangeInput: {"text": "Fortalecer, ampliar y financiar la cooperación."},
    proposal.ProposalActInput: {"note": "Recogida en el párrafo 7"},
    proposal.NewPositionInput: {
        "party": "BO",
        "paragraph": UUID,
        "kind": "scrutiny_reserve",
        "channel": "note_verbale",
        "note_number": "NV 31/2027",
    },
    proposal.EndPositionInput: {"channel": "orally"},
    deadline.PinInput: {"due_at": "2027-06-01T21:59:59Z", "reason": "Acordado con los Coordinadores"},
    deadline.RuleChangeInput: {"anchor": "opening_day", "offset": -90, "unit": "days", "calendar": "all_members"},
    summit.NewSummitInput: {"number": 32, "host": "UY", "opening_on": "2028-11-10", "closing_on": "2028-11-11"},
    summit.SummitChangeInput: {"theme": {"es": "Juntos", "pt": "Juntos"}, "others_see": "window_closed"},
    summit.ChangeDateInput: {"opening_on": "2027-11-24", "closing_on": "2027-11-25", "reason": "Decisión de la RMRE"},
    summit.ChangePlaceInput: {"city": "Toledo", "zone": "Europe/Madrid", "reason": "Obras en la sede"},
    summit.ChangeHostInput: {"host": "PT", "decision": UUID, "reason": "Renuncia de la sede"},
    summit.HandoverInput: {"successor": "UY", "note": "Acta de traspaso firmada"},
    summit.CopyTemplateInput: {"template": UUID},
    summit.DisputeInput: {"party": "PY", "claims": "Nota 12 y nota 14, de firmas distintas"},
    summit.SettleInput: {"party": "PY", "decision": UUID},
    summit.ReasonInput: {"reason": "Falta la carta del Gobierno"},
    summit.NothingInput: {},
    party.PartyChangeInput: {"by_note_verbale": True},
    party.NewSeatInput: {"party": "PY", "role": "reviewer", "email": "revisor@example.org"},
    party.FillInput: {"name": "Ana Benítez", "email": "ana@example.org", "starts_on": "2027-02-01", "note": "NV 12/2027"},
    party.EndInput: {"ends_on": "2027-06-30", "note": "NV 40/2027"},
    template.NewTemplateInput: {"text": "code: ibero-american-summit\nversion: 2\n…"},
    token.NewTokenInput: {"name": "Ministry's system", "scopes": ["tasks:read", "tasks:write", "changes:read"]},
}
