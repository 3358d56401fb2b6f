#!/bin/sh
# Surprises whoever turns the former zone names that browsers report into current ones by the IANA database's own links.
#
# Asia/Calcutta -> Asia/Kolkata and Europe/Kiev -> Europe/Kyiv are links in tzdata.zi, so the links look like a table of
# renamed places. Expected: the same place under its newer name.
# Seen with the package tzdata 2026.6 (release 2026f): links join zones whose clocks have agreed since 1970, whatever they
# are named after. Iceland's person is shown Abidjan, Oslo's Berlin, Kuwait's Riyadh, Chuuk's Port Moresby, and Atikokan's
# in Canada Panama: the hours are right, the place isn't, and it will be wrong in time when one of the two changes its law.
# CLDR's aliases (Babel 2.19.0) keep the place, and have no entry for names that were never renamed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tzdata==2026.6 babel==2.19.0
cat > "$folder/seen.py" <<'PYTHON'
from importlib import resources

from babel.core import get_global

zones = (resources.files("tzdata") / "zoneinfo" / "tzdata.zi").read_text()
links = {}
for line in zones.splitlines():
    if line.startswith("L "):
        _, target, name = line.split()
        links[name] = target
aliases = get_global("zone_aliases")
for name in (
    "Asia/Calcutta", "Europe/Kiev", "Iceland", "America/Coral_Harbour", "Africa/Asmera", "Pacific/Truk",
    "Europe/Oslo", "Asia/Kuwait",
):
    print(name, links.get(name), aliases.get(name))
PYTHON
said=$("$folder/venv/bin/python" "$folder/seen.py")
echo "$said"
[ "$said" = "Asia/Calcutta Asia/Kolkata Asia/Kolkata
Europe/Kiev Europe/Kyiv Europe/Kyiv
Iceland Africa/Abidjan Atlantic/Reykjavik
America/Coral_Harbour America/Panama America/Atikokan
Africa/Asmera Africa/Nairobi Africa/Asmara
Pacific/Truk Pacific/Port_Moresby Pacific/Chuuk
Europe/Oslo Europe/Berlin None
Asia/Kuwait Asia/Riyadh None" ] || { echo "CHANGED"; exit 1; }
