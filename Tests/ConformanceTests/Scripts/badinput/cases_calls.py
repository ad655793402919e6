"""What a well-formed but wrong call gets."""
from cases_frames import *  # noqa: F403

# E. what a well-formed but wrong call gets
chan("publish/no-such-exchange", publish(1, "no-such-exchange", "k"))
chan("publish/immediate", publish(1, "", "k", immediate=1))
chan("publish/mandatory-unroutable", publish(1, "", U(), mandatory=1), want=[(60, 50)], sync=False)
chan("publish/exchange-name-invalid-utf8", publish(1, b"\xff\xfe", "k"), {"chan-close:404"} | SYNTAX)
chan("publish/routing-key-invalid-utf8", publish(1, "amq.topic", b"\xff\xfe"), {"ok"} | SYNTAX)
chan("publish/key-255-bytes", publish(1, "amq.topic", "a" * 255))
chan("publish/topic-key-127-words", publish(1, "amq.topic", ".".join("a" * 127)))
chan("publish/expiration-not-a-number", publish(1, "", "k", flags=0x0100, props=sstr("soon")))
chan("publish/expiration-negative", publish(1, "", "k", flags=0x0100, props=sstr("-1")))
chan("publish/expiration-empty", publish(1, "", "k", flags=0x0100, props=sstr("")))
chan("publish/expiration-huge", publish(1, "", "k", flags=0x0100, props=sstr("99999999999999999999")))
chan("publish/expiration-trailing", publish(1, "", "k", flags=0x0100, props=sstr("10x")))
chan("publish/user-id-of-another", publish(1, "", "k", flags=0x0010, props=sstr("somebody")))
chan("publish/user-id-own", publish(1, "", "k", flags=0x0010, props=sstr("guest")))
chan("publish/delivery-mode-9", publish(1, "", "k", flags=0x1000, props=b"\x09"), {"ok"})
chan("publish/priority-255", publish(1, "", "k", flags=0x0800, props=b"\xff"))
chan("publish/cc-not-an-array", publish(1, "", "k", flags=0x2000, props=table({"CC": "x"})))
chan("publish/cc-array-of-numbers", publish(1, "", "k", flags=0x2000, props=table({"CC": [1, 2]})), {"chan-close:406", "ok"})
chan("publish/bcc-not-an-array", publish(1, "", "k", flags=0x2000, props=table({"BCC": 5})))
chan("publish/x-death-nonsense", publish(1, "", "k", flags=0x2000, props=table({"x-death": "no"})), {"ok"})
chan("publish/reply-to-pseudo-queue-without-consumer", publish(1, "", "k", flags=0x0200, props=sstr("amq.rabbitmq.reply-to")))
chan("consume/reply-to-pseudo-queue-with-ack", consume(1, "amq.rabbitmq.reply-to", "t", no_ack=0), want=[(60, 21)], sync=False)
chan("ack/unknown-tag", ack(1, 77))
chan("ack/zero-single", ack(1, 0))
chan("ack/zero-multiple-none-out", ack(1, 0, 1))
chan("ack/huge-tag", ack(1, 2**64 - 1))
chan("ack/unknown-multiple", ack(1, 77, 1))
chan("nack/unknown-tag", nack(1, 77))
chan("nack/zero-multiple-none-out", nack(1, 0, 1))
chan("reject/unknown-tag", reject(1, 77))


def with_message(name, fn, also=(), want=(60, 11), sync=True, no_ack=0):
    """One message got from an own queue, delivery tag 1; then the bytes of fn(queue name)."""
    def go():
        with Peer() as p:
            p.ready().send(q_declare(1, "", exclusive=1))
            assert p.outcome((50, 11)) == "ok"
            n = p.last[2][4]
            q = p.last[2][5:5 + n]
            p.send(publish(1, "", q, b"m") + get(1, q, no_ack))
            assert p.outcome((60, 71)) == "ok"
            p.send(fn(q))
            if sync:
                p.send(qos(1))
            return p.outcome(want)
    simple(name, go, also)


