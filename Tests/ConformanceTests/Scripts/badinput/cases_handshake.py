"""The protocol header and the handshake."""
from cases import *  # noqa: F403

# A. protocol header
H = {"header", "socket-close"}
raw("header/good", HEADER)
raw("header/amqp-1.0", b"AMQP\x00\x01\x00\x00", H)
raw("header/amqp-1.0-sasl", b"AMQP\x03\x01\x00\x00", H)
raw("header/amqp-1.0-tls", b"AMQP\x02\x01\x00\x00", H)
raw("header/0-8", b"AMQP\x01\x01\x08\x00", H | {"ok"})
raw("header/0-9", b"AMQP\x01\x01\x00\x09", H | {"ok"})
raw("header/0-10", b"AMQP\x01\x01\x00\x0a", H)
raw("header/0-9-2", b"AMQP\x00\x00\x09\x02", H)
raw("header/0-9-0", b"AMQP\x00\x00\x09\x00", H)
raw("header/9-9-9", b"AMQP\x00\x09\x09\x09", H)
raw("header/nonzero-id", b"AMQP\x01\x00\x09\x01", H)
raw("header/lower-case", b"amqp\x00\x00\x09\x01", H)
raw("header/http-get", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", H)
raw("header/ssh", b"SSH-2.0-OpenSSH_9.2\r\n", H)
raw("header/tls-client-hello", bytes.fromhex("16030100c5010000c10303") + bytes(190), H)
raw("header/zeros", bytes(8), H)
raw("header/ones", b"\xff" * 8, H)
raw("header/mqtt-connect", bytes.fromhex("101000044d5154540402003c000474657374"), H)
raw("header/stomp-connect", b"CONNECT\naccept-version:1.2\n\n\x00", H)
raw("header/random-1kb", random.Random(1).randbytes(1024), H)
raw("header/random-64kb", random.Random(2).randbytes(65536), H)
for n in range(1, 8):
    raw(f"header/first-{n}-bytes-then-eof", HEADER[:n], H, eof=True)
raw("header/empty-then-eof", b"", H, eof=True)
raw("header/good-then-eof", HEADER, {"ok", "socket-close"}, eof=True)


@case("header/byte-by-byte")
def _():
    with Peer() as p:
        for b in HEADER:
            p.send(bytes([b]))
            time.sleep(0.03)  # the pace is what is tested: each byte in a packet of its own
        return p.outcome((10, 10))


@case("header/twice", SYNTAX | BYE)
def _():
    with Peer(8) as p:
        p.send(HEADER)
        p.outcome((10, 10))
        p.send(HEADER)
        return p.outcome()


def hs(name, steps, also=(), want=None, wait=8.0):
    """After the header: bytes one by one, waiting for connection.start before the first."""
    def go():
        with Peer(wait) as p:
            p.send(HEADER)
            if p.outcome((10, 10)) != "ok":
                return "no-start"
            for s in steps[:-1]:
                p.send(s)
                o = p.outcome([(10, 30), (10, 41)], 2.0)
                if o not in ("ok", "open"):
                    return "early:" + o
            p.send(steps[-1])
            return p.outcome(want)
    simple(name, go, also)


# B. handshake
OKS = [(10, 30)]
D = SYNTAX | BYE | {"conn-close:503", "conn-close:504", "conn-close:530"}
hs("sasl/good-plain", [start_ok()], want=OKS)
hs("sasl/good-amqplain", [start_ok("AMQPLAIN", sstr("LOGIN") + b"S" + lstr("guest") + sstr("PASSWORD") + b"S" + lstr("guest"))], want=OKS)
hs("sasl/wrong-password", [start_ok(resp=b"\0guest\0wrong")], want=OKS)
hs("sasl/wrong-password-no-capability", [start_ok(resp=b"\0guest\0wrong", props={})], {"socket-close"}, want=OKS)
hs("sasl/unknown-user", [start_ok(resp=b"\0nobody\0x")], want=OKS)
hs("sasl/empty-user", [start_ok(resp=b"\0\0")], {"conn-close:403"}, want=OKS)
hs("sasl/no-nul", [start_ok(resp=b"guestguest")], D | {"conn-close:403"}, want=OKS)
hs("sasl/empty-response", [start_ok(resp=b"")], D | {"conn-close:403"}, want=OKS)
hs("sasl/too-many-nuls", [start_ok(resp=b"\0guest\0guest\0more")], D | {"conn-close:403"}, want=OKS)
hs("sasl/authzid", [start_ok(resp=b"other\0guest\0guest")], D | {"conn-close:403", "ok"}, want=OKS)
hs("sasl/100kb-response", [start_ok(resp=b"\0guest\0" + b"x" * 100000)], D | {"conn-close:403"}, want=OKS)
hs("sasl/unknown-mechanism", [start_ok("NONSENSE")], D | {"conn-close:403"}, want=OKS)
hs("sasl/empty-mechanism", [start_ok("")], D | {"conn-close:403"}, want=OKS)
hs("sasl/external", [start_ok("EXTERNAL", b"")], D | {"conn-close:403"}, want=OKS)
hs("sasl/amqplain-no-password", [start_ok("AMQPLAIN", sstr("LOGIN") + b"S" + lstr("guest"))], D | {"conn-close:403"}, want=OKS)
hs("sasl/amqplain-garbage", [start_ok("AMQPLAIN", b"\xff\xff\xff")], D | {"conn-close:403"}, want=OKS)
hs("sasl/unknown-locale", [start_ok(locale="xx_XX")], D | {"ok"}, want=OKS)
hs("sasl/invalid-utf8-user", [start_ok(resp=b"\0\xff\xfe\0guest")], D | {"conn-close:403"}, want=OKS)
hs("handshake/start-ok-truncated", [method(0, 10, 11, table(CAPS)[:20])], D, want=OKS)
hs("handshake/start-ok-trailing", [frame(1, 0, struct.pack(">HH", 10, 11) + table(CAPS) + sstr("PLAIN") + lstr(b"\0guest\0guest") + sstr("en_US") + b"zzzz")], D | {"ok"}, want=OKS)
hs("handshake/start-ok-negative-table", [method(0, 10, 11, b"\xff\xff\xff\xff" + sstr("PLAIN") + lstr(b"\0guest\0guest") + sstr("en_US"))], D, want=OKS)
hs("handshake/start-ok-on-channel-1", [frame(1, 1, struct.pack(">HH", 10, 11) + table(CAPS) + sstr("PLAIN") + lstr(b"\0guest\0guest") + sstr("en_US"))], D, want=OKS)
hs("handshake/tune-ok-first", [tune_ok()], D, want=OKS)
hs("handshake/open-first", [conn_open()], D, want=[(10, 41)])
hs("handshake/channel-open-first", [ch_open(1)], D, want=[(20, 11)])
hs("handshake/publish-first", [publish(1, "", "q")], D)
hs("handshake/heartbeat-first", [frame(8, 0, b"") + start_ok()], D | {"ok"}, want=OKS)
hs("handshake/body-frame-first", [body(0, b"x")], D)
hs("handshake/unknown-frame-type", [frame(9, 0, b"")], D)
hs("handshake/wrong-frame-end", [start_ok()[:-1] + b"\x00"], D, want=OKS)
hs("handshake/huge-frame", [struct.pack(">BHI", 1, 0, 0xFFFFFFFF) + b"x" * 1000], D)
hs("handshake/200kb-start-ok", [start_ok(props={"x": "y" * 200000})], D | {"ok"}, want=OKS)
hs("handshake/start-ok-twice", [start_ok(), start_ok()], D)
hs("handshake/open-without-tune-ok", [start_ok(), conn_open()], D, want=[(10, 41)])
hs("handshake/close-after-start", [conn_close], D | {"ok"}, want=[(10, 51)])
hs("handshake/close-after-start-ok", [start_ok(), conn_close], D | {"ok"}, want=[(10, 51)])
OPENED = [(10, 41)]
hs("tune/channel-max-too-high", [start_ok(), tune_ok(ch=65535) + conn_open()], D | {"ok"}, want=OPENED)
hs("tune/channel-max-zero", [start_ok(), tune_ok(ch=0) + conn_open()], D | {"ok"}, want=OPENED)
hs("tune/frame-max-too-low", [start_ok(), tune_ok(fm=100) + conn_open()], D, want=OPENED)
hs("tune/frame-max-4095", [start_ok(), tune_ok(fm=4095) + conn_open()], D, want=OPENED)
hs("tune/frame-max-4096", [start_ok(), tune_ok(fm=4096) + conn_open()], want=OPENED)
hs("tune/frame-max-too-high", [start_ok(), tune_ok(fm=10**9) + conn_open()], D | {"ok"}, want=OPENED)
hs("tune/frame-max-zero", [start_ok(), tune_ok(fm=0) + conn_open()], D | {"ok"}, want=OPENED)
hs("tune/truncated", [start_ok(), method(0, 10, 31, b"\0\0")], D, want=OPENED)
hs("open/no-such-vhost", [start_ok(), tune_ok() + conn_open("nowhere")], want=OPENED)
hs("open/empty-vhost", [start_ok(), tune_ok() + conn_open("")], {"conn-close:530"}, want=OPENED)
hs("open/vhost-255-bytes", [start_ok(), tune_ok() + conn_open("v" * 255)], want=OPENED)
hs("open/vhost-invalid-utf8", [start_ok(), tune_ok() + conn_open(b"\xff\xfe")], D, want=OPENED)
hs("open/truncated", [start_ok(), tune_ok() + method(0, 10, 40, b"\x05/")], D, want=OPENED)

# channel 0 and the connection class on an open connection
conn("conn/open-twice", conn_open(), D)
conn("conn/start-ok-again", start_ok(), D)
conn("conn/tune-ok-again", tune_ok(), D)
conn("conn/secure-ok", method(0, 10, 21, lstr("x")), D)
conn("conn/server-start", method(0, 10, 10, b"\0\x09" + table({}) + lstr("PLAIN") + lstr("en_US")), D)
conn("conn/server-tune", method(0, 10, 30, struct.pack(">HIH", 0, 0, 0)), D)
conn("conn/server-open-ok", method(0, 10, 41, sstr("")), D)
conn("conn/server-blocked", method(0, 10, 60, sstr("x")), D)
conn("conn/close-ok-unasked", method(0, 10, 51), D | {"open"}, wait=4)
conn("conn/close", conn_close, want=(10, 51))
conn("conn/close-truncated", method(0, 10, 50, b"\0"), D)
conn("conn/close-on-channel-1", frame(1, 1, struct.pack(">HH", 10, 50) + struct.pack(">H", 200) + sstr("") + bytes(4)), D)
conn("conn/update-secret", method(0, 10, 70, lstr("guest") + sstr("why")), D | {"ok"}, want=(10, 71))
conn("chan0/channel-open", ch_open(0), D)
conn("chan0/queue-declare", q_declare(0, "x"), D)
conn("chan0/publish", publish(0, "", "x"), D)
conn("chan0/header", header(0, 1), D)
conn("chan0/body", body(0, b"x"), D)
conn("chan0/heartbeat", frame(8, 0, b"") * 3 + ch_open(1), want=(20, 11))
conn("heartbeat/on-channel-1", frame(8, 1, b"") + ch_open(1), D | {"ok"}, want=(20, 11))
conn("heartbeat/with-payload", frame(8, 0, b"abc") + ch_open(1), D | {"ok"}, want=(20, 11))
for t in (0, 4, 5, 6, 7, 9, 77, 255):
    conn(f"frame/type-{t}", frame(t, 0, b"abc"), D)
    conn(f"frame/type-{t}-channel-1", ch_open(1) + frame(t, 1, b"abc"), D)
conn("frame/end-zero", ch_open(1)[:-1] + b"\x00", D, want=(20, 11))
conn("frame/end-missing", ch_open(1)[:-1] + ch_open(2), D, want=(20, 11))
conn("frame/size-one-too-small", struct.pack(">BHI", 1, 1, 4) + ch_open(1)[7:], D, want=(20, 11))
conn("frame/size-4gb", struct.pack(">BHI", 1, 1, 0xFFFFFFFF) + b"x" * 100, D)
conn("frame/size-2gb", struct.pack(">BHI", 1, 1, 0x7FFFFFFF) + b"x" * 100, D)
conn("frame/size-over-frame-max", struct.pack(">BHI", 1, 1, 131072 + 100) + b"x" * 200, D)
conn("frame/empty-method", frame(1, 1, b""), D)
conn("frame/3-byte-method", frame(1, 1, b"\0\x14\0"), D)
conn("frame/empty-header-frame", ch_open(1) + frame(2, 1, b""), D)
conn("frame/empty-body-frame", ch_open(1) + frame(3, 1, b""), D)
conn("frame/100kb-of-zeros", bytes(100000), D)
conn("frame/100kb-of-ones", b"\xff" * 100000, D)
conn("frame/100kb-random", random.Random(3).randbytes(100000), D | {"open"})
whole = ch_open(1) + q_declare(1, "", exclusive=1)
for cut in (1, 3, 6, 7, 8, 11, 12, 13, 20, 25):
    conn(f"frame/cut-after-{cut}-bytes-then-eof", whole[:cut], BYE | {"conn-close:501"}, eof=True)
for cls in (0, 1, 11, 30, 31, 51, 61, 70, 80, 100, 110, 255, 1000, 65535):
    conn(f"method/class-{cls}", ch_open(1) + method(1, cls, 10, b"\0" * 12), D | {"conn-close:540"})
    conn(f"method/class-{cls}-on-channel-0", method(0, cls, 10, b"\0" * 12), D | {"conn-close:540"})
for cls in (10, 20, 40, 50, 60, 85, 90):
    for mid in (0, 99, 65535):
        conn(f"method/{cls}-{mid}", ch_open(1) + method(1 if cls != 10 else 0, cls, mid, b"\0" * 12), D | {"conn-close:540"})
SERVER = {"channel.open-ok": (20, 11, lstr("")), "channel.flow-ok": (20, 21, b"\1"), "channel.close-ok": (20, 41, b""),
          "exchange.declare-ok": (40, 11, b""), "exchange.delete-ok": (40, 21, b""), "exchange.bind-ok": (40, 31, b""),
          "queue.declare-ok": (50, 11, sstr("x") + bytes(8)), "queue.bind-ok": (50, 21, b""), "queue.purge-ok": (50, 31, bytes(4)),
          "queue.delete-ok": (50, 41, bytes(4)), "basic.qos-ok": (60, 11, b""), "basic.consume-ok": (60, 21, sstr("t")),
          "basic.cancel-ok": (60, 31, sstr("t")), "basic.return": (60, 50, b"\1\x38" + sstr("") * 3),
          "basic.deliver": (60, 60, sstr("t") + bytes(8) + b"\0" + sstr("") + sstr("")), "basic.get-ok": (60, 71, bytes(9) + sstr("") + sstr("") + bytes(4)),
          "basic.get-empty": (60, 72, sstr("")), "basic.recover-ok": (60, 111, b""), "tx.select-ok": (90, 11, b""),
          "tx.commit-ok": (90, 21, b""), "confirm.select-ok": (85, 11, b"")}
for name, (cls, mid, args) in SERVER.items():
    chan("server-method/" + name, method(1, cls, mid, args), D | {"conn-close:540"})

# truncated and over-long arguments
FULL = {"exchange.declare": x_declare(1, "amq.direct", durable=1), "exchange.delete": x_delete(1, "nox"), "exchange.bind": x_bind(1, "amq.fanout", "amq.direct"),
        "queue.declare": q_declare(1, "", exclusive=1), "queue.bind": q_bind(1, "", "amq.direct"), "queue.unbind": q_unbind(1, "", "amq.direct"),
        "queue.purge": q_purge(1, ""), "queue.delete": q_delete(1, "noq"), "basic.qos": qos(1), "basic.consume": consume(1, "", "t"),
        "basic.cancel": cancel(1, "t"), "basic.get": get(1, "noq"), "basic.ack": ack(1, 1), "basic.reject": reject(1, 1), "basic.nack": nack(1, 1),
        "basic.recover": method(1, 60, 110, b"\1"), "basic.publish": method(1, 60, 40, b"\0\0" + sstr("") + sstr("k") + b"\0"),
        "channel.flow": method(1, 20, 20, b"\1"), "channel.close": ch_close(1), "confirm.select": method(1, 85, 10, b"\0")}
for name, f in FULL.items():
    args = f[11:-1]
    chan(f"args/{name}-truncated", f[:3] + struct.pack(">I", 4 + len(args) - 1) + f[7:11] + args[:-1] + b"\xce", D, sync=False)
    chan(f"args/{name}-empty", f[:3] + struct.pack(">I", 4) + f[7:11] + b"\xce", D, sync=False)
    chan(f"args/{name}-trailing", lambda f=f, args=args: q_declare(1, "", exclusive=1) + f[:3] + struct.pack(">I", 4 + len(args) + 5) + f[7:11] + args + b"extra\xce", D | {"ok", "chan-close:404", "chan-close:406"})
