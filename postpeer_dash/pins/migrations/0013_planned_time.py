"""A time keeps the clock that was meant and the release that resolved it, and who is asked when the two come apart."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_clocks"),
        ("boards", "0001_initial"),
        ("pins", "0012_edit_column"),
        ("teams", "0004_audit_by_actor"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

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
        migrations.AddField(
            model_name="pin",
            name="wall_clock",
            field=models.CharField(blank=True, db_default="", default="", max_length=19),
        ),
        migrations.AddField(
            model_name="pin",
            name="zone_release",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
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
