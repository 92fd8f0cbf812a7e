"""Addresses of the tiny trade."""

from django.urls import path

from tests.trade.tally.pages import views
from tests.trade.tally.pages.boxes_list import BOXES
from yifen.face.lists.urls import list_urls

urlpatterns = [path("tally/", views.boxes, name="tally"), *list_urls(BOXES)]
