"""API tokens of the caller's own seat."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Q

from api.base import Endpoint, Op, find
from api.links import address
from api.paging import Key, Order
from api.shapes.summit import NothingInput
from api.shapes.token import NewTokenInput, NewTokenSerializer, TokenListQuery, TokenSerializer
from workflows.actions.token import create_token, revoke_token
from workflows.models import Token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rest_framework.response import Response


class TokenEndpoint(Endpoint):
    """What the endpoints of tokens share."""

    resource = "tokens"
    secret_fields = ("secret",)

    def rows(self) -> Any:
        """Return the tokens of the caller's seat."""
        return Token.objects.visible_to(self.actor).select_related("seat__party")

    def present_all(self, rows: Sequence[Any]) -> list[Any]:
        """Return the resources of tokens, never their secrets."""
        return list(TokenSerializer(rows, many=True, context={"actor": self.actor}).data)

    def present(self, row: Any) -> Response:
        """Return a token's resource."""
        return self.show(row, self.present_all([row])[0])


class Tokens(TokenEndpoint):
    """The tokens of your seat."""

    ops: ClassVar = {
        "GET": Op("List your tokens", gives=TokenSerializer, filters=TokenListQuery, paged=True),
        "POST": Op("Make a token", takes=NewTokenInput, gives=NewTokenSerializer, status=201),
    }
    order = Order(Key("pk", falls=True))

    def get(self, request: Any) -> Response:
        """The tokens of your own seat, the latest first."""
        query = self.read_query(TokenListQuery)
        rows = self.rows()
        if query["active"] is not None:
            active = Q(revoked_at__isnull=True, expires_at__gt=self.now)
            rows = rows.filter(active) if query["active"] else rows.exclude(active)
        return self.show_page(rows, self.order, self.present_all, query=query)

    def post(self, request: Any) -> Response:
        """Make a token for your seat; its secret is shown this once. A token makes none that may do more than itself."""
        new = create_token(**self.read(NewTokenInput), actor=self.actor, now=self.now, within=request.auth.token)
        row = self.rows().get(pk=new.token.pk)
        body = self.present_all([row])[0] | {"secret": new.secret}
        return self.show(row, body, status=201, address=address("tokens", row.uuid))


class OneToken(TokenEndpoint):
    """One token."""

    ops: ClassVar = {"GET": Op("Read a token", gives=TokenSerializer)}

    def get(self, request: Any, uuid: Any) -> Response:
        """One token of your seat: its scopes, its end, its last use."""
        return self.present(find(self.rows(), uuid=uuid))


class RevokeToken(TokenEndpoint):
    """The end of a token."""

    ops: ClassVar = {"POST": Op("Revoke a token", takes=NothingInput, gives=TokenSerializer)}

    def post(self, request: Any, uuid: Any) -> Response:
        """End a token of your seat at once."""
        token = find(self.rows(), uuid=uuid)
        self.read(NothingInput)
        revoke_token(token, actor=self.actor, now=self.now)
        return self.present(self.rows().get(pk=token.pk))
