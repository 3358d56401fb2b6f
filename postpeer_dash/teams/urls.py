from django.urls import path

from postpeer_dash.teams import views

app_name = "teams"
_members = "t/<slug:team>/members/"
_audit = "t/<slug:team>/audit/"
urlpatterns = [
    path("setup/", views.setup, name="setup"),
    path("me/", views.me, name="me"),
    path("me/email/", views.email, name="email"),
    path("me/email/<str:token>/", views.confirm_email, name="confirm_email"),
    path("me/theme/", views.set_theme, name="theme"),
    path("me/time-zone/", views.set_time_zone, name="time_zone"),
    path("me/notifications/", views.notifications, name="notifications"),
    path("invitations/<str:token>/", views.invitation, name="invitation"),
    path(_members, views.members, name="members"),
    path(f"{_members}invite/", views.invite, name="invite"),
    path(f"{_members}leave/", views.leave, name="leave"),
    path(f"{_members}<int:member>/", views.member, name="member"),
    path(f"{_members}<int:member>/remove/", views.remove, name="remove"),
    path(f"{_members}invitations/<int:invitation>/resend/", views.resend, name="resend"),
    path(f"{_members}invitations/<int:invitation>/link/", views.hand_over, name="hand_over"),
    path(f"{_members}invitations/<int:invitation>/revoke/", views.revoke, name="revoke"),
    path("t/<slug:team>/settings/second-factor/", views.set_requirement, name="second_factor"),
    path(_audit, views.audit, name="audit"),
    path(f"{_audit}csv/", views.audit_csv, name="audit_csv"),
]
