from django.db import migrations

from postpeer_dash.pins.search.index import drop_search_index, make_search_index


class Migration(migrations.Migration):
    dependencies = [("pins", "0002_initial")]
    operations = [migrations.RunPython(make_search_index, drop_search_index)]
