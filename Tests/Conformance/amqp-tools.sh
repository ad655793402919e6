#!/bin/bash
# rabbitmq-c's command line tools (Debian's amqp-tools 0.11.0): a scenario of ours, amqp_tools.py.
. "$(dirname "$0")/lib.sh"; SUITE_TIMEOUT=180; conf_init amqp-tools "$@"
conf_apt amqp-tools
conf_run python3 "$CONF_DIR/amqp_tools.py"
conf_finish
