"""Where the pages are put together: `granian --interface wsgi yifen.project.wsgi:app`."""

import os

from django.core.wsgi import get_wsgi_application

from yifen.core.facts import logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yifen.project.settings")
logs.configure()
app = get_wsgi_application()
