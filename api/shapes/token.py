"""Shapes of API tokens."""

from __future__ import annotations

from rest_framework import serializers

from api.shapes.fields import Href, Instant, InstantInput, SeatRefSerializer, StrictInput
from api.shapes.queries import ListQuery
from workflows.rules.tokens import SCOPES

SCOPE_CHOICES = [(scope, scope) for scope in SCOPES]


class TokenSerializer(serializers.Serializer):
    """A token of your seat; its secret is shown once, when it is made."""

    uuid = serializers.UUIDField()
    version = serializers.IntegerField()
    href = Href("tokens")
    seat = SeatRefSerializer()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="By which people name it: sp_<prefix>_…")
    scopes = serializers.ListField(child=serializers.CharField())
    created_at = Instant()
    expires_at = Instant()
    last_used_at = Instant(allow_null=True, help_text="Written at most once a minute.")
    revoked_at = Instant(allow_null=True)


class NewTokenSerializer(TokenSerializer):
    """A new token with its secret; a repeated request answers without the secret."""

    secret = serializers.CharField(allow_null=True)


class TokenListQuery(ListQuery):
    """By what a list of tokens is narrowed."""

    active = serializers.BooleanField(
        required=False, allow_null=True, default=None, help_text="Neither revoked nor past its end."
    )


class NewTokenInput(StrictInput):
    """A token to make for your seat."""

    name = serializers.CharField(max_length=80, help_text="The system that will use it.")
    scopes = serializers.ListField(child=serializers.ChoiceField(SCOPE_CHOICES), min_length=1, max_length=len(SCOPES))
    expires_at = InstantInput(required=False, help_text="Within a year; 90 days from now without it.")
