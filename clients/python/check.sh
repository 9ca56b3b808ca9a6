#!/usr/bin/env bash
# Tests, types and lint of the Python client and its example, in an environment of their own. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")"
environment=../../.build/clients/python-check
python3 -m venv "$environment"
"$environment/bin/pip" install --quiet --disable-pip-version-check --editable '.[httpx,requests]' --requirement tests/requirements.txt
"$environment/bin/ruff" check . ../examples/*.py
"$environment/bin/ruff" format --check . ../examples/*.py
"$environment/bin/mypy"
"$environment/bin/python" -m pytest "$@"
