"""Workers belong to an app of their own now. Their old table stays for one release, for whoever has to go back."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("pins", "0007_edit"), ("worker", "0001_initial")]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel(name="Worker")]),
    ]
