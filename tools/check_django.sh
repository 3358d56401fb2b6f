#!/bin/sh
# Django's own checks: no model without its migration, and settings fit for production.
# Usage: tools/check_django.sh      needs .venv
set -eu
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
READ_DOT_ENV=false VAR="$folder" .venv/bin/python manage.py makemigrations --check --dry-run
# The secret is made up here and now; everything else is an example.
READ_DOT_ENV=false VAR="$folder" POSTPEER_DASH_ENV=production POSTPEER_API_KEY=not-a-real-key \
    SITE_URL=https://pins.example.com DATABASE_URL="sqlite:///$folder/db.sqlite3" \
    SECRET_KEY="$(.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    .venv/bin/python manage.py check --deploy --fail-level WARNING
