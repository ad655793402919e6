"""Compares a broker on a loopback port with RabbitMQ 3.10.8; see README.md."""
import argparse
import json
import pathlib
import sys

import channels  # noqa: F401  (the modules register their scenarios)
import consumers  # noqa: F401
import dead_letters  # noqa: F401
import names  # noqa: F401
import queue_arguments  # noqa: F401
import routing  # noqa: F401
from broker import SCENARIOS, Broker

RECORD = pathlib.Path(__file__).with_name("rabbitmq-3.10.8.json")


def run(port, name):
    broker = Broker(port)
    try:
        return json.loads(json.dumps(SCENARIOS[name](broker)))
    except Exception as error:  # a scenario that breaks is an answer too, and not RabbitMQ's
        return f"{type(error).__name__}: {error}"
    finally:
        broker.clean()


def main():
    options = argparse.ArgumentParser()
    options.add_argument("port", type=int)
    options.add_argument("--only", default="")
    options.add_argument("--record", action="store_true")
    options = options.parse_args()
    names = [name for name in SCENARIOS if options.only in name]
    answers = {name: run(options.port, name) for name in names}
    if options.record:
        kept = json.loads(RECORD.read_text()) if options.only else {}
        answers = {name: answers.get(name, kept.get(name)) for name in SCENARIOS}
        lines = [f"{json.dumps(name)}: {json.dumps(answers[name])}" for name in sorted(answers)]
        RECORD.write_text("{\n" + ",\n".join(lines) + "\n}\n")
        return 0
    expected = json.loads(RECORD.read_text())
    different = [name for name in names if answers[name] != expected.get(name)]
    for name in different:
        print(f"{name}\n  RabbitMQ: {json.dumps(expected.get(name))}\n  here:     {json.dumps(answers[name])}")
    print(f"{len(names) - len(different)} of {len(names)} scenarios as RabbitMQ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
