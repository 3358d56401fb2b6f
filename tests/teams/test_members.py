import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.utils import timezone

from postpeer_dash.teams import invitations
from postpeer_dash.teams.members import LastOwnerError, MemberGoneError, change_role, leave_team, remove_member
from postpeer_dash.teams.models import AuditEvent, Invitation, Membership, Role, User
from tests.cast import Cast, SignIn

URL = "/t/nordlicht/members/"


def of(cast: Cast, name: str) -> Membership:
    return Membership.objects.get(team=cast.team, user=getattr(cast, name))


def test_manager_sees_everybody_with_address_and_second_factor(as_: SignIn) -> None:
    text = as_("adam").get(URL).content.decode()
    assert "cora@example.com" in text and "Second factor off" in text and "Contributor" in text


def test_others_see_names_without_addresses(as_: SignIn) -> None:
    text = as_("vera").get(URL).content.decode()
    assert "Cora" in text and "cora@example.com" not in text and "Second factor" not in text


def test_list_takes_a_fixed_number_of_queries(
    cast: Cast, as_: SignIn, django_assert_max_num_queries: Callable[..., object]
) -> None:
    for number in range(20):
        user = User.objects.create_user(f"more{number}@example.com", name=f"More {number}")
        Membership.objects.create(team=cast.team, user=user, role=Role.VIEWER)
    client = as_("alice")
    client.get(URL)
    with django_assert_max_num_queries(12):  # type: ignore[attr-defined]
        client.get(URL)


def test_role_is_changed_and_written_down(cast: Cast, as_: SignIn) -> None:
    as_("adam").post(f"{URL}{of(cast, 'cora').pk}/", {"role": "editor"})
    assert of(cast, "cora").role == Role.EDITOR
    event = AuditEvent.objects.get(action="member.role_changed")
    assert event.detail["from"] == "contributor" and event.detail["to"] == "editor" and event.ip_address == "127.0.0.1"


def test_nobody_gives_a_role_above_their_own(cast: Cast, as_: SignIn) -> None:
    response = as_("adam").post(f"{URL}{of(cast, 'cora').pk}/", {"role": "owner"})
    assert response.status_code == 422
    assert of(cast, "cora").role == Role.CONTRIBUTOR
    with pytest.raises(PermissionDenied):
        change_role(membership=of(cast, "cora"), role=Role.OWNER, actor=of(cast, "adam"))


@pytest.mark.parametrize("path", ["", "remove/"])
def test_admin_cannot_touch_an_owner(cast: Cast, as_: SignIn, path: str) -> None:
    response = as_("adam").post(f"{URL}{of(cast, 'alice').pk}/{path}", {"role": "viewer"})
    assert response.status_code == 403
    assert of(cast, "alice").role == Role.OWNER


def test_owner_makes_an_owner(cast: Cast, as_: SignIn) -> None:
    as_("alice").post(f"{URL}{of(cast, 'adam').pk}/", {"role": "owner"})
    assert of(cast, "adam").role == Role.OWNER


def test_last_owner_cannot_step_down_leave_or_be_removed(cast: Cast) -> None:
    alice = of(cast, "alice")
    with pytest.raises(LastOwnerError):
        change_role(membership=alice, role=Role.ADMIN, actor=alice)
    with pytest.raises(LastOwnerError):
        leave_team(membership=alice)
    with pytest.raises(LastOwnerError):
        remove_member(membership=alice, actor=alice)
    assert of(cast, "alice").role == Role.OWNER


def test_last_owner_is_told_why(as_: SignIn) -> None:
    response = as_("alice").post(f"{URL}leave/")
    assert response.status_code == 409 and "A team needs an owner." in response.content.decode()


def test_of_two_owners_one_may_go(cast: Cast, as_: SignIn) -> None:
    Membership.objects.filter(user=cast.adam).update(role=Role.OWNER)
    as_("alice").post(f"{URL}leave/")
    assert not Membership.objects.filter(team=cast.team, user=cast.alice).exists()


