"""Publish/subscribe, routing and topics, a receiver: EXCHANGE TYPE [KEY...]."""
import sys

from broker import connect, consume_until_interrupted

exchange, kind, *keys = sys.argv[1:]
channel = connect().channel()
channel.exchange_declare(exchange=exchange, exchange_type=kind)
# A queue of our own under a name that the broker makes up; it goes when we go.
queue = channel.queue_declare(queue="", exclusive=True).method.queue
for key in keys or [None]:
    channel.queue_bind(exchange=exchange, queue=queue, routing_key=key)


def on_message(channel, method, properties, body):
    print(f"received {method.routing_key}:{body.decode()}", flush=True)


channel.basic_consume(queue=queue, on_message_callback=on_message, auto_ack=True)
consume_until_interrupted(channel)
