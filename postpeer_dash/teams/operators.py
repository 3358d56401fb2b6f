"""What an operator does by a command. Whoever can run a command here can do anything; still it is written down."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from postpeer_dash.teams.models import Team, User
from postpeer_dash.teams.services import create_team, record_audit
from postpeer_dash.teams.sign_in_audit import note_sign_in


def find_user(email: str) -> User:
    """Return the person with this address. Raises User.DoesNotExist."""
    return User.objects.get(email__iexact=email.strip())


def make_owner(*, email: str, name: str, password: str, team_name: str) -> tuple[User, Team | None]:
    """Make an owner of the installation, new or promoted, and a team of theirs when one is named.

    An existing person keeps the password. Raises ValidationError for a weak one.
    """
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None or not user.is_superuser:
            record_audit(action="instance.owner_made", subject=email.strip().lower())
        if user is None:
            validate_password(password, User(email=email, name=name))
            user = User.objects.create_superuser(email, password, name=name)
        elif not user.is_superuser:
            user.is_superuser = user.is_staff = True
            user.save(update_fields=["is_superuser", "is_staff"])
        team = create_team(name=team_name, owner=user) if team_name else None
    return user, team


def reset_password(*, user: User, password: str) -> None:
    """Set a password; every session of the person ends. Raises ValidationError for a weak one."""
    validate_password(password, user)
    with transaction.atomic():
        user.set_password(password)
        user.save(update_fields=["password"])
        note_sign_in(user, "sign_in.password_reset", None)


def reset_second_factor(*, user: User) -> int:
    """Delete every second factor of a person, recovery codes included. Returns how many there were."""
    from allauth.mfa.models import Authenticator

    with transaction.atomic():
        number, _by_model = Authenticator.objects.filter(user=user).delete()
        if number:
            note_sign_in(user, "sign_in.factor_removed", None)
    return int(number)
