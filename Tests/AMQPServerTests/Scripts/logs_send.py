"""Publish/subscribe, routing and topics, the sender: EXCHANGE TYPE KEY TEXT."""
import sys

from broker import connect

exchange, kind, key, text = sys.argv[1:]
connection = connect()
channel = connection.channel()
channel.exchange_declare(exchange=exchange, exchange_type=kind)
channel.basic_publish(exchange=exchange, routing_key=key, body=text)
print(f"sent {key}:{text}")
connection.close()
