"""The states of every machine and the closed lists of the domain, with the labels that people read."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SummitState(TextChoices):
    """Where a summit stands between two handovers."""

    HANDOVER = "handover", pgettext_lazy("summit", "Handover")
    AGENDA_DRAFTING = "agenda_drafting", pgettext_lazy("summit", "Agenda drafting")
    SECTORAL_MEETINGS = "sectoral_meetings", pgettext_lazy("summit", "Sectoral meetings")
    TEXT_DRAFTING = "text_drafting", pgettext_lazy("summit", "Drafting of texts")
    NEGOTIATION = "negotiation", pgettext_lazy("summit", "Negotiation")
    MINISTER_REVIEW = "minister_review", pgettext_lazy("summit", "Closing and ministerial review")
    IN_SESSION = "in_session", pgettext_lazy("summit", "In session")
    FOLLOW_UP = "follow_up", pgettext_lazy("summit", "Follow-up")
    ARCHIVED = "archived", pgettext_lazy("summit", "Archived")
    POSTPONED = "postponed", pgettext_lazy("summit", "Postponed")
    CANCELLED = "cancelled", pgettext_lazy("summit", "Cancelled")


class MeetingState(TextChoices):
    """Where a meeting stands."""

    CONVENED = "convened", pgettext_lazy("meeting", "Convened")
    BEGUN = "begun", pgettext_lazy("meeting", "Begun")
    HELD = "held", pgettext_lazy("meeting", "Held")
    MINUTES_APPROVED = "minutes_approved", pgettext_lazy("meeting", "Minutes approved")
    CANCELLED = "cancelled", pgettext_lazy("meeting", "Cancelled")


class TaskState(TextChoices):
    """Where a line of the checklist stands; overdue, soon, blocked and at risk are derived, never stored."""

    PENDING = "pending", pgettext_lazy("task", "Pending")
    IN_PROGRESS = "in_progress", pgettext_lazy("task", "In progress")
    SUBMITTED = "submitted", pgettext_lazy("task", "Submitted")
    VERIFIED = "verified", pgettext_lazy("task", "Verified")
    WAIVED = "waived", pgettext_lazy("task", "Waived")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("task", "Not applicable")
    NO_COMMENTS = "no_comments", pgettext_lazy("task", "No comments")
    WINDOW_CLOSED = "window_closed", pgettext_lazy("task", "Window closed")


class MessageState(TextChoices):
    """Where a mail stands on its way out."""

    QUEUED = "queued", pgettext_lazy("message", "Queued")
    HELD = "held", pgettext_lazy("message", "Held")
    SENDING = "sending", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    FAILED = "failed", pgettext_lazy("message", "Not delivered")
    BOUNCED = "bounced", pgettext_lazy("message", "Returned")
    CANCELLED = "cancelled", pgettext_lazy("message", "Cancelled")


class CancelReason(TextChoices):
    """Why a mail that was queued does not leave."""

    SEAT_CLOSED = "seat_closed", _("The seat was closed")
    NO_ADDRESS = "no_address", _("Nobody holds the seat, and it has no mailbox")
    NOT_VISIBLE = "not_visible", _("The office may no longer see the matter")
    DONE = "done", _("The work was done meanwhile")
    DEADLINE_MOVED = "deadline_moved", _("The deadline moved meanwhile")
    OVERTAKEN = "overtaken", _("A later one took its place")
    SUMMIT_RESTS = "summit_rests", _("The Summit is postponed or has ended")
    DEMO_HISTORY = "demo_history", _("It belongs to the invented past of the demonstration")


SETTLED = frozenset({TaskState.VERIFIED, TaskState.WAIVED, TaskState.NOT_APPLICABLE, TaskState.NO_COMMENTS})
"""States in which a task no longer waits for anybody and no longer holds anything back."""

OPEN_TASK = frozenset({TaskState.PENDING, TaskState.IN_PROGRESS})
"""States in which the responsible party still owes the work; its deadline is watched."""

RELAXED = frozenset({SummitState.MINISTER_REVIEW, SummitState.IN_SESSION, SummitState.FOLLOW_UP})
"""From the ministerial review on, life is faster than any tool: hard guards warn, save those marked always hard."""

ENDED = frozenset({SummitState.ARCHIVED, SummitState.CANCELLED})
"""States in which nothing of a summit moves any more."""


class PartyKind(TextChoices):
    """What a party is in the Conference."""

    SEGIB = "segib", _("SEGIB")
    SPT = "spt", _("Pro Tempore Secretariat")
    DELEGATION = "delegation", _("Delegation")
    BODY = "body", _("Ibero-American body")
    OBSERVER = "observer", _("Observer")


class SeatRole(TextChoices):
    """The office that a seat is, within its party."""

    APPROVER = "approver", _("Approver")
    OFFICER = "officer", _("Officer")
    AUDITOR = "auditor", _("Auditor")
    SECRETARY = "secretary", _("Pro Tempore Secretary")
    NATIONAL_COORDINATOR = "national_coordinator", _("National Coordinator")
    COOPERATION_OFFICER = "cooperation_officer", _("Cooperation Officer")
    ALTERNATE_COORDINATOR = "alternate_coordinator", _("Alternate National Coordinator")
    ALTERNATE_COOPERATION = "alternate_cooperation", _("Alternate Cooperation Officer")
    REVIEWER = "reviewer", _("Reviewer")
    MAILBOX = "mailbox", _("Shared mailbox")
    LIAISON = "liaison", _("Liaison")
    OBSERVER = "observer", _("Observer")


ROLES_OF = {
    PartyKind.SEGIB: (SeatRole.APPROVER, SeatRole.OFFICER, SeatRole.AUDITOR),
    PartyKind.SPT: (SeatRole.SECRETARY, SeatRole.OFFICER),
    PartyKind.DELEGATION: (
        SeatRole.NATIONAL_COORDINATOR,
        SeatRole.ALTERNATE_COORDINATOR,
        SeatRole.COOPERATION_OFFICER,
        SeatRole.ALTERNATE_COOPERATION,
        SeatRole.REVIEWER,
        SeatRole.MAILBOX,
    ),
    PartyKind.BODY: (SeatRole.LIAISON,),
    PartyKind.OBSERVER: (SeatRole.OBSERVER,),
}
"""Which seats each kind of party may have (the table of parties and seats)."""

SEVERAL = frozenset(
    {SeatRole.OFFICER, SeatRole.REVIEWER, SeatRole.LIAISON, SeatRole.MAILBOX, SeatRole.AUDITOR, SeatRole.OBSERVER}
)
"""Roles of which a party may have more than one seat."""


class Language(TextChoices):
    """Languages that people read: the interface's and the mails'."""

    ES = "es", "Español"
    PT_BR = "pt-br", "Português (Brasil)"
    PT_PT = "pt-pt", "Português (Portugal)"
    EN = "en", "English"


class Channel(TextChoices):
    """How an act came; paper counts."""

    PAGE = "page", _("on the page")
    API = "api", _("by the API")
    MAIL_LINK = "mail_link", _("by a link in a mail")
    NOTE_VERBALE = "note_verbale", _("by note verbale")
    ORALLY = "orally", _("orally")
    OTHER = "other", _("by other means")
    SYSTEM = "system", _("by the system")


class TaskKind(TextChoices):
    """Work is done by one party; a contribution is asked of several."""

    WORK = "work", _("Work")
    CONTRIBUTION = "contribution", _("Contribution")


class Scope(TextChoices):
    """Of whom a task is asked; all but `single` have one child per party."""

    SINGLE = "single", _("One party")
    ALL_MEMBERS = "all_members", _("All delegations")
    ALL_BODIES = "all_bodies", _("All Ibero-American bodies")
    RMS_ORGANISER = "rms_organiser", _("Organisers of sectoral meetings")
    PROPOSING_COUNTRY = "proposing_country", _("Proposing countries")
    ADHERING_COUNTRIES = "adhering_countries", _("Adhering countries")
    COUNTRIES_AD_REFERENDUM = "countries_ad_referendum", _("Countries ad referendum")


DYNAMIC_SCOPES = frozenset(
    {Scope.RMS_ORGANISER, Scope.PROPOSING_COUNTRY, Scope.ADHERING_COUNTRIES, Scope.COUNTRIES_AD_REFERENDUM}
)
"""Scopes that start empty and get their parties by an action."""


class Authority(TextChoices):
    """Whose decision completes a task of the SPT."""

    CN = "CN", _("National Coordinators")
    RC = "RC", _("Cooperation Officers")


class Gate(TextChoices):
    """How a task weighs on the opening of the phase that it blocks."""

    HARD = "hard", _("Prevents the opening")
    ADVISORY = "advisory", _("Warns at the opening")


class MeetingKind(TextChoices):
    """What kind of meeting it is."""

    CNRC = "cnrc", _("National Coordinators and Cooperation Officers")
    RMRE = "rmre", _("Foreign Ministers")
    SECTORAL = "sectoral", _("Sectoral ministerial meeting")
    FORUM = "forum", _("Forum")
    OTHER = "other", _("Other meeting")


class DecisionSubject(TextChoices):
    """On what a meeting decided, where a guard or an action asks for it."""

    THEME_MOTTO_CALENDAR = "theme_motto_calendar", _("Central theme, motto and calendar")
    DOCUMENT_LIST = "document_list", _("List of the documents of the Summit")
    POSTPONEMENT = "postponement", _("Postponement of the Summit")
    RESUMPTION = "resumption", _("Resumption of the Summit")
    CANCELLATION = "cancellation", _("Cancellation of the Summit")
    CHANGE_OF_HOST = "change_of_host", _("Change of host")
    CANDIDATURE = "candidature", _("Next Pro Tempore Secretariat")
    REPRESENTATION = "representation", _("Representation of a country")
    LATE_COMMUNIQUE = "late_communique", _("Admission of a late communiqué")
    DOCUMENT = "document", _("Approval of a document")
    WITHDRAWAL = "withdrawal", _("Withdrawal of a document")
    OTHER = "other", _("Other matter")


class AttendanceLevel(TextChoices):
    """At what level a party takes part in a meeting."""

    HEAD = "head", _("Head of State or Government")
    MINISTER = "minister", _("Minister")
    VICE_MINISTER = "vice_minister", _("Vice-minister")
    COORDINATOR = "coordinator", _("National Coordinator")
    OFFICIAL = "official", _("Official")
    ABSENT = "absent", _("Not present")


class TroikaPlace(TextChoices):
    """Which host of the Troika a party is."""

    OUTGOING = "outgoing", _("Outgoing")
    CURRENT = "current", _("Current")
    NEXT = "next", _("Next")


class OthersSee(TextChoices):
    """From when the other delegations see what one has submitted."""

    NEVER = "never", _("Never")
    WINDOW_CLOSED = "window_closed", _("When the window closes")
    AT_ONCE = "at_once", _("At once")


class OffsetUnit(TextChoices):
    """In what a deadline's distance from its anchor is counted."""

    DAYS = "days", _("days")
    WORKING_DAYS = "working_days", _("working days")
    WEEKS = "weeks", _("weeks")


