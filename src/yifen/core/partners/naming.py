"""What people call the subject of a proposal that is a partner's number of ours."""

from yifen.core.facts.plug import Text
from yifen.core.partners.models import Partner


def of_id(subject: str) -> Text:
    """His code and name; the number of one that is gone."""
    name = str(Partner.objects.filter(pk=int(subject)).first() or subject)
    return Text(name, name)
