"""A change that waits has a row of its own now. Its old column stays for one release, for whoever has to go back."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pins", "0011_typed_rows")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField(model_name="submission", name="edit")],
        ),
    ]
