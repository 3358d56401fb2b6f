from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0003_people"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["actor", "-at", "-id"], name="audit_by_actor"),
        ),
    ]