class CalendarPolicy(TextChoices):
    """Whose days off move a deadline."""

    NONE = "none", _("No calendar moves it")
    HOST = "host", _("The host's calendar")
    ADDRESSEE = "addressee", _("The addressee's calendar")
    ALL_MEMBERS = "all_members", _("The calendars of all members")


class TimeOfDay(TextChoices):
    """At what hour of its day a deadline falls."""

    END_OF_DAY_HOST = "end_of_day_host", _("When the day ends in the host city")
    END_OF_DAY_ADDRESSEE = "end_of_day_addressee", _("When the day ends in the addressee's capital")
    LAST_CAPITAL = "last_capital", _("When the last capital's day ends")
    EXACT = "exact", _("At an exact hour")


class DocumentKind(TextChoices):
    """What a document of a summit is."""

    AGENDA = "agenda", _("Agenda")
    CONCEPT_NOTE = "concept_note", _("Concept note")
    REPORT = "report", _("Report")
    MINUTES = "minutes", _("Minutes")
    DECLARATION = "declaration", _("Declaration")
    PROGRAMME_OF_ACTION = "programme_of_action", _("Programme of Action")
    RESOLUTION = "resolution", _("Resolution")
    SPECIAL_COMMUNIQUE = "special_communique", _("Special Communiqué")
    CHARTER = "charter", _("Charter")


