"""Remote procedure calls, the server: answers Fibonacci numbers to `reply_to`."""
import pika
from broker import connect, consume_until_interrupted

channel = connect().channel()
channel.queue_declare(queue="rpc_queue")


def fibonacci(number):
    first, second = 0, 1
    for _ in range(number):
        first, second = second, first + second
    return first


def on_request(channel, method, properties, body):
    channel.basic_publish(
        exchange="",
        routing_key=properties.reply_to,
        properties=pika.BasicProperties(correlation_id=properties.correlation_id),
        body=str(fibonacci(int(body))),
    )
    channel.basic_ack(delivery_tag=method.delivery_tag)


channel.basic_qos(prefetch_count=1)
channel.basic_consume(queue="rpc_queue", on_message_callback=on_request)
consume_until_interrupted(channel)
