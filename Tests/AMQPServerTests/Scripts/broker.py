"""Where the broker is: the only thing that these scripts share."""
import os

import pika


def connect():
    return pika.BlockingConnection(pika.URLParameters(os.environ["AMQP_URL"]))


def consume_until_interrupted(channel):
    print("waiting", flush=True)
    try:
        channel.start_consuming()
    except KeyboardInterrupt:
        channel.stop_consuming()
        channel.connection.close()
        print("closed", flush=True)
