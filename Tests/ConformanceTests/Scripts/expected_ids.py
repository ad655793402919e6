"""pytest plugin: runs the tests whose ids are expected to pass, and writes each result as it comes.

Ids are node ids less the folder the suite was unpacked in, so they are the same on every machine.
"""
import os

from checks import report

with open(os.environ["CONF_EXPECTED"], encoding="utf-8") as f:
    _expected = {line.rstrip("\n") for line in f if not line.startswith("#")}
_state = {}


def pytest_collection_modifyitems(config, items):
    dropped = [item for item in items if item.nodeid not in _expected]
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = [item for item in items if item.nodeid in _expected]


def pytest_runtest_logreport(report):
    name = report.nodeid
    if report.outcome == "rerun":  # pytest-rerunfailures tries once more
        _state.pop(name, None)
    elif report.when == "call" or report.outcome != "passed":
        if _state.get(name) != "FAIL":
            _state[name] = {"passed": "PASS", "failed": "FAIL", "skipped": "SKIP"}[report.outcome]
    if report.outcome != "rerun" and report.when == "teardown":
        _write(_state.pop(name, "PASS"), name)


def _write(state, name):
    report(state, name)
