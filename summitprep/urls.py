"""Addresses: the pages, the API, the accounts and the technical administration."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("workflows.web.urls")),
    path("api/v1/", include("api.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
