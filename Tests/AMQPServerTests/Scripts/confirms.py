"""Publisher confirms: each publish waits for the broker; what cannot be routed comes back."""
import pika
from broker import connect

connection = connect()
channel = connection.channel()
queue = channel.queue_declare(queue="", exclusive=True).method.queue
channel.confirm_delivery()
for number in range(100):
    channel.basic_publish(exchange="", routing_key=queue, body=str(number), mandatory=True)
print("confirmed 100")

# Unroutable and not mandatory: dropped, and confirmed all the same.
channel.basic_publish(exchange="", routing_key="no such queue", body="lost")
print("confirmed unroutable")

try:
    channel.basic_publish(exchange="", routing_key="no such queue", body="back", mandatory=True)
except pika.exceptions.UnroutableError as error:
    returned = error.messages[0]
    print(f"returned {returned.method.reply_code} {returned.method.reply_text} {returned.body.decode()}")

bodies = []
while len(bodies) < 100:
    method, properties, body = channel.basic_get(queue=queue, auto_ack=True)
    bodies.append(int(body))
print("in order" if bodies == list(range(100)) else f"out of order: {bodies}")
print("empty" if channel.basic_get(queue=queue)[0] is None else "not empty")
connection.close()
