# syntax=docker/dockerfile:1
# Two stages: the packages are built where compilers may be, and only the result goes on.

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements/production.txt /build/production.txt
RUN python -m venv /venv && /venv/bin/pip install --quiet --require-hashes -r /build/production.txt
WORKDIR /app
COPY manage.py ./
COPY postpeer_dash ./postpeer_dash
COPY templates ./templates
COPY static ./static
# No setting of the future instance is known here, and none of these stays in the image.
RUN STATIC_ROOT=/collected VAR=/tmp/var POSTPEER_API_KEY=only-for-this-step READ_DOT_ENV=false \
    /venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:3.13-slim
RUN useradd --uid 10001 --create-home --home-dir /home/dash dash && install -d -o dash -g dash -m 700 /data /data/media
COPY --from=build /venv /venv
COPY --from=build /app /app
COPY --from=build /collected /collected
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    POSTPEER_DASH_ENV=production \
    READ_DOT_ENV=false \
    STATIC_ROOT=/collected \
    VAR=/data \
    PORT=8000 \
    BIND=0.0.0.0:8000
USER dash
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["gunicorn", "-c", "python:postpeer_dash.gunicorn", "postpeer_dash.wsgi"]
