"""Addresses: the pages, the API, the accounts and the technical administration."""

from django.urls import include, path

from workflows.admin import site
from workflows.web.account import not_offered
from workflows.web.health import health_view, metrics_view

handler400 = "workflows.web.errors.bad_request"
handler403 = "workflows.web.errors.forbidden"
handler404 = "workflows.web.errors.not_found"
handler500 = "workflows.web.errors.failed"

urlpatterns = [
    path("health", health_view, name="health"),
    path("metrics", metrics_view, name="metrics"),
    path("", include("workflows.web.urls")),
    path("api/v1/", include("api.urls")),
    path("accounts/email/", not_offered),  # the address is the directory's; a secretariat changes it there
    path("accounts/", include("allauth.urls")),
    path("admin/", site.urls),
]
