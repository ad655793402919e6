#!/bin/bash
# py-amqp 5.4.2 (Celery's AMQP client): t/integration of its PyPI source distribution.
. "$(dirname "$0")/lib.sh"; SUITE_TIMEOUT=300; conf_init py-amqp "$@"
conf_sdist amqp 5.4.2
conf_venv amqp==5.4.2 pytest==8.3.4 pytest-timeout==2.3.1 pytest-rerunfailures==15.0
conf_pytest_opts
export RABBITMQ_HOST=$HOST RABBITMQ_5672_TCP=$PORT
# t/integration/test_integration.py is against a mocked transport: only test_rmq.py meets a broker.
# Its TLS variants need a TLS listener with the suite's own certificates: left out.
cd "$SRC" && conf_run "$VENV/bin/python" -m pytest "${PYOPTS[@]}" -k "not tls" t/integration/test_rmq.py
conf_finish
