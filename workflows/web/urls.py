"""Addresses of the pages."""

from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from workflows.web import (
    account,
    checklist,
    directory,
    directory_forms,
    document,
    document_list,
    home,
    mailbox,
    meeting,
    paragraph,
    paragraph_add,
    planning,
    position,
    proposal,
    publication,
    record,
    seat,
    summit,
    summit_changes,
    task,
    version,
)
from workflows.web.components import components


class RomanConverter(StringConverter):
    """A summit's number in small Roman figures."""

    regex = "[ivxlc]+"


class CodeConverter(StringConverter):
    """The code of a task or a party: capitals, figures, hyphens."""

    regex = "[A-Z0-9][A-Z0-9-]*"


class VerbConverter(StringConverter):
    """The name of an action."""

    regex = "[a-z][a-z_-]*"


register_converter(RomanConverter, "roman")
register_converter(CodeConverter, "code")
register_converter(VerbConverter, "verb")


SUMMIT = "summits/<roman:slug>/"
TASK = f"{SUMMIT}tasks/<code:code>/"
CHILD = f"{TASK}<code:party>/"
MEETING = f"{SUMMIT}meetings/<slug:code>/"
DOCUMENT = f"{SUMMIT}documents/<slug:code>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("components/", components, name="components"),
    path("seat/", seat.choose, name="seat-choose"),
    path("account/", account.account, name="account"),
    # Summits
    path("summits/", summit.summits, name="summits"),
    path("summits/new/", summit_changes.create, name="summit-create"),
    path(SUMMIT, summit.summit, name="summit"),
    path(f"{SUMMIT}change/<verb:what>/", summit_changes.change, name="summit-change"),
    path(f"{SUMMIT}signatures/<uuid:signature>/decline/", summit.decline, name="signature-decline"),
    # Checklist
    path(f"{SUMMIT}checklist/", checklist.checklist, name="checklist"),
    path(f"{SUMMIT}checklist/add/", planning.add, name="task-add"),
    path(f"{SUMMIT}checklist/export/<slug:kind>/", checklist.export, name="checklist-export"),
    path(TASK, task.task, name="task"),
    path(f"{TASK}<verb:verb>/", task.task_action, name="task-action"),
    path(CHILD, task.task, name="task-child"),
    path(f"{CHILD}<verb:verb>/", task.task_action, name="task-child-action"),
    # Meetings
    path(f"{SUMMIT}meetings/", meeting.meetings, name="meetings"),
    path(f"{SUMMIT}meetings/convene/", meeting.convene, name="meeting-convene"),
    path(MEETING, meeting.meeting, name="meeting"),
    path(f"{MEETING}<verb:verb>/", meeting.meeting_action, name="meeting-action"),
    # Texts
    path(f"{SUMMIT}documents/", document_list.documents, name="documents"),
    path(f"{SUMMIT}documents/export/<slug:kind>/", document_list.export, name="documents-export"),
    path(f"{SUMMIT}documents/begin/", document_list.create, name="document-create"),
    path(DOCUMENT, document.document, name="document"),
    path(f"{DOCUMENT}compare/", version.compare_versions, name="document-compare"),
    path(f"{DOCUMENT}files/<slug:name>/", version.document_file, name="document-file"),
    path(f"{DOCUMENT}versions/<int:number>/", version.version, name="document-version"),
    path(f"{DOCUMENT}versions/<int:number>/<slug:name>/", version.version_file, name="version-file"),
    path(f"{DOCUMENT}paragraphs/import/", paragraph_add.import_file, name="paragraphs-import"),
    path(f"{DOCUMENT}paragraphs/add/", paragraph_add.add, name="paragraph-add"),
    path(f"{DOCUMENT}paragraphs/<uuid:uuid>/", paragraph.paragraph, name="paragraph"),
    path(f"{DOCUMENT}paragraphs/<uuid:uuid>/<verb:verb>/", paragraph.paragraph_action, name="paragraph-action"),
    path(f"{DOCUMENT}proposals/write/", proposal.write, name="proposal-write"),
    path(f"{DOCUMENT}proposals/<uuid:uuid>/", proposal.proposal, name="proposal"),
    path(f"{DOCUMENT}proposals/<uuid:uuid>/<verb:verb>/", proposal.proposal_action, name="proposal-action"),
    path(f"{DOCUMENT}positions/", position.matrix, name="positions"),
    path(f"{DOCUMENT}positions/take/", position.take, name="position-take"),
    path(f"{DOCUMENT}positions/<uuid:uuid>/lift/", position.end, name="position-end"),
    path(f"{DOCUMENT}<verb:verb>/", document.document_action, name="document-action"),
    # What was published, for anybody
    path("published/", publication.check, name="published-check"),
    path("published/<uuid:uuid>/", publication.published, name="published"),
    path("published/<uuid:uuid>/<str:name>/", publication.published_file, name="published-file"),
    path("published/<slug:digest>/", publication.by_hash, name="published-hash"),
    # Record
    path(f"{SUMMIT}record/", record.record, name="record"),
    path(f"{SUMMIT}record/verify/", record.verify, name="record-verify"),
    path(f"{SUMMIT}record/export/<slug:kind>/", record.export, name="record-export"),
    # The summit's own verbs, after the names of its parts
    path(f"{SUMMIT}<verb:verb>/", summit.transition, name="summit-transition"),
    # Directory
    path("directory/", directory.directory, name="directory"),
    path("directory/<code:code>/", directory.party, name="party"),
    path("directory/<code:code>/seats/", directory_forms.open_seat, name="seat-open"),
    path("directory/<code:code>/<verb:what>/", directory_forms.change_party, name="party-change"),
    path("seats/<uuid:seat>/fill/", directory_forms.fill, name="seat-fill"),
    path("seats/<uuid:seat>/close/", directory_forms.close, name="seat-close"),
    path("terms/<uuid:term>/end/", directory_forms.end, name="term-end"),
    # Demonstration
    path("mailbox/", mailbox.mailbox, name="mailbox"),
    path("mailbox/<str:mail>/", mailbox.mail, name="mailbox-mail"),
    path("mailbox/<str:mail>/html/", mailbox.mail_html, name="mailbox-html"),
    path("mailbox/<str:mail>/files/<int:number>/", mailbox.attachment, name="mailbox-attachment"),
]
