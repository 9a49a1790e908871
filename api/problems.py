"""Every kind of problem that the API answers: its stable code, its HTTP status and its sentence (RFC 9457)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workflows.actions.answer import KeyReused, StillRunning
from workflows.errors import GuardsFailed, InvalidInput, NotPermitted, StaleObject, WorkflowError, WrongState
from workflows.rules.templates import TemplateInvalid

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: `code` is the last part of its address, `title` says what it is, `advice` what to do."""

    code: str
    status: int
    title: str | _StrPromise
    advice: str | _StrPromise

    @property
    def uri(self) -> str:
        """The problem's `type`: an address with a page behind it."""
        return f"/api/v1/problems/{self.code}/"


DOMAIN: dict[type[WorkflowError], ProblemType] = {
    KeyReused: ProblemType(
        KeyReused.code, 422, KeyReused.message, _("An Idempotency-Key belongs to one request: same method, address and body.")
    ),
    StillRunning: ProblemType(
        StillRunning.code, 409, StillRunning.message, _("Send the same request again with the same key after a moment.")
    ),
    TemplateInvalid: ProblemType(
        TemplateInvalid.code, 422, TemplateInvalid.message, _("Mend each line that “errors” names, and load the text again.")
    ),
    WrongState: ProblemType(
        WrongState.code, 409, WrongState.message, _("Read the object again; its “available_actions” say what can be done now.")
    ),
    NotPermitted: ProblemType(
        NotPermitted.code, 403, NotPermitted.message, _("The sentence in “detail” says to whom it falls.")
    ),
    GuardsFailed: ProblemType(
        GuardsFailed.code,
        422,
        GuardsFailed.message,
        _(
            "“errors” holds every reason at once, each with a link to what is missing. Those marked “advisory” only warn: "
            "send their codes in “accepted” to say that you have read them."
        ),
    ),
    StaleObject: ProblemType(
        StaleObject.code, 412, StaleObject.message, _("“current” shows the object as it is now. Decide, and send its version.")
    ),
    InvalidInput: ProblemType(
        InvalidInput.code, 400, InvalidInput.message, _("“errors” names each field by a pointer, with what is wrong with it.")
    ),
}
"""The refusals of the domain; a class that is not here answers as the nearest one above it."""

OTHERS = {
    problem.code: problem
    for problem in (
        ProblemType("malformed", 400, _("The request could not be read."), _("Send one JSON object in UTF-8.")),
        ProblemType("bad_header", 400, _("A header of the request could not be understood."), _("“detail” says which header.")),
        ProblemType(
            "not_authenticated",
            401,
            _("Say who you are."),
            _("Send a token (“Authorization: Bearer sp_…”), or sign in on the pages and use that session."),
        ),
        ProblemType(
            "invalid_token",
            401,
            _("This token is not valid: it is mistyped, revoked or past its end."),
            _("Make a new token from your seat."),
        ),
        ProblemType(
            "no_seat",
            403,
            _("Nobody holds the seat for which you call."),
            _("Rights belong to seats. The office that keeps the seat can say who holds it."),
        ),
        ProblemType(
            "scope_missing",
            403,
            _("The token's scopes do not allow this."),
            _("Make a token with the scope that “detail” names."),
        ),
        ProblemType(
            "csrf_failed",
            403,
            _("The request did not show that it came from our pages."),
            _("With a session, send the cookie's value in the header X-CSRFToken; with a token none is needed."),
        ),
        ProblemType(
            "second_factor_required",
            403,
            _("Your seat asks for a second factor. Set one up on the pages first."),
            _("Seats of both secretariats sign in with two factors."),
        ),
        ProblemType(
            "not_found", 404, _("There is nothing here for you."), _("It does not exist, or your seat does not see it.")
        ),
        ProblemType(
            "method_not_allowed", 405, _("This address does not take that method."), _("“Allow” names those it takes.")
        ),
        ProblemType("not_acceptable", 406, _("This is not offered in the form asked for."), _("Ask for application/json.")),
        ProblemType(
            "conflict",
            409,
            _("What was sent contradicts what is stored."),
            _("Somebody may have stored the same at the same time. Read the object again."),
        ),
        ProblemType("too_large", 413, _("The request is larger than the API takes."), _("A body has at most one megabyte.")),
        ProblemType(
            "unsupported_media_type", 415, _("The body is not in a form that is read here."), _("Send application/json.")
        ),
        ProblemType(
            "precondition_required",
            428,
            _("Say which version you have read, in the header If-Match."),
            _("Each object comes with its version in the header ETag; send it back, so that nobody overwrites another."),
        ),
        ProblemType(
            "throttled",
            429,
            _("This account has called too often in this minute."),
            _("Wait as many seconds as “Retry-After” says. The change feed spares you from asking again and again."),
        ),
        ProblemType("internal", 500, _("Something failed on our side."), _("It has been noted. Nothing was changed.")),
        ProblemType(
            "unavailable",
            503,
            _("The service is briefly out of reach."),
            _("Nothing was changed. Send the same request again in a few seconds, with the same Idempotency-Key."),
        ),
    )
}
"""What goes wrong before the domain is asked, or around it."""

PROBLEMS = {problem.code: problem for problem in (*DOMAIN.values(), *OTHERS.values())}


def type_of(error: WorkflowError) -> ProblemType:
    """Return the kind of problem that a refusal of the domain is."""
    return next((problem for kind, problem in DOMAIN.items() if isinstance(error, kind)), DOMAIN[GuardsFailed])
