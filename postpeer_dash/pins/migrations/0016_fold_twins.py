"""Search takes typographic signs for those of a typewriter; what is stored for it is folded anew where it has any.

Only rows that change are written, each once; the database's own triggers keep the index.
"""

import re
from typing import Any

from django.db import migrations
from django.db.models import Q

from postpeer_dash.web.text import fold

_CHUNK = 500
# A folded text of before that has none of these is what it would be now: signs beyond ASCII, and letters that are signs.
_SIGNS = re.compile("[^\\w\\s!-~]|[`\u02b9-\u02ff\u055a\ua78c\u115f\u1160\u3164]")
# An accent that stands alone was taken apart into a blank, which nobody can tell from others.
_LOST = ("\u00b4", "\u02dd")


def refold(apps: Any, _schema_editor: Any) -> None:
    pins = apps.get_model("pins", "Pin").objects
    found = [pk for pk, text in pins.values_list("pk", "search_text").iterator(2000) if _SIGNS.search(text)]
    lost = Q()
    for sign in _LOST:
        for name in ("title", "description", "link"):
            lost |= Q(**{f"{name}__contains": sign})
    keys = sorted({*found, *pins.filter(lost).values_list("pk", flat=True)})
    for start in range(0, len(keys), _CHUNK):
        rows = list(
            pins.filter(pk__in=keys[start : start + _CHUNK]).only("title", "description", "link", "search_text")
        )
        changed = []
        for row in rows:
            text = fold(f"{row.title} {row.description} {row.link}")
            if text != row.search_text:
                row.search_text = text
                changed.append(row)
        pins.bulk_update(changed, ["search_text"], batch_size=_CHUNK)


class Migration(migrations.Migration):
    dependencies = [("pins", "0015_version")]

    operations = [migrations.RunPython(refold, migrations.RunPython.noop)]
