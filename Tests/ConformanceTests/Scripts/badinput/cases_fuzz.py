"""Valid sessions with something changed, from fixed seeds; any end is right but a hang or a sick broker."""
from cases_time import *  # noqa: F403

# G. fuzz: fixed seeds; any end is right but a hang or a sick broker
SESSION = [start_ok(), tune_ok(), conn_open(), ch_open(1), q_declare(1, "", exclusive=1, args={"x-max-length": 10, "x-message-ttl": 60000}),
           x_declare(1, "amq.topic", "topic", durable=1), q_bind(1, "", "amq.topic", "a.#", {"k": "v"}),
           publish(1, "", "fuzz-nowhere", b"payload" * 20, flags=0xB000, props=sstr("text/plain") + table({"h": 1, "t": {"u": "v"}}) + b"\2"),
           method(1, 85, 10, b"\0"), publish(1, "amq.topic", "a.b", b"m"), get(1, ""), consume(1, "", "t"), ack(1, 1), qos(1), ch_close(1), conn_close]


def fuzz(name, seed, change, handshake):
    def go():
        rnd = random.Random(seed)
        with Peer(15) as p:
            if handshake:
                p.ready()
                data = change(rnd, b"".join(SESSION[4:]))
            else:
                data = change(rnd, HEADER + b"".join(SESSION))
            p.send(data)
            try:
                p.s.shutdown(socket.SHUT_WR)
            except OSError:
                return "ended"
            end = time.monotonic() + 15
            try:
                while time.monotonic() < end:
                    p.s.settimeout(max(0.05, end - time.monotonic()))
                    if not p.s.recv(65536):
                        return "ended"
            except (socket.timeout, TimeoutError):
                pass
            except OSError:
                return "ended"
            return "still open 15 s after the client's end of file"
    simple(f"fuzz/{name}-{seed}", go)


def flip(k):
    def f(rnd, data):
        b = bytearray(data)
        for _ in range(k):
            i = rnd.randrange(len(b))
            b[i] ^= 1 << rnd.randrange(8)
        return bytes(b)
    return f


def splice(rnd, data):
    i, n = rnd.randrange(len(data)), rnd.randrange(1, 40)
    return data[:i] + rnd.randbytes(n) + data[i:] if rnd.random() < 0.5 else data[:i] + data[i + n:]


def frames(rnd, data):
    out = b""
    for _ in range(30):
        out += frame(rnd.choice([1, 1, 1, 2, 3, 8]), rnd.choice([0, 1, 1, 1, 2]), rnd.randbytes(rnd.randrange(0, 60)))
    return out


def methods(rnd, data):
    cls = rnd.choice([10, 20, 40, 50, 60, 85, 90])
    return b"".join(method(1, cls, rnd.choice([10, 11, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120]), rnd.randbytes(rnd.randrange(0, 50))) for _ in range(10))


def one_method(rnd, data):
    f = bytearray(rnd.choice(SESSION[4:-1]))
    n = struct.unpack(">I", f[3:7])[0]
    if n > 4:
        f[11 + rnd.randrange(max(1, n - 4))] = rnd.randrange(256)
    return bytes(f) + qos(1)


for s in range(80):
    fuzz("one-bit", s, flip(1), False)
for s in range(40):
    fuzz("five-bits", s, flip(5), True)
for s in range(40):
    fuzz("splice", s, splice, s % 2 == 0)
for s in range(40):
    fuzz("random-frames", s, frames, True)
for s in range(40):
    fuzz("random-methods", s, methods, True)
for s in range(60):
    fuzz("one-byte-of-a-method", s, one_method, True)
