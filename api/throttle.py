"""How often an account may call: counted by the minute in the database, told in headers, refused with 429."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from rest_framework.throttling import BaseThrottle

from api.auth import Caller
from api.errors import ApiError
from workflows.actions.answer import count_request

if TYPE_CHECKING:
    from rest_framework.request import Request


class AccountThrottle(BaseThrottle):
    """`API_REQUESTS_PER_MINUTE` calls for each account: a session's person, or a token's seat."""

    def allow_request(self, request: Request, view: Any) -> bool:
        """Count the call and set the headers of the answer; raises 429 when it is one too many."""
        if not isinstance(request.auth, Caller):
            return True
        limit = settings.API_REQUESTS_PER_MINUTE
        made = count_request(caller=request.auth.account, now=view.now)
        seconds = 60 - int(view.now.timestamp()) % 60
        headers = {
            "RateLimit-Limit": str(limit),
            "RateLimit-Remaining": str(max(0, limit - made)),
            "RateLimit-Reset": str(seconds),
        }
        view.extra_headers.update(headers)
        if made > limit:
            raise ApiError("throttled", headers={"Retry-After": str(seconds)})
        return True
