"""Work queues, a worker: one task at a time, acknowledged by hand; `hang` is never acknowledged."""
import pika
from broker import connect, consume_until_interrupted

channel = connect().channel()
channel.queue_declare(queue="task_queue", durable=True)
channel.basic_qos(prefetch_count=1)


def on_task(channel, method, properties, body):
    again = " again" if method.redelivered else ""
    persistent = properties.delivery_mode == pika.spec.PERSISTENT_DELIVERY_MODE
    print(f"got {body.decode()}{again} persistent={persistent}", flush=True)
    if body != b"hang" or method.redelivered:
        channel.basic_ack(delivery_tag=method.delivery_tag)


channel.basic_consume(queue="task_queue", on_message_callback=on_task)
consume_until_interrupted(channel)
