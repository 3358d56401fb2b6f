"""The model takes a plainer name. Its table keeps its own, so that nothing waits for a lock."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pins", "0008_workers_move")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Carried", "SubmissionTarget"),
                migrations.AlterModelTable("SubmissionTarget", "pins_carried"),
            ]
        ),
    ]
