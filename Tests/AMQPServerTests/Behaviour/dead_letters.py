"""Messages that leave a queue on another way than to a consumer: time, length, rejection."""
from broker import plain, scenario

EXPIRATIONS = ["a", "", "-1", "1.5", "4294967296", "99999999999999", " 1", "1 ", "+5", "0", "1a"]


@scenario
def expiration_texts(broker):
    name = broker.queue("expirations")
    return [[text, broker.published(name, expiration=text)] for text in EXPIRATIONS]


@scenario
def expired_by_the_queue(broker):
    name, dead = broker.dead_letter_queues("ttl.queue", **{"x-message-ttl": 50})
    properties = {"content_type": "t", "headers": {"h": 1}, "delivery_mode": 2, "message_id": "i"}
    broker.publish(name, priority=3, **properties)
    broker.wait_count(dead, 1)
    return broker.read(dead), broker.count(name)


@scenario
def expired_by_the_message(broker):
    name, dead = broker.dead_letter_queues("ttl.message")
    for body, expiration in (("a", "40"), ("b", "100000"), ("c", "40")):
        broker.publish(name, body, expiration=expiration)
    broker.wait_count(dead, 1)
    broker.pass_time(100)
    return broker.read(dead), broker.count(dead), broker.count(name)


@scenario
def the_shorter_time_counts(broker):
    name, dead = broker.dead_letter_queues("ttl.both", **{"x-message-ttl": 60000})
    broker.publish(name, "a", expiration="20")
    broker.wait_count(dead, 1)
    return broker.read(dead)


@scenario
def only_the_head_expires(broker):
    name = broker.queue("ttl.head")
    broker.publish(name, "a")
    broker.publish(name, "b", expiration="20")
    broker.pass_time(80)
    return broker.count(name), broker.bodies(name)


@scenario
def no_time_at_all(broker):
    name = broker.queue("ttl.zero", arguments={"x-message-ttl": 0})
    broker.publish(name, "a")
    other = broker.queue("ttl.zero.message")
    broker.publish(other, "b", expiration="0")
    _, received = broker.consume(name, auto_ack=True)
    broker.publish(name, "c")
    broker.wait(lambda: received)
    return broker.bodies(other), received


@scenario
def requeued_keeps_its_time(broker):
    name, dead = broker.dead_letter_queues("ttl.requeued", **{"x-message-ttl": 100})
    broker.publish(name, "a")
    tag, _, _ = broker.take(name)
    broker.pass_time(150)
    broker.channel.basic_nack(tag, requeue=True)
    broker.wait_count(dead, 1)
    return broker.read(dead)


@scenario
def rejected(broker):
    name, dead = broker.dead_letter_queues("rejected")
    broker.publish(name, "a", headers={"CC": ["other"], "x": "y"})
    tag, _, _ = broker.take(name)
    broker.channel.basic_reject(tag, requeue=False)
    broker.wait_count(dead, 1)
    return broker.read(dead)


@scenario
def rejected_many(broker):
    name, dead = broker.dead_letter_queues("rejected.many")
    for body in "abcd":
        broker.publish(name, body)
    tags = broker.tags(name, 4)
    broker.channel.basic_nack(tags[2], multiple=True, requeue=False)
    broker.wait_count(dead, 3)
    return broker.bodies(dead)


@scenario
def the_original_keys_are_kept(broker):
    exchange = broker.exchange("original.keys", "topic")
    dead = broker.queue("original.keys.dead")
    broker.channel.queue_bind(dead, exchange, "#")
    arguments = {"x-dead-letter-exchange": exchange}
    name = broker.queue("original.keys", arguments=arguments)
    broker.publish(name, "a", headers={"CC": ["c1", "c2"], "BCC": ["b1"]})
    tag, _, _ = broker.take(name)
    broker.channel.basic_reject(tag, requeue=False)
    broker.wait_count(dead, 1)
    return broker.read(dead), broker.count(dead)


@scenario
def longer_than_its_length(broker):
    name, dead = broker.dead_letter_queues("length", **{"x-max-length": 2})
    for body in "abcde":
        broker.publish(name, body)
    broker.wait_count(dead, 3)
    return broker.bodies(dead), broker.bodies(name)


@scenario
def no_length_at_all(broker):
    name, dead = broker.dead_letter_queues("length.zero", **{"x-max-length": 0})
    broker.publish(name, "a", expiration="5000")
    broker.wait_count(dead, 1)
    return broker.read(dead), broker.bodies(name)


@scenario
def more_bytes_than_allowed(broker):
    name = broker.queue("bytes", arguments={"x-max-length-bytes": 10})
    for body in ("12345", "67890", "x", "much too long", "y"):
        broker.publish(name, body)
    return broker.bodies(name)


