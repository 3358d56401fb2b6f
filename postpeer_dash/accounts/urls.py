from django.urls import path

from postpeer_dash.accounts import views

app_name = "accounts"
_team = "t/<slug:team>/accounts/"
urlpatterns = [
    path(_team, views.accounts, name="accounts"),
    path(f"{_team}refresh/", views.refresh, name="refresh"),
    path(f"{_team}connect/<slug:platform>/", views.connect, name="connect"),
    path(f"{_team}connected/<int:attempt>/", views.connected, name="connected"),
    path(f"{_team}add/<int:attempt>/", views.add, name="add"),
    path(f"{_team}<int:account>/reconnect/", views.reconnect, name="reconnect"),
    path(f"{_team}<int:account>/disconnect/", views.disconnect, name="disconnect"),
    path(f"{_team}unclaimed/<slug:key>/disconnect/", views.disconnect_unclaimed, name="disconnect_unclaimed"),
    # The way back from the consent page. Which of the two it is stands in the path: a query could be anybody's.
    path("connect/return/<str:nonce>/", views.connect_return, name="return"),
    path("connect/return/<str:nonce>/cancelled/", views.connect_cancelled, name="return_cancelled"),
]
