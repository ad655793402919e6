"""The kinds of case, each a name, a function that says what the broker did, and further answers that are as good."""
from wire import *  # noqa: F403

CASES = []  # (name, function, also)
SYNTAX = {"conn-close:501", "conn-close:502", "conn-close:505", "conn-close:541"}
BYE = {"socket-close"}


def case(name, also=()):
    def add(fn):
        CASES.append((name, fn, set(also)))
        return fn
    return add


def simple(name, fn, also=()):
    CASES.append((name, fn, set(also)))


def raw(name, data, also=(), wait=6.0, eof=False):
    """Bytes on a new socket, before any handshake."""
    def go():
        with Peer(wait) as p:
            p.send(data)
            if eof:
                p.s.shutdown(socket.SHUT_WR)
            return p.outcome((10, 10))
    simple(name, go, also)


def conn(name, data, also=(), want=None, wait=6.0, eof=False):
    """Bytes on an open connection with no channel."""
    def go():
        with Peer(wait) as p:
            p.handshake()
            p.send(data)
            if eof:
                p.s.shutdown(socket.SHUT_WR)
            return p.outcome(want)
    simple(name, go, also)


def chan(name, data, also=(), want=(60, 11), sync=True, wait=6.0):
    """Bytes on an open channel 1, then a harmless call on it: `ok` says that all was accepted."""
    def go():
        with Peer(wait) as p:
            p.ready()
            p.send(data() if callable(data) else data)
            if sync:
                p.send(qos(1))
            return p.outcome(want)
    simple(name, go, also)


U = lambda: "bad-" + os.urandom(6).hex()
