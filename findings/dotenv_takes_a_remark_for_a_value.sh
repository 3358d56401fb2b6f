#!/bin/sh
# Surprises whoever ships a .env to be filled in: `API_KEY=# your key` is a key, and three spellings of a mistake are none.
#
# python-dotenv drops a remark behind a value only after a blank. Right behind the equals sign it IS the value: the program
# starts with the key "# your key". A colon in place of the equals sign makes a variable named "API_KEY:live-123" with no
# value (the whole line, secret included, becomes the name), and a hyphen in the name is taken as it is, though no shell
# could set it. None of these three is an error to the parser, and dotenv_values() says nothing about them; only
# `API_KEY live-123` is reported (a warning with the line's number).
#
# Expected: an empty value for the first, and a parse error for the other two.
# Seen with python-dotenv 1.2.4 on Python 3.11.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-dotenv==1.2.4
cat > "$folder/read.py" <<'PYTHON'
from io import StringIO

from dotenv import dotenv_values
from dotenv.parser import parse_stream

for line in ("API_KEY=# your key", "API_KEY= # your key", "API_KEY:live-123", "API-KEY=live-123", "API_KEY live-123"):
    has_error = any(binding.error for binding in parse_stream(StringIO(line)))
    print(f"{line!r}: {dict(dotenv_values(stream=StringIO(line)))}, error {has_error}")
PYTHON
said=$("$folder/venv/bin/python" "$folder/read.py" 2>/dev/null)
echo "$said"
[ "$said" = "'API_KEY=# your key': {'API_KEY': '# your key'}, error False
'API_KEY= # your key': {'API_KEY': ''}, error False
'API_KEY:live-123': {'API_KEY:live-123': None}, error False
'API-KEY=live-123': {'API-KEY': 'live-123'}, error False
'API_KEY live-123': {}, error True" ] || { echo "CHANGED"; exit 1; }
