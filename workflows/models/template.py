"""Checklist templates: versioned texts, copied into a summit; a later version never changes a running one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models
from django.db.models import Q

from workflows.models.base import Entity, in_language, never_emptied
from workflows.states import PartyKind

if TYPE_CHECKING:
    from workflows.rules.facts import Actor


class ChecklistTemplateQuerySet(models.QuerySet["ChecklistTemplate"]):
    """Templates by what an actor may see."""

    def visible_to(self, actor: Actor | None) -> ChecklistTemplateQuerySet:
        """Return all for the secretariats, none for the rest."""
        if actor is None or actor.party_kind == PartyKind.SEGIB:
            return self
        return self if actor.party_kind == PartyKind.SPT and not actor.rights_ended else self.none()


class ChecklistTemplate(Entity):
    """One version of a checklist template, as it was loaded; it is never changed afterwards."""

    code = models.SlugField(max_length=60)
    number = models.PositiveIntegerField(help_text="The version that its file states")
    title_es = models.CharField(max_length=200)
    title_pt = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200)
    source = models.TextField(help_text="The YAML text")
    digest = models.CharField(max_length=64)
    loaded_at = models.DateTimeField()
    loaded_by = models.ForeignKey("Seat", models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChecklistTemplateQuerySet.as_manager()

    class Meta:
        triggers = [never_emptied(), pgtrigger.Protect(name="versions_are_kept", operation=pgtrigger.Update | pgtrigger.Delete)]
        constraints = [
            models.UniqueConstraint(fields=["code", "number"], name="checklisttemplate_version_once"),
            models.CheckConstraint(condition=~Q(source=""), name="checklisttemplate_has_source"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.number}"

    @property
    def title(self) -> str:
        """The template's name in the active language."""
        return in_language(self, "title")
