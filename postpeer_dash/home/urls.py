from django.urls import path

from postpeer_dash.home import views

app_name = "home"
urlpatterns = [path("t/<slug:team>/", views.home, name="home")]
