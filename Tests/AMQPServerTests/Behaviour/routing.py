"""Exchanges and bindings: which queue gets what, and what is refused."""
from broker import scenario

PREDECLARED = ["", "amq.direct", "amq.fanout", "amq.topic", "amq.headers", "amq.match"]
PREDECLARED += ["amq.rabbitmq.trace", "amq.nothing"]


@scenario
def exchange_types(broker):
    types = ["direct", "fanout", "topic", "headers", "x-no-such-type", ""]
    results = []
    for kind in types:
        broker.exchanges.append(f"type.{kind}")
        declare = broker.channel.exchange_declare
        results.append([kind, broker.outcome(declare, f"type.{kind}", kind)])
    return results


@scenario
def redeclared_exchange(broker):
    broker.exchange("redeclared")
    others = [{"exchange_type": "fanout"}, {"durable": True}, {"auto_delete": True}]
    others += [{"internal": True}, {"arguments": {"alternate-exchange": "a"}}]
    others += [{"arguments": {"unknown": 1}}]
    return [
        broker.outcome(broker.channel.exchange_declare, "redeclared", **{"exchange_type": "direct", **other})
        for other in others
    ]


@scenario
def predeclared_exchanges(broker):
    declare = "exchange_declare"
    return [
        [name, broker.outcome(getattr(broker.channel, declare), name, passive=True)]
        for name in PREDECLARED
    ]


@scenario
def reserved_names(broker):
    calls = [
        ("exchange_declare", "amq.new", "direct"),
        ("exchange_declare", "", "direct"),
        ("exchange_delete", "amq.direct"),
        ("exchange_delete", ""),
        ("exchange_delete", "absent"),
    ]
    return [broker.outcome(getattr(broker.channel, call), *rest) for call, *rest in calls]


@scenario
def default_exchange(broker):
    name = broker.queue("default")
    calls = [
        ("queue_bind", name, "", "k"),
        ("queue_unbind", name, "", "k"),
        ("exchange_bind", "amq.direct", "", "k"),
        ("exchange_bind", "", "amq.direct", "k"),
        ("exchange_unbind", "", "amq.direct", "k"),
    ]
    return [broker.outcome(getattr(broker.channel, call), *rest) for call, *rest in calls]


@scenario
def bindings_of_what_is_not_there(broker):
    name = broker.queue("bindings.absent")
    calls = [
        ("queue_bind", name, "absent", "k"),
        ("queue_bind", "absent", "absent", "k"),
        ("queue_bind", "absent", "amq.direct", "k"),
        ("exchange_bind", "absent", "absent", "k"),
        ("exchange_bind", "amq.direct", "absent", "k"),
        ("exchange_bind", "absent", "amq.direct", "k"),
        ("queue_unbind", name, "absent", "k"),
        ("queue_unbind", "absent", "amq.direct", "k"),
        ("queue_unbind", name, "amq.direct", "not bound"),
        ("exchange_unbind", "absent", "absent", "k"),
    ]
    return [broker.outcome(getattr(broker.channel, call), *rest) for call, *rest in calls]


@scenario
def publishing_where_it_is_refused(broker):
    broker.exchange("internal", "fanout", internal=True)
    return broker.published("k", exchange="internal"), broker.published("k", exchange="absent")


@scenario
def unroutable(broker):
    broker.channel.confirm_delivery()
    return [broker.outcome(broker.publish, "absent", mandatory=flag) for flag in (True, False)]


@scenario
def exchange_to_exchange(broker):
    broker.exchange("e1", "topic")
    broker.exchange("e2", "fanout")
    broker.exchange("e3", "direct")
    name = broker.queue("e2e")
    broker.channel.exchange_bind("e2", "e1", "a.#")
    broker.channel.exchange_bind("e3", "e2")
    broker.channel.exchange_bind("e1", "e3", "a.b")
    broker.channel.queue_bind(name, "e3", "a.b")
    broker.channel.queue_bind(name, "e2")
    for number, (key, exchange) in enumerate([("a.b", "e1"), ("a.c", "e1"), ("b", "e1"), ("a.b", "e3")]):
        broker.publish(key, str(number), exchange=exchange)
    return broker.bodies(name)


@scenario
def auto_delete_exchange(broker):
    def exists(name):
        return broker.outcome(broker.channel.exchange_declare, name, passive=True)

    name = broker.queue("auto.delete.bound")
    broker.exchange("auto.1", "fanout", auto_delete=True)
    never_bound = exists("auto.1")
    broker.channel.queue_bind(name, "auto.1")
    broker.channel.queue_unbind(name, "auto.1")
    unbound = exists("auto.1")
    broker.exchange("auto.2", "fanout", auto_delete=True)
    broker.exchange("auto.3", "fanout")
    broker.channel.exchange_bind("auto.3", "auto.2")
    broker.channel.exchange_delete("auto.3")
    destination_deleted = exists("auto.2")
    broker.exchange("auto.4", "fanout")
    broker.exchange("auto.5", "fanout", auto_delete=True)
    broker.channel.exchange_bind("auto.5", "auto.4")
    broker.channel.exchange_unbind("auto.5", "auto.4")
    return never_bound, unbound, destination_deleted, exists("auto.5")


