"""A load for an AMQP broker: only what `bars` needs, on raw sockets, so that nothing is to install."""
import os
import signal
import socket
import struct
import time

MESSAGES_PER_SECOND = 50_000


class Load:
    """A publisher and a consumer over raw sockets, at a fixed rate, each in a process of its own."""

    def __init__(self, port):
        self.children = []
        for role in (self.consume, self.publish):
            child = os.fork()
            if child == 0:
                try:
                    role(port)
                finally:
                    os._exit(0)
            self.children.append(child)
            time.sleep(0.3)

    def end(self):
        for child in self.children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)

    @staticmethod
    def short(text):
        return bytes([len(text)]) + text

    @staticmethod
    def frame(kind, channel, payload):
        return struct.pack(">BHI", kind, channel, len(payload)) + payload + b"\xce"

    def method(self, channel, class_id, method_id, arguments):
        return self.frame(1, channel, struct.pack(">HH", class_id, method_id) + arguments)

    def connect(self, port):
        connection = socket.create_connection(("127.0.0.1", port))
        login = b"\0guest\0guest"
        connection.sendall(b"AMQP\0\0\x09\x01")
        steps = [
            self.method(0, 10, 11, struct.pack(">I", 0) + self.short(b"PLAIN")
                        + struct.pack(">I", len(login)) + login + self.short(b"en_US")),
            self.method(0, 10, 31, struct.pack(">HIH", 0, 131072, 0))
            + self.method(0, 10, 40, self.short(b"/") + self.short(b"") + b"\0"),
            self.method(1, 20, 10, self.short(b"")),
            self.method(1, 50, 10, struct.pack(">H", 0) + self.short(b"bars") + b"\0"
                        + struct.pack(">I", 0)),
        ]
        for step in steps:
            connection.recv(65536)
            connection.sendall(step)
        connection.recv(65536)
        return connection

    def consume(self, port):
        connection = self.connect(port)
        no_ack = 2
        connection.sendall(self.method(
            1, 60, 20, struct.pack(">H", 0) + self.short(b"bars") + self.short(b"")
            + bytes([no_ack]) + struct.pack(">I", 0)))
        while connection.recv(1 << 20):
            pass

    def publish(self, port):
        connection = self.connect(port)
        body = b"0123456789abcdef"
        message = (
            self.method(1, 60, 40, struct.pack(">H", 0) + self.short(b"") + self.short(b"bars")
                        + b"\0")
            + self.frame(2, 1, struct.pack(">HHQH", 60, 0, len(body), 0))
            + self.frame(3, 1, body)
        )
        pause = 0.005
        batch = message * int(MESSAGES_PER_SECOND * pause)
        due = time.monotonic()
        while True:
            connection.sendall(batch)
            due += pause
            time.sleep(max(0, due - time.monotonic()))
