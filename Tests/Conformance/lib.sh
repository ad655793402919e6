# Shared by the runner scripts of this folder: source it, then conf_init NAME "$@".
# Every suite is run against a broker that is already up, as guest/guest on vhost /.
# What a suite needs (virtualenvs, test sources) goes under $CONF_LAB, never beside these scripts.
set -u
CONF_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CONF_LAB=${CONF_LAB:-/tmp/conf-lab}

conf_init() { # NAME HOST PORT
  NAME=$1; shift
  HOST=${1:-127.0.0.1}; PORT=${2:-5672}
  case "$HOST" in 127.*|localhost|::1) ;; *) echo "$NAME: only loopback brokers are tested here" >&2; exit 2;; esac
  WORK=$CONF_LAB/work/$NAME; RESULTS=$CONF_LAB/results; LOG=$RESULTS/$NAME.log
  RESULT_FILE=$RESULTS/$NAME.results
  TIMEOUT=${CONF_TIMEOUT:-${SUITE_TIMEOUT:-600}}
  mkdir -p "$WORK" "$RESULTS" "$CONF_LAB/venvs" "$CONF_LAB/src" "$CONF_LAB/dl"
  : >"$RESULT_FILE"; : >"$LOG"
  export CONF_RESULT_FILE=$RESULT_FILE CONF_HOST=$HOST CONF_PORT=$PORT CONF_DIR CONF_LAB CONF_NAME=$NAME
  export PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
  # one suite at a time on a broker: they clean up its vhost and some close all connections
  exec 9>"$CONF_LAB/work/broker-$PORT.lock"; flock 9
}

conf_skip_suite() { # REASON: what the suite needs is not here
  echo "$NAME: not run: $1" | tee -a "$LOG" >&2
  echo "$NAME: 0 passed, 0 failed, 0 skipped"; exit 3
}

conf_venv() { # requirements... -> $VENV
  VENV=$CONF_LAB/venvs/$NAME
  local want="$*"
  if [ "$(cat "$VENV/.conf-stamp" 2>/dev/null)" != "$want" ]; then
    rm -rf "$VENV"; python3 -m venv "$VENV" >>"$LOG" 2>&1 || conf_skip_suite "venv failed"
    timeout 540 "$VENV/bin/pip" install -q "$@" >>"$LOG" 2>&1 || conf_skip_suite "pip install failed, see $LOG"
    echo "$want" >"$VENV/.conf-stamp"
  fi
}

conf_sdist() { # name version -> $SRC (a fresh copy of the PyPI source distribution, with its tests)
  local n=$1 v=$2 keep=$CONF_LAB/dl/$1-$2
  if [ ! -f "$keep/.ok" ]; then
    mkdir -p "$keep"
    timeout 300 python3 -m pip download -q --no-deps --no-binary "$n" -d "$keep" "$n==$v" >>"$LOG" 2>&1 || conf_skip_suite "no sdist $n==$v"
    touch "$keep/.ok"
  fi
  SRC=$WORK/src; rm -rf "$SRC"; mkdir -p "$SRC"
  tar xzf "$keep"/*.tar.gz -C "$SRC" --strip-components=1 || conf_skip_suite "cannot unpack $n"
}

conf_apt() { # package... : install what is missing
  local miss=
  for p in "$@"; do dpkg -s "$p" >/dev/null 2>&1 || miss="$miss $p"; done
  [ -z "$miss" ] && return 0
  DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends $miss >>"$LOG" 2>&1 ||
    conf_skip_suite "apt-get could not install$miss"
}

conf_run() { # command... : bounded in time, killed with all its children
  START=$(date +%s)
  setsid timeout --foreground -k 10 "$TIMEOUT" "$@" >>"$LOG" 2>&1 9>&- &
  local pid=$!
  trap 'kill -TERM -- -'$pid' 2>/dev/null' EXIT INT TERM
  ( sleep "$((TIMEOUT + 20))"; kill -KILL -- -$pid 2>/dev/null ) 9>&- >/dev/null 2>&1 &
  local dog=$!
  wait $pid; RC=$?
  kill $dog 2>/dev/null; wait $dog 2>/dev/null
  kill -KILL -- -$pid 2>/dev/null
  trap - EXIT INT TERM
  [ $RC = 124 ] || [ $RC = 137 ] && echo "$NAME: stopped at its time limit of $TIMEOUT s" | tee -a "$LOG" >&2
  SECS=$(( $(date +%s) - START ))
}

conf_pytest_opts() { # pytest options shared by the Python suites, with the deselected ids of exclude/NAME.tsv
  PYOPTS=(-p conf_report -p no:cacheprovider -q --tb=short --timeout="${CONF_TEST_TIMEOUT:-60}")
  export PYTHONPATH=$CONF_DIR${EXTRA_PYTHONPATH:+:$EXTRA_PYTHONPATH}
}

conf_finish() {
  python3 "$CONF_DIR/summarize.py" "$NAME" "$RESULT_FILE" "${SECS:-0}"
}
