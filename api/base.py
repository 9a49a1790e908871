"""What every endpoint shares: one reading of the clock, the caller, versions, answers kept once, one shape of lists."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlencode

from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from api.auth import Caller, HoldsSeatAndScope, SessionAuthentication, TokenAuthentication
from api.errors import ApiError, BadQuery, ProblemRenderer, answer_to, problem_response
from api.paging import LARGEST_LIMIT, USUAL_LIMIT
from api.parsers import StrictJSONParser
from api.problems import type_of
from api.throttle import AccountThrottle
from workflows.actions.answer import StillRunning, claim_answer, keep_answer, release_answer
from workflows.errors import StaleObject
from workflows.queries.clock import read_clock

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.serializers import BaseSerializer, Serializer

    from api.paging import Order
    from workflows.models import IdempotentAnswer
    from workflows.rules.facts import Actor

SAFE = frozenset({"GET", "HEAD"})
KEY = re.compile(r"[\x21-\x7e]{1,200}")
ENTITY_TAG = re.compile(r'\s*(W/)?"([\x21\x23-\x7e\x80-\xff]*)"\s*')
KEPT_HEADERS = ("ETag", "Location", "Content-Language")


@dataclass(frozen=True)
class Op:
    """What one method of an endpoint takes and gives; the contract (OpenAPI) is written from it.

    `paged` makes a list of `gives`; `versioned` requires If-Match; `waits` may also answer 202 with a signature.
    """

    summary: str
    takes: type[Serializer] | None = None
    gives: type[BaseSerializer] | None = None
    filters: type[Serializer] | None = None
    status: int = 200
    paged: bool = False
    versioned: bool = False
    waits: type[BaseSerializer] | None = None
    uploads: bool = False
    """It takes a form with files (multipart/form-data) instead of JSON."""
    also: tuple[str, ...] = ()
    """Media types of files in which a reading is given too, by Accept."""
    refuses: tuple[int, ...] = ()
    """Statuses that a reading may answer besides those of every reading."""


class Endpoint(APIView):
    """The frame of every endpoint: subclasses load through `visible_to`, validate, call one action, and show."""

    resource: ClassVar[str] = ""
    ops: ClassVar[dict[str, Op]] = {}
    secret_fields: ClassVar[tuple[str, ...]] = ()
    """Fields that are shown once and never kept, not even for a repeated request."""

    authentication_classes = [TokenAuthentication, SessionAuthentication]
    permission_classes = [HoldsSeatAndScope]
    throttle_classes = [AccountThrottle]
    parser_classes = [StrictJSONParser]
    renderer_classes = [JSONRenderer, ProblemRenderer]
    http_method_names = ["get", "head", "post", "put", "patch"]

    now: datetime

    @property
    def actor(self) -> Actor:
        """The seat's holder for whom the call acts."""
        caller: Caller = self.request.auth  # type: ignore[assignment]
        if caller.actor is None:  # the permission has let nobody else through
            raise ApiError("no_seat")
        return caller.actor

    # The way in and out ----------------------------------------------------------------------------------------------

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Answer a request; whatever is raised on the way becomes a problem."""
        self.args, self.kwargs, self.headers = args, kwargs, {}
        self.extra_headers: dict[str, str] = {}
        self.request = self.initialize_request(request, *args, **kwargs)
        try:
            self.initial(self.request, *args, **kwargs)
            name = (request.method or "").lower()
            handler = getattr(self, name, self.http_method_not_allowed) if name in self.http_method_names else None
            response = self._once(handler or self.http_method_not_allowed)
        except Exception as error:  # noqa: BLE001 - every failure is answered in one shape
            response = self._refuse(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        for header, value in self.extra_headers.items():
            self.response[header] = value
        self.response["Cache-Control"] = "no-store"
        return self.response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Set the language, read the clock once, then ask who calls and whether they may."""
        asked = request.headers.get("Accept-Language", "")
        speak(asked)
        self.now = request._request.now = read_clock()  # type: ignore[attr-defined]
        super().initial(request, *args, **kwargs)
        if isinstance(request.auth, Caller) and request.auth.actor and not asked:
            translation.activate(request.auth.actor.language)

    def _refuse(self, error: Exception) -> Response:
        if isinstance(error, StaleObject):
            return self._stale(error)
        response = answer_to(error, self.request)
        if response.status_code == 405:
            response["Allow"] = ", ".join(self.allowed_methods)
        return response

    def _stale(self, error: StaleObject) -> Response:
        """Answer 412 with the object as it is now."""
        current = self.current()
        headers = {"ETag": current["ETag"]} if current is not None else {}
        shown = current.data if current is not None else None
        return problem_response(
            type_of(error), self.request, code=error.code, detail=error.message, headers=headers, current=shown
        )

    def current(self) -> Response | None:
        """Return the object of this address as it is now; endpoints that take If-Match say which."""
        return None

    # Nothing is done twice -------------------------------------------------------------------------------------------

    def _once(self, handler: Callable[..., Any]) -> Any:
        """Call the handler, once for each Idempotency-Key: the answer is kept in the transaction that did the work."""
        key = self.request.headers.get("Idempotency-Key")
        if key is None or self.request.method in SAFE or not isinstance(self.request.auth, Caller):
            return handler(self.request, *self.args, **self.kwargs)
        if not KEY.fullmatch(key):
            raise ApiError("bad_header", _("An Idempotency-Key has 1 to 200 printable characters without spaces."))
        claim, answered = claim_answer(
            caller=self.request.auth.owner,
            key=key,
            method=str(self.request.method),
            path=self.request.path[:300],
            body_digest=self._body_digest(),
            now=self.now,
        )
        if answered:
            return self._replay(claim)
        try:
            with transaction.atomic():
                response = handler(self.request, *self.args, **self.kwargs)
                self._keep(claim, response)
        except StillRunning:
            raise
        except BaseException:
            release_answer(claim)
            raise
        return response

    def _body_digest(self) -> str:
        """Return the digest of what was sent: the body, and the query that belongs to the address."""
        body: bytes = self.request._request.body
        return hashlib.sha256(self.request._request.META.get("QUERY_STRING", "").encode() + b"\0" + body).hexdigest()

    def _keep(self, claim: IdempotentAnswer, response: Response) -> None:
        shown = {k: v for k, v in response.data.items() if k not in self.secret_fields}
        shown |= dict.fromkeys(field for field in self.secret_fields if field in response.data)
        headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        keep_answer(claim, status=response.status_code, headers=headers, body=JSONRenderer().render(shown).decode())

    def _replay(self, claim: IdempotentAnswer) -> HttpResponse:
        response = HttpResponse(claim.body, status=claim.status, content_type="application/json")
        for name, value in claim.headers.items():
            response[name] = value
        response["Idempotency-Replayed"] = "true"
        return response

    # What is asked ---------------------------------------------------------------------------------------------------

    def read(self, shape: type[Serializer], **context: Any) -> dict[str, Any]:
        """Return the validated body; raises 400 with a pointer for each field that cannot be taken."""
        serializer = shape(data=self.request.data, context={"now": self.now, **context})
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def read_query(self, shape: type[Serializer]) -> dict[str, Any]:
        """Return the validated query; an unknown parameter is refused rather than passed over."""
        for name, values in self.request.query_params.lists():
            if len(values) > 1:
                raise BadQuery({name: [_("Give this parameter once.")]})
        serializer = shape(data=self.request.query_params.dict(), context={"now": self.now})
        if not serializer.is_valid():
            raise BadQuery(serializer.errors)
        return dict(serializer.validated_data)

    def version_of(self, row: Any) -> int:
        """Return the version that the caller has read, from If-Match; raises 428 when it is not said."""
        sent = self.request.headers.get("If-Match")
        if sent is None or sent.strip() == "*":
            raise ApiError("precondition_required")
        tags = [ENTITY_TAG.fullmatch(part) for part in sent.split(",")]
        if None in tags:
            raise ApiError("bad_header", _("If-Match names a version in quotation marks, as ETag gave it."))
        strong = [tag[2] for tag in tags if tag and not tag[1] and tag[2].isdecimal() and len(tag[2]) < 10]
        known = [int(tag) for tag in strong]
        if row.version in known:
            return int(row.version)
        return known[0] if known else 0

    # What is answered ------------------------------------------------------------------------------------------------

    def show(self, row: Any, body: Mapping[str, Any], *, status: int = 200, address: str = "") -> Response:
        """Return one resource with its version as ETag; `address` is where a new one is found."""
        response = Response(body, status=status)
        response["ETag"] = f'"{row.version}"'
        if address:
            response["Location"] = address
        return response

    def show_page(
        self,
        rows: QuerySet,
        order: Order,
        present: Callable[[Sequence[Any]], list[Any]],
        *,
        query: Mapping[str, Any],
    ) -> Response:
        """Return one page of rows, each presented, and the address of the next one."""
        limit = query.get("limit") or USUAL_LIMIT
        found, following = order.page(rows, cursor=query.get("cursor", ""), limit=min(limit, LARGEST_LIMIT))
        return Response({"results": present(found), "next": self.next_address(following)})

    def next_address(self, cursor: str | None) -> str | None:
        """Return this address with another cursor."""
        if cursor is None:
            return None
        asked = {name: value for name, value in self.request.query_params.items() if name != "cursor"}
        return f"{self.request.path}?{urlencode(asked | {'cursor': cursor})}"


def find(rows: QuerySet, **by: Any) -> Any:
    """Return the one row, or raise 404; `rows` must have gone through `visible_to`."""
    row = rows.filter(**by).first()
    if row is None:
        raise Http404
    return row


def speak(accept_language: str) -> None:
    """Answer in the first language of the header that is offered; Spanish without one."""
    for code, _weight in parse_accept_lang_header(accept_language.lower()):
        with_variant = _variant(code)
        if with_variant:
            translation.activate(with_variant)
            return
    translation.activate("es")


def _variant(code: str) -> str | None:
    try:
        return translation.get_supported_language_variant(code)
    except LookupError:
        return None
