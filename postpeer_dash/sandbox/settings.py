"""The values a sandbox is started with."""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

PACKAGE = Path(__file__).parent
PICTURES = PACKAGE / "pictures"


@dataclass(slots=True)
class Settings:
    """The command line's values; `public_url` is how browsers and the dashboard reach this process."""

    state: Path
    key: str
    host: str = "127.0.0.1"
    port: int = 0
    public_url: str = ""
    delay_scale: float = 1.0
    tls_url: str = ""

    @property
    def media(self) -> Path:
        """Return the folder of uploaded files."""
        return self.state / "media"

    def own_origins(self) -> set[str]:
        """Return every origin under which a browser may see these pages."""
        public = urlsplit(self.public_url)
        names = {f"http://{name}:{self.port}" for name in ("localhost", "127.0.0.1", "[::1]")}
        return names | {f"{public.scheme}://{public.netloc}"}
