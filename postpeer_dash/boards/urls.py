from django.urls import path

from postpeer_dash.boards import views

app_name = "boards"
_team = "t/<slug:team>/boards/"
urlpatterns = [
    path(_team, views.boards, name="boards"),
    path(f"{_team}picker/", views.picker, name="picker"),
    path(f"{_team}<int:account>/refresh/", views.refresh, name="refresh"),
    path(f"{_team}<int:account>/add/", views.add, name="add"),
]
