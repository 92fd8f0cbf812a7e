"""Addresses of the end of day."""

from django.urls import path

from yifen.face.lists.urls import list_urls
from yifen.night.pages import book_views, views
from yifen.night.pages.books_list import BOOKS
from yifen.night.pages.left_lists import LEFT, MISSING_FILES
from yifen.night.pages.nights_list import NIGHTS

urlpatterns = [
    *list_urls(NIGHTS),
    *list_urls(LEFT),
    *list_urls(MISSING_FILES),
    *list_urls(BOOKS),
    path("books/new/", book_views.book_new, name="book_new"),
    path("books/<str:code>/", book_views.book, name="book"),
    path("day-ends/<int:book_id>/<str:day>/", views.day_end, name="day_end"),
    path("day-ends/<int:book_id>/<str:day>/sign/", views.day_end_sign, name="day_end_sign"),
    path("day-statements/<int:partner_id>/<str:day>/<str:form>/", views.day_statement,
         name="day_statement"),
]  # fmt: skip
