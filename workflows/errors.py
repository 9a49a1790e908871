"""What the domain says when it refuses: each error has a code, a sentence and, where something is missing, reasons."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.utils.functional import _StrPromise


@dataclass(frozen=True)
class Ref:
    """Names an object so that each surface can link to it: `noun` is a model's noun, the rest its address.

    `summit` is the summit's slug ("xxxi"), `code` the task's or meeting's code, `party` the code of a delegation.
    """

    noun: str
    summit: str = ""
    code: str = ""
    party: str = ""
    uuid: str = ""


@dataclass(frozen=True)
class Reason:
    """One thing that holds an action back: a stable code, a sentence, and what to open to mend it."""

    code: str
    message: str | _StrPromise
    ref: Ref | None = None
    advisory: bool = False


class WorkflowError(Exception):
    """Root of every refusal of the domain; `code` is stable, `message` is a whole sentence."""

    code = "refused"
    message: str | _StrPromise = _("This is not possible.")

    def __init__(self, message: str | _StrPromise | None = None, *, code: str | None = None) -> None:
        self.message = message if message is not None else type(self).message
        self.code = code or type(self).code
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message)


class WrongState(WorkflowError):
    """The verb is not declared from this state, for this kind of object, or in this stage of the summit (409)."""

    code = "wrong_state"
    message = _("This is not possible in the present state.")


class NotPermitted(WorkflowError):
    """The actor's seat may not do this (403)."""

    code = "not_permitted"
    message = _("Your office may not do this.")


class GuardsFailed(WorkflowError):
    """The work is not ready: all reasons at once (422)."""

    code = "guards_failed"
    message = _("This is not possible now.")

    def __init__(self, reasons: Sequence[Reason], message: str | _StrPromise | None = None) -> None:
        self.reasons = tuple(reasons)
        super().__init__(message)


class StaleObject(WorkflowError):
    """Somebody changed the object since the caller read it (412)."""

    code = "stale"
    message = _("Another person changed this meanwhile. See the change and decide.")


class StaleText(StaleObject):
    """Somebody changed a paragraph since the caller read it: both texts, by language, and the version to send next.

    `mine` is what the caller wrote, `theirs` what stands now; neither is lost.
    """

    def __init__(self, *, mine: Mapping[str, str], theirs: Mapping[str, str], version: int) -> None:
        self.mine, self.theirs, self.version = dict(mine), dict(theirs), version
        super().__init__()


class InvalidInput(WorkflowError):
    """What was sent cannot be taken: sentences by field, "" for the whole (400)."""

    code = "invalid_input"
    message = _("What was sent cannot be accepted as it is.")

    def __init__(self, fields: Mapping[str, str | _StrPromise], message: str | _StrPromise | None = None) -> None:
        self.fields = dict(fields)
        super().__init__(message)
