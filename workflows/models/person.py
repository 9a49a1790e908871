"""People of the directory, and the accounts by which some of them sign in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from workflows.models.base import Entity, one_of
from workflows.states import Language, PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class PersonQuerySet(models.QuerySet["Person"]):
    """People by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> PersonQuerySet:
        """Return the people whose seats the actor may see; SEGIB sees the whole directory."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        seats = apps.get_model("workflows", "Seat").objects.visible_to(actor)
        return self.filter(Q(memberships__seat__in=seats) | Q(pk=actor.person_id)).distinct()


class Person(Entity):
    """Somebody in the directory, with or without an account."""

    name = models.CharField(max_length=160)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=5, choices=Language, default=Language.ES)
    zone = models.CharField(max_length=40, blank=True, help_text="Own time zone; the party's where it is empty")
    pseudonymised_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        constraints = [one_of("language", Language)]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Creates accounts by address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create an account; without a password nobody can sign in until one is set by mail."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Create a technical administrator: it keeps the machine and has no right over any text or decision."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """An account; it belongs to one person, and acts for one of that person's seats at a time."""

    email = models.EmailField(unique=True)
    person = models.OneToOneField(Person, models.PROTECT, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_once")]

    def __str__(self) -> str:
        return self.email
