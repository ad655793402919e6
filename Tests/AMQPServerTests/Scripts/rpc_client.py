"""Remote procedure calls, the client: asks for the number of its argument, checks who answers what."""
import sys
import uuid

import pika
from broker import connect

connection = connect()
channel = connection.channel()
callback_queue = channel.queue_declare(queue="", exclusive=True).method.queue
answers = {}


def on_answer(channel, method, properties, body):
    answers[properties.correlation_id] = int(body)


channel.basic_consume(queue=callback_queue, on_message_callback=on_answer, auto_ack=True)
for number in map(int, sys.argv[1:]):
    correlation = str(uuid.uuid4())
    channel.basic_publish(
        exchange="",
        routing_key="rpc_queue",
        properties=pika.BasicProperties(reply_to=callback_queue, correlation_id=correlation),
        body=str(number),
    )
    while correlation not in answers:
        connection.process_data_events(time_limit=1)
    print(f"fibonacci({number}) = {answers[correlation]}", flush=True)
connection.close()
