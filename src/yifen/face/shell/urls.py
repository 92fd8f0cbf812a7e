"""What a reader chooses for himself: language and theme."""

from django.urls import path
from django.views.i18n import set_language

from yifen.core.access.doors import Door, allow
from yifen.face.shell import theme

urlpatterns = [
    path("language/", allow(Door.PUBLIC)(set_language), name="set_language"),
    path("theme/", theme.choose, name="set_theme"),
]
