"""What a broker refuses, and with which code: pika shows the close that it got."""
import pika
from broker import connect

connection = connect()


def refused(what, action):
    channel = connection.channel()
    try:
        action(channel)
        print(f"{what}: allowed")
    except pika.exceptions.ChannelClosedByBroker as error:
        print(f"{what}: {error.reply_code} {error.reply_text.split(' ')[0]}")


refused("passive declare", lambda channel: channel.queue_declare("no such queue", passive=True))
refused("get", lambda channel: channel.basic_get("no such queue"))
refused("bind", lambda channel: channel.queue_bind("no such queue", "amq.direct", "key"))
refused("reserved exchange", lambda channel: channel.exchange_declare("amq.mine", "direct"))
refused("other type", lambda channel: channel.exchange_declare("amq.topic", "fanout"))
other = connect()
other.channel().queue_declare("mine alone", exclusive=True)
refused("exclusive queue of another", lambda channel: channel.queue_declare("mine alone"))
other.close()
refused("gone with its connection", lambda channel: channel.queue_declare("mine alone", passive=True))
refused("unknown tag", lambda channel: (channel.basic_ack(7), channel.queue_declare("", exclusive=True)))
# The connection outlives all these channels.
print("connection open" if connection.is_open else "connection closed")
connection.close()
