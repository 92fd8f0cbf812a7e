"""Addresses of heating service."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.trades.heating.pages import check_views, file_views, request_views, season_views
from yifen.trades.heating.pages.lists import FILES, FLATS, REQUESTS, SEASONS, UNPAID, WARM

_FLAT, _REQUEST = "heating/flats/<int:service_id>/", "heating/requests/<int:request_id>/"
_FILE = "heating/files/<int:file_id>/"
urlpatterns = [
    *(url for listing in (REQUESTS, FILES, FLATS, UNPAID, WARM, SEASONS) for url in list_urls(listing)),
    path("heating/seasons/new/", season_views.heating_season_new, name="heating_season_new"),
    path("heating/seasons/<int:season_id>/", season_views.heating_season, name="heating_season"),
    path(_FLAT, request_views.heating_flat, name="heating_flat"),
    path(f"{_FLAT}ask/", request_views.heating_ask, name="heating_ask"),
    path(f"{_FLAT}mark/", request_views.heating_mark, name="heating_mark"),
    path(_REQUEST, request_views.heating_request, name="heating_request"),
    path(f"{_REQUEST}scan/", request_views.heating_scan, name="heating_scan"),
    path(f"{_REQUEST}decide/", request_views.heating_decide, name="heating_decide"),
    path(f"{_REQUEST}again/", request_views.heating_again, name="heating_again"),
    path(f"{_REQUEST}withdraw/", request_views.heating_withdraw, name="heating_withdraw"),
    path(f"{_REQUEST}agreement/", request_views.heating_agreement, name="heating_agreement"),
    path("heating/files/new/", file_views.heating_file_upload, name="heating_file_upload"),
    path(_FILE, file_views.heating_file, name="heating_file"),
    path(f"{_FILE}propose/", file_views.heating_file_propose, name="heating_file_propose"),
    path(f"{_FILE}faults/", file_views.heating_file_faults, name="heating_file_faults"),
    path("heating/buildings/<int:place_id>/", check_views.heating_building, name="heating_building"),
    path("heating/stops/<int:share_id>/", check_views.heating_stop, name="heating_stop"),
    path("heating/stops/<int:share_id>/spare/", check_views.heating_spare, name="heating_spare"),
]
