"""Addresses of the API."""

from django.urls import URLPattern, URLResolver, path, re_path

from api import change, deadline, docs, event, me, meeting, party, summit, task, template, token

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.schema, name="api-schema"),
    path("docs/", docs.pages, name="api-docs"),
    path("problems/", docs.problems, name="api-problems"),
    path("problems/<slug:code>/", docs.problem, name="api-problem"),
    path("me/", me.Me.as_view(), name="api-me"),
    # Parties, seats, terms
    path("parties/", party.Parties.as_view(), name="api-parties"),
    path("parties/<uuid:uuid>/", party.OneParty.as_view(), name="api-party"),
    path("seats/", party.Seats.as_view(), name="api-seats"),
    path("seats/<uuid:uuid>/", party.OneSeat.as_view(), name="api-seat"),
    path("seats/<uuid:uuid>/fill/", party.FillSeat.as_view(), name="api-seat-fill"),
    path("seats/<uuid:uuid>/close/", party.CloseSeat.as_view(), name="api-seat-close"),
    path("memberships/", party.Memberships.as_view(), name="api-memberships"),
    path("memberships/<uuid:uuid>/", party.OneMembership.as_view(), name="api-membership"),
    path("memberships/<uuid:uuid>/end/", party.EndMembership.as_view(), name="api-membership-end"),
    # Summits
    path("summits/", summit.Summits.as_view(), name="api-summits"),
    path("summits/<uuid:uuid>/", summit.OneSummit.as_view(), name="api-summit"),
    path("summits/<uuid:uuid>/change-date/", summit.ChangeDate.as_view(), name="api-summit-change-date"),
    path("summits/<uuid:uuid>/change-place/", summit.ChangePlace.as_view(), name="api-summit-change-place"),
    path("summits/<uuid:uuid>/change-host/", summit.ChangeHost.as_view(), name="api-summit-change-host"),
    path("summits/<uuid:uuid>/record-handover/", summit.RecordHandover.as_view(), name="api-summit-handover"),
    path("summits/<uuid:uuid>/copy-template/", summit.CopyTemplate.as_view(), name="api-summit-copy-template"),
    path("summits/<uuid:uuid>/export-template/", summit.ExportTemplate.as_view(), name="api-summit-export-template"),
    path(
        "summits/<uuid:uuid>/dispute-representation/",
        summit.DisputeRepresentation.as_view(),
        name="api-summit-dispute",
    ),
    path(
        "summits/<uuid:uuid>/settle-representation/",
        summit.SettleRepresentation.as_view(),
        name="api-summit-settle",
    ),
    path("summits/<uuid:uuid>/transitions/<slug:verb>/", summit.SummitTransition.as_view(), name="api-summit-transition"),
    path("signatures/", summit.Signatures.as_view(), name="api-signatures"),
    path("signatures/<uuid:uuid>/", summit.OneSignature.as_view(), name="api-signature"),
    path("signatures/<uuid:uuid>/decline/", summit.DeclineSignature.as_view(), name="api-signature-decline"),
    # Meetings
    path("meetings/", meeting.Meetings.as_view(), name="api-meetings"),
    path("meetings/<uuid:uuid>/", meeting.OneMeeting.as_view(), name="api-meeting"),
    path("meetings/<uuid:uuid>/agenda/", meeting.Agenda.as_view(), name="api-meeting-agenda"),
    path("meetings/<uuid:uuid>/attendance/", meeting.AttendanceList.as_view(), name="api-meeting-attendance"),
    path("meetings/<uuid:uuid>/decisions/", meeting.Decisions.as_view(), name="api-meeting-decisions"),
    path("meetings/<uuid:uuid>/transitions/<slug:verb>/", meeting.MeetingTransition.as_view(), name="api-meeting-transition"),
    # Tasks
    path("tasks/", task.Tasks.as_view(), name="api-tasks"),
    path("tasks/<uuid:uuid>/", task.OneTask.as_view(), name="api-task"),
    path("tasks/<uuid:uuid>/take-up/", task.TakeUp.as_view(), name="api-task-take-up"),
    path("tasks/<uuid:uuid>/comments/", task.Comments.as_view(), name="api-task-comments"),
    path("tasks/<uuid:uuid>/evidence/", task.EvidenceList.as_view(), name="api-task-evidence"),
    path("tasks/<uuid:uuid>/ask-party/", task.AskParty.as_view(), name="api-task-ask-party"),
    path("tasks/<uuid:uuid>/transitions/<slug:verb>/", task.TaskTransition.as_view(), name="api-task-transition"),
    # Deadlines
    path("deadlines/", deadline.Deadlines.as_view(), name="api-deadlines"),
    path("deadlines/<uuid:uuid>/", deadline.OneDeadline.as_view(), name="api-deadline"),
    path("deadlines/<uuid:uuid>/pin/", deadline.PinDeadline.as_view(), name="api-deadline-pin"),
    path("deadlines/<uuid:uuid>/set-rule/", deadline.SetRule.as_view(), name="api-deadline-set-rule"),
    path("deadlines/<uuid:uuid>/history/", deadline.History.as_view(), name="api-deadline-history"),
    # Templates, record, tokens
    path("templates/", template.Templates.as_view(), name="api-templates"),
    path("templates/<uuid:uuid>/", template.OneTemplate.as_view(), name="api-template"),
    path("events/", event.Events.as_view(), name="api-events"),
    path("events/<uuid:uuid>/", event.OneEvent.as_view(), name="api-event"),
    path("changes/", change.Changes.as_view(), name="api-changes"),
    path("tokens/", token.Tokens.as_view(), name="api-tokens"),
    path("tokens/<uuid:uuid>/", token.OneToken.as_view(), name="api-token"),
    path("tokens/<uuid:uuid>/revoke/", token.RevokeToken.as_view(), name="api-token-revoke"),
    re_path(r"^[\s\S]*$", docs.Nowhere.as_view(), name="api-nowhere"),
]
