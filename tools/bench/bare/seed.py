"""Fills the bare project's database. `python -m tools.bench.bare.seed` prints one line of JSON."""

import json
import os
from datetime import UTC, datetime, timedelta
from random import Random

import django
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from tools.bench import texts

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tools.bench.bare.settings")


def main() -> None:
    """A thousand rows, one person, one session."""
    django.setup()
    from django.contrib.auth import get_user_model

    from tools.bench.bare.models import Note

    call_command("migrate", run_syncdb=True, verbosity=0)
    random, now = Random(3), datetime.now(UTC)  # noqa: S311 - not for secrets
    Note.objects.bulk_create(
        Note(title=texts.make_title(random), text=texts.make_description(random, n, 100), created_at=now - timedelta(n))
        for n in range(1000)
    )
    client = Client()
    client.force_login(get_user_model().objects.create_user("alice"))
    name = settings.SESSION_COOKIE_NAME
    print(json.dumps({"cookie": f"{name}={client.cookies[name].value}", "paths": {"bare": "/"}}))


if __name__ == "__main__":
    main()
