#!/bin/bash
# aiormq 7.2.4: the tests of its PyPI source distribution. They start RabbitMQ in Docker through two fixtures
# that are not in the sdist (rabbitmq_container, amqp_direct_url): aio_fixtures.py gives ours instead.
# TLS variants are left out (they need a TLS listener with the suite's own certificates).
. "$(dirname "$0")/lib.sh"; SUITE_TIMEOUT=900; conf_init aiormq "$@"
conf_sdist aiormq 7.2.4
conf_venv aiormq==7.2.4 pytest==8.4.2 pytest-timeout==2.4.0 'aiomisc-pytest>=2,<3' markdown-pytest
conf_pytest_opts
rm -rf "$SRC/aiormq"
cd "$SRC" && conf_run "$VENV/bin/python" -m pytest "${PYOPTS[@]}" -p aio_fixtures -k 'not amqps' tests
conf_finish
