"""management_fields.py AMQP_PORT MANAGEMENT_PORT FIELDS: the shapes of the management's answers.

Makes a small live scene (a connection with two channels, a consumer, queues with messages, bindings, policies), asks
for each path that FIELDS has, and prints on a line "path field" what is not there with a type that RabbitMQ's answer
has there; then "field coverage: HITS/TOTAL".
"""
import base64
import json
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pika

AMQP, HTTP, FIELDS = int(sys.argv[1]), sys.argv[2], sys.argv[3]
quoted = lambda text: urllib.parse.quote(text, safe="")


def call(method, path, body=None, password="guest"):
    request = urllib.request.Request(
        f"http://127.0.0.1:{HTTP}{path}", method=method, data=None if body is None else json.dumps(body).encode()
    )
    if password:
        request.add_header("Authorization", "Basic " + base64.b64encode(f"guest:{password}".encode()).decode())
    with urllib.request.urlopen(request, timeout=20) as response:
        data = response.read()
    return json.loads(data) if data else None


def kind(value):
    kinds = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return kinds.get(type(value), "null")


def fields(value, at="", found=None):
    """Field paths with their types; [] stands for any item of an array."""
    found = {} if found is None else found
    found.setdefault(at or ".", set()).add(kind(value))
    if isinstance(value, dict):
        for name, member in value.items():
            fields(member, f"{at}.{name}" if at else name, found)
    elif isinstance(value, list):
        for element in value:
            fields(element, at + "[]", found)
    return found


def refused(code, path):
    try:
        if code == "ERR401":
            call("GET", path, password=None)
        elif code == "ERR400":
            call("PUT", path, {"durable": "perhaps", "type": "no-such-type", "arguments": 5})
        else:
            call("GET", path)
    except urllib.error.HTTPError as error:
        body = error.read()
        try:
            return {"status": error.code, "body": json.loads(body)}
        except ValueError:
            return {"status": error.code}
    return {"status": 200}


def fetch(path, names):
    for name, value in names.items():
        path = path.replace(name, value)
    if path.startswith("POST:/api/queues"):
        wanted = {"count": 5, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 50000}
        return call("POST", path[5:], wanted)
    if path.startswith("POST:"):
        message = {"properties": {}, "routing_key": "a.b", "payload": "x", "payload_encoding": "string"}
        return call("POST", path[5:], message)
    if path.startswith("ERR"):
        return refused(*path.split(":", 1))
    return call("GET", path.removeprefix("GET:"))


def make_scene():
    parameters = pika.ConnectionParameters(
        "127.0.0.1", AMQP, heartbeat=30, client_properties={"connection_name": "mf-conn"}
    )
    connection = pika.BlockingConnection(parameters)
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_qos(prefetch_count=10)
    channel.exchange_declare("mf-x", "topic", durable=True)
    channel.exchange_declare("mf-src", "fanout", auto_delete=False)
    channel.queue_declare("mf-q", durable=True)
    channel.queue_declare(
        "mf-args",
        durable=True,
        arguments={
            "x-max-length": 100, "x-message-ttl": 600000, "x-dead-letter-exchange": "amq.fanout",
            "x-max-priority": 5, "x-expires": 3600000,
        },
    )
    channel.queue_declare("mf-get", durable=False)
    channel.exchange_bind("mf-x", "mf-src", "")
    channel.exchange_bind("amq.fanout", "mf-x", "e", arguments={"k": "v"})
    for key in ("a.*", "a.b"):
        channel.queue_bind("mf-q", "mf-x", key)
    everything = pika.BasicProperties(
        content_type="text/plain", content_encoding="utf-8", delivery_mode=2, priority=1, correlation_id="c",
        reply_to="r", expiration="600000", message_id="m", timestamp=1700000000, type="t", user_id="guest", app_id="a",
        headers={"h": 1, "a": [1, "x"], "t": {"u": "v"}},
    )
    for _ in range(3):
        channel.basic_publish("", "mf-args", b"hello", everything)
    definition = {"pattern": "^mf-", "definition": {"max-length": 5000}, "apply-to": "queues", "priority": 1}
    call("PUT", "/api/policies/%2F/mf-pol", definition)
    call("PUT", "/api/operator-policies/%2F/mf-op", definition)
    call("PUT", "/api/vhost-limits/%2F/max-queues", {"value": 100000})
    call("PUT", "/api/user-limits/guest/max-connections", {"value": 100000})
    call("PUT", "/api/topic-permissions/%2F/guest", {"exchange": "mf-x", "write": ".*", "read": ".*"})
    call("PUT", "/api/global-parameters/mf-global", {"value": {"a": 1}})
    call("PUT", "/api/cluster-name", {"name": "mf"})
    return connection, channel


def pump(connection, channel, stop):
    """Publishes, consumes, fetches and drops until it is told to stop."""
    consuming = connection.channel()
    consuming.basic_qos(prefetch_count=5)

    def on_message(its, method, properties, body):
        if method.delivery_tag % 3:
            its.basic_ack(method.delivery_tag)

    consuming.basic_consume("mf-q", on_message, consumer_tag="mf-consumer", arguments={"x-priority": 3})
    properties = pika.BasicProperties(content_type="text/plain", headers={"h": 1}, delivery_mode=2)
    count = 0
    while not stop.is_set():
        channel.basic_publish("mf-x", "a.b", b"x" * 50, properties)
        channel.basic_publish("", "mf-get", b"y" * 50)
        try:
            channel.basic_publish("mf-x", "a.b.c.d", b"z", mandatory=True)
        except pika.exceptions.UnroutableError:
            pass
        channel.basic_get("mf-get", auto_ack=count % 2 == 0)
        count += 1
        connection.process_data_events(0.1)


def wait_for(what, condition):
    end = time.monotonic() + 40
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.2)
    sys.exit(f"{what} did not come")


def idle_ones():
    # Samples of the statistics are 5 s apart; the consumer's channel is idle once it holds all that it may.
    queue = call("GET", "/api/queues/%2F/mf-args")
    return "idle_since" in queue and any("idle_since" in each for each in call("GET", "/api/channels"))


def expected():
    paths, path = {}, None
    for line in open(FIELDS):
        if line.startswith(" "):
            # Names of columns have no spaces.
            field, types = line.split()
            paths[path][field] = set(types.split("|"))
        else:
            path = line.strip()
            paths[path] = {}
    return paths


def main():
    connection, channel = make_scene()
    stop = threading.Event()
    pumping = threading.Thread(target=pump, args=(connection, channel, stop), daemon=True)
    pumping.start()
    try:
        channels = wait_for("the channels", lambda: len(call("GET", "/api/channels")) > 1 and call("GET", "/api/channels"))
        wait_for("idle_since", idle_ones)
        first = min(channels, key=lambda each: each["number"])
        node = call("GET", "/api/overview")["node"]
        names = {
            "NODE": quoted(node), "CONN": quoted(first["connection_details"]["name"]),
            "CHAN": quoted(first["name"]), "port-listener/PORT": f"port-listener/{AMQP}",
        }
        total = hits = 0
        for path, wanted in expected().items():
            try:
                seen = {name.replace(node, "NODE"): types for name, types in fields(fetch(path, names)).items()}
            except urllib.error.HTTPError as error:
                print(f"{path} was answered {error.code}", file=sys.stderr)
                seen = {}
            for field, types in wanted.items():
                total += 1
                if types & seen.get(field, set()):
                    hits += 1
                else:
                    print(path, field)
        print(f"field coverage: {hits}/{total}")
    finally:
        stop.set()
        pumping.join(10)
        connection.close()


main()
