from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("pins", "0005_calendar")]

    operations = [
        migrations.AddField(
            model_name="pin",
            name="dismissed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
