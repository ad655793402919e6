"""Consumers: whose turn it is, how much they may hold, and how they end."""
from broker import scenario


def ignore(*_):
    """A consumer that does nothing."""


@scenario
def consumer_priorities(broker):
    name = broker.queue("priority.consumers")
    broker.channel.basic_qos(prefetch_count=2)
    received = [
        broker.consume(name, arguments=arguments)[1]
        for arguments in (None, {"x-priority": 10}, {"x-priority": -1})
    ]
    for number in range(7):
        broker.publish(name, str(number))
    broker.wait(lambda: sum(map(len, received)) == 6)
    return received


@scenario
def bad_consumer_priorities(broker):
    name = broker.queue("priority.bad")
    return [
        broker.outcome(broker.channel.basic_consume, name, ignore, arguments={"x-priority": value})
        for value in ("a", True, 2**40)
    ]


@scenario
def single_active_consumer(broker):
    name = broker.queue("single", arguments={"x-single-active-consumer": True})
    first_tag, first = broker.consume(name, auto_ack=True)
    _, second = broker.consume(name, auto_ack=True)
    broker.publish(name, "1")
    broker.publish(name, "2")
    broker.wait(lambda: len(first) == 2)
    broker.channel.basic_cancel(first_tag)
    broker.publish(name, "3")
    broker.wait(lambda: second)
    exclusive = broker.outcome(broker.channel.basic_consume, name, ignore, exclusive=True)
    return first, second, exclusive


@scenario
def get_beside_a_single_active_consumer(broker):
    results = []
    for kind in ("classic", "quorum"):
        arguments = {"x-single-active-consumer": True, "x-queue-type": kind}
        name = broker.queue(f"single.get.{kind}", durable=True, arguments=arguments)
        results.append(broker.outcome(broker.channel.basic_get, name))
    return results


@scenario
def exclusive_consumers(broker):
    name = broker.queue("exclusive.consumer")
    other = broker.connect().channel()
    other.basic_consume(name, ignore, exclusive=True)
    second = broker.outcome(broker.channel.basic_consume, name, ignore)
    other.close()
    broker.channel.basic_consume(name, ignore)
    return second, broker.outcome(broker.channel.basic_consume, name, ignore, exclusive=True)


@scenario
def queues_that_are_not_there(broker):
    calls = [("basic_consume", ignore), ("basic_get",), ("queue_purge",), ("queue_delete",)]
    results = [broker.outcome(getattr(broker.channel, call), "absent", *rest) for call, *rest in calls]
    return results + [broker.outcome(broker.channel.queue_declare, "absent", passive=True)]


@scenario
def stream_offset_on_a_classic_queue(broker):
    name = broker.queue("offset")
    arguments = {"x-stream-offset": "first"}
    return broker.outcome(broker.channel.basic_consume, name, ignore, arguments=arguments)


@scenario
def direct_reply(broker):
    received = []

    def deliver(_channel, method, _properties, body):
        received.append([method.exchange, body.decode(), method.redelivered])

    broker.channel.basic_consume("amq.rabbitmq.reply-to", deliver, auto_ack=True)
    name = broker.queue("direct.reply")
    broker.publish(name, "request", reply_to="amq.rabbitmq.reply-to", correlation_id="1")
    _, properties, _ = broker.channel.basic_get(name, auto_ack=True)
    server = broker.connect().channel()
    server.queue_declare(properties.reply_to, passive=True)
    server.basic_publish("", properties.reply_to, "answer")
    broker.wait(lambda: received)
    return properties.reply_to.startswith("amq.rabbitmq.reply-to."), received


@scenario
def direct_reply_refused(broker):
    reply = "amq.rabbitmq.reply-to"
    results = [broker.outcome(broker.channel.basic_consume, reply, ignore)]
    results.append(broker.published("x", reply_to=reply))
    broker.channel.basic_consume(reply, ignore, auto_ack=True)
    results.append(broker.outcome(broker.channel.basic_consume, reply, ignore, auto_ack=True))
    for name in (reply, f"{reply}.xyz"):
        for passive in (False, True):
            declare = broker.channel.queue_declare
            results.append(broker.outcome(declare, name, passive=passive))
    results.append(broker.outcome(broker.channel.basic_get, reply))
    broker.channel.confirm_delivery()
    return results + [broker.outcome(broker.publish, f"{reply}.xyz", mandatory=True)]


@scenario
def told_that_the_queue_is_gone(broker):
    name = broker.queue("gone")
    told = []
    channel = broker.connection.channel()
    channel.add_on_cancel_callback(lambda _: told.append("cancel"))
    channel.basic_consume(name, ignore)
    broker.channel.queue_delete(name)
    broker.wait(lambda: told)
    return told


@scenario
def prefetch(broker):
    name = broker.queue("prefetch")
    for number in range(10):
        broker.publish(name, str(number))
    broker.channel.basic_qos(prefetch_count=2)
    _, first = broker.consume(name)
    broker.wait(lambda: len(first) == 2)
    broker.channel.basic_qos(prefetch_count=3, global_qos=True)
    _, second = broker.consume(name)
    broker.settle()
    broker.wait(lambda: second)
    return first, second, broker.outcome(broker.channel.basic_qos, prefetch_size=5)


@scenario
def prefetch_raised_for_the_channel(broker):
    name = broker.queue("prefetch.raised")
    for number in range(10):
        broker.publish(name, str(number))
    broker.channel.basic_qos(prefetch_count=2, global_qos=True)
    _, received = broker.consume(name)
    broker.wait(lambda: len(received) == 2)
    broker.settle()
    before = len(received)
    broker.channel.basic_qos(prefetch_count=4, global_qos=True)
    broker.wait(lambda: len(received) == 4)
    return before, received


@scenario
def a_global_prefetch_goes_round(broker):
    """Of three queues none waits until the others are empty."""
    names = [broker.queue(f"round.{number}") for number in range(3)]
    for name in names:
        for _ in range(20):
            broker.publish(name)
    received = []
    broker.channel.basic_qos(prefetch_count=1, global_qos=True)
    for name in names:
        broker.channel.basic_consume(
            name, lambda _channel, method, *_, name=name: received.append((name, method.delivery_tag))
        )
    for count in range(1, 31):
        broker.wait(lambda: len(received) == count)
        broker.channel.basic_ack(received[-1][1])
    return len({name for name, _ in received})
