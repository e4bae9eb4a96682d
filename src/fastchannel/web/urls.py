"""Every address of a node."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from fastchannel.web.api.api import api
from fastchannel.web.views import (
    account,
    agreements,
    applications,
    certificates,
    device_calls,
    devices,
    exchange,
    forecasts,
    gate,
    health,
    imports,
    journey,
    overview,
    passes,
    review,
    roster,
    scan,
    traveller,
    watch,
    work,
)

pages: list[URLPattern | URLResolver] = [
    path("", account.home, name="home"),
    path("login/", account.SignIn.as_view(), name="sign-in"),
    path("logout/", account.sign_out, name="sign-out"),
    path("language/", account.set_language, name="language"),
    path("travellers/", roster.roster, name="roster"),
    path("travellers/apply/", applications.apply, name="apply"),
    path("travellers/import/", imports.upload, name="import"),
    path("travellers/import/template.csv", imports.template, name="import-template"),
    path("travellers/import/confirm/", imports.confirm, name="import-confirm"),
    path("travellers/import/<str:identifier>/", imports.job, name="import-job"),
    path("travellers/import/<str:identifier>/left-out.csv", imports.rejects, name="import-rejects"),
    path("queue/", review.queue, name="queue"),
    path("queue/<str:journey>/", review.application, name="review"),
    path("overview/", overview.dashboard, name="dashboard"),
    path("journeys/", overview.journeys, name="journeys"),
    path("find/", overview.find, name="find"),
    path("journeys/<str:journey>/", journey.journey, name="journey"),
    path("journeys/<str:journey>/steps/<slug:slug>/", journey.act, name="act"),
    path("journeys/<str:journey>/certificates/", certificates.journey_certificates, name="present"),
    path("journeys/<str:journey>/pass/", passes.journey_pass, name="pass"),
    path("journeys/<str:journey>/link/", journey.invite, name="invite"),
    path("laboratory/", work.laboratory, name="laboratory"),
    path("checkpoint/", work.checkpoint, name="checkpoint"),
    path("site/", work.site, name="site"),
    path("monitoring/", work.monitor, name="monitor"),
    path("work/<str:journey>/", work.task, name="task"),
    path("certificates/", certificates.certificates, name="certificates"),
    path("passes/trust.json", passes.trust_list, name="pass-trust"),
    path("passes/revoked.json", passes.revoked, name="pass-revoked"),
    path("agreements/", agreements.agreements, name="agreements"),
    path("agreements/<str:identifier>/<int:version>/", agreements.agreement, name="agreement-version"),
    path("agreements/<str:identifier>/<int:version>/text/", agreements.text, name="agreement-text"),
    path("forecast/", forecasts.forecasts, name="forecasts"),
    path("forecast/<str:identifier>/<int:version>/<str:route>/", forecasts.forecast, name="forecast"),
    path("forecast/<str:identifier>/<int:version>/<str:route>/curves/", forecasts.curves, name="forecast-curves"),
    path("forecast/<str:identifier>/<int:version>/<str:route>/text/", forecasts.amended_text, name="forecast-amended"),
    path("t/<str:token>/", traveller.page, name="traveller"),
    path("t/<str:token>/paper/", traveller.paper, name="traveller-paper"),
    path("t/<str:token>/pass/", passes.traveller_pass, name="traveller-pass"),
    path("t/<str:token>/check-in/", traveller.check_in, name="traveller-check-in"),
    path("t/<str:token>/<slug:slug>/", traveller.act, name="traveller-act"),
    path("link/", exchange.link_page, name="link"),
    path("watch/", watch.watch, name="watch"),
    path("checkpoint/scan/", scan.scan, name="scan"),
    path("devices/", devices.devices, name="devices"),
    path("devices/<str:identifier>/revoke/", devices.revoke, name="device-revoke"),
    path("devices/doubles/<int:number>/", devices.settle, name="double-settle"),
    path("gate/enrol/", device_calls.enrolment, name="gate-enrol"),
    path("gate/bundle/", device_calls.bundle, name="gate-bundle"),
    path("gate/sync/", device_calls.sync, name="gate-sync"),
    path("exchange/", exchange.letters, name="exchange"),
    path("gate/", gate.gate, name="gate"),
    path("gate/worker.js", gate.worker, name="gate-worker"),
    path("gate/photo/", gate.photo, name="gate-photo"),
    path("gate/manifest.webmanifest", gate.manifest, name="gate-manifest"),
    path("health", health.health, name="health"),
]
urlpatterns: list[URLPattern | URLResolver] = [path("", include((pages, "web"))), path("api/", api.urls)]

handler400 = "fastchannel.web.views.errors.bad_request"
handler403 = "fastchannel.web.views.errors.forbidden"
handler404 = "fastchannel.web.views.errors.not_found"
handler500 = "fastchannel.web.views.errors.broken"
