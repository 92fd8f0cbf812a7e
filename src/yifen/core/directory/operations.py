"""Writes of the organisation tree."""

from django.db import IntegrityError, transaction

from yifen.core.directory.models import Institution
from yifen.core.facts.bilingual import Bilingual
from yifen.core.facts.codes import Code
from yifen.core.facts.refused import Refused

_ORDER = [level.value for level in Institution.Level]


@transaction.atomic
def add_institution(parent: Institution, level: str, code: str, name: str) -> Institution:
    """A node below `parent`, which must stand higher. Refused: INPUT_INVALID (level, code),
    INSTITUTION_CLOSED."""
    if parent.closed_at is not None:
        raise Refused(Code.INSTITUTION_CLOSED, "parent")
    if level not in _ORDER or _ORDER.index(level) <= _ORDER.index(parent.level):
        raise Refused(Code.INPUT_INVALID, "level")
    try:
        with transaction.atomic():
            return Institution.objects.create(parent=parent, level=level, code=code, name=name)
    except IntegrityError:
        raise Refused(Code.INPUT_INVALID, "code", Bilingual("此机构号已被占用", "this number is taken")) from None
