"""Columns for what is asked of many rows at once, and a table for changes that wait; the rows follow in the next one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("pins", "0009_submission_target"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="asked_earlier",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="submission",
            name="duplicate",
            field=models.CharField(
                blank=True,
                choices=[("scheduled", "Scheduled"), ("cancelled", "Cancelled"), ("out", "Out"), ("gone", "Gone")],
                db_default="",
                default="",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="read_first",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="submission",
            name="waits_for",
            field=models.CharField(
                blank=True,
                choices=[
                    ("never_sent", "Never Sent"),
                    ("rate_limited", "Rate Limited"),
                    ("key_refused", "Key Refused"),
                    ("put_back", "Put Back"),
                    ("twin_waits", "Duplicate"),
                    ("first_reading", "First Reading"),
                    ("earlier_unread", "Earlier Unread"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="submission",
            name="error_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("platform_failed", "Platform Failed"),
                    ("refused", "Refused"),
                    ("out_of_credits", "Out Of Credits"),
                    ("not_allowed", "Not Allowed"),
                    ("account_disconnected", "Account Disconnected"),
                    ("too_late", "Too Late"),
                    ("absent", "Absent"),
                    ("unclear", "Unclear"),
                    ("lease_ended", "Lease Ended"),
                    ("refused_unread", "Refused Unread"),
                    ("record_gone", "Record Gone"),
                    ("late_twin", "Late Duplicate"),
                ],
                max_length=40,
            ),
        ),
        migrations.AlterField(
            model_name="target",
            name="error_kind",
            field=models.CharField(
                blank=True,
                choices=[
                    ("platform_failed", "Platform Failed"),
                    ("refused", "Refused"),
                    ("out_of_credits", "Out Of Credits"),
                    ("not_allowed", "Not Allowed"),
                    ("account_disconnected", "Account Disconnected"),
                    ("too_late", "Too Late"),
                    ("absent", "Absent"),
                    ("unclear", "Unclear"),
                    ("lease_ended", "Lease Ended"),
                    ("refused_unread", "Refused Unread"),
                    ("record_gone", "Record Gone"),
                    ("late_twin", "Late Duplicate"),
                ],
                max_length=40,
            ),
        ),
        migrations.CreateModel(
            name="PendingEdit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("wanted", "Wanted"),
                            ("leaving", "Leaving"),
                            ("taken", "Taken"),
                            ("late", "Late"),
                            ("refused", "Refused"),
                        ],
                        default="wanted",
                        max_length=8,
                    ),
                ),
                ("content", models.JSONField()),
                ("body", models.JSONField()),
                ("scheduled_for", models.DateTimeField()),
                ("changed", models.JSONField(default=list)),
                ("tries", models.PositiveIntegerField(default=0)),
                ("readings", models.PositiveIntegerField(default=0)),
                ("may_be_done", models.BooleanField(default=False)),
                ("not_before", models.DateTimeField(blank=True, null=True)),
                ("has_told", models.BooleanField(default=False)),
                ("refusal", models.TextField(blank=True)),
                ("request_id", models.CharField(blank=True, max_length=200)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "submission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="pending_edit", to="pins.submission"
                    ),
                ),
            ],
        ),
    ]