with_message("ack/once", lambda q: ack(1, 1))
with_message("ack/twice", lambda q: ack(1, 1) * 2)
with_message("ack/after-multiple", lambda q: ack(1, 0, 1) + ack(1, 1))
with_message("ack/then-reject", lambda q: ack(1, 1) + reject(1, 1))
with_message("ack/then-nack", lambda q: ack(1, 1) + nack(1, 1))
with_message("ack/of-a-no-ack-get", lambda q: ack(1, 1), no_ack=1)
with_message("ack/on-another-channel", lambda q: ch_open(2) + ack(2, 1) + qos(2), sync=False)
with_message("reject/twice", lambda q: reject(1, 1, 1) * 2)
with_message("nack/multiple-then-ack", lambda q: nack(1, 1, 1) + ack(1, 1))
with_message("recover/requeue-then-ack", lambda q: method(1, 60, 110, b"\1") + ack(1, 1))
with_message("queue/delete-if-empty-when-not", lambda q: reject(1, 1, 1) + q_delete(1, q, empty=1), want=[(50, 41)], sync=False)
with_message("queue/delete-then-ack", lambda q: q_delete(1, q) + ack(1, 1))
chan("recover/no-requeue", method(1, 60, 110, b"\0"), want=[(60, 111)], sync=False)
chan("recover/async", method(1, 60, 100, b"\1"), {"ok", "conn-close:540"})
chan("qos/prefetch-size", qos(1, size=1000), want=[(60, 11)], sync=False)
chan("qos/prefetch-65535", qos(1, count=65535))
chan("tx/commit-without-select", method(1, 90, 20), want=[(90, 21)], sync=False)
chan("tx/rollback-without-select", method(1, 90, 30), want=[(90, 31)], sync=False)
chan("tx/select-twice", method(1, 90, 10) * 2)
chan("tx/then-confirm", method(1, 90, 10) + method(1, 85, 10, b"\0"))
chan("confirm/then-tx", method(1, 85, 10, b"\0") + method(1, 90, 10))
chan("confirm/twice", method(1, 85, 10, b"\0") * 2)
chan("confirm/publish-to-no-such-exchange", method(1, 85, 10, b"\0") + publish(1, "no-such-exchange", "k"), want=[(60, 80), (60, 120)])
chan("tx/publish-to-no-such-exchange", method(1, 90, 10) + publish(1, "no-such-exchange", "k") + method(1, 90, 20), want=[(90, 21)], sync=False)
chan("tx/ack-unknown", method(1, 90, 10) + ack(1, 9) + method(1, 90, 20), want=[(90, 21)], sync=False)

QD = dict(want=[(50, 11)], sync=False)
chan("queue/passive-missing", q_declare(1, U(), passive=1), **QD)
chan("queue/amq-prefix", q_declare(1, "amq.mine", exclusive=1), **QD)
chan("queue/name-255-bytes", q_declare(1, "q" * 255, exclusive=1), **QD)
chan("queue/name-invalid-utf8", q_declare(1, b"\xff\xfe\xfd", exclusive=1), {"ok", "chan-close:406"} | SYNTAX, **QD)
chan("queue/name-nul", q_declare(1, b"a\0b-" + os.urandom(3).hex().encode(), exclusive=1), {"ok", "chan-close:406"}, **QD)
chan("queue/name-newline", q_declare(1, "a\nb-" + U(), exclusive=1), **QD)
chan("queue/name-emoji", q_declare(1, "🐇-" + U(), exclusive=1), **QD)
chan("queue/name-256-bytes", frame(1, 1, struct.pack(">HH", 50, 10) + b"\0\0" + b"\x00" + b"q" * 256 + b"\4" + table({})), D, **QD)
ARGS_BAD = {"x-message-ttl": [-1, "soon", 2**40, 1.5, True, [1], 2**62], "x-expires": [0, -5, "x", 2**40], "x-max-length": [-1, "x"],
            "x-max-length-bytes": [-1, "x"], "x-max-priority": [0, -1, 256, 300, "x", 255], "x-dead-letter-exchange": [5, True, {"a": 1}],
            "x-dead-letter-routing-key": ["alone", 5], "x-overflow": ["explode", 5, "reject-publish"], "x-queue-mode": ["sleepy", 5],
            "x-queue-type": ["quantum", 5, "classic"], "x-single-active-consumer": ["yes", 1, True], "x-queue-master-locator": ["x", 5],
            "x-unknown-argument": ["fine", 5]}