def test_removed_member_finds_nothing_at_once(cast: Cast, as_: SignIn) -> None:
    bob = as_("bob")
    assert bob.get("/t/nordlicht/").status_code == 200
    as_("adam").post(f"{URL}{of(cast, 'bob').pk}/remove/")
    assert bob.get("/t/nordlicht/").status_code == 404
    assert AuditEvent.objects.get(action="member.removed").subject == "Bob"


def test_removing_asks_first(cast: Cast, as_: SignIn) -> None:
    assert "Remove" in as_("adam").get(f"{URL}{of(cast, 'bob').pk}/remove/").content.decode()
    assert of(cast, "bob")


def test_member_of_another_team_is_not_found(cast: Cast, as_: SignIn) -> None:
    theirs = Membership.objects.get(team=cast.other_team)
    assert as_("alice").post(f"{URL}{theirs.pk}/", {"role": "viewer"}).status_code == 404
    assert as_("alice").post(f"{URL}{theirs.pk}/remove/").status_code == 404


def test_viewer_leaves(cast: Cast, as_: SignIn) -> None:
    response = as_("vera").post(f"{URL}leave/")
    assert response.headers["Location"] == "/"
    assert AuditEvent.objects.get(action="member.left").actor == cast.vera


def test_what_a_removed_member_offered_goes_with_them(cast: Cast) -> None:
    invitations.invite(team=cast.team, email="new@example.com", role=Role.VIEWER, actor=cast.adam)
    remove_member(membership=of(cast, "adam"), actor=of(cast, "alice"))
    assert not Invitation.objects.get().is_pending


def test_demoted_admin_offers_nothing_any_more(cast: Cast) -> None:
    invitations.invite(team=cast.team, email="new@example.com", role=Role.VIEWER, actor=cast.adam)
    change_role(membership=of(cast, "adam"), role=Role.EDITOR, actor=of(cast, "alice"))
    assert not Invitation.objects.get().is_pending


def test_visit_is_noted_every_few_minutes_alone(cast: Cast, as_: SignIn) -> None:
    client = as_("bob")
    client.get("/t/nordlicht/")
    first = of(cast, "bob").seen_at
    client.get("/t/nordlicht/")
    assert first is not None and of(cast, "bob").seen_at == first
    Membership.objects.filter(user=cast.bob).update(seen_at=timezone.now() - timedelta(minutes=6))
    client.get("/t/nordlicht/")
    assert (of(cast, "bob").seen_at or first) > first


def test_last_team_is_where_the_way_in_leads(cast: Cast, as_: SignIn) -> None:
    Membership.objects.create(team=cast.other_team, user=cast.bob, role=Role.VIEWER)
    client = as_("bob")
    client.get("/t/nordlicht/")
    client.get("/t/harbour/")
    assert client.get("/").headers["Location"] == "/t/harbour/"


def test_team_that_is_being_deleted_lets_nobody_in(cast: Cast, as_: SignIn) -> None:
    cast.team.deleting_at = timezone.now()
    cast.team.save(update_fields=["deleting_at"])
    response = as_("alice").get("/t/nordlicht/")
    assert response.status_code == 410 and "is being deleted" in response.content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_leave_one(cast: Cast) -> None:
    Membership.objects.filter(user=cast.adam).update(role=Role.OWNER)
    pair = [of(cast, "alice"), of(cast, "adam")]
    together = threading.Barrier(2)

    def remove(actor: Membership, other: Membership) -> None:
        together.wait(10)
        try:
            while True:
                try:
                    remove_member(membership=other, actor=actor)
                    return
                except OperationalError:
                    # SQLite in memory doesn't wait for a lock; a file and Postgres do.
                    continue
                except (MemberGoneError, LastOwnerError, PermissionDenied):
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=remove, args=both, daemon=True) for both in (pair, pair[::-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Membership.objects.filter(team=cast.team, role=Role.OWNER).count() == 1
