"""The outbox: claims what is due, checks and renders it, hands it to the mail server, and marks what the server took.

At least once by nature: a crash between the server's 250 and our mark sends a copy, with the same Message-ID. Nothing else may.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, Q

from workflows.models import Chain, Heartbeat, Message, Party, Summit
from workflows.notices.kinds import get_notice
from workflows.notices.post import Post, PutOff, Refused, ServerAway, say
from workflows.notices.render import as_mail, render
from workflows.queries.message import find_obstacle, find_reader, load_message
from workflows.states import ENDED, MessageState, PartyKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.core.mail import EmailMultiAlternatives

    from workflows.models.message import MessageQuerySet

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
"""For how long a claimed mail is nobody else's; longer than one mail's whole conversation, renewed before each."""
TRIES = 8
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
ROUND = timedelta(seconds=120)
"""How long one call goes on; what is left is taken up by the next."""
ENDED_LEASE: dict[str, Any] = {"lease_until": None, "token": None, "version": F("version") + 1}
BROKEN_OFF = 3
"""After so many mails in a row that the server did not take, it is left alone for a while."""


def deliver(clock: Callable[[], datetime], *, batch: int = 20, stop: Callable[[], bool] = lambda: False) -> Counter[str]:
    """Send what is due, batch after batch, and return how many mails ended how.

    `clock` is the database's clock; `stop` is asked before each mail. Several deliveries at once share the work.
    """
    counts: Counter[str] = Counter()
    now = clock()
    ends = now + ROUND
    while now < ends and not stop():
        token, claimed = claim(now, batch)
        if not claimed:
            break
        counts += _send_batch(claimed, token, clock, lambda: stop() or clock() >= ends)
        now = clock()
    Heartbeat.objects.update_or_create(name="delivery", defaults={"beat_at": now, "detail": dict(counts)})
    return counts


@transaction.atomic
def claim(now: datetime, batch: int) -> tuple[UUID, list[int]]:
    """Lease due mails that nobody has in hand, and those whose lease has run out; return the token and their ids."""
    token = uuid4()
    due = Message.objects.filter(
        Q(state=MessageState.QUEUED) | Q(lease_until__lt=now),
        state__in=[MessageState.QUEUED, MessageState.SENDING],
        next_attempt_at__lte=now,
    )
    locked = due.order_by("next_attempt_at", "pk").select_for_update(no_key=True, skip_locked=True)
    claimed = list(locked.values_list("pk", flat=True)[:batch])
    leased = Message.objects.filter(pk__in=claimed)
    leased.update(state=MessageState.SENDING, token=token, lease_until=now + LEASE)
    return token, claimed


def _send_batch(claimed: list[int], token: UUID, clock: Callable[[], datetime], stop: Callable[[], bool]) -> Counter[str]:
    """Send one after the other over one connection; when the server is away, give the rest back."""
    counts: Counter[str] = Counter()
    broken = 0
    with Post() as post:
        for place, pk in enumerate(claimed):
            if stop():
                _give_back(claimed[place:], token, clock())
                break
            try:
                outcome = _send_one(pk, token, clock, post)
            except ServerAway as away:
                log.error("mail.server_away", error=str(away), waiting=len(claimed) - place)
                _give_back(claimed[place:], token, clock(), away=str(away))
                counts["server_away"] += 1
                break
            counts[outcome] += 1
            broken = broken + 1 if outcome == "put_off" else 0
            if broken == BROKEN_OFF:
                _give_back(claimed[place + 1 :], token, clock(), away="The server took none of the mails before.")
                break
    return counts


def _send_one(pk: int, token: UUID, clock: Callable[[], datetime], post: Post) -> str:
    """Take one mail as far as it goes, and return what became of it. Raises ServerAway with the try not counted."""
    post.open()
    now, mail = _insist(lambda: _prepare(pk, token, clock()), tries=6)
    if isinstance(mail, str):
        return mail
    message_id = mail.extra_headers["Message-ID"]
    try:
        post.send(mail)
    except Refused as refusal:
        return _fail(pk, token, str(refusal))
    except PutOff as put_off:
        return _put_off(pk, token, now, str(put_off))
    except ServerAway:
        _held(pk, token).update(attempts=F("attempts") - 1)
        raise
    log.info("mail.accepted", message_id=message_id)
    marked = _insist(lambda: _held(pk, token).update(state=MessageState.SENT, sent_at=now, last_error="", **ENDED_LEASE))
    log.info("mail.marked" if marked else "mail.mark_came_late", message_id=message_id)
    return "sent" if marked else "taken_over"


def _held(pk: int, token: UUID) -> MessageQuerySet:
    """Return the mail while this token holds it; nobody else may touch it."""
    return Message.objects.filter(pk=pk, token=token, state=MessageState.SENDING)


def _prepare(pk: int, token: UUID, now: datetime) -> tuple[datetime, EmailMultiAlternatives | str]:
    """Renew the lease, count the try, ask again whether the mail may leave, and render it; else say what became of it.

    The try is counted before the work: a mail that kills its worker, or whose text cannot be made, is given up as any other.
    """
    if not _held(pk, token).update(lease_until=now + LEASE, attempts=F("attempts") + 1):
        return now, "taken_over"
    message = load_message(pk)
    if message.attempts > TRIES:
        return now, _fail(pk, token, message.last_error or "It was begun eight times and never ended.")
    try:
        reader = find_reader(message, now)
        obstacle = find_obstacle(message, reader) or get_notice(message.kind).find_obstacle(message, now)
        if obstacle:
            return now, _cancel(pk, token, obstacle)
        if message.to_address != reader.email:
            frozen = render(message, reader, now)
            if not _held(pk, token).update(**vars(frozen)):
                return now, "taken_over"
            for column, value in vars(frozen).items():
                setattr(message, column, value)
        return now, as_mail(message, now)
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("mail.not_rendered", key=message.key)
        return now, _put_off(pk, token, now, say(error))


# What becomes of a mail ---------------------------------------------------------------------------------------------


def _put_off(pk: int, token: UUID, now: datetime, error: str) -> str:
    """Try again after a time that doubles from a minute to an hour; give up after eight tries."""
    attempts = _held(pk, token).values_list("attempts", flat=True).first()
    if attempts is None:
        return "taken_over"
    if attempts >= TRIES:
        return _fail(pk, token, error)
    wait = min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
    _release(pk, token, at=now + wait, error=error)
    log.warning("mail.put_off", message=pk, attempts=attempts, error=error)
    return "put_off"


def _fail(pk: int, token: UUID, error: str) -> str:
    _held(pk, token).update(state=MessageState.FAILED, last_error=error[:300], **ENDED_LEASE)
    log.error("mail.failed", message=pk, error=error)
    return "failed"


def _cancel(pk: int, token: UUID, reason: str) -> str:
    _held(pk, token).update(state=MessageState.CANCELLED, cancelled_reason=reason, **ENDED_LEASE)
    log.info("mail.cancelled", message=pk, reason=reason)
    return "cancelled"


def _give_back(claimed: list[int], token: UUID, now: datetime, *, away: str = "") -> None:
    """Return mails that were not begun to the queue: a bad server costs a mail no try, only time.

    While the server is `away` (what it said) each waits as long again as it has waited already, from a minute to an hour.
    """
    for message in Message.objects.filter(pk__in=claimed, token=token, state=MessageState.SENDING).only("pk", "queued_at"):
        wait = min(max(now - message.queued_at, FIRST_WAIT), LONGEST_WAIT) if away else timedelta(0)
        _release(message.pk, token, at=now + wait, error=away)


def _release(pk: int, token: UUID, *, at: datetime, error: str) -> None:
    _held(pk, token).update(state=MessageState.QUEUED, next_attempt_at=at, last_error=error, **ENDED_LEASE)


def _insist[T](work: Callable[[], T], *, tries: int = 0) -> T:
    """Do what the database must take, again with a new connection while it is away; after `tries` give up (0: never)."""
    wait = 0.1
    while True:
        try:
            return work()
        except (OperationalError, InterfaceError) as error:
            tries -= 1
            if tries == 0:
                raise
            log.warning("mail.database_away", error=say(error))
            connection.close()
        time.sleep(wait)
        wait = min(wait * 2, 1.0)


# The head of the record ---------------------------------------------------------------------------------------------


HEADS_LEAVE_AT = 9
"""The hour of SEGIB's day from which the heads of the record are mailed."""