for k, vs in ARGS_BAD.items():
    for v in vs:
        also = {"ok", "chan-close:406"} if k in ("x-queue-mode", "x-queue-master-locator") else {"chan-close:406"} if k == "x-queue-type" and v != "classic" else ()
        chan(f"queue-args/{k}={json.dumps(v)}", q_declare(1, U(), exclusive=1, args={k: v}), also, **QD)
chan("queue-args/dlx-routing-key-with-dlx", q_declare(1, U(), exclusive=1, args={"x-dead-letter-exchange": "no-such", "x-dead-letter-routing-key": "k"}), **QD)


def equiv(name, first, second, also=(), want=(50, 11), kind="q"):
    def go():
        n = U()
        with Peer() as p:
            p.ready().send(first(n))
            assert p.outcome([(50, 11), (40, 11)]) == "ok"
            p.send(second(n))
            o = p.outcome(want)
            p.channel(9).send(q_delete(9, n) if kind == "q" else x_delete(9, n))
            p.outcome([(50, 41), (40, 21)])
            return o
    simple(name, go, also)


equiv("equivalence/queue-same", lambda n: q_declare(1, n, auto=1), lambda n: q_declare(1, n, auto=1))
equiv("equivalence/queue-durable", lambda n: q_declare(1, n), lambda n: q_declare(1, n, durable=1))
equiv("equivalence/queue-auto-delete", lambda n: q_declare(1, n), lambda n: q_declare(1, n, auto=1))
equiv("equivalence/queue-exclusive", lambda n: q_declare(1, n), lambda n: q_declare(1, n, exclusive=1))
equiv("equivalence/queue-not-exclusive", lambda n: q_declare(1, n, exclusive=1), lambda n: q_declare(1, n))
equiv("equivalence/queue-argument-value", lambda n: q_declare(1, n, args={"x-max-length": 1}), lambda n: q_declare(1, n, args={"x-max-length": 2}))
equiv("equivalence/queue-argument-missing", lambda n: q_declare(1, n, args={"x-max-length": 1}), lambda n: q_declare(1, n))
equiv("equivalence/queue-argument-added", lambda n: q_declare(1, n), lambda n: q_declare(1, n, args={"x-max-length": 1}))
equiv("equivalence/queue-unknown-argument-added", lambda n: q_declare(1, n), lambda n: q_declare(1, n, args={"x-mine": 1}))
equiv("equivalence/queue-argument-other-int-type", lambda n: q_declare(1, n, args={"x-max-length": 1}), lambda n: q_declare(1, n, args={"x-max-length": Raw(b"l" + struct.pack(">q", 1))}))
equiv("equivalence/queue-passive-other-flags", lambda n: q_declare(1, n), lambda n: q_declare(1, n, passive=1, durable=1, auto=1))
X = dict(want=(40, 11), kind="x")
equiv("equivalence/exchange-same", lambda n: x_declare(1, n), lambda n: x_declare(1, n), **X)
equiv("equivalence/exchange-type", lambda n: x_declare(1, n), lambda n: x_declare(1, n, "fanout"), **X)
equiv("equivalence/exchange-durable", lambda n: x_declare(1, n), lambda n: x_declare(1, n, durable=1), **X)
equiv("equivalence/exchange-auto-delete", lambda n: x_declare(1, n), lambda n: x_declare(1, n, auto=1), **X)
equiv("equivalence/exchange-internal", lambda n: x_declare(1, n), lambda n: x_declare(1, n, internal=1), **X)
equiv("equivalence/exchange-alternate", lambda n: x_declare(1, n), lambda n: x_declare(1, n, args={"alternate-exchange": "amq.fanout"}), **X)
equiv("equivalence/exchange-passive-other-type", lambda n: x_declare(1, n), lambda n: x_declare(1, n, "topic", passive=1), **X)
XD = dict(want=[(40, 11)], sync=False)
chan("exchange/unknown-type", x_declare(1, U(), "no-such-type"), **XD)
chan("exchange/empty-type", x_declare(1, U(), ""), **XD)
chan("exchange/type-invalid-utf8", x_declare(1, U(), b"\xff\xfe"), SYNTAX | {"conn-close:503"}, **XD)
chan("exchange/amq-prefix", x_declare(1, "amq.mine"), **XD)
chan("exchange/redeclare-predeclared", x_declare(1, "amq.topic", "topic", durable=1), **XD)
chan("exchange/redeclare-predeclared-other-type", x_declare(1, "amq.topic", "fanout", durable=1), **XD)
chan("exchange/declare-default", x_declare(1, "", "direct", durable=1), **XD)
chan("exchange/passive-missing", x_declare(1, U(), passive=1), **XD)
chan("exchange/passive-default", x_declare(1, "", passive=1), **XD)
chan("exchange/alternate-not-a-string", x_declare(1, U(), auto=1, args={"alternate-exchange": 5}), **XD)
chan("exchange/delete-missing", x_delete(1, U()), want=[(40, 21)], sync=False)
chan("exchange/delete-predeclared", x_delete(1, "amq.direct"), want=[(40, 21)], sync=False)
chan("exchange/delete-default", x_delete(1, ""), want=[(40, 21)], sync=False)
chan("exchange/bind-missing-source", x_bind(1, "amq.fanout", "no-such"), want=[(40, 31)], sync=False)
chan("exchange/bind-missing-destination", x_bind(1, "no-such", "amq.fanout"), want=[(40, 31)], sync=False)
chan("exchange/bind-default-as-source", x_bind(1, "amq.fanout", ""), want=[(40, 31)], sync=False)
chan("exchange/bind-default-as-destination", x_bind(1, "", "amq.fanout"), want=[(40, 31)], sync=False)
chan("bind/no-such-queue", q_bind(1, "no-such-queue", "amq.direct"), want=[(50, 21)], sync=False)
chan("bind/no-such-exchange", lambda: q_declare(1, "", exclusive=1) + q_bind(1, "", "no-such-exchange"), want=[(50, 21)], sync=False)
chan("bind/default-exchange", lambda: q_declare(1, "", exclusive=1) + q_bind(1, "", "", "k"), want=[(50, 21)], sync=False)
chan("bind/no-last-queue", q_bind(1, "", "amq.direct"), want=[(50, 21)], sync=False)
chan("bind/x-match-nonsense", lambda: q_declare(1, "", exclusive=1) + q_bind(1, "", "amq.headers", "", {"x-match": "perhaps"}), want=[(50, 21)], sync=False)
chan("bind/x-match-number", lambda: q_declare(1, "", exclusive=1) + q_bind(1, "", "amq.headers", "", {"x-match": 5}), want=[(50, 21)], sync=False)
chan("unbind/not-bound", lambda: q_declare(1, "", exclusive=1) + q_unbind(1, "", "amq.direct", "zzz"), want=[(50, 51)], sync=False)
chan("unbind/no-such-queue", q_unbind(1, "no-such-queue", "amq.direct"), want=[(50, 51)], sync=False)
chan("queue/purge-missing", q_purge(1, "no-such-queue"), want=[(50, 31)], sync=False)
chan("queue/delete-missing", q_delete(1, "no-such-queue"), want=[(50, 41)], sync=False)
chan("queue/delete-if-unused-in-use", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t") + q_delete(1, "", unused=1), want=[(50, 41)], sync=False)
chan("get/missing", get(1, "no-such-queue"), want=[(60, 71), (60, 72)], sync=False)
chan("get/no-last-queue", get(1, ""), want=[(60, 71), (60, 72)], sync=False)
chan("consume/missing", consume(1, "no-such-queue", "t"), want=[(60, 21)], sync=False)
chan("consume/same-tag-twice", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t") * 2)
chan("consume/exclusive-after-another", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t") + consume(1, "", "u", excl=1))
chan("consume/another-after-exclusive", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t", excl=1) + consume(1, "", "u"))
chan("consume/priority-not-a-number", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t", args={"x-priority": "high"}))
chan("consume/tag-255-bytes", lambda: q_declare(1, "", exclusive=1) + consume(1, "", "t" * 255))
chan("consume/tag-invalid-utf8", lambda: q_declare(1, "", exclusive=1) + consume(1, "", b"\xff\xfe"), {"ok"} | SYNTAX)
chan("cancel/unknown-tag", cancel(1, "no-such-tag"), want=[(60, 31)], sync=False)
chan("nowait/passive-missing", q_declare(1, U(), passive=1, nowait=1))
chan("nowait/unknown-exchange-type", x_declare(1, U(), "no-such-type", nowait=1))


@case("exchange/publish-to-internal")
def _():
    n = U()
    with Peer() as p:
        p.ready().send(x_declare(1, n, "fanout", internal=1, auto=1))
        assert p.outcome((40, 11)) == "ok"
        p.send(publish(1, n, "k"))
        o = p.barrier()
        p.channel(9).send(x_delete(9, n))
        p.outcome((40, 21))
        return o


@case("exchange/delete-if-unused-in-use")
def _():
    n = U()
    with Peer() as p:
        p.ready().send(x_declare(1, n, "fanout") + q_declare(1, "", exclusive=1) + q_bind(1, "", n))
        assert p.outcome((50, 21)) == "ok"
        p.send(x_delete(1, n, unused=1))
        o = p.outcome((40, 21))
        p.channel(9).send(x_delete(9, n))
        p.outcome((40, 21))
        return o


def other(name, fn, also=(), want=(50, 11)):
    """An exclusive queue of one connection, used by another."""
    def go():
        n = U()
        with Peer() as a, Peer() as b:
            a.ready().send(q_declare(1, n, exclusive=1))
            assert a.outcome((50, 11)) == "ok"
            b.ready().send(fn(n))
            return b.outcome(want)
    simple(name, go, also)


other("exclusive/declare-by-another", lambda n: q_declare(1, n, exclusive=1))
other("exclusive/passive-by-another", lambda n: q_declare(1, n, passive=1))
other("exclusive/delete-by-another", lambda n: q_delete(1, n), want=(50, 41))
other("exclusive/purge-by-another", lambda n: q_purge(1, n), want=(50, 31))
other("exclusive/get-by-another", lambda n: get(1, n), want=[(60, 71), (60, 72)])
other("exclusive/consume-by-another", lambda n: consume(1, n), want=(60, 21))
other("exclusive/bind-by-another", lambda n: q_bind(1, n, "amq.direct"), want=(50, 21))
other("exclusive/publish-by-another", lambda n: publish(1, "", n) + qos(1), want=(60, 11))


@case("exclusive/gone-after-abrupt-end")
def _():
    n = U()
    with Peer() as a:
        a.ready().send(q_declare(1, n, exclusive=1))
        assert a.outcome((50, 11)) == "ok"
        a.kill(rst=True)
    end = time.time() + 8
    while time.time() < end:
        with Peer() as b:
            b.ready().send(q_declare(1, n, passive=1))
            o = b.outcome((50, 11))
        if o == "chan-close:404":
            return "ok"
        time.sleep(0.2)
    return o
