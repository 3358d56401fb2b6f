"""From bytes that arrived to an address at PostPeer: looked at, cleaned, made small, sent.

Every step can be done again from its beginning: a process that is killed leaves a row whose lease ends, and whoever
takes it up begins with what lies in the folder. At worst PostPeer has a file twice, which nobody sees.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from postpeer_dash.accounts.error_sentences import sentence_for
from postpeer_dash.accounts.postpeer import page_client, worker_client
from postpeer_dash.media import store
from postpeer_dash.media.advice import advise
from postpeer_dash.media.facts import ENDINGS, MIME_TYPES, Facts, Kind
from postpeer_dash.media.file_names import safe_name
from postpeer_dash.media.models import MediaFile, digest_of
from postpeer_dash.postpeer import NeverSent, PostPeerError, Unclear
from postpeer_dash.worker.bell import head_start
from postpeer_dash.worker.claims import claim
from postpeer_dash.worker.jobs import PUT_OFF, Job

log = logging.getLogger(__name__)
JOB = "media"
# Whoever works on a row has it so long: a film of 2 GB may take half an hour to leave.
LEASE = timedelta(minutes=35)
# How long (seconds) is waited before PostPeer is tried again; after the last one it is given up.
_WAITS = (5, 15, 30, 60, 120, 300, 600, 900)
ATTEMPTS = len(_WAITS)
MEGABYTE = 1024 * 1024
# Above this (bytes) a file is sent on by the worker, and the page looks how far it is.
SENT_BY_WEB = 33 * MEGABYTE
_MAX_PICTURE = 32 * MEGABYTE
_READ = ("kind", "width", "height", "duration", "color", "dhash", "tile", "has_thumbnail")
State = MediaFile.State


def find_due(limit: int, in_hand: Collection[int] = ()) -> Sequence[int]:
    """Return the files that are due, the one that has waited longest first."""
    due = MediaFile.objects.filter(due_at__lte=timezone.now() - head_start()).exclude(pk__in=in_hand)
    return list(due.order_by("due_at").values_list("pk", flat=True)[:limit])


def work_on(file_id: int) -> None:
    """Take a file a step further if it is due and nobody else is at it."""
    due = MediaFile.objects.filter(pk=file_id, due_at__lte=timezone.now())
    if claim(due, "due_at", LEASE.total_seconds()):
        process(MediaFile.objects.select_related("team").get(pk=file_id))


def process(file: MediaFile, *, is_web: bool = False) -> MediaFile:
    """Look at a file that the caller holds, clean it, and send it to PostPeer; the row says how it ended.

    What a person has to change ends it with a sentence. A PostPeer that isn't there is tried again later, by a worker.
    """
    try:
        if file.state == State.CHECKING:
            _prepare(file)
        _send(file, is_web=is_web)
    except ValidationError as error:
        _end(file, State.REFUSED, error=" ".join(error.messages))
        store.remove_folder(file)
    except FileNotFoundError:
        log.warning("the bytes of file %s are gone", file.uuid)
        _end(file, State.REFUSED, error=_("The file is gone from the dashboard’s disk. Choose it again."))
    except PostPeerError as error:
        _put_off_sending(file, error)
    return file


def _prepare(file: MediaFile) -> None:
    """Read what a file is, and make of it what is sent. Raises ValidationError with the reason to refuse it."""
    # Loaded with the first file: most processes of the web see none.
    from postpeer_dash.media.making import make, read_facts

    original = store.path_of(file, store.ORIGINAL)
    facts = read_facts(original)
    _check_size(facts)
    made = make(original, facts, keeps_place=file.team.keeps_place, ai_label=file.ai_label)
    file.kind, file.width, file.height, file.duration = made.kind, made.width, made.height, made.duration
    file.color, file.dhash, file.tile = made.color, made.dhash, made.tile
    file.has_thumbnail = made.has_thumbnail
    file.notes = [*((key, {}) for key in made.notes), *advise(facts, width=made.width, height=made.height)]
    clean = store.path_of(file, store.CLEAN)
    file.sent_bytes, file.sent_sha256 = clean.stat().st_size, store.digest_file(clean)
    file.state = State.SENDING
    file.save(update_fields=[*_READ, "notes", "sent_bytes", "sent_sha256", "state"])


def _check_size(facts: Facts) -> None:
    if not facts.kind.is_film and facts.size > _MAX_PICTURE:
        raise ValidationError(
            _("This picture has %(size)d MB. Pinterest takes pictures up to 32 MB."),
            code="too_large",
            params={"size": facts.size // MEGABYTE},
        )


def _send(file: MediaFile, *, is_web: bool) -> None:
    """Send what was made to PostPeer. Raises PostPeerError and FileNotFoundError."""
    kind = Kind(file.kind)
    mime_type, name = MIME_TYPES[kind], safe_name(file.name, ENDINGS[kind])
    # Without script a film comes along with the form, and nobody else could send it on.
    is_quick = is_web and file.sent_bytes <= SENT_BY_WEB
    with (
        store.path_of(file, store.CLEAN).open("rb") as stream,
        page_client() if is_quick else worker_client() as client,
    ):
        upload = client.create_upload(filename=name, mime_type=mime_type)
        client.put_media(upload, stream=stream, length=file.sent_bytes, mime_type=mime_type)
    file.url, file.url_digest = upload.public_url, digest_of(upload.public_url)
    _end(file, State.READY)


def _put_off_sending(file: MediaFile, error: PostPeerError) -> None:
    """Have a worker try again, or give up where that makes no sense any more."""
    file.attempts += 1
    may_pass = error.can_retry or isinstance(error, NeverSent | Unclear)
    if may_pass and file.attempts <= ATTEMPTS:
        file.error = str(sentence_for(error))
        file.due_at = timezone.now() + timedelta(seconds=max(error.retry_after or 0, _WAITS[file.attempts - 1]))
        file.save(update_fields=["attempts", "error", "due_at"])
        return
    _end(file, State.REFUSED, error=str(sentence_for(error)))


def _end(file: MediaFile, state: str, *, error: str = "") -> None:
    file.state, file.error, file.due_at, file.ended_at = state, error, None, timezone.now()
    file.save(update_fields=["state", "error", "due_at", "ended_at", "attempts", "url", "url_digest"])


def _put_off(file_id: int) -> None:
    claim(MediaFile.objects.filter(pk=file_id).exclude(due_at=None), "due_at", PUT_OFF)


MEDIA = Job(name=JOB, find=find_due, run=work_on, every=0.5, put_off=_put_off)
