"""Addresses of the pages."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter

from workflows.web import account, checklist, directory, home, planning, seat, summit, summit_forms, task
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


def unwired(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    """Answer for an address whose page is not built yet."""
    raise Http404


SUMMIT = "summits/<roman:slug>/"
TASK = f"{SUMMIT}tasks/<code:code>/"
CHILD = f"{TASK}<code:party>/"
MEETING = f"{SUMMIT}meetings/<slug:code>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("components/", components, name="components"),
    path("seat/", seat.choose, name="seat-choose"),
    path("account/", account.account, name="account"),
    # Summits
    path("summits/", summit.summits, name="summits"),
    path("summits/new/", summit_forms.create, name="summit-create"),
    path(SUMMIT, summit.summit, name="summit"),
    path(f"{SUMMIT}change/<verb:what>/", summit_forms.change, name="summit-change"),
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
    path(f"{SUMMIT}meetings/", unwired, name="meetings"),
    path(MEETING, unwired, name="meeting"),
    path(f"{MEETING}<verb:verb>/", unwired, name="meeting-action"),
    # Record
    path(f"{SUMMIT}record/", unwired, name="record"),
    path(f"{SUMMIT}record/verify/", unwired, name="record-verify"),
    # The summit's own verbs, after the names of its parts
    path(f"{SUMMIT}<verb:verb>/", summit.transition, name="summit-transition"),
    # Directory
    path("directory/", directory.directory, name="directory"),
    path("directory/<code:code>/", directory.party, name="party"),
    path("directory/<code:code>/seats/", directory.open_seat_page, name="seat-open"),
    path("directory/<code:code>/<verb:what>/", directory.change_party, name="party-change"),
    path("seats/<uuid:seat>/fill/", directory.fill, name="seat-fill"),
    path("seats/<uuid:seat>/close/", directory.close, name="seat-close"),
    path("terms/<uuid:term>/end/", directory.end, name="term-end"),
    # Demonstration
    path("mailbox/", unwired, name="mailbox"),
    path("mailbox/<str:mail>/", unwired, name="mailbox-mail"),
]
