"""A time keeps the clock that was meant and the release that resolved it, and who is asked when the two come apart.

Django would add a column that is never null by copying the table, on SQLite: that takes long for many pins, and loses
the triggers of the search. Both databases add one with a constant at once.
"""

from django.db import migrations, models


def add_text(name: str, size: int) -> migrations.RunSQL:
    field = models.CharField(blank=True, db_default="", default="", max_length=size)
    return migrations.RunSQL(
        f"ALTER TABLE pins_pin ADD COLUMN {name} varchar({size}) DEFAULT '' NOT NULL",
        f"ALTER TABLE pins_pin DROP COLUMN {name}",
        state_operations=[migrations.AddField(model_name="pin", name=name, field=field)],
    )


class Migration(migrations.Migration):
    dependencies = [("pins", "0012_edit_column")]

    operations = [
        migrations.AddField(
            model_name="pendingedit",
            name="is_move",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="pin",
            name="hour_asked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        add_text("wall_clock", 19),
        add_text("zone_release", 20),
        migrations.AddIndex(
            model_name="pin",
            index=models.Index(
                condition=models.Q(("hour_asked_at__isnull", False)),
                fields=["team", "scheduled_for"],
                name="pins_asked_hours",
            ),
        ),
        migrations.AddIndex(
            model_name="pin",
            index=models.Index(
                condition=models.Q(("scheduled_for__isnull", False)), fields=["scheduled_for"], name="pins_planned"
            ),
        ),
    ]
