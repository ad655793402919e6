"""Time and resources: silent, slow and greedy clients."""
from cases_calls import *  # noqa: F403

# F. resources and time
def timed(limit, want, fn):
    """`ok` when the broker closes the socket on its own within `limit` seconds."""
    with Peer(limit) as p:
        fn(p)
        t = time.monotonic()
        o = p.outcome(want)
        return "closed-in-time" if o in ("socket-close", "header") or o.startswith("conn-close") else f"{o} after {time.monotonic() - t:.0f} s"


simple("slow/nothing-sent", lambda: timed(25, None, lambda p: None))
simple("slow/half-a-header", lambda: timed(25, None, lambda p: p.send(b"AMQP")))
simple("slow/header-only", lambda: timed(25, None, lambda p: p.send(HEADER)))
simple("slow/start-ok-only", lambda: timed(25, None, lambda p: p.send(HEADER + start_ok())))
simple("slow/tune-ok-only", lambda: timed(25, None, lambda p: p.send(HEADER + start_ok() + tune_ok())))


@case("slow/one-byte-a-second")
def _():
    with Peer(30) as p:
        data = HEADER + start_ok() + tune_ok() + conn_open()
        end = time.monotonic() + 25
        for b in data:
            if time.monotonic() > end:
                return "still open after 25 s"
            p.send(bytes([b]))
            if p.dead:
                return "closed-in-time"
            o = p.outcome(None, 0.9)
            if o != "open":
                return "closed-in-time"
        return "handshake went through"


@case("heartbeat/silent-client-is-dropped")
def _():
    with Peer(12) as p:
        p.handshake(tune=tune_ok(hb=1))
        t = time.monotonic()
        o = p.outcome()
        took = time.monotonic() - t
        return "dropped" if o in ("socket-close", "conn-close:320", "conn-close:501", "conn-close:541") and took < 8 else f"{o} after {took:.1f} s"


@case("heartbeat/server-sends-them")
def _():
    with Peer(5) as p:
        p.handshake(tune=tune_ok(hb=1))
        end, n = time.monotonic() + 3.2, 0
        while time.monotonic() < end:
            p.send(frame(8, 0, b""))
            try:
                if p.next(0.5)[0] == 8:
                    n += 1
            except TimeoutError:
                pass
        return "ok" if n >= 2 else f"{n} heartbeats"


@case("heartbeat/any-traffic-counts")
def _():
    with Peer(5) as p:
        p.handshake(tune=tune_ok(hb=1)).channel(1)
        for _ in range(12):
            time.sleep(0.4)  # the pace is what is tested: traffic within each heartbeat
            o = p.barrier()
            if o != "ok":
                return o
        return "ok"


@case("resource/1000-idle-sockets")
def _():
    socks = []
    try:
        for _ in range(1000):
            socks.append(socket.create_connection((HOST, PORT), timeout=10))
        health()
        return "ok"
    finally:
        for s in socks:
            s.close()


@case("resource/300-half-handshakes")
def _():
    ps = []
    try:
        for _ in range(300):
            ps.append(Peer().send(HEADER + start_ok()[:30]))
        health()
        return "ok"
    finally:
        for p in ps:
            p.kill(rst=True)


@case("resource/100-half-publishes-dropped")
def _():
    for i in range(100):
        with Peer() as p:
            p.ready().send(PUB + header(1, 10**6) + body(1, b"x" * 60000))
            p.kill(rst=i % 2 == 0)
    return "ok"


@case("resource/consumer-that-never-reads")
def _():
    n = U()
    with Peer(20) as a, Peer(20) as b:
        a.ready().send(q_declare(1, n, auto=1))
        assert a.outcome((50, 11)) == "ok"
        a.send(consume(1, n, "t", no_ack=1))
        assert a.outcome((60, 21)) == "ok"
        b.ready()
        for _ in range(40):
            b.send(publish(1, "", n, b"z" * 500000))
        o = b.barrier()
        health()
        a.kill(rst=True)
        return o


@case("resource/200-exclusive-queues-dropped")
def _():
    with Peer(20) as p:
        p.ready().send(b"".join(q_declare(1, "", exclusive=1) for _ in range(200)))
        for _ in range(200):
            assert p.outcome((50, 11)) == "ok"
        p.kill(rst=True)
    return "ok"


@case("resource/100-connections-reset-at-random")
def _():
    rnd = random.Random(7)
    stream = HEADER + start_ok() + tune_ok() + conn_open() + ch_open(1) + q_declare(1, "", exclusive=1) + publish(1, "", "x", b"y" * 1000) * 5 + get(1, "") + conn_close
    for _ in range(100):
        p = Peer()
        p.send(stream[:rnd.randrange(len(stream))])
        p.kill(rst=rnd.random() < 0.5)
    return "ok"


@case("resource/pipelined-whole-session")
def _():
    with Peer(15) as p:
        p.send(HEADER + start_ok() + tune_ok() + conn_open() + ch_open(1) + q_declare(1, "", exclusive=1) + publish(1, "", "x") * 100 + qos(1) + conn_close)
        return p.outcome((10, 51))


@case("resource/1000-passive-misses-on-one-connection")
def _():
    with Peer(20) as p:
        p.handshake()
        for i in range(1000):
            p.send(ch_open(1) + q_declare(1, "no-such-queue", passive=1))
            o = p.outcome((50, 11))
            if o != "chan-close:404":
                return o
        return "ok"
