"""The marks: the drawing of each icon, and which mark and tone each state has."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.states import (
    DocumentState,
    MeetingState,
    MessageState,
    ParagraphState,
    PositionKind,
    ProposalState,
    SummitState,
    TaskState,
    TextStatus,
)

RING = '<circle cx="8" cy="8" r="5.75"/>'

ICONS = {
    "pending": RING,
    "progress": f'{RING}<path class="solid" d="M8 3.2a4.8 4.8 0 0 1 0 9.6z"/>',
    "submitted": f'{RING}<circle class="solid" cx="8" cy="8" r="2.6"/>',
    "done": '<circle class="solid" cx="8" cy="8" r="6.5"/><path class="cut" d="M4.9 8.3 7.2 10.5 11.2 5.9"/>',
    "no_comments": f'{RING}<path d="M5.3 8.2 7.2 10.1 10.8 6.2"/>',
    "waived": f'{RING}<path d="M4 12 12 4"/>',
    "not_applicable": '<path d="M3.5 8h9"/>',
    "closed": '<path d="M2.75 2.75h10.5v10.5H2.75zM2.75 6h10.5"/>',
    "soon": f'{RING}<path d="M8 4.6V8l2.4 1.6"/>',
    "risk": '<path d="M8 2.6 14 13H2z"/><path d="M8 6.6v2.8M8 10.6v1"/>',
    "late": '<path class="solid" d="M8 1 15 8l-7 7-7-7z"/><path class="cut" d="M8 4.5v4.2M8 10.2v1.6"/>',
    "blocked": '<path d="M3 7.25h10v6.5H3zM5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25"/>',
    "unmet": '<circle cx="8" cy="8" r="5.5" stroke-width="2.25"/>',
    "ask": f'{RING}<path d="M6.2 6.5a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.2M8 10.6v1"/>',
    "meeting": '<circle cx="5.9" cy="8" r="3.9"/><circle cx="10.1" cy="8" r="3.9"/>',
    "minutes": '<path d="M3 3.25h10M3 6.4h10M3 9.6h10M3 12.75h6"/>',
    "cancelled": f'{RING}<path d="m5.7 5.7 4.6 4.6M10.3 5.7 5.7 10.3"/>',
    "held": f'{RING}<path d="M6.4 5.6v4.8M9.6 5.6v4.8"/>',
    "none": '<circle class="solid" cx="8" cy="8" r="1.4"/>',
    "dependency": '<path d="M3.5 2.5v6.75h8.5M9.2 6.2l3 3-3 3"/>',
    "ad_referendum": '<circle cx="8" cy="8" r="5.75" stroke-dasharray="2.4 1.6"/><path d="M5.3 8.2 7.2 10.1 10.8 6.2"/>',
    "bracket": '<path d="M5.5 2.75H3.25v10.5H5.5M10.5 2.75h2.25v10.5H10.5"/>',
    "amend": '<path d="M2.75 13.25V10.5l7.6-7.6 2.75 2.75-7.6 7.6zM8.6 4.7l2.7 2.7"/>',
    "objects": '<path d="M5.4 2.4h5.2l3 3v5.2l-3 3H5.4l-3-3V5.4z"/><path d="M5.2 8h5.6"/>',
    "elevated": f'{RING}<path d="M8 11.2V5M5.4 7.4 8 4.8l2.6 2.6"/>',
    "returned": '<path d="M13 6.2A5.4 5.4 0 0 0 3.4 5M3 9.8A5.4 5.4 0 0 0 12.6 11M3 2v3.2h3.2M13 14v-3.2H9.8"/>',
}
"""The inside of each icon's SVG, on a square of 16; `solid` and `cut` are drawn by the stylesheet."""

TASK_MARKS: dict[str, tuple[str, str]] = {
    TaskState.PENDING: ("pending", "pending"),
    TaskState.IN_PROGRESS: ("progress", "plain"),
    TaskState.SUBMITTED: ("submitted", "submitted"),
    TaskState.VERIFIED: ("done", "done"),
    TaskState.WAIVED: ("waived", "waived"),
    TaskState.NOT_APPLICABLE: ("not_applicable", "na"),
    TaskState.NO_COMMENTS: ("no_comments", "nocom"),
    TaskState.WINDOW_CLOSED: ("closed", "closed"),
}

