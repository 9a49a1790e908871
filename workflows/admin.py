"""The technical administration: accounts and the state of deliveries, to look at; no right over any text or decision."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login

from workflows.models import Heartbeat, Message, User


class TechnicalSite(admin.AdminSite):
    """Only what is registered here; sign-in is the product's own, second factor included."""

    site_header = site_title = "SummitPrep"

    def has_permission(self, request: Any) -> bool:
        """Only the technical administrator enters."""
        return bool(request.user.is_active and request.user.is_superuser)

    def login(self, request: Any, extra_context: Any = None) -> Any:
        """Lead to the product's sign-in."""
        return redirect_to_login(request.get_full_path(), "account_login")


site = TechnicalSite(name="admin")


class LookOnly(admin.ModelAdmin):
    """Shows rows and changes none: who may do what is said by seats, and done on the pages."""

    def has_module_permission(self, request: Any) -> bool:
        """Only the technical administrator enters."""
        return bool(request.user.is_superuser)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Only the technical administrator looks."""
        return bool(request.user.is_superuser)

    def has_add_permission(self, request: Any) -> bool:
        """Nobody adds."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody changes."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Nobody deletes."""
        return False


@admin.register(User, site=site)
class UserAdmin(LookOnly):
    """Accounts: whether they can sign in and when they were last seen."""

    list_display = ("email", "is_active", "is_superuser", "last_login", "last_seen_at")
    search_fields = ("email",)
    fields = ("email", "is_active", "is_staff", "is_superuser", "date_joined", "last_login", "last_seen_at")
    ordering = ("email",)


@admin.register(Message, site=site)
class MessageAdmin(LookOnly):
    """Deliveries: what is stuck, and why; never what a mail says."""

    list_display = ("kind", "state", "queued_at", "next_attempt_at", "attempts", "last_error")
    list_filter = ("state", "kind")
    fields = ("key", "kind", "state", "queued_at", "next_attempt_at", "attempts", "sent_at", "last_error", "cancelled_reason")
    ordering = ("-queued_at", "-pk")


@admin.register(Heartbeat, site=site)
class HeartbeatAdmin(LookOnly):
    """When the jobs last ran."""

    list_display = ("name", "beat_at")
    ordering = ("name",)
