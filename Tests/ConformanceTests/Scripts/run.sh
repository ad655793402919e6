#!/bin/bash
# run.sh SUITE HOST PORT RESULTS: runs one client's own tests, or a scenario of ours with a real client, against the
# broker on loopback. Writes a line `PASS|FAIL|SKIP<TAB>id` to RESULTS for each test as it ends.
#
# What a suite needs comes from PyPI, at fixed versions, and stays in .build-conformance for the next run.
set -euo pipefail

suite=$1
export CONF_HOST=$2 CONF_PORT=$3 CONF_RESULT_FILE=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
lab=$(cd "$here/../../.." && pwd)/.build-conformance
export CONF_EXPECTED=$here/../Expected/$suite.txt PYTHONPATH=$here
export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
python3=/usr/bin/python3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$lab"

# environment REQUIREMENT...: a virtual environment with these packages and no others.
environment() {
  venv=$lab/$suite-venv
  [ "$(cat "$venv/requirements" 2>/dev/null)" = "$*" ] && return
  rm -rf "$venv"
  "$python3" -m venv "$venv"
  timeout 240 "$venv/bin/pip" install -q --disable-pip-version-check "$@"
  echo "$*" >"$venv/requirements"
}

# sources NAME VERSION: a fresh copy of the source distribution, because only that has the tests.
sources() {
  local kept=$lab/$1-$2
  if [ ! -f "$kept/complete" ]; then
    mkdir -p "$kept"
    timeout 240 "$venv/bin/pip" download -q --disable-pip-version-check \
      --no-deps --no-binary "$1" -d "$kept" "$1==$2"
    touch "$kept/complete"
  fi
  tar xzf "$kept"/*.tar.gz -C "$work" --strip-components=1
  cd "$work"
}

pytest() {
  "$venv/bin/python" -m pytest -p expected_ids -p no:cacheprovider -q --tb=short --timeout=60 "$@" ||
    echo "pytest ended with $?"
}

case "$suite" in
  aiormq)
    # Its tests start RabbitMQ in Docker through two fixtures that the source distribution lacks: aio_fixtures.py.
    environment aiormq==7.2.4 pytest==8.4.2 pytest-timeout==2.4.0 'aiomisc-pytest>=2,<3' markdown-pytest
    sources aiormq 7.2.4
    rm -rf aiormq
    pytest -p aio_fixtures -k 'not amqps' tests
    ;;
  py-amqp)
    environment amqp==5.4.2 pytest==8.3.4 pytest-timeout==2.3.1 pytest-rerunfailures==15.0
    sources amqp 5.4.2
    export RABBITMQ_HOST=$CONF_HOST RABBITMQ_5672_TCP=$CONF_PORT
    # The other file of the folder is against a mocked transport.
    pytest -k 'not tls' t/integration/test_rmq.py
    ;;
  celery)
    environment celery==5.5.3
    export CONF_WORK=$work C_FORCE_ROOT=1
    cd "$work"
    "$venv/bin/python" "$here/celery_check.py"
    ;;
  amqp-tools) "$python3" "$here/amqp_tools.py" ;;
  badinput)
    ulimit -n 8192
    "$python3" "$here/badinput/run.py"
    ;;
  *)
    echo "no such suite: $suite" >&2
    exit 64
    ;;
esac