PLAIN_KINDS = frozenset({DocumentKind.AGENDA, DocumentKind.CONCEPT_NOTE, DocumentKind.REPORT, DocumentKind.MINUTES})
"""Kinds that are cleared, approved and published, without a negotiation."""


class DocumentState(TextChoices):
    """Where a document stands, from its first draft to its publication."""

    DRAFTING = "drafting", pgettext_lazy("document", "Drafting")
    IN_CLEARANCE = "in_clearance", pgettext_lazy("document", "In clearance")
    RETURNED = "returned", pgettext_lazy("document", "Returned for changes")
    CLEARED = "cleared", pgettext_lazy("document", "Cleared")
    APPROVED = "approved", pgettext_lazy("document", "Approved")
    CIRCULATED = "circulated", pgettext_lazy("document", "Circulated")
    CONSOLIDATING = "consolidating", pgettext_lazy("document", "Being consolidated")
    IN_NEGOTIATION = "in_negotiation", pgettext_lazy("document", "In negotiation")
    AGREED = "agreed", pgettext_lazy("document", "Agreed by the coordinators")
    ELEVATED = "elevated", pgettext_lazy("document", "Elevated to the ministers")
    MINISTER_APPROVED = "minister_approved", pgettext_lazy("document", "Approved by the ministers")
    ELEVATED_TO_HEADS = "elevated_to_heads", pgettext_lazy("document", "Elevated to the Summit")
    CONCLUDED = "concluded", pgettext_lazy("document", "Concluded")
    PUBLISHED = "published", pgettext_lazy("document", "Published")
    WITHDRAWN = "withdrawn", pgettext_lazy("document", "Withdrawn")


