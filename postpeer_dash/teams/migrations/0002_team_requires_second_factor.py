from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="team",
            name="requires_second_factor",
            field=models.BooleanField(default=False, verbose_name="requires a second factor"),
        ),
    ]
