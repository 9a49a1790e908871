"""Tables of the domain, one module a noun."""

from workflows.models.clock import ClockOffset
from workflows.models.deadline import DayOverride, Deadline, DeadlineChange
from workflows.models.document import Document
from workflows.models.event import Chain, Event, EventPayload
from workflows.models.meeting import AgendaItem, Attendance, Decision, Meeting
from workflows.models.message import Heartbeat, Message
from workflows.models.paragraph import Paragraph, ParagraphChange
from workflows.models.party import Membership, Participation, Party, ProtocolList, ProtocolPlace, Seat, Troika
from workflows.models.person import Person, User
from workflows.models.position import Position
from workflows.models.proposal import Proposal
from workflows.models.reminder import Ladder, Reminder, ReminderOutcome, Rung
from workflows.models.summit import Phase, Signature, Summit
from workflows.models.task import Comment, Dependency, Evidence, Task
from workflows.models.template import ChecklistTemplate
from workflows.models.token import IdempotentAnswer, RequestCount, Token
from workflows.models.version import Clearance, Publication, Version

__all__ = [
    "AgendaItem",
    "Attendance",
    "Chain",
    "ChecklistTemplate",
    "Clearance",
    "ClockOffset",
    "Comment",
    "DayOverride",
    "Deadline",
    "DeadlineChange",
    "Decision",
    "Dependency",
    "Document",
    "Event",
    "EventPayload",
    "Evidence",
    "Heartbeat",
    "IdempotentAnswer",
    "Ladder",
    "Meeting",
    "Membership",
    "Message",
    "Paragraph",
    "ParagraphChange",
    "Participation",
    "Party",
    "Person",
    "Phase",
    "Position",
    "Proposal",
    "ProtocolList",
    "ProtocolPlace",
    "Publication",
    "Reminder",
    "ReminderOutcome",
    "RequestCount",
    "Rung",
    "Seat",
    "Signature",
    "Summit",
    "Task",
    "Token",
    "Troika",
    "User",
    "Version",
]
