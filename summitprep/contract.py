"""How the contract of the API (OpenAPI) is written: what it says of itself, and the names of its closed lists."""

SPECTACULAR_SETTINGS = {
    "TITLE": "SummitPrep",
    "DESCRIPTION": (
        "The API by which the two secretariats of an Ibero-American Summit, and the ministries, share their work.\n\n"
        "A caller acts for one seat: by a token (`Authorization: Bearer sp_…`) or by the session of the pages. What a seat "
        "does not see is answered as if it did not exist. Each object carries `available_actions`: what the seat may do, "
        "what holds it back and where that is. Each object comes with its version as `ETag`; send it back in `If-Match`. "
        "Send an `Idempotency-Key` with everything but reading, so that a repeated request does nothing twice. Lists go on "
        "at `next`. To stay equal with another system, follow `/api/v1/changes/`. Errors are RFC 9457 problems in the "
        "language of `Accept-Language` (es, pt-BR, pt-PT, en). Addresses in answers are relative to the server."
    ),
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SCHEMA_PATH_PREFIX_TRIM": False,
    "COMPONENT_SPLIT_REQUEST": False,
    "COMPONENT_SPLIT_PATCH": False,
    "ENFORCE_NON_BLANK_FIELDS": False,
    "POSTPROCESSING_HOOKS": ["drf_spectacular.hooks.postprocess_schema_enums", "api.schema.complete"],
    "ENUM_NAME_OVERRIDES": {
        "SummitState": "workflows.states.SummitState",
        "MeetingState": "workflows.states.MeetingState",
        "TaskState": "workflows.states.TaskState",
        "DocumentState": "workflows.states.DocumentState",
        "DocumentKind": "workflows.states.DocumentKind",
        "Outcome": "workflows.states.Outcome",
        "ClearanceOffice": "workflows.states.ClearanceOffice",
        "ParagraphState": "workflows.states.ParagraphState",
        "ParagraphKind": "workflows.states.ParagraphKind",
        "TextStatus": "workflows.states.TextStatus",
        "TextLanguage": "api.shapes.document.TEXT_LANGUAGES",
        "ProposalState": "workflows.states.ProposalState",
        "ProposalKind": "workflows.states.ProposalKind",
        "PositionKind": "workflows.states.PositionKind",
        "RedlineOp": "api.shapes.version.OPS",
        "RedlineFate": "api.shapes.version.FATES",
        "PrintedIn": "api.shapes.version.PRINTED_IN",
        "PartyKind": "workflows.states.PartyKind",
        "TaskKind": "workflows.states.TaskKind",
        "MeetingKind": "workflows.states.MeetingKind",
        "SeatRole": "workflows.states.SeatRole",
        "Language": "workflows.states.Language",
        "Scope": "workflows.states.Scope",
        "Authority": "workflows.states.Authority",
        "Gate": "workflows.states.Gate",
        "Channel": "workflows.states.Channel",
        "PaperChannel": "api.shapes.task.PAPER_CHANNELS",
        "OthersSee": "workflows.states.OthersSee",
        "DecisionSubject": "workflows.states.DecisionSubject",
        "AttendanceLevel": "workflows.states.AttendanceLevel",
        "OffsetUnit": "workflows.states.OffsetUnit",
        "CalendarPolicy": "workflows.states.CalendarPolicy",
        "TimeOfDay": "workflows.states.TimeOfDay",
        "TokenScope": "api.shapes.token.SCOPE_CHOICES",
    },
}
