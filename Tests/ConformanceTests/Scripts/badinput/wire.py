"""A small AMQP 0-9-1 codec and a raw connection that says in one word what the broker did.

`conn-close:CODE`, `chan-close:CODE` (the reply code of the close method it sent), `socket-close` (an end of file or a
reset with no close method), `header` (it answered with a protocol header), `ok` (it went on as usual), `open` (no
answer, the connection stays).
"""
import json
import os
import random
import socket
import struct
import threading
import time

HOST, PORT = os.environ["CONF_HOST"], int(os.environ["CONF_PORT"])

HEADER = b"AMQP\x00\x00\x09\x01"


# ---- a small codec ------------------------------------------------------------------------------------------------
def sstr(s):
    s = s if isinstance(s, bytes) else s.encode()
    return bytes([len(s)]) + s


def lstr(s):
    s = s if isinstance(s, bytes) else s.encode()
    return struct.pack(">I", len(s)) + s


def value(v):
    if isinstance(v, bool):
        return b"t" + bytes([v])
    if isinstance(v, int):
        return b"I" + struct.pack(">i", v) if -2**31 <= v < 2**31 else b"l" + struct.pack(">q", v)
    if isinstance(v, float):
        return b"d" + struct.pack(">d", v)
    if isinstance(v, (str, bytes)):
        return b"S" + lstr(v)
    if isinstance(v, dict):
        return b"F" + table(v)
    if isinstance(v, list):
        body = b"".join(map(value, v))
        return b"A" + struct.pack(">I", len(body)) + body
    if v is None:
        return b"V"
    if isinstance(v, Raw):
        return v.data
    raise TypeError(v)


class Raw:
    def __init__(self, data):
        self.data = data


def table(d):
    body = b"".join(sstr(k) + value(v) for k, v in d.items())
    return struct.pack(">I", len(body)) + body


def frame(kind, chan, payload, end=b"\xce", size=None):
    return struct.pack(">BHI", kind, chan, len(payload) if size is None else size) + payload + end


def method(chan, cls, mid, args=b""):
    return frame(1, chan, struct.pack(">HH", cls, mid) + args)


def header(chan, size, flags=0, props=b"", cls=60, weight=0):
    return frame(2, chan, struct.pack(">HHQH", cls, weight, size, flags) + props)


def body(chan, data):
    return frame(3, chan, data)


CAPS = {"capabilities": {"authentication_failure_close": True, "consumer_cancel_notify": True, "basic.nack": True,
                         "publisher_confirms": True, "connection.blocked": True}, "product": "badinput"}
start_ok = lambda mech="PLAIN", resp=b"\0guest\0guest", props=CAPS, locale="en_US": method(
    0, 10, 11, table(props) + sstr(mech) + lstr(resp) + sstr(locale))
tune_ok = lambda ch=2047, fm=131072, hb=0: method(0, 10, 31, struct.pack(">HIH", ch, fm, hb))
conn_open = lambda vhost="/": method(0, 10, 40, sstr(vhost) + sstr("") + b"\0")
conn_close = method(0, 10, 50, struct.pack(">H", 200) + sstr("bye") + struct.pack(">HH", 0, 0))
ch_open = lambda ch: method(ch, 20, 10, sstr(""))
ch_close = lambda ch: method(ch, 20, 40, struct.pack(">H", 200) + sstr("bye") + struct.pack(">HH", 0, 0))
qos = lambda ch, size=0, count=0, glob=0: method(ch, 60, 10, struct.pack(">IHB", size, count, glob))


def q_declare(ch, name="", passive=0, durable=0, exclusive=0, auto=0, nowait=0, args=None):
    bits = passive | durable << 1 | exclusive << 2 | auto << 3 | nowait << 4
    return method(ch, 50, 10, b"\0\0" + sstr(name) + bytes([bits]) + (args if isinstance(args, bytes) else table(args or {})))


def x_declare(ch, name, kind="direct", passive=0, durable=0, auto=0, internal=0, nowait=0, args=None):
    bits = passive | durable << 1 | auto << 2 | internal << 3 | nowait << 4
    return method(ch, 40, 10, b"\0\0" + sstr(name) + sstr(kind) + bytes([bits]) + (args if isinstance(args, bytes) else table(args or {})))


def publish(ch, x, key, data=b"x", mandatory=0, immediate=0, flags=0, props=b""):
    out = method(ch, 60, 40, b"\0\0" + sstr(x) + sstr(key) + bytes([mandatory | immediate << 1]))
    out += header(ch, len(data), flags, props)
    for i in range(0, len(data), 130000):
        out += body(ch, data[i:i + 130000])
    return out


