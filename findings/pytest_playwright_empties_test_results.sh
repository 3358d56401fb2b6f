#!/bin/sh
# Surprises whoever installs pytest-playwright beside a suite that keeps its reports in test-results/ already.
#
# The plugin writes pictures and traces of browser tests there, when asked to. Expected: a run without any browser test,
# and without any of its options, leaves the folder alone.
# Seen with pytest-playwright 0.10.0 and pytest 9.2.0: the folder named by --output (test-results in the current folder
# unless told otherwise) is removed with all that is in it at the first test of every run, whatever the tests are; with
# pytest-xdist each process does so at its own beginning, after others may have written. Reports of one's own belong elsewhere.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check pytest==9.2.0 pytest-playwright==0.10.0
mkdir -p "$folder/project/test-results"
cd "$folder/project"
echo "of the last run" > test-results/report.txt
printf 'def test_sum():\n    assert 1 + 1 == 2\n' > test_sum.py
"$folder/venv/bin/python" -m pytest -q -p no:playwright test_sum.py > /dev/null
[ -f test-results/report.txt ] || { echo "CHANGED"; exit 1; }
"$folder/venv/bin/python" -m pytest -q test_sum.py
if [ -e test-results ]; then
    echo "CHANGED"
    exit 1
fi
echo "test-results/ is gone"
