"""The one clock's offset, for tests and the demonstration: it moves all processes together."""

from django.db import models
from django.db.models import Q


class ClockOffset(models.Model):
    """A single row; read only where the settings allow an offset at all."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    offset = models.DurationField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="clockoffset_single")]

    def __str__(self) -> str:
        return str(self.offset)