WRITABLE = frozenset(
    {
        DocumentState.DRAFTING,
        DocumentState.RETURNED,
        DocumentState.IN_CLEARANCE,
        DocumentState.CLEARED,
        DocumentState.CONSOLIDATING,
        DocumentState.IN_NEGOTIATION,
        DocumentState.ELEVATED,
        DocumentState.ELEVATED_TO_HEADS,
    }
)
"""States of a document in which its paragraphs are written."""

LONGEST_WINDOW = 720
"""Hours: no Summit asks for a longer window for comments than thirty days."""

BEFORE_OUTCOME = frozenset({DocumentState.MINISTER_APPROVED, DocumentState.ELEVATED_TO_HEADS})
"""States of a document in which its outcome may be recorded."""

COMMENTED_IN = frozenset(
    {
        DocumentState.CIRCULATED,
        DocumentState.CONSOLIDATING,
        DocumentState.IN_NEGOTIATION,
        DocumentState.AGREED,
        DocumentState.ELEVATED,
        DocumentState.MINISTER_APPROVED,
    }
)
"""States of a document in which delegations comment and propose."""

POSITIONS_IN = COMMENTED_IN | {DocumentState.ELEVATED_TO_HEADS}
"""States of a document in which delegations take and lift positions: until the outcome."""