def queue_record_heads(now: datetime) -> int:
    """Once a day queue the head of each present summit's record, and of what belongs to none, to both secretariats' heads.

    Return how many mails were queued; a second call on the same day queues none.
    """
    segib = Party.objects.filter(kind=PartyKind.SEGIB).first()
    local = now.astimezone(ZoneInfo(segib.zone)) if segib else now
    if segib is None or local.hour < HEADS_LEAVE_AT:
        return 0
    present = Summit.objects.filter(is_record=False).exclude(state__in=sorted(ENDED))
    chains = Chain.objects.filter(Q(summit__isnull=True) | Q(summit__in=present), number__gt=0).select_related("summit")
    messages = [message for chain in chains for message in _head_mails(chain, f"{local:%Y-%m-%d}", now)]
    known = set(Message.objects.filter(key__in=[m.key for m in messages]).values_list("key", flat=True))
    fresh = [message for message in messages if message.key not in known]
    Message.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def _head_mails(chain: Chain, day: str, now: datetime) -> list[Message]:
    summit = chain.summit
    return [
        Message(
            key=f"record_head:{summit.uuid if summit else 'none'}:{day}:{seat.uuid}",
            kind="record_head",
            summit=summit,
            seat=seat,
            context={"number": chain.number, "head": chain.head},
            queued_at=now,
            next_attempt_at=now,
        )
        for seat in get_notice("record_head").seats(summit, None)
    ]
