"""An example of each body that the API takes, shown in the contract; a test sends each through its own shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api.shapes import deadline, meeting, party, summit, task, template, token

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
