"""A broker as a scenario sees it: one connection, one channel, and everything declared is removed afterwards."""
import time

import pika
from pika.exceptions import (
    AMQPConnectionError,
    ChannelClosedByBroker,
    ConnectionClosedByBroker,
    ConnectionWrongStateError,
    NackError,
    UnroutableError,
)

SCENARIOS = {}
DEADLINE_SECONDS = 5


def scenario(function):
    """Registers a scenario under its function's name."""
    SCENARIOS[function.__name__] = function
    return function


class Broker:
    def __init__(self, port):
        self.port = port
        self.connections = []
        self.queues = []
        self.exchanges = []
        self.connection = self.connect()
        self.channel = self.connection.channel()

    def connect(self, **options):
        parameters = pika.ConnectionParameters(
            "127.0.0.1", self.port, heartbeat=0, socket_timeout=DEADLINE_SECONDS, **options
        )
        connection = pika.BlockingConnection(parameters)
        self.connections.append(connection)
        return connection

    def reopen(self):
        """Opens a new channel, on a new connection when the old one is gone."""
        if not self.connection.is_open:
            self.connection = self.connect()
        self.channel = self.connection.channel()
        return self.channel

    def queue(self, name="", **options):
        name = self.channel.queue_declare(name, **options).method.queue
        self.queues.append(name)
        return name

    def dead_letter_queues(self, name, **arguments):
        """A queue with these arguments, and the queue that its dead letters go to."""
        dead = self.queue(f"{name}.dead")
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead, **arguments}
        quorum = arguments.get("x-queue-type") == "quorum"
        return self.queue(name, durable=quorum, arguments=arguments), dead

    def exchange(self, name, kind="direct", **options):
        self.channel.exchange_declare(name, kind, **options)
        self.exchanges.append(name)
        return name

    def publish(self, key, body="m", exchange="", mandatory=False, **properties):
        self.channel.basic_publish(exchange, key, body, pika.BasicProperties(**properties), mandatory)

    def take(self, queue):
        """Gets one message, to be settled: its tag, whether it is redelivered, its properties."""
        method, properties, _ = self.channel.basic_get(queue)
        return None if method is None else (method.delivery_tag, method.redelivered, plain(properties))

    def tags(self, queue, count):
        return [self.channel.basic_get(queue)[0].delivery_tag for _ in range(count)]

    def read(self, queue):
        """Gets one message with all that a consumer sees of it."""
        method, properties, body = self.channel.basic_get(queue, auto_ack=True)
        if method is None:
            return None
        facts = [body.decode(), method.redelivered, method.exchange, method.routing_key]
        return facts + [method.message_count, plain(properties)]

    def bodies(self, queue):
        """Empties a queue; a star marks what is redelivered."""
        bodies = []
        while True:
            method, _, body = self.channel.basic_get(queue, auto_ack=True)
            if method is None:
                return bodies
            bodies.append(body.decode() + ("*" if method.redelivered else ""))

    def consume(self, queue, **options):
        """Starts a consumer and returns its tag and the list that its deliveries are put into."""
        received = []

        def deliver(_channel, method, _properties, body):
            received.append(body.decode() + ("*" if method.redelivered else ""))

        return self.channel.basic_consume(queue, deliver, **options), received

    def count(self, queue):
        return self.channel.queue_declare(queue, passive=True).method.message_count

    def wait_count(self, queue, count):
        """Waits until so many messages are ready; returns how many there are."""
        self.wait(lambda: self.count(queue) == count)
        return self.count(queue)

    def wait(self, condition):
        """Handles what comes in until the condition holds or the deadline is over."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while not condition() and time.monotonic() < deadline:
            self.connection.process_data_events(0.01)

    def settle(self):
        """Waits until the broker has done all that came before: a question to it is answered in order."""
        self.pass_time(60)

    def pass_time(self, milliseconds):
        """Lets the broker's clock go on: waits for a message that expires after so long."""
        connection = self.connect()
        channel = connection.channel()
        arrived = channel.queue_declare("", exclusive=True).method.queue
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": arrived}
        clock = channel.queue_declare("", exclusive=True, arguments=arguments).method.queue
        channel.basic_publish("", clock, b"", pika.BasicProperties(expiration=str(milliseconds)))
        while channel.basic_get(arrived, auto_ack=True)[0] is None:
            self.connection.process_data_events(0.01)
        connection.close()

    def outcome(self, action, *arguments, **options):
        """What became of an action: ok, or how the broker refused it."""
        try:
            action(*arguments, **options)
            return "ok"
        except ChannelClosedByBroker as error:
            self.reopen()
            return f"channel {error.reply_code} {error.reply_text}"
        except ConnectionClosedByBroker as error:
            self.reopen()
            return f"connection {error.reply_code} {error.reply_text}"
        except UnroutableError:
            return "returned"
        except NackError:
            return "nacked"
        except (ConnectionWrongStateError, AMQPConnectionError):
            self.reopen()
            return "connection lost"

    def published(self, key, **options):
        """The outcome of a publish without confirms: the broker's answer to what comes after it."""

        def action():
            self.publish(key, **options)
            self.channel.queue_declare("", exclusive=True, auto_delete=True)

        return self.outcome(action)

    def clean(self):
        connection = self.connect()
        for delete, names in (("queue_delete", self.queues), ("exchange_delete", self.exchanges)):
            for name in names:
                try:
                    getattr(connection.channel(), delete)(name)
                except ChannelClosedByBroker:
                    pass
        for connection in self.connections:
            if connection.is_open:
                connection.close()


def plain(value):
    """Properties and headers as JSON can hold them; instants are not compared."""
    if isinstance(value, pika.BasicProperties):
        value = {key: item for key, item in vars(value).items() if item is not None}
    if isinstance(value, dict):
        return {key: "instant" if key == "time" else plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value if isinstance(value, (bool, int, str)) or value is None else str(value)
