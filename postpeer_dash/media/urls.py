from django.urls import path

from postpeer_dash.media import views

app_name = "media"
_team = "t/<slug:team>/media/"
_file = f"{_team}<uuid:file>/"
urlpatterns = [
    path(_team, views.begin, name="begin"),
    path(_file, views.status, name="status"),
    path(f"{_file}pieces/<int:number>/", views.piece, name="piece"),
    path(f"{_file}finish/", views.finish, name="finish"),
    path(f"{_file}discard/", views.discard, name="discard"),
    path(f"{_file}crop/", views.crop, name="crop"),
    path(f"{_file}thumbnail.webp", views.thumbnail, name="thumbnail"),
]
