from django.urls import path

from tools.bench.bare.views import notes

urlpatterns = [path("", notes)]
