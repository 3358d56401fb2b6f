"""The model takes a plainer name. Its table keeps its own, so that nothing waits for a lock."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("web", "0001_tally")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RenameModel("Tally", "RateLimitCounter"),
                migrations.AlterModelTable("RateLimitCounter", "web_tally"),
            ]
        ),
    ]
