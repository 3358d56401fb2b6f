"""The platforms that can be connected. Another one is another row here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: PostPeer's word for it, its name, and what a pin needs to go there."""

    key: str
    name: str
    has_boards: bool = False
    is_primary: bool = False  # a pin is composed for it; the others get it as a cross-post


PLATFORMS: dict[str, Platform] = {
    platform.key: platform
    for platform in (
        Platform("pinterest", "Pinterest", has_boards=True, is_primary=True),
        Platform("linkedin", "LinkedIn"),
    )
}


def platform_name(key: str) -> str:
    """Return the name people know; an unknown platform keeps PostPeer's word, capitalised."""
    platform = PLATFORMS.get(key)
    return platform.name if platform else key.replace("_", " ").title() or "?"
