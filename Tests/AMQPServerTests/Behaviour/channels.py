"""What belongs to a channel or a connection: transactions, acknowledgements, confirms, logins."""
import re

import pika
from pika.exceptions import AMQPError

from broker import scenario


@scenario
def transaction(broker):
    name = broker.queue("transaction")
    channel = broker.channel
    channel.tx_select()
    broker.publish(name, "1")
    counts = [broker.count(name)]
    channel.tx_commit()
    counts.append(broker.count(name))
    broker.publish(name, "2")
    channel.tx_rollback()
    counts.append(broker.count(name))
    tag, _, _ = broker.take(name)
    channel.basic_ack(tag)
    channel.tx_rollback()
    channel.basic_ack(tag)
    channel.tx_commit()
    channel.close()
    broker.reopen()
    return counts + [broker.count(name)]


@scenario
def transactions_refused(broker):
    results = [broker.outcome(getattr(broker.channel, call)) for call in ("tx_commit", "tx_rollback")]
    broker.channel.tx_select()
    broker.channel.tx_select()
    results.append(broker.outcome(broker.channel.confirm_delivery))
    broker.channel.confirm_delivery()
    return results + [broker.outcome(broker.channel.tx_select)]


@scenario
def faults_in_a_transaction(broker):
    def acknowledge():
        broker.channel.tx_select()
        broker.channel.basic_ack(5)
        broker.channel.tx_commit()

    def publish():
        broker.channel.tx_select()
        broker.publish("k", exchange="absent")
        broker.channel.tx_commit()

    return broker.outcome(acknowledge), broker.outcome(publish)


@scenario
def rejection_in_a_transaction(broker):
    name = broker.queue("transaction.nack")
    broker.publish(name)
    broker.channel.tx_select()
    tag, _, _ = broker.take(name)
    broker.channel.basic_nack(tag, requeue=True)
    before = broker.count(name)
    broker.channel.tx_commit()
    return before, broker.wait_count(name, 1)


@scenario
def unknown_delivery_tags(broker):
    name = broker.queue("tags")
    calls = [
        ("basic_ack", {"delivery_tag": 7}),
        ("basic_nack", {"delivery_tag": 7}),
        ("basic_reject", {"delivery_tag": 7}),
        ("basic_ack", {"delivery_tag": 0, "multiple": True}),
        ("basic_ack", {"delivery_tag": 7, "multiple": True}),
        ("basic_ack", {"delivery_tag": 0}),
    ]
    results = []
    for call, options in calls:

        def action(call=call, options=options):
            getattr(broker.channel, call)(**options)
            broker.channel.queue_declare(name)

        results.append(broker.outcome(action))
    return results


@scenario
def recovered(broker):
    name = broker.queue("recovered")
    for body in "abc":
        broker.publish(name, body)
    broker.tags(name, 2)
    broker.channel.basic_recover(True)
    return broker.bodies(name), broker.outcome(broker.channel.basic_recover, False)


@scenario
def requeued_in_any_order(broker):
    name = broker.queue("requeued")
    for body in "abcd":
        broker.publish(name, body)
    tags = broker.tags(name, 3)
    for index in (2, 0, 1):
        broker.channel.basic_nack(tags[index], requeue=True)
    return broker.bodies(name)


@scenario
def a_user_named_in_the_message(broker):
    name = broker.queue("user")
    return [broker.published(name, user_id=user) for user in ("guest", "other", "")]


def refusal(error):
    """The broker's own words; which exception carries them is pika's affair."""
    return re.search(r"\(\d+\).*", str(error)).group()


@scenario
def no_such_virtual_host(broker):
    try:
        broker.connect(virtual_host="absent")
        return "ok"
    except AMQPError as error:
        return refusal(error)


@scenario
def wrong_password(broker):
    try:
        broker.connect(credentials=pika.PlainCredentials("guest", "wrong"))
        return "ok"
    except AMQPError as error:
        return refusal(error)


@scenario
def capabilities(broker):
    properties = broker.connection._impl.server_properties
    return sorted(properties), sorted(properties["capabilities"].items())


@scenario
def time_to_live_in_a_transaction(broker):
    """It counts from the commit."""
    name = broker.queue("tx.ttl", arguments={"x-message-ttl": 400})
    broker.channel.tx_select()
    broker.publish(name, "waited")
    broker.publish(name, "waited with its own", expiration="400")
    broker.pass_time(500)
    broker.channel.tx_commit()
    return broker.bodies(name)
