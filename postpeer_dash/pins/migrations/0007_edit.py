from django.db import migrations, models


class Migration(migrations.Migration):
    """What a person asked to change of a pin that waits at PostPeer, until PostPeer's record shows it."""

    dependencies = [("pins", "0006_dismissed")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="edit",
            field=models.JSONField(blank=True, null=True),
        ),
    ]
