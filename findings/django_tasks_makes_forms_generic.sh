#!/bin/sh
# Surprises whoever replaces the job queue of a typed Django project: its forms stop importing.
#
# `class ProfileForm(forms.ModelForm[User])` is how django-stubs wants a model form typed. Django's ModelForm has no
# __class_getitem__, so at run time that raises TypeError, unless something patches Django first. Importing django-tasks
# 0.12.0 does: it calls django-stubs-ext's monkeypatch for the whole process, which its documentation doesn't mention. A
# project can come to rely on that without knowing. Once django-tasks leaves, the first typed form, view or file fails at
# import, far from anything about tasks.
#
# Expected: that a task library leaves forms alone, and that what runs with it runs without it.
# Seen with Django 5.2.19, django-tasks 0.12.0, Python 3.11.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check Django==5.2.19 django-tasks==0.12.0
cat > "$folder/forms.py" <<'PYTHON'
import sys

import django
from django.conf import settings

apps = ["django.contrib.contenttypes", "django.contrib.auth", *sys.argv[1:]]
settings.configure(INSTALLED_APPS=apps)
django.setup()
from django import forms
from django.contrib.auth.models import User

try:
    class ProfileForm(forms.ModelForm[User]):
        class Meta:
            model = User
            fields = ("email",)
except TypeError as error:
    print("TypeError:", error)
else:
    print("a form")
PYTHON
alone=$("$folder/venv/bin/python" "$folder/forms.py")
with_tasks=$("$folder/venv/bin/python" "$folder/forms.py" django_tasks)
echo "Django alone: $alone"
echo "with django_tasks among INSTALLED_APPS: $with_tasks"
case $alone in TypeError*) ;; *) echo "CHANGED: Django's own ModelForm can be subscribed now."; exit 1 ;; esac
[ "$with_tasks" = "a form" ] || { echo "CHANGED: django-tasks no longer patches ModelForm."; exit 1; }