q_bind = lambda ch, q, x, key="", args=None: method(ch, 50, 20, b"\0\0" + sstr(q) + sstr(x) + sstr(key) + b"\0" + table(args or {}))
q_unbind = lambda ch, q, x, key="": method(ch, 50, 50, b"\0\0" + sstr(q) + sstr(x) + sstr(key) + table({}))
q_purge = lambda ch, q: method(ch, 50, 30, b"\0\0" + sstr(q) + b"\0")
q_delete = lambda ch, q, unused=0, empty=0: method(ch, 50, 40, b"\0\0" + sstr(q) + bytes([unused | empty << 1]))
x_delete = lambda ch, x, unused=0: method(ch, 40, 20, b"\0\0" + sstr(x) + bytes([unused]))
x_bind = lambda ch, d, s, key="": method(ch, 40, 30, b"\0\0" + sstr(d) + sstr(s) + sstr(key) + b"\0" + table({}))
get = lambda ch, q, no_ack=0: method(ch, 60, 70, b"\0\0" + sstr(q) + bytes([no_ack]))
ack = lambda ch, tag, multiple=0: method(ch, 60, 80, struct.pack(">QB", tag, multiple))
nack = lambda ch, tag, bits=0: method(ch, 60, 120, struct.pack(">QB", tag, bits))
reject = lambda ch, tag, requeue=0: method(ch, 60, 90, struct.pack(">QB", tag, requeue))
consume = lambda ch, q, tag="", no_ack=0, excl=0, args=None: method(
    ch, 60, 20, b"\0\0" + sstr(q) + sstr(tag) + bytes([no_ack << 1 | excl << 2]) + table(args or {}))
cancel = lambda ch, tag: method(ch, 60, 30, sstr(tag) + b"\0")


class Peer:
    """One raw connection."""

    def __init__(self, timeout=6.0):
        self.s = socket.create_connection((HOST, PORT), timeout=10)
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buf, self.timeout, self.dead = b"", timeout, False

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.kill()

    def kill(self, rst=False):
        try:
            if rst:
                self.s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.s.close()
        except OSError:
            pass

    def send(self, data):
        try:
            self.s.settimeout(15)
            self.s.sendall(data)
        except OSError:
            self.dead = True
        return self

    def _fill(self, n, end):
        while len(self.buf) < n:
            left = end - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.s.settimeout(left)
            try:
                data = self.s.recv(262144)
            except (socket.timeout, TimeoutError):
                raise TimeoutError from None
            except OSError:
                raise EOFError from None
            if not data:
                raise EOFError
            self.buf += data

    def next(self, wait=None):
        """(type, channel, payload) of the next frame."""
        end = time.monotonic() + (self.timeout if wait is None else wait)
        self._fill(8, end)
        if self.buf[:4] == b"AMQP":
            raise Header
        kind, chan, size = struct.unpack(">BHI", self.buf[:7])
        self._fill(8 + size, end)
        payload, self.buf = self.buf[7:7 + size], self.buf[8 + size:]
        return kind, chan, payload

    def outcome(self, want=None, wait=None):
        """What the broker does now: until one of the words of the module's text, or the wanted method, comes."""
        end = time.monotonic() + (self.timeout if wait is None else wait)
        want = [want] if isinstance(want, tuple) else want or []
        try:
            while True:
                kind, chan, p = self.next(max(0.01, end - time.monotonic()))
                if kind != 1:
                    continue
                cm = struct.unpack(">HH", p[:4])
                if cm == (10, 50):
                    code = struct.unpack(">H", p[4:6])[0]
                    self.send(method(0, 10, 51))
                    return f"conn-close:{code}"
                if cm == (20, 40):
                    code = struct.unpack(">H", p[4:6])[0]
                    self.send(method(chan, 20, 41))
                    return f"chan-close:{code}"
                self.last = (cm, chan, p)
                if cm in want:
                    return "ok"
        except TimeoutError:
            return "open"
        except EOFError:
            return "socket-close"
        except Header:
            return "header"

    def handshake(self, vhost="/", tune=None, props=CAPS):
        self.send(HEADER)
        assert self.outcome((10, 10)) == "ok", "no connection.start"
        self.send(start_ok(props=props))
        assert self.outcome((10, 30)) == "ok", "no connection.tune"
        self.tuned = struct.unpack(">HIH", self.last[2][4:12])
        self.send((tune or tune_ok()) + conn_open(vhost))
        assert self.outcome((10, 41)) == "ok", "no connection.open-ok"
        return self

    def channel(self, ch=1):
        self.send(ch_open(ch))
        assert self.outcome((20, 11)) == "ok", "no channel.open-ok"
        return self

    def ready(self):
        return self.handshake().channel(1)

    def barrier(self, ch=1):
        """Whether what was sent so far was accepted: a harmless call and its answer."""
        return self.send(qos(ch)).outcome((60, 11))


class Header(Exception):
    pass


def health():
    with Peer(timeout=10) as p:
        p.ready()
        p.send(q_declare(1, exclusive=1))
        assert p.outcome((50, 11)) == "ok"
        n = p.last[2][4]
        name = p.last[2][5:5 + n]
        mark = os.urandom(16).hex().encode()
        p.send(publish(1, "", name, mark) + get(1, name, 1))
        assert p.outcome([(60, 71)]) == "ok", "the message did not come back"
        _, _, h = p.next()
        _, _, b = p.next()
        assert b == mark, "another body came back"
        p.send(conn_close)
        assert p.outcome((10, 51)) == "ok"
