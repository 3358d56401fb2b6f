"""A pin counts its versions and says who saved the last one.

On SQLite a column that takes no NULL would have the whole table copied. Here no row gets a NULL either way, since the
database has a default, so it is added as one that could.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Value

from postpeer_dash.pins.search.index import make_search_index


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("pins", "0014_former_hours"),
    ]

    operations = [
        # Taken back, the table is copied, and with the old one the search's triggers go. What stands first is undone last.
        migrations.RunPython(migrations.RunPython.noop, make_search_index),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.AddField(
                    model_name="pin",
                    name="version",
                    field=models.PositiveIntegerField(null=True, db_default=Value(1)),
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="pin",
                    name="version",
                    field=models.PositiveIntegerField(default=1, db_default=1),
                ),
            ],
        ),
        migrations.AddField(
            model_name="pin",
            name="saved_by",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
