"""Which arguments a queue may have, and when two declarations are the same."""
from broker import SCENARIOS, Broker, scenario

VALUES = {
    "x-message-ttl": [0, 1000, -1, "a", 2**32, 2**40, True, None, [], {}],
    "x-expires": [0, 1000, -1, "a", 2**32, True],
    "x-max-length": [0, 10, -1, "a", 2**40, True],
    "x-max-length-bytes": [0, 10, -1, "a", 2**40],
    "x-overflow": ["drop-head", "reject-publish", "reject-publish-dlx", "no", 1, ""],
    "x-dead-letter-exchange": ["", "amq.direct", "absent", 1, True],
    "x-dead-letter-routing-key": ["k", 1],
    "x-max-priority": [0, 1, 10, 255, 256, -1, "a", True],
    "x-single-active-consumer": [True, False, "true", 1],
    "x-queue-type": ["classic", "quorum", "no", 1, ""],
    "x-delivery-limit": [1, 0, -1, "a"],
    "x-queue-mode": ["lazy", "default", "no", 1],
    "x-queue-version": [1, 2, 3, "a"],
    # Others than these end a connection to RabbitMQ with 541, a fault of its own.
    "x-queue-master-locator": ["min-masters", "client-local"],
    "x-max-in-memory-length": [10, -1, "a"],
    "x-max-in-memory-bytes": [10, -1],
    "x-ha-policy": ["all", 1],
    "x-quorum-initial-group-size": [1, 3, 0, "a"],
    "x-dead-letter-strategy": ["at-most-once", "at-least-once", "no", 1],
    "x-stream-max-segment-size-bytes": [1],
    "x-max-age": ["1D", "no"],
    "x-unknown": [1, "a"],
}

OTHER_VALUES = [
    ("x-message-ttl", 1000, 2000),
    ("x-expires", 60000, 70000),
    ("x-max-length", 1, 2),
    ("x-max-length-bytes", 1, 2),
    ("x-max-priority", 1, 2),
    ("x-overflow", "drop-head", "reject-publish"),
    ("x-dead-letter-exchange", "a", "b"),
    ("x-single-active-consumer", True, False),
    ("x-queue-mode", "lazy", "default"),
    ("x-queue-version", 1, 2),
    ("x-unknown", 1, 2),
]


def declares(key, value, index, kind):
    """Declares with one argument, again without it, and again the same."""

    def run(broker):
        arguments = {key: value}
        if kind:
            arguments["x-queue-type"] = kind
        name = f"arguments.{key}.{index}"
        broker.queues.append(name)
        declare = broker.channel.queue_declare
        first = broker.outcome(declare, name, durable=True, arguments=arguments)
        if first != "ok":
            return [first]
        declare = broker.channel.queue_declare
        same = broker.outcome(declare, name, durable=True, arguments=arguments)
        without = broker.outcome(broker.channel.queue_declare, name, durable=True)
        return [first, same, without]

    return run


for argument, candidates in VALUES.items():
    for number, candidate in enumerate(candidates):
        SCENARIOS[f"classic {argument} {candidate!r}"] = declares(argument, candidate, number, None)
        if argument != "x-queue-type":
            SCENARIOS[f"quorum {argument} {candidate!r}"] = declares(argument, candidate, number, "quorum")


@scenario
def redeclared_with_another_value(broker):
    results = []
    for key, value, other in OTHER_VALUES:
        name = broker.queue(f"other.{key}", arguments={key: value})
        declare = broker.channel.queue_declare
        results.append([key, broker.outcome(declare, name, arguments={key: other})])
    return results


@scenario
def redeclared_with_other_flags(broker):
    results = []
    for flag in ("durable", "exclusive", "auto_delete"):
        name = broker.queue(f"flag.{flag}", **{flag: True})
        results.append(broker.outcome(broker.channel.queue_declare, name))
        broker.channel.queue_delete(name)
        name = broker.queue(f"flag.no.{flag}")
        results.append(broker.outcome(broker.channel.queue_declare, name, **{flag: True}))
    return results


@scenario
def quorum_queue_with_flags(broker):
    flags = [{}, {"durable": True, "exclusive": True}, {"durable": True, "auto_delete": True}]
    arguments = {"x-queue-type": "quorum"}
    return [
        broker.outcome(broker.channel.queue_declare, "quorum.flags", arguments=arguments, **flag)
        for flag in flags
    ]


@scenario
def dead_letter_key_without_exchange(broker):
    arguments = {"x-dead-letter-routing-key": "k"}
    return broker.outcome(broker.channel.queue_declare, "key.alone", arguments=arguments)


@scenario
def names(broker):
    declare, delete = "queue_declare", "queue_delete"
    calls = [(declare, "n" * 255), (delete, "n" * 255), (declare, "é" * 100), (delete, "é" * 100)]
    calls += [(declare, "amq.mine"), (delete, "absent")]
    return [broker.outcome(getattr(broker.channel, call), name) for call, name in calls]


@scenario
def queue_with_a_name_of_the_broker(broker):
    name = broker.queue("")
    return name.startswith("amq.gen-"), len(name)


@scenario
def another_connections_exclusive_queue(broker):
    name = broker.queue("exclusive", exclusive=True)
    other = Broker(broker.port)
    results = []
    for call in ("queue_declare", "queue_delete", "queue_purge", "basic_get"):
        results.append(other.outcome(getattr(other.channel, call), name))
    results.append(other.outcome(other.channel.queue_bind, name, "amq.direct", "k"))
    results.append(other.outcome(other.channel.queue_declare, name, passive=True))
    results.append(other.outcome(other.channel.basic_consume, name, lambda *_: None))
    other.clean()
    return results


@scenario
def deleted_under_a_condition(broker):
    name = broker.queue("condition")
    broker.publish(name)
    if_empty = broker.outcome(broker.channel.queue_delete, name, if_empty=True)
    broker.consume(name)
    return if_empty, broker.outcome(broker.channel.queue_delete, name, if_unused=True)


@scenario
def auto_delete_queue_after_its_consumer(broker):
    name = broker.queue("auto.delete", auto_delete=True)
    before = broker.outcome(broker.channel.queue_declare, name, passive=True)
    tag, _ = broker.consume(name)
    broker.channel.basic_cancel(tag)
    return before, broker.outcome(broker.channel.queue_declare, name, passive=True)
