from django.db import migrations, models
from django.db.models import F
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    """An index of its own for the calendar, which reads pins by the time they are meant for."""

    dependencies = [("pins", "0004_review")]

    operations = [
        migrations.AddIndex(
            model_name="pin",
            index=models.Index(F("team"), Coalesce("scheduled_for", "frozen_at"), F("id"), name="pins_calendar"),
        ),
    ]
