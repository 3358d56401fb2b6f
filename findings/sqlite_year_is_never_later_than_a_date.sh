#!/bin/sh
# Surprises whoever looks by hand, or in raw SQL, for what is due in a Django database on SQLite: WHERE due_at < '2027'
# finds nothing at all, while WHERE due_at < '2027-01-01' finds every row of 2026.
#
# Django declares the column as "datetime" and stores ISO text in it. SQLite derives NUMERIC affinity from that name and
# applies it to the other side of a comparison: '2027' looks like a number and becomes one, '2027-01-01' doesn't and stays
# text. Any number is less than any text, so a bare year (or an epoch written as text) is below every date.
# https://www.sqlite.org/datatype3.html#type_conversions_prior_to_comparison
#
# Expected: a prefix of an ISO date to compare like the date, as text does, in both directions.
# Seen with Django 5.2.19 on Python 3.11's sqlite3 (library 3.40.1 and later).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
cat > "$folder/due.py" <<'PYTHON'
from datetime import UTC, datetime

import django
from django.conf import settings

settings.configure(
    USE_TZ=True, DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
)
django.setup()
from django.db import connection, models


class Pin(models.Model):
    due_at = models.DateTimeField()

    class Meta:
        app_label = "demo"


with connection.schema_editor() as editor:
    editor.create_model(Pin)
Pin.objects.create(due_at=datetime(2026, 11, 27, 9, tzinfo=UTC))
with connection.cursor() as cursor:
    for expression in ("due_at < '2027'", "due_at < '2027-01-01'", "due_at || '' < '2027'", "due_at > '2027'"):
        (count,) = cursor.execute(f"SELECT count(*) FROM demo_pin WHERE {expression}").fetchone()
        print(f"{expression}: {count}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/due.py")
echo "$said"
[ "$said" = "due_at < '2027': 0
due_at < '2027-01-01': 1
due_at || '' < '2027': 1
due_at > '2027': 1" ] || { echo "CHANGED"; exit 1; }
