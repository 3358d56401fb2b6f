"""The jobs belong to the worker now. Their old table stays for one release, for whoever has to go back."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("home", "0001_chores"), ("worker", "0002_positions")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Chore")]),
    ]
