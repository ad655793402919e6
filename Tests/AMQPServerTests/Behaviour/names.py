"""Names with line breaks in them, which RabbitMQ takes out here and there."""
import pika

from broker import scenario


def ignore(*_):
    """A consumer that does nothing."""


def declared(broker, name, **options):
    """Declares a queue as pika cannot, which waits for an answer with the name that it sent."""
    names = []
    declare = pika.spec.Queue.Declare(queue=name, arguments={}, **options)
    broker.channel._impl._rpc(
        declare, lambda frame: names.append(frame.method.queue), [pika.spec.Queue.DeclareOk]
    )
    broker.wait(lambda: names or not broker.channel.is_open)
    broker.queues += names
    if names:
        return names[0]
    reason = broker.channel._closing_reason
    broker.reopen()
    return f"channel {reason.reply_code} {reason.reply_text}"


@scenario
def line_breaks_in_a_queue_name(broker):
    return [
        declared(broker, "na\rme\n"),
        broker.count("name"),
        declared(broker, "na\nme", passive=True),
        declared(broker, "na\n\nme", passive=True),
        declared(broker, "\r\n").startswith("amq.gen-"),
        declared(broker, "amq\n.name"),
        declared(broker, "none\n", passive=True),
    ]


@scenario
def line_breaks_in_what_uses_a_queue(broker):
    broker.queue("name")
    calls = [
        ("queue_purge", "na\nme"),
        ("basic_get", "na\nme"),
        ("basic_consume", "na\nme", ignore),
        ("queue_bind", "na\nme", "amq.direct", "key"),
        ("queue_bind", "name", "amq\r\n.direct", "key"),
        ("queue_unbind", "na\nme", "amq.direct", "key"),
        ("queue_unbind", "name", "amq.\ndirect", "key"),
        ("queue_delete", "na\nme"),
        ("queue_purge", "name"),
    ]
    return {
        " ".join(map(str, call[:3])).split(" <")[0]: broker.outcome(
            lambda call=call: getattr(broker.channel, call[0])(*call[1:])
        )
        for call in calls
    }


@scenario
def line_breaks_in_an_exchange_name(broker):
    broker.exchange("exch")
    broker.exchange("ex\nc\rh\r\n")
    broker.exchange("ex")
    calls = [
        ("exchange_declare", {"exchange": "e\nxch", "passive": True}),
        ("exchange_declare", {"exchange": "\n", "exchange_type": "direct"}),
        ("exchange_declare", {"exchange": "a\nmq.x", "exchange_type": "direct"}),
        ("exchange_bind", {"destination": "e\nx", "source": "exch", "routing_key": "k"}),
        ("exchange_bind", {"destination": "ex", "source": "ex\nch", "routing_key": "k"}),
        ("exchange_unbind", {"destination": "e\nx", "source": "ex\nch", "routing_key": "k"}),
        ("exchange_delete", {"exchange": "ex\nch"}),
        ("exchange_declare", {"exchange": "exch", "passive": True}),
        ("exchange_delete", {"exchange": "\n"}),
    ]
    return [
        broker.outcome(lambda call=call: getattr(broker.channel, call[0])(**call[1]))
        for call in calls
    ]


@scenario
def line_breaks_in_what_is_published(broker):
    name = broker.queue("name")
    broker.exchange("exch")
    broker.channel.queue_bind(name, "exch", "ke\ny")
    broker.publish("na\nme", "to a queue")
    broker.publish("key", "without the break", exchange="exch")
    broker.publish("ke\ny", "with the break", exchange="exch")
    broken = broker.published("key", exchange="ex\nch")
    return broken, broker.bodies(name)


@scenario
def line_breaks_in_arguments(broker):
    broker.queue("dead")
    name = broker.queue(
        "source",
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "de\nad"},
    )
    broker.publish(name)
    tag = broker.tags(name, 1)[0]
    broker.channel.basic_reject(tag, requeue=False)
    broker.settle()
    return broker.bodies("dead")