def rejecting(broker, name, bodies, **arguments):
    name = broker.queue(name, arguments={"x-overflow": "reject-publish", **arguments})
    broker.channel.confirm_delivery()
    return [broker.outcome(broker.publish, name, body) for body in bodies], broker.bodies(name)


@scenario
def full_queue_refuses(broker):
    return rejecting(broker, "refuses", "abc", **{"x-max-length": 1})


@scenario
def full_queue_refuses_by_bytes(broker):
    bodies = ["123", "45", "6", ""]
    return rejecting(broker, "refuses.bytes", bodies, **{"x-max-length-bytes": 5})


@scenario
def full_queue_refuses_and_dead_letters(broker):
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish-dlx"}
    name, dead = broker.dead_letter_queues("refuses.dead", **arguments)
    broker.channel.confirm_delivery()
    outcomes = [broker.outcome(broker.publish, name, body) for body in "abc"]
    broker.wait_count(dead, 2)
    return outcomes, broker.bodies(name), broker.read(dead), broker.read(dead)


@scenario
def one_of_two_queues_refuses(broker):
    exchange = broker.exchange("one.refuses", "fanout")
    arguments = {"x-max-length": 1, "x-overflow": "reject-publish"}
    full = broker.queue("one.refuses.full", arguments=arguments)
    free = broker.queue("one.refuses.free")
    for name in (full, free):
        broker.channel.queue_bind(name, exchange)
    broker.channel.confirm_delivery()
    outcomes = [broker.outcome(broker.publish, "", body, exchange=exchange) for body in "ab"]
    return outcomes, broker.bodies(full), broker.bodies(free)


@scenario
def deaths_are_counted(broker):
    name, dead = broker.dead_letter_queues("deaths")
    broker.publish(name, "a")
    seen = []
    for _ in range(3):
        tag, _, _ = broker.take(name)
        broker.channel.basic_reject(tag, requeue=False)
        broker.wait_count(dead, 1)
        method, properties, body = broker.channel.basic_get(dead, auto_ack=True)
        seen.append(plain(properties))
        broker.channel.basic_publish("", name, body, properties)
    return seen


@scenario
def deaths_in_two_queues(broker):
    end = broker.queue("chain.end")
    for name, following in (("chain.2", end), ("chain.1", "chain.2")):
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": following}
        broker.queue(name, arguments={"x-message-ttl": 30, **arguments})
    broker.publish("chain.1", "a", expiration="10")
    broker.wait_count(end, 1)
    return broker.read(end)


@scenario
def a_cycle_without_rejection_ends(broker):
    for name, following in (("cycle.1", "cycle.2"), ("cycle.2", "cycle.1"), ("self", "self")):
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": following}
        broker.queue(name, arguments={"x-message-ttl": 20, **arguments})
    broker.publish("cycle.1", "a")
    broker.publish("self", "b")
    broker.pass_time(300)
    return [broker.count(name) for name in ("cycle.1", "cycle.2", "self")]


@scenario
def a_cycle_with_rejections_goes_on(broker):
    name = "cycle.rejected"
    arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": name}
    broker.queue(name, arguments=arguments)
    broker.publish(name, "a")
    seen = []
    for _ in range(3):
        tag, redelivered, properties = broker.take(name)
        seen.append([redelivered, properties])
        broker.channel.basic_reject(tag, requeue=False)
        broker.wait_count(name, 1)
    return seen


@scenario
def no_such_dead_letter_exchange(broker):
    arguments = {"x-dead-letter-exchange": "no such exchange", "x-message-ttl": 10}
    name = broker.queue("dead.nowhere", arguments=arguments)
    broker.publish(name, "a")
    broker.pass_time(100)
    return broker.count(name)


@scenario
def purged_is_not_dead(broker):
    name, dead = broker.dead_letter_queues("purged")
    broker.publish(name)
    broker.publish(name)
    count = broker.channel.queue_purge(name).method.message_count
    broker.settle()
    return count, broker.count(dead)


def exists(broker, name):
    return broker.outcome(broker.channel.queue_declare, name, passive=True)


@scenario
def unused_queue_expires(broker):
    name = broker.queue("expires", arguments={"x-expires": 150})
    before = exists(broker, name)
    broker.pass_time(600)
    return before, exists(broker, name)


@scenario
def used_queue_does_not_expire(broker):
    # Each use must come in time on a machine that does much else.
    name = broker.queue("expires.used", arguments={"x-expires": 1500})
    for _ in range(6):
        broker.pass_time(300)
        broker.channel.basic_get(name)
    before = exists(broker, name)
    broker.pass_time(2500)
    return before, exists(broker, name)


@scenario
def consumed_queue_does_not_expire(broker):
    name = broker.queue("expires.consumed", arguments={"x-expires": 100})
    tag, _ = broker.consume(name)
    broker.pass_time(400)
    before = exists(broker, name)
    broker.channel.basic_cancel(tag)
    broker.pass_time(600)
    return before, exists(broker, name)


