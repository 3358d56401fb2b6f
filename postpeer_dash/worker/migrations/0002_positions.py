"""Takes over how far each job had come; what was claimed is free again, since the upgrade ended whoever had it."""

from django.db import migrations


def take_over(apps, schema_editor):
    old, new = apps.get_model("home", "Chore"), apps.get_model("worker", "SingletonJob")
    rows = old.objects.using(schema_editor.connection.alias).values("name", "position")
    new.objects.using(schema_editor.connection.alias).bulk_create([new(**row) for row in rows], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("worker", "0001_initial"), ("home", "0001_chores")]

    operations = [migrations.RunPython(take_over, migrations.RunPython.noop)]
