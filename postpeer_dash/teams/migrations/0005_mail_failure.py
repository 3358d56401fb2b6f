"""A mail says what it is, whether it arrived, and what the mail server said when it didn't."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0004_audit_by_actor"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="answer",
            field=models.CharField(blank=True, db_default="", default="", max_length=300),
        ),
        migrations.AddField(
            model_name="mail",
            name="failed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="mail",
            name="failure",
            field=models.CharField(
                blank=True,
                choices=[("later", "Later"), ("refused", "Refused"), ("given_up", "Given Up")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="invitation",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="mails",
                to="teams.invitation",
            ),
        ),
        migrations.AddField(
            model_name="mail",
            name="kind",
            field=models.CharField(
                choices=[
                    ("account", "Account"),
                    ("invitation", "Invitation"),
                    ("reset", "Reset"),
                    ("notice", "Notice"),
                    ("stranger", "Stranger"),
                ],
                db_default="account",
                default="account",
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="mail",
            index=models.Index(
                condition=models.Q(("failure", ""), _negated=True), fields=["-failed_at"], name="mails_undelivered"
            ),
        ),
    ]