MARKS: dict[str, dict[str, tuple[str, str]]] = {
    "task": TASK_MARKS,
    "contribution": {**TASK_MARKS, "clarification": ("ask", "ask")},
    "standing": {
        "soon": ("soon", "soon"),
        "late": ("late", "late"),
        "at_risk": ("risk", "risk"),
        "blocked": ("blocked", "blocked"),
    },
    "meeting": {
        MeetingState.CONVENED: ("pending", "plain"),
        MeetingState.BEGUN: ("meeting", "plain"),
        MeetingState.HELD: ("done", "done"),
        MeetingState.MINUTES_APPROVED: ("minutes", "done"),
        MeetingState.CANCELLED: ("cancelled", "waived"),
    },
    "summit": {
        **dict.fromkeys(SummitState, ("submitted", "done")),
        SummitState.ARCHIVED: ("closed", "closed"),
        SummitState.POSTPONED: ("held", "plain"),
        SummitState.CANCELLED: ("cancelled", "waived"),
    },
    "message": {
        MessageState.QUEUED: ("pending", "pending"),
        MessageState.HELD: ("held", "plain"),
        MessageState.SENDING: ("progress", "plain"),
        MessageState.SENT: ("done", "done"),
        MessageState.FAILED: ("late", "late"),
        MessageState.BOUNCED: ("returned", "late"),
        MessageState.CANCELLED: ("cancelled", "waived"),
    },
    "document": {
        DocumentState.DRAFTING: ("amend", "plain"),
        DocumentState.IN_CLEARANCE: ("submitted", "submitted"),
        DocumentState.RETURNED: ("returned", "plain"),
        DocumentState.CLEARED: ("no_comments", "nocom"),
        DocumentState.APPROVED: ("done", "done"),
        DocumentState.CIRCULATED: ("progress", "plain"),
        DocumentState.CONSOLIDATING: ("minutes", "plain"),
        DocumentState.IN_NEGOTIATION: ("meeting", "plain"),
        DocumentState.AGREED: ("done", "done"),
        DocumentState.ELEVATED: ("elevated", "plain"),
        DocumentState.MINISTER_APPROVED: ("done", "done"),
        DocumentState.ELEVATED_TO_HEADS: ("elevated", "plain"),
        DocumentState.CONCLUDED: ("done", "done"),
        DocumentState.PUBLISHED: ("done", "done"),
        DocumentState.WITHDRAWN: ("cancelled", "waived"),
    },
    "paragraph": {
        ParagraphState.PROPOSED: ("minutes", "plain"),
        ParagraphState.BRACKETED: ("bracket", "plain"),
        ParagraphState.IN_CONSULTATION: ("meeting", "plain"),
        ParagraphState.AGREED_AD_REFERENDUM: ("ad_referendum", "plain"),
        ParagraphState.AGREED: ("done", "done"),
        ParagraphState.DELETED: ("cancelled", "waived"),
    },
    "text": {
        TextStatus.CURRENT: ("done", "done"),
        TextStatus.STALE: ("returned", "risk"),
        TextStatus.MISSING: ("unmet", "risk"),
    },
    "proposal": {
        ProposalState.DRAFT: ("amend", "pending"),
        ProposalState.SUBMITTED: ("submitted", "submitted"),
        ProposalState.ACCEPTED: ("done", "done"),
        ProposalState.MERGED: ("done", "done"),
        ProposalState.NOT_RETAINED: ("waived", "waived"),
        ProposalState.WITHDRAWN: ("cancelled", "waived"),
    },
    "position": {
        PositionKind.CONSULTING_CAPITAL: ("progress", "plain"),
        PositionKind.AGREES: ("done", "done"),
        PositionKind.AGREES_AD_REFERENDUM: ("ad_referendum", "plain"),
        PositionKind.PROPOSES_AMENDMENT: ("amend", "plain"),
        PositionKind.SCRUTINY_RESERVE: ("held", "plain"),
        PositionKind.OBJECTS: ("objects", "plain"),
        PositionKind.OBJECTS_TO_DELETION: ("objects", "plain"),
        PositionKind.DOES_NOT_JOIN: ("cancelled", "plain"),
        PositionKind.NOT_TAKING_PART: ("not_applicable", "na"),
        "none": ("none", "na"),
    },
    "clearance": {
        "signed": ("done", "done"),
        "dropped": ("returned", "risk"),
        "awaited": ("unmet", "plain"),
    },
}
"""Mark and tone of each state, by noun; a tone is the end of a class `st--…` of the stylesheet."""

WORDS: dict[str, dict[str, object]] = {
    "task": {state.value: state.label for state in TaskState},
    "contribution": {
        **{state.value: state.label for state in TaskState},
        TaskState.PENDING.value: pgettext_lazy("contribution", "Not yet received"),
        TaskState.VERIFIED.value: pgettext_lazy("contribution", "Received"),
        "clarification": pgettext_lazy("contribution", "Clarification requested"),
    },
    "standing": {
        "soon": pgettext_lazy("task", "Soon due"),
        "late": pgettext_lazy("task", "Past its deadline"),
        "at_risk": pgettext_lazy("task", "At risk"),
        "blocked": pgettext_lazy("task", "Blocked"),
    },
    "meeting": {state.value: state.label for state in MeetingState},
    "summit": {state.value: state.label for state in SummitState},
    "message": {state.value: state.label for state in MessageState},
    "document": {state.value: state.label for state in DocumentState},
    "paragraph": {state.value: state.label for state in ParagraphState},
    "text": {state.value: state.label for state in TextStatus},
    "proposal": {state.value: state.label for state in ProposalState},
    "position": {kind.value: kind.label for kind in PositionKind} | {"none": pgettext_lazy("position", "No position")},
    "clearance": {
        "signed": pgettext_lazy("clearance", "Signed"),
        "dropped": pgettext_lazy("clearance", "To be signed again"),
        "awaited": pgettext_lazy("clearance", "Not yet signed"),
    },
}
"""The word beside each mark, by noun."""

NUMBERS_MASCULINE = (
    pgettext_lazy("masculine", "none"),
    pgettext_lazy("masculine", "one"),
    pgettext_lazy("masculine", "two"),
    _("three"),
    _("four"),
    _("five"),
    _("six"),
    _("seven"),
    _("eight"),
    _("nine"),
    _("ten"),
)
NUMBERS_FEMININE = (
    pgettext_lazy("feminine", "none"),
    pgettext_lazy("feminine", "one"),
    pgettext_lazy("feminine", "two"),
    *NUMBERS_MASCULINE[3:],
)
"""Numbers in words up to ten; "one" and "two" follow the gender of what is counted in Portuguese, "one" in Spanish."""
