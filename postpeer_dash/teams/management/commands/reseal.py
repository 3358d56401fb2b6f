from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand
from django.db import transaction

from postpeer_dash.teams.mail import PURPOSE as MAIL
from postpeer_dash.teams.mfa import PURPOSE as SECOND_FACTOR
from postpeer_dash.teams.models import Mail
from postpeer_dash.web.encryption import DecryptionError, is_encrypted, reencrypt


class Command(BaseCommand):
    help = "Encrypts every stored secret anew under today's SECRET_KEY; run it before an old one is forgotten."

    def handle(self, *args: Any, **options: Any) -> None:
        done = broken = 0
        for key in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
            try:
                done += _reencrypt_factor(key)
            except DecryptionError:
                broken += 1
                self.stderr.write(f"The second factor {key} can't be read, and its owner has to set up another one.")
        for mail in Mail.objects.exclude(sealed_body=""):
            try:
                body = reencrypt(mail.sealed_body, purpose=MAIL)
                done += Mail.objects.filter(pk=mail.pk, sealed_body=mail.sealed_body).update(sealed_body=body)
            except DecryptionError:
                broken += 1
                self.stderr.write(f"The mail {mail.pk} can't be read, and will not be sent.")
        self.stdout.write(f"{done} secrets are encrypted anew.")
        if broken:
            raise SystemExit(1)


def _reencrypt_factor(key: int) -> int:
    """Encrypt the secrets of one row anew and return how many there were; a passkey's row has none."""
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().filter(pk=key).first()
        if row is None:
            return 0
        names = [name for name in ("secret", "seed") if is_encrypted(str(row.data.get(name, "")))]
        for name in names:
            row.data[name] = reencrypt(row.data[name], purpose=SECOND_FACTOR)
        if names:
            row.save(update_fields=["data"])
        return len(names)
