"""What the console shows: refused requests in one line each, and no line that somebody outside has written."""

import logging
import re

_BREAKS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class ClientErrorFilter(logging.Filter):
    """Log a refused request (not found, not allowed, another host) without a traceback.

    An invalid form (422) isn't logged at all.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and 400 <= status < 500:
            record.exc_info = record.exc_text = None
        return status != 422


class OneLineFormatter(logging.Formatter):
    """Keep a message on one line: a line break in a name or an address begins no line of its own.

    Tracebacks keep their lines, each of them indented, so that none looks like a message.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = _BREAKS.sub(lambda found: repr(found[0])[1:-1], record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - logging's name
        text = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"  {line}" for line in text.splitlines())
