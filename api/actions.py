"""How the actions that a seat may take are shown, and how a transition is posted: alike for every machine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from api.base import Endpoint
from api.errors import reason_body
from api.links import address
from api.shapes.summit import SignatureSerializer
from api.shapes.task import ActInput
from workflows.actions.transition import perform
from workflows.rules.facts import Inputs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.response import Response

    from workflows.rules.evaluate import Option


def action_bodies(resource: str, row: Any, options: Iterable[Option]) -> list[dict[str, Any]]:
    """Return actions as the API shows them, each with the address to which it is posted."""
    return [
        {
            "name": found.name,
            "label": found.label,
            "allowed": found.allowed,
            "reasons": [reason_body(reason) for reason in found.reasons],
            "needs": list(found.needs),
            "href": f"{address(resource, row.uuid)}transitions/{found.name}/",
        }
        for found in options
    ]


def inputs_of(sent: dict[str, Any]) -> Inputs:
    """Return what was sent along with a transition, as the rules read it."""
    accepted = frozenset(sent.pop("accepted", ()))
    decision = sent.pop("decision", None)
    return Inputs(**sent, accepted=accepted, decision=str(decision) if decision else "")


class Transition(Endpoint, ABC):
    """A verb of a machine, posted on one object; subclasses say on which."""

    def post(self, request: Any, uuid: Any, verb: str) -> Response:
        """Perform the verb; 202 with the signature when it waits for the other office's."""
        row = self.load(uuid)
        if_version = self.version_of(row)
        sent = self.read(self.ops["POST"].takes or ActInput)
        outcome = perform(row, verb, actor=self.actor, now=self.now, inputs=inputs_of(sent), if_version=if_version)
        if outcome.waiting is not None:
            signature = SignatureSerializer(outcome.waiting, context={"actor": self.actor}).data
            return self.show(outcome.waiting, signature, status=202, address=address("signatures", outcome.waiting.uuid))
        return self.present(self.reload(row))

    @abstractmethod
    def load(self, uuid: Any) -> Any:
        """Return the object, if the caller sees it."""

    @abstractmethod
    def reload(self, row: Any) -> Any:
        """Return the object as it now is."""

    @abstractmethod
    def present(self, row: Any) -> Response:
        """Return the object's resource."""
