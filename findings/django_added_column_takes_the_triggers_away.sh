#!/bin/sh
# Surprises whoever keeps a search index by triggers (FTS5) in a Django database on SQLite, and adds a column.
#
# A field with a database default can be added by one ALTER TABLE ADD COLUMN, on SQLite as well; db_default came with the
# promise that rows of before get it from the database. Expected: the table stays as it is, and so do its triggers.
# Seen with Django 5.2.19 on SQLite 3.40.1 and later: a NOT NULL column is added by making a new table, copying every row
# and dropping the old table, and with it its triggers. Nothing is said, and the index isn't kept any more from then on.
# The same for a column that may be null, with db_default=1; with db_default=Value(1), which means the same, it is added at
# once and the triggers stay.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19
cat > "$folder/seen.py" <<'PYTHON'
import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState
from django.test.utils import CaptureQueriesContext

TRIGGER = "CREATE TRIGGER IF NOT EXISTS keep AFTER INSERT ON demo_pin BEGIN INSERT INTO words VALUES (new.title); END"
CASES = {"null, Value(1)": (True, models.Value(1)), "null, 1": (True, 1), "not null, Value(1)": (False, models.Value(1))}
COLUMNS = [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField())]


def migrate(operation):
    global state
    before, state = state, state.clone()
    operation.state_forwards("demo", state)
    with connection.schema_editor() as editor, CaptureQueriesContext(connection) as queries:
        operation.database_forwards("demo", editor, before, state)
    return any("new__demo_pin" in query["sql"] for query in queries)


state = ProjectState()
migrate(migrations.CreateModel("Pin", COLUMNS))
with connection.cursor() as cursor:
    cursor.execute("CREATE VIRTUAL TABLE words USING fts5(title)")
    for number, (name, (may_be_null, default)) in enumerate(CASES.items()):
        cursor.execute(TRIGGER)
        field = models.IntegerField(null=may_be_null, db_default=default)
        is_copied = migrate(migrations.AddField("pin", f"column_{number}", field))
        (left,) = cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()
        print(f"{name}: {'copied' if is_copied else 'altered'}, triggers left: {left}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/seen.py")
echo "$said"
[ "$said" = "null, Value(1): altered, triggers left: 1
null, 1: copied, triggers left: 0
not null, Value(1): copied, triggers left: 0" ] || { echo "CHANGED"; exit 1; }
