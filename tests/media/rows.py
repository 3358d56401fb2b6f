"""Files as rows, with a thumbnail on the disk or without, for tests that decode nothing."""

from typing import Any

from postpeer_dash.media import store
from postpeer_dash.media.models import MediaFile, digest_of
from postpeer_dash.teams.models import Team

GREY = bytes(range(256)) * 6


def make_file(team: Team, *, url: str = "https://media.example/oak.jpg", **fields: Any) -> MediaFile:
    """Return a file that PostPeer has, with bytes of its own in the folder."""
    values = {
        "name": "oak.jpg",
        "state": MediaFile.State.READY,
        "size": 1000,
        "received": 1000,
        "kind": "jpeg",
        "width": 1000,
        "height": 1500,
        "color": "#8899AA",
        "dhash": "0f" * 8,
        "tile": GREY,
        "has_thumbnail": True,
        **fields,
    }
    file = MediaFile.objects.create(team=team, url=url, url_digest=digest_of(url), **values)
    for name in (store.ORIGINAL, store.CLEAN, store.THUMBNAIL):
        store.begin_original(file)
        store.path_of(file, name).write_bytes(b"x")
    return file


def lies(file: MediaFile) -> set[str]:
    """Return what lies of a file."""
    folder = store.folder_of(file)
    return {path.name for path in folder.iterdir()} if folder.is_dir() else set()
