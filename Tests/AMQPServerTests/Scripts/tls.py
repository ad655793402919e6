"""Says a message to itself over TLS: tls.py PORT AUTHORITY [CERTIFICATE KEY] [external]."""
import ssl
import sys

import pika

port, authority, *rest = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
options = {}
if len(rest) >= 2:
    context.load_cert_chain(rest[0], rest[1])
if "external" in rest:
    options["credentials"] = pika.credentials.ExternalCredentials()
parameters = pika.ConnectionParameters(
    "127.0.0.1", int(port), ssl_options=pika.SSLOptions(context, "localhost"), **options
)
try:
    connection = pika.BlockingConnection(parameters)
except (pika.exceptions.AMQPError, OSError) as error:
    print(f"refused {type(error).__name__} {error}")
    sys.exit(0)
channel = connection.channel()
queue = channel.queue_declare("", exclusive=True).method.queue
body = b"x" * 300_000
channel.basic_publish("", queue, body)
method, _, received = channel.basic_get(queue, auto_ack=True)
print("encrypted and whole" if received == body else f"broken: {method}")
connection.close()