@scenario
def priorities(broker):
    name = broker.queue("priorities", arguments={"x-max-priority": 5})
    for number, priority in enumerate([0, 5, 3, 9, None, 3, 1, 200]):
        properties = {} if priority is None else {"priority": priority}
        broker.publish(name, f"{number}:{priority}", **properties)
    return broker.bodies(name)


@scenario
def priorities_of_requeued_messages(broker):
    name = broker.queue("priorities.requeued", arguments={"x-max-priority": 5})
    for number in range(6):
        broker.publish(name, str(number), priority=number % 3)
    tags = broker.tags(name, 4)
    for index in (0, 2, 1):
        broker.channel.basic_nack(tags[index], requeue=True)
    return broker.bodies(name)


@scenario
def priorities_and_length(broker):
    arguments = {"x-max-priority": 5, "x-max-length": 3}
    name = broker.queue("priorities.length", arguments=arguments)
    for number in (1, 5, 2, 4, 3, 0):
        broker.publish(name, str(number), priority=number)
    return broker.bodies(name)


@scenario
def priorities_and_time(broker):
    name = broker.queue("priorities.time", arguments={"x-max-priority": 5})
    broker.publish(name, "low", priority=0, expiration="30")
    broker.publish(name, "high", priority=5)
    broker.pass_time(150)
    return broker.count(name), broker.bodies(name)


@scenario
def delivery_limit(broker):
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 2}
    name, dead = broker.dead_letter_queues("limit", **arguments)
    broker.channel.confirm_delivery()
    broker.publish(name, "a")
    seen = []
    for _ in range(3):
        broker.wait_count(name, 1)
        tag, redelivered, properties = broker.take(name)
        seen.append([redelivered, properties])
        broker.channel.basic_nack(tag, requeue=True)
    broker.wait_count(dead, 1)
    return seen, broker.read(dead)


@scenario
def delivery_limit_and_closed_channels(broker):
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1}
    name, dead = broker.dead_letter_queues("limit.channels", **arguments)
    broker.channel.confirm_delivery()
    broker.publish(name, "a")
    seen = []
    for _ in range(2):
        broker.wait_count(name, 1)
        channel = broker.connection.channel()
        method, properties, _ = channel.basic_get(name)
        seen.append([method.redelivered, properties.headers])
        channel.close()
    broker.wait_count(dead, 1)
    return seen, broker.read(dead)


@scenario
def requeued_in_a_quorum_queue(broker):
    name = broker.queue("quorum.order", durable=True, arguments={"x-queue-type": "quorum"})
    broker.channel.confirm_delivery()
    for body in "abcd":
        broker.publish(name, body)
    tags = broker.tags(name, 3)
    for count, index in enumerate((1, 0, 2), start=2):
        broker.channel.basic_nack(tags[index], requeue=True)
        broker.wait_count(name, count)
    return broker.bodies(name)


def legacy(queue, reason="expired", **more):
    """A death as RabbitMQ before 3.6 wrote it: without a count, one for each death."""
    return {"reason": reason, "queue": queue, "exchange": "older", "routing-keys": ["k"], **more}


@scenario
def deaths_without_counts(broker):
    cases = {
        "one of another queue": [legacy("other")],
        "two of another queue": [legacy("other", number=1), legacy("other", number=2)],
        "mixed": [legacy("a"), legacy("b"), legacy("a"), legacy("c", "rejected"), legacy("a")],
        "this queue": [legacy("old.deaths", "rejected"), legacy("old.deaths", "rejected")],
        "counted": [legacy("a", count=4), legacy("a"), legacy("b", count=2), legacy("b", count=3)],
        "counted last": [legacy("a"), legacy("a", count=4)],
        "counted oddly": [legacy("a", count="two"), legacy("a", count=-3), legacy("b", count=0)],
        "counted oddly alone": [legacy("a", count="two")],
        "zero alone": [legacy("a", count=0)],
        "no queue": [{"reason": "expired"}, {"reason": "expired"}, {"queue": "a"}, {"queue": "a"}],
        "three": [legacy("a", count=1), legacy("b", count=1), legacy("c", count=1)],
        "three, the last of here": [
            legacy("a", count=1), legacy("b", count=1), legacy("old.deaths", "rejected", count=3)
        ],
    }
    name, dead = broker.dead_letter_queues("old.deaths")
    results = {}
    for case, deaths in cases.items():
        broker.publish(name, headers={"x-death": deaths})
        broker.channel.basic_reject(broker.tags(name, 1)[0], requeue=False)
        if broker.published(name) != "ok":
            results[case] = "closed"
        broker.settle()
        method, properties, _ = broker.channel.basic_get(dead, auto_ack=True)
        results[case] = "gone" if method is None else plain(properties.headers.get("x-death"))
        broker.channel.queue_purge(name)
    return results
