#!/bin/sh
# Surprises whoever asks Babel by territory on what day a week begins, as one has to for en_BR or en_EG, which it hasn't.
#
# `Locale.parse("und_BR")` finds the likely language of a territory and with it the week. Expected: the same for every
# territory that Babel has a name for, and an error for what is none.
# Seen with Babel 2.19.0: real ones (Antarctica AQ, the Caribbean Netherlands BQ, the French Southern Lands TF) raise
# UnknownLocaleError, though Babel lists and names them; and ZZ, "unknown region", is no error but the United States, where
# the week begins on Sunday, which is not what the default of the world (001) says.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check babel==2.19.0
cat > "$folder/seen.py" <<'PYTHON'
from babel import Locale, UnknownLocaleError

names = Locale("en").territories
for territory in ("BR", "EG", "AQ", "BQ", "TF", "ZZ"):
    try:
        locale = Locale.parse(f"und_{territory}")
        print(f"{names[territory]}: {locale}, day {locale.first_week_day}")
    except UnknownLocaleError:
        print(f"{names[territory]}: UnknownLocaleError")
PYTHON
said=$("$folder/venv/bin/python" "$folder/seen.py")
echo "$said"
[ "$said" = "Brazil: pt_BR, day 6
Egypt: ar_EG, day 5
Antarctica: UnknownLocaleError
Caribbean Netherlands: UnknownLocaleError
French Southern and Antarctic Lands: UnknownLocaleError
Unknown Region: en_US, day 6" ] || { echo "CHANGED"; exit 1; }
