"""What a person does with files: begin an upload, send its pieces, end it, take it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.accounts.postpeer import page_turn
from postpeer_dash.media import store
from postpeer_dash.media.models import MediaFile, digest_of
from postpeer_dash.media.processing import JOB, LEASE, SENT_BY_WEB, process
from postpeer_dash.media.store import remove_team
from postpeer_dash.postpeer import NoTurn
from postpeer_dash.teams.models import Team, User
from postpeer_dash.web.text import clean_text
from postpeer_dash.worker.bell import ring

if TYPE_CHECKING:
    from postpeer_dash.media.fetching.guarded import Fetched, Rules

__all__ = [
    "PIECE_BYTES",
    "OutOfOrderError",
    "add_piece",
    "begin_upload",
    "copy_address",
    "crop_file",
    "discard_upload",
    "empty_file",
    "end_upload",
    "files_of",
    "find_by_url",
    "find_file",
    "label_file",
    "look_at_address",
    "remove_team",
    "take_whole",
]

MEGABYTE = 1024 * 1024
# A piece is one short request, so that no slow line holds a thread for long.
PIECE_BYTES = 8 * MEGABYTE
MAX_BYTES = 2048 * MEGABYTE
MAX_PICTURE_BYTES = 32 * MEGABYTE
_NAME_LENGTH = 255
# Of an address so much is copied (bytes), while a person waits so long (seconds).
COPY_BYTES = 33 * MEGABYTE
COPY_SECONDS = 25.0
State = MediaFile.State


class OutOfOrderError(Exception):
    """A piece that isn't the next one. `received`: how many bytes are here."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes are here")
        self.received = received


def files_of(team: Team) -> QuerySet[MediaFile]:
    """Return the files of a team."""
    return MediaFile.objects.filter(team=team)


def find_by_url(team_id: int, url: str) -> MediaFile | None:
    """Return the team's file that PostPeer has at this address, the newest one."""
    if not url:
        return None
    rows = MediaFile.objects.filter(team=team_id, url_digest=digest_of(url), state=State.READY)
    return rows.order_by("-pk").first()


def find_file(team: Team, uuid: UUID) -> MediaFile | None:
    """Return the team's file with this id, once PostPeer has it."""
    return files_of(team).filter(uuid=uuid, state=State.READY).first()


def begin_upload(
    *,
    team: Team,
    user: User,
    name: str,
    size: int,
    purpose: str = MediaFile.Purpose.MEDIA,
    ai_label: bool | None = None,
) -> MediaFile:
    """Note that a file of so many bytes will arrive. Raises ValidationError with the reason to refuse it.

    `ai_label`: it was made or changed with AI; None for what the team's files are as a rule.
    """
    check_room(team, size)
    name = clean_text(name).replace("\\", "/").rpartition("/")[2][:_NAME_LENGTH] or _("file")
    is_ai = team.labels_ai if ai_label is None else ai_label
    return MediaFile.objects.create(team=team, uploaded_by=user, name=name, size=size, purpose=purpose, ai_label=is_ai)