@scenario
def exchange_in_use(broker):
    name = broker.queue("in.use")
    broker.exchange("in.use", "fanout")
    broker.exchange("in.use.destination", "fanout")
    broker.channel.queue_bind(name, "in.use")
    broker.channel.exchange_bind("in.use.destination", "in.use")
    return [
        broker.outcome(broker.channel.exchange_delete, exchange, if_unused=True)
        for exchange in ("in.use", "in.use.destination")
    ] + [broker.outcome(broker.channel.queue_delete, name, if_unused=True)]


@scenario
def alternate_exchange(broker):
    broker.exchange("alternate.other", "fanout")
    other = broker.queue("alternate.other")
    broker.channel.queue_bind(other, "alternate.other")
    broker.exchange("alternate", arguments={"alternate-exchange": "alternate.other"})
    name = broker.queue("alternate")
    broker.channel.queue_bind(name, "alternate", "k")
    broker.channel.confirm_delivery()
    outcomes = [
        broker.outcome(broker.publish, key, key, exchange="alternate", mandatory=True)
        for key in ("k", "no")
    ]
    return outcomes, broker.bodies(name), broker.read(other)


@scenario
def alternate_exchanges_in_a_circle(broker):
    broker.exchange("circle.1", arguments={"alternate-exchange": "circle.2"})
    broker.exchange("circle.2", arguments={"alternate-exchange": "circle.1"})
    broker.channel.confirm_delivery()
    outcome = broker.outcome(broker.publish, "k", exchange="circle.1", mandatory=True)
    arguments = {"alternate-exchange": 1}
    declare = broker.channel.exchange_declare
    return outcome, broker.outcome(declare, "circle.bad", "direct", arguments=arguments)


@scenario
def headers_exchange(broker):
    bindings = {
        "all": {"x-match": "all", "a": 1, "b": "x"},
        "any": {"x-match": "any", "a": 1, "b": "x"},
        "default": {"a": 1},
        "empty": {},
        "empty any": {"x-match": "any"},
        "void": {"a": None},
        "x header": {"x-match": "all", "x-foo": 1},
        "all with x": {"x-match": "all-with-x", "x-foo": 1},
        "any with x": {"x-match": "any-with-x", "x-foo": 1, "a": 5},
        "boolean": {"a": True},
        "text": {"a": "1"},
    }
    messages = [None, {}, {"a": 1}, {"a": 1, "b": "x"}, {"b": "x"}, {"x-foo": 1}, {"a": True}]
    messages += [{"a": "1"}, {"a": None}, {"a": 5, "x-foo": 2}, {"a": 2**40}]
    broker.exchange("headers", "headers")
    for name, arguments in bindings.items():
        broker.channel.queue_bind(broker.queue(f"headers.{name}"), "headers", "", arguments)
    for number, headers in enumerate(messages):
        properties = {} if headers is None else {"headers": headers}
        broker.publish("k", str(number), exchange="headers", **properties)
    got = [[name, broker.bodies(f"headers.{name}")] for name in bindings]
    refused = []
    for match in ("no", 1):
        bind = broker.channel.queue_bind
        refused.append(broker.outcome(bind, "headers.all", "headers", "", {"x-match": match}))
    return got, refused


@scenario
def topic_exchange(broker):
    patterns = ["", "#", "*", "a", "a.*", "a.#", "*.b", "#.b", "a.*.c", "a.#.c", "#.#", "*.#"]
    patterns += ["..", "a..b", "*.*.*"]
    keys = ["", "a", "b", "a.b", "a.b.c", "a.c", "a.x.y.c", ".", "..", "a..b", "a.", ".b", "*", "#"]
    broker.exchange("topic", "topic")
    for number, pattern in enumerate(patterns):
        broker.channel.queue_bind(broker.queue(f"topic.{number}"), "topic", pattern)
    for key in keys:
        broker.publish(key, f"key {key}", exchange="topic")
    return [[pattern, broker.bodies(f"topic.{number}")] for number, pattern in enumerate(patterns)]


@scenario
def several_bindings_one_message(broker):
    name = broker.queue("several")
    broker.exchange("several", "topic")
    for key, arguments in (("a.#", None), ("#", None), ("#", {"x": 1})):
        broker.channel.queue_bind(name, "several", key, arguments)
    broker.publish("a.b", exchange="several")
    return broker.bodies(name)


@scenario
def copies(broker):
    broker.exchange("copies")
    names = [broker.queue(f"copies.{key}") for key in "abcd"]
    for name in names:
        broker.channel.queue_bind(name, "copies", name[-1])
    headers = {"CC": ["b", "a"], "BCC": ["c"], "z": 1}
    broker.publish("a", "1", exchange="copies", headers=headers)
    results = [[broker.read(name) for name in names]]
    for headers in ({"CC": "b"}, {"BCC": 1}, {"CC": []}, {"CC": [1]}, {"CC": None}):
        results.append(broker.published("zzz", exchange="copies", headers=headers))
    broker.publish("copies.a", "default", headers={"CC": ["copies.b"]})
    return results, [broker.bodies(name) for name in names]