class ParagraphKind(TextChoices):
    """What a paragraph is in its text."""

    HEADING = "heading", _("Heading")
    PREAMBULAR = "preambular", _("Preambular paragraph")
    OPERATIVE = "operative", _("Operative paragraph")
    ANNEX = "annex", _("Annex")


class ParagraphState(TextChoices):
    """Where a paragraph stands in the negotiation."""

    PROPOSED = "proposed", pgettext_lazy("paragraph", "Proposed")
    BRACKETED = "bracketed", pgettext_lazy("paragraph", "In brackets")
    IN_CONSULTATION = "in_consultation", pgettext_lazy("paragraph", "In consultation")
    AGREED_AD_REFERENDUM = "agreed_ad_referendum", pgettext_lazy("paragraph", "Agreed ad referendum")
    AGREED = "agreed", pgettext_lazy("paragraph", "Agreed")
    DELETED = "deleted", pgettext_lazy("paragraph", "Deleted")


CLOSED_PARAGRAPH = frozenset({ParagraphState.AGREED, ParagraphState.DELETED})
"""States in which a paragraph no longer holds its document back."""


class TextStatus(TextChoices):
    """How one language of a paragraph stands to the other."""

    CURRENT = "current", pgettext_lazy("language of a text", "Up to date")
    STALE = "stale", pgettext_lazy("language of a text", "Translation to be updated")
    MISSING = "missing", pgettext_lazy("language of a text", "Translation missing")


class ClearanceOffice(TextChoices):
    """Who clears a draft in SEGIB, and for what."""

    LEGAL = "legal", _("Legal")
    MANDATES = "mandates", _("Mandates")
    BUDGET = "budget", _("Budget")
    LANGUAGE = "language", _("Language")


class PositionKind(TextChoices):
    """What a delegation says of a text; no position is not consent."""

    CONSULTING_CAPITAL = "consulting_capital", _("Consulting its capital")
    AGREES = "agrees", _("Agrees")
    AGREES_AD_REFERENDUM = "agrees_ad_referendum", _("Agrees ad referendum")
    PROPOSES_AMENDMENT = "proposes_amendment", _("Proposes an amendment")
    SCRUTINY_RESERVE = "scrutiny_reserve", _("Scrutiny reservation")
    OBJECTS = "objects", _("Objects")
    OBJECTS_TO_DELETION = "objects_to_deletion", _("Objects to the deletion")
    DOES_NOT_JOIN = "does_not_join", _("Does not join the consensus")
    NOT_TAKING_PART = "not_taking_part", _("Does not take part")


STOPS_GAVEL = frozenset({PositionKind.SCRUTINY_RESERVE, PositionKind.OBJECTS, PositionKind.OBJECTS_TO_DELETION})
"""Positions that stop a gavel until they are lifted."""


class ProposalKind(TextChoices):
    """What a delegation sends on a text."""

    COMMENT = "comment", _("Comment")
    EDITORIAL = "editorial", _("Editorial")
    SUBSTANTIVE = "substantive", _("Substantive")


class ProposalState(TextChoices):
    """Where a proposal stands; a draft is its delegation's own."""

    DRAFT = "draft", pgettext_lazy("proposal", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("proposal", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("proposal", "Accepted")
    MERGED = "merged", pgettext_lazy("proposal", "Merged")
    NOT_RETAINED = "not_retained", pgettext_lazy("proposal", "Not retained")
    WITHDRAWN = "withdrawn", pgettext_lazy("proposal", "Withdrawn")


class Outcome(TextChoices):
    """How a negotiated document ends."""

    ADOPTED = "adopted", _("Adopted by consensus")
    PRESIDENCY_TEXT = "presidency_text", _("Text of the Presidency")
    ADOPTED_BY_COUNTRIES = "adopted_by_countries", _("Adopted by the countries that adhere")
    NOT_ADOPTED = "not_adopted", _("Not adopted")