def check_room(team: Team, size: int) -> None:
    """Refuse a file for its size, the disk's room or the team's share of it. Raises ValidationError."""
    if size <= 0:
        raise ValidationError(_("This file is empty."), code="empty")
    if size > MAX_BYTES:
        raise ValidationError(
            _("This file has %(size)s GB. Pinterest takes videos up to 2 GB, pictures up to 32 MB."),
            code="too_large",
            params={"size": round(size / 1024**3, 1)},
        )
    if store.free_bytes() < size + settings.MEDIA_FREE_BYTES:
        raise ValidationError(_("There is no room for this file on the dashboard’s disk now."), code="disk")
    used = files_of(team).filter(emptied_at=None).aggregate(bytes=Sum("size"))["bytes"] or 0
    if used + size > settings.MEDIA_TEAM_BYTES:
        raise ValidationError(
            _(
                "Your team’s files take up all of the %(most)d GB that it has here. "
                "They go by themselves some weeks after their pins are out; whoever runs the dashboard can give more."
            ),
            code="team",
            params={"most": settings.MEDIA_TEAM_BYTES // 1024**3},
        )


def add_piece(file: MediaFile, stream: BinaryIO, *, number: int, length: int, sha256: str) -> int:
    """Add piece `number` (from 0) of a file; return how many bytes are here then.

    One that is here already is taken as sent twice, and read over. Raises OutOfOrderError for one that isn't the next,
    and ValidationError for one that isn't whole.
    """
    at = number * PIECE_BYTES
    expected = min(PIECE_BYTES, file.size - at)
    if file.state != State.UPLOADING or at > file.received or expected <= 0:
        raise OutOfOrderError(file.received)
    if at < file.received:
        return file.received
    if length != expected:
        raise ValidationError(_("This part of the file isn’t whole. It is sent again."), code="piece")
    try:
        store.write_piece(file, stream, at=at, length=length, sha256=sha256)
    except store.PieceError:
        raise ValidationError(_("This part of the file isn’t whole. It is sent again."), code="piece") from None
    except OSError as error:
        raise ValidationError(_("This file can’t be kept on the dashboard’s disk now."), code="disk") from error
    # Of two requests with one piece the first counts; both wrote the same bytes to the same place.
    MediaFile.objects.filter(pk=file.pk, state=State.UPLOADING, received=at).update(received=at + length)
    file.refresh_from_db(fields=["received", "state"])
    return file.received


def end_upload(file: MediaFile) -> MediaFile:
    """Have a file looked at, cleaned and sent to PostPeer, once all of it is here. Ended twice, it is done once.

    A picture is done when this returns, unless PostPeer isn't there; a film is the worker's.
    Raises OutOfOrderError while bytes are missing.
    """
    is_small = file.size <= SENT_BY_WEB
    with transaction.atomic():
        row = MediaFile.objects.select_for_update().get(pk=file.pk)
        if row.state != State.UPLOADING:
            return row
        if row.received < row.size:
            raise OutOfOrderError(row.received)
        row.state, row.due_at = State.CHECKING, timezone.now() + (LEASE if is_small else timedelta())
        row.save(update_fields=["state", "due_at"])
        if not is_small:
            ring(JOB, row.pk)
    store.cut_to(row, row.size)
    return process(row, is_web=True) if is_small else row


def take_whole(
    *,
    team: Team,
    user: User,
    stream: BinaryIO,
    name: str,
    size: int,
    purpose: str = MediaFile.Purpose.MEDIA,
    ai_label: bool | None = None,
) -> MediaFile:
    """Take a file that came along with a form, and do all of it at once. Raises ValidationError."""
    file = begin_upload(team=team, user=user, name=name, size=size, purpose=purpose, ai_label=ai_label)
    try:
        stream.seek(0)
        store.write_piece(file, stream, at=0, length=size, sha256="")
    except (store.PieceError, OSError):
        discard_upload(file)
        raise ValidationError(_("This file can’t be kept on the dashboard’s disk now."), code="disk") from None
    file.received, file.state, file.due_at = size, State.CHECKING, timezone.now() + LEASE
    file.save(update_fields=["received", "state", "due_at"])
    return process(file, is_web=True)


def copy_address(*, team: Team, user: User, url: str) -> MediaFile:
    """Take a copy of the picture or film at an address, and do with it what is done with an upload.

    Raises ValidationError with the reason: it can't be fetched, isn't what Pinterest takes, or is too large for a page
    to wait for. Blocks for `COPY_SECONDS` at most while it is fetched.
    """
    from postpeer_dash.media.fetching.guarded import fetch

    file = begin_upload(team=team, user=user, name=urlsplit(url).path, size=1)
    try:
        path = store.begin_original(file)
        with _turn(), path.open("wb") as target:
            fetched = fetch(url, target, max_bytes=COPY_BYTES, seconds=COPY_SECONDS, rules=_fetching_rules())
        _check_fetched(fetched)
        check_room(team, fetched.received)
    except (ValidationError, OSError):
        discard_upload(file)
        raise
    _begin_whole(file)
    return _require_ready(process(file, is_web=True))


def look_at_address(url: str, media_type: str) -> list[str]:
    """Return what is to be warned of about an address, as Pinterest will find it; nothing where all is well.

    Raises ValidationError when too many pages wait for such a look. Blocks for a quarter of a minute at most.
    """
    from postpeer_dash.media.fetching.media_check import look_at

    most = MAX_BYTES if media_type == "video" else MAX_PICTURE_BYTES
    with _turn():
        look = look_at(url, media_type, max_bytes=most, rules=_fetching_rules())
    return [warning.text for warning in look.warnings]


@contextmanager
def _turn() -> Iterator[None]:
    """Hold one of the turns of pages that wait for somebody else's server. Raises ValidationError when none is free."""
    try:
        with page_turn():
            yield
    except NoTurn as error:
        words = _("Too many pages wait for other servers just now. Try it again in a moment.")
        raise ValidationError(words, code="busy") from error


def _fetching_rules() -> "Rules":
    """Return what may be fetched: the public internet, and where PostPeer runs on this machine, its own address."""
    from postpeer_dash.media.fetching.guarded import PUBLIC, Rules

    if not settings.SANDBOX:
        return PUBLIC
    port = urlsplit(settings.POSTPEER_BASE_URL).port
    return Rules(ports=PUBLIC.ports | ({port} if port else set()), allow_loopback=True)


def _check_fetched(fetched: "Fetched") -> None:
    if fetched.status not in (200, 206):
        raise ValidationError(
            _("This address answers %(status)d, so there is nothing to be fetched."),
            code="status",
            params={"status": fetched.status},
        )
    if fetched.received >= COPY_BYTES or not fetched.is_whole:
        raise ValidationError(
            _("This file is too large to be fetched, or it broke off. Download it, and upload it here."), code="large"
        )


def _require_ready(file: MediaFile) -> MediaFile:
    """Return a file that PostPeer has; take any other one back, and raise ValidationError with what it says."""
    if file.state == State.READY:
        return file
    words = file.error
    discard_upload(file)
    raise ValidationError(words, code="file")


def discard_upload(file: MediaFile) -> None:
    """Take an upload back: nothing of it stays here. What PostPeer has already, stays there, and nobody knows of it."""
    MediaFile.objects.filter(pk=file.pk).delete()
    store.remove_folder(file)


def empty_file(file: MediaFile) -> None:
    """Remove the bytes of a file that is out; the thumbnail and what was read from it stay."""
    store.remove_bytes(file)
    MediaFile.objects.filter(pk=file.pk).update(emptied_at=timezone.now())


def label_file(file: MediaFile, *, user: User, is_ai: bool) -> MediaFile:
    """Return a file with the label for what AI made, or without the one that was asked for here.

    It is the same file where nothing changes, else one of its own, since PostPeer's copy can't be changed.
    Raises ValidationError when the original isn't here any more, or PostPeer can't be reached.
    """
    if file.ai_label == is_ai:
        return file
    original = store.path_of(file, store.ORIGINAL)
    labelled = MediaFile(
        team=file.team, uploaded_by=user, name=file.name, purpose=file.purpose, ai_label=is_ai, source=file
    )
    try:
        store.copy_original(original, labelled)
    except OSError:
        raise ValidationError(
            _("The label is written into the file, and the file isn’t here any more. Choose it again."), code="gone"
        ) from None
    _begin_whole(labelled)
    return _require_ready(process(labelled, is_web=True))


def _begin_whole(file: MediaFile) -> None:
    """Save a new row for a file all of whose bytes are here, held by the caller."""
    file.size = file.received = store.path_of(file, store.ORIGINAL).stat().st_size
    file.state, file.due_at = State.CHECKING, timezone.now() + LEASE
    file.save()


def crop_file(file: MediaFile, *, user: User, box: tuple[int, int, int, int]) -> MediaFile:
    """Cut a piece (left, top, width, height, in upright pixels) out of a picture; it is a file of its own.

    Raises ValidationError when the picture isn't here any more, or can't be cut.
    """
    from postpeer_dash.media.making import cut, read_facts

    original = store.path_of(file, store.ORIGINAL)
    if file.is_film or not original.exists():
        raise ValidationError(_("This picture isn’t here any more. Choose it again to crop it."), code="gone")
    facts = read_facts(original)
    # What is cut is written anew, and would have lost its label.
    is_ai = file.ai_label or facts.is_ai_labelled
    piece = MediaFile(
        team=file.team, uploaded_by=user, name=file.name, purpose=file.purpose, ai_label=is_ai, source=file
    )
    store.folder_of(piece).mkdir(parents=True, mode=0o700)
    target = store.path_of(piece, store.ORIGINAL)
    try:
        cut(original, facts, target=target, box=box)
    except ValidationError:
        store.remove_folder(piece)
        raise
    _begin_whole(piece)
    return process(piece, is_web=True)
