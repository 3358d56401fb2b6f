"""What a WSGI server loads. It ends with one sentence when the database belongs to newer code or to other keys."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "postpeer_dash.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as error:
    # A setting that can't be: its sentence says which, and where the code found out helps nobody.
    sys.exit(str(error))


def refuse_what_is_not_ours() -> None:
    """While the database is away, or has no tables yet, nobody can tell, and the web serves what it can."""
    from django.db import DatabaseError, connections

    from postpeer_dash.accounts.other_key import OtherKeyError, require_same_key
    from postpeer_dash.web.newer_database import NewerDatabaseError, require_known_migrations
    from postpeer_dash.web.secret_key import OtherSecretKeyError, require_same_secret_key

    try:
        require_known_migrations()
        require_same_secret_key()
        require_same_key()
    except (NewerDatabaseError, OtherSecretKeyError, OtherKeyError) as error:
        sys.exit(str(error))
    except DatabaseError:
        return
    finally:
        # The processes that are forked from this one must not share a connection.
        connections.close_all()


refuse_what_is_not_ours()
