#!/bin/bash
# Celery 5.5 over py-amqp: a scenario of ours, celery_check.py with celery_app.py (worker processes, some 700 tasks).
. "$(dirname "$0")/lib.sh"; SUITE_TIMEOUT=420; conf_init celery "$@"
conf_venv celery==5.5.3
export CONF_WORK=$WORK PYTHONPATH=$CONF_DIR; rm -f "$WORK"/*.log; export C_FORCE_ROOT=1
cd "$WORK" && conf_run "$VENV/bin/python" "$CONF_DIR/celery_check.py"
conf_finish
