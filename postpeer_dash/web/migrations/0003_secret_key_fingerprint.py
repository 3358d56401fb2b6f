from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web", "0002_rate_limit_counter")]

    operations = [
        migrations.CreateModel(
            name="SecretKeyFingerprint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("fingerprint", models.CharField(max_length=64)),
            ],
        ),
    ]
