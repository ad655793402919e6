"""Hello world, the receiver: acknowledges automatically."""
from broker import connect, consume_until_interrupted

channel = connect().channel()
channel.queue_declare(queue="hello")


def on_message(channel, method, properties, body):
    print(f"received {body.decode()!r}", flush=True)


channel.basic_consume(queue="hello", on_message_callback=on_message, auto_ack=True)
consume_until_interrupted(channel)
