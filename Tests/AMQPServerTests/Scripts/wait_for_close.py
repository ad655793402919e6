"""Holds a connection until the broker closes it, and says with which code."""
import pika
from broker import connect

connection = connect()
print("open", flush=True)
try:
    while True:
        connection.process_data_events(time_limit=1)
except pika.exceptions.ConnectionClosedByBroker as error:
    print(f"closed {error.reply_code} {error.reply_text.split(' ')[0]}")
