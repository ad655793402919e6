#!/usr/bin/env python3
"""Malformed and hostile input: every case must get what RabbitMQ 3.10.8 answers (../../Expected/badinput.json).

A case waits most of its time, so they run on threads, beside one another on one broker; those about time and
resources run after the others, one by one. A health check follows each: a fresh connection must declare, publish and
get a message. A case that fails among others gets a second try alone, so that a busy machine does not fail it.
"""
import concurrent.futures
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from cases import CASES  # noqa: E402
import cases_fuzz  # noqa: E402,F401
from checks import report  # noqa: E402
from wire import health  # noqa: E402

THREADS = 16
ALONE = ("resource/", "slow/", "heartbeat/")

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Expected/badinput.json"), encoding="utf-8") as f:
    EXPECTED = json.load(f)["outcomes"]


def run(case):
    """None when it went as expected, else what happened."""
    name, function, also = case
    try:
        outcome = function()
    except Exception as e:  # noqa: BLE001
        outcome = f"error:{type(e).__name__}:{e}"
    wrong = None
    if outcome != EXPECTED.get(name) and outcome not in also:
        wrong = f"{outcome} (RabbitMQ: {EXPECTED.get(name)}{', also ' + ' '.join(sorted(also)) if also else ''})"
    try:
        health()
    except Exception as e:  # noqa: BLE001
        wrong = f"{wrong or outcome}, UNHEALTHY afterwards: {type(e).__name__}: {e}"
    return wrong


names = [case[0] for case in CASES]
assert len(names) == len(set(names)), [n for n in names if names.count(n) > 1]
crowd = [case for case in CASES if not case[0].startswith(ALONE)]
alone = [case for case in CASES if case[0].startswith(ALONE)]
with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
    for case, wrong in zip(crowd, pool.map(run, crowd)):
        if wrong:
            alone.append(case)
        else:
            report("PASS", case[0])
for case in alone:
    wrong = run(case)
    report("FAIL" if wrong else "PASS", case[0], wrong or "")
