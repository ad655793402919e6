"""Frames, channels and content out of place."""
from cases_handshake import *  # noqa: F403

# C. channels
conn("channel/declare-on-unopened", q_declare(1, "x"), D)
conn("channel/publish-on-unopened", publish(1, "", "x"), D)
conn("channel/header-on-unopened", header(1, 1), D)
conn("channel/body-on-unopened", body(1, b"x"), D)
conn("channel/close-on-unopened", ch_close(5), D | {"ok"}, want=(20, 41))
conn("channel/close-ok-on-unopened", method(5, 20, 41), D | {"open"}, wait=3)
conn("channel/open-twice", ch_open(1) + ch_open(1), D)
conn("channel/number-above-channel-max", ch_open(2048), D, want=(20, 11))
conn("channel/number-65535", ch_open(65535), D, want=(20, 11))
chan("channel/flow-off", method(1, 20, 20, b"\0"), {"chan-close:540", "conn-close:540", "ok"}, want=[(20, 21)], sync=False)
chan("channel/flow-on", method(1, 20, 20, b"\1"), want=[(20, 21)], sync=False)
chan("channel/close", ch_close(1), want=[(20, 41)], sync=False)
chan("channel/use-after-close", ch_close(1) + q_declare(1, "x"), D, want=[(50, 11)], sync=False)


@case("channel/reopen-after-close")
def _():
    with Peer() as p:
        p.ready()
        p.send(ch_close(1))
        assert p.outcome((20, 41)) == "ok"
        p.send(ch_open(1))
        assert p.outcome((20, 11)) == "ok"
        return p.barrier()


@case("channel/reopen-after-server-close")
def _():
    with Peer() as p:
        p.ready().send(q_declare(1, "no-such-queue", passive=1))
        assert p.outcome((50, 11)) == "chan-close:404"
        p.channel(1)
        return p.barrier()


@case("channel/frames-while-server-closes")
def _():
    with Peer() as p:
        p.ready().send(q_declare(1, "no-such-queue", passive=1) + publish(1, "", "x") * 20 + q_declare(1, "", exclusive=1))
        o = p.outcome((50, 11))
        p.channel(2)
        return o + "/" + p.barrier(2)


@case("channel/sixth-of-channel-max-five", D)
def _():
    with Peer() as p:
        p.handshake(tune=tune_ok(ch=5))
        for i in range(1, 6):
            p.channel(i)
        p.send(ch_open(6))
        return p.outcome((20, 11))


@case("channel/2047-opened")
def _():
    with Peer(40) as p:
        p.handshake()
        top = p.tuned[0] or 2047
        n = min(2047, top)
        p.send(b"".join(ch_open(i) for i in range(1, n + 1)))
        got = 0
        while got < n:
            if p.outcome((20, 11)) != "ok":
                return f"{got} opened"
            got += 1
        return "ok"


# D. content
PUB = method(1, 60, 40, b"\0\0" + sstr("") + sstr("nowhere-key") + b"\0")
FR = SYNTAX | {"conn-close:503", "conn-close:504"}
chan("content/header-without-method", header(1, 1), FR)
chan("content/body-without-method", body(1, b"x"), FR)
chan("content/method-instead-of-header", PUB, FR)
chan("content/body-instead-of-header", PUB + body(1, b"x"), FR)
chan("content/two-headers", PUB + header(1, 1) + header(1, 1), FR)
chan("content/method-instead-of-body", PUB + header(1, 10), FR)
chan("content/method-inside-body", PUB + header(1, 10) + body(1, b"12345"), FR)
chan("content/body-longer-than-declared", PUB + header(1, 5) + body(1, b"1234567890"), FR | {"ok"})
chan("content/body-after-complete", PUB + header(1, 5) + body(1, b"12345") + body(1, b"6"), FR)
chan("content/zero-size", PUB + header(1, 0))
chan("content/zero-size-then-body", PUB + header(1, 0) + body(1, b"x"), FR)
chan("content/empty-body-frames", PUB + header(1, 2) + body(1, b"") * 3 + body(1, b"a") + body(1, b"") + body(1, b"b"))
chan("content/heartbeats-between", PUB + frame(8, 0, b"") + header(1, 2) + frame(8, 0, b"") + body(1, b"a") + frame(8, 0, b"") + body(1, b"b"))
chan("content/wrong-class-in-header", PUB + header(1, 1, cls=50) + body(1, b"x"), FR)
chan("content/weight-not-zero", PUB + header(1, 1, weight=7) + body(1, b"x"), FR | {"ok"})
chan("content/size-2-to-63", PUB + header(1, 2**63), FR | {"chan-close:406", "chan-close:311", "conn-close:501", "open"}, sync=False, wait=2)
chan("content/size-all-ones", PUB + header(1, 2**64 - 1), FR | {"chan-close:406", "chan-close:311", "conn-close:501", "open"}, sync=False, wait=2)
chan("content/size-over-max-message", PUB + header(1, 600 * 1024 * 1024), FR | {"chan-close:406", "chan-close:311", "open"}, sync=False, wait=2)
chan("content/size-1gb-then-100kb", PUB + header(1, 2**30) + body(1, b"x" * 100000), FR | {"chan-close:406", "chan-close:311", "open"}, sync=False, wait=2)
chan("content/interleaved-on-two-channels", ch_open(2) + PUB + method(2, 60, 40, b"\0\0" + sstr("") + sstr("k") + b"\0") + header(1, 2) + header(2, 2) + body(2, b"x") + body(1, b"ab") + body(2, b"y"))
chan("content/header-truncated", PUB + frame(2, 1, b"\0\x3c\0\0\0\0"), FR)
chan("props/flags-without-values", PUB + header(1, 1, 0xFFFE) + body(1, b"x"), FR)
chan("props/continuation-flag", PUB + header(1, 1, 0x0001, b"\0\0") + body(1, b"x"), FR | {"ok"})
chan("props/continuation-100", PUB + header(1, 1, 0x0001, b"\0\1" * 100 + b"\0\0") + body(1, b"x"), FR | {"ok"})
chan("props/short-string-too-long", PUB + header(1, 1, 0x8000, b"\xffabc") + body(1, b"x"), FR | {"ok"})
chan("props/trailing-bytes", PUB + header(1, 1, 0x8000, sstr("text/plain") + b"junk") + body(1, b"x"), FR | {"ok"})
chan("props/all-fourteen", PUB + header(1, 1, 0xFFFC, sstr("text/plain") + sstr("utf-8") + table({"k": 1}) + b"\2\5" + sstr("c") + sstr("r") + sstr("1000") + sstr("m") + struct.pack(">Q", 1) + sstr("t") + sstr("guest") + sstr("app") + sstr("")) + body(1, b"x"))


def nested(n):
    v = b"I\0\0\0\1"
    for _ in range(n):
        b = sstr("k") + v
        v = b"F" + struct.pack(">I", len(b)) + b
    b = sstr("k") + v
    return struct.pack(">I", len(b)) + b


def nested_arrays(n):
    v = b""
    for _ in range(n):
        v = b"A" + struct.pack(">I", len(v)) + v
    b = sstr("k") + v
    return struct.pack(">I", len(b)) + b


TABLES = {
    "length-too-long": struct.pack(">I", 1000) + b"\1ab", "length-negative": b"\xff\xff\xff\xff" + b"\1ab", "length-min-int": b"\x80\0\0\0",
    "length-too-short": struct.pack(">I", 2) + sstr("k") + b"I\0\0\0\1", "unknown-type-Z": struct.pack(">I", 3) + sstr("k") + b"Z",
    "unknown-type-0": struct.pack(">I", 3) + sstr("k") + b"\0", "string-too-long": struct.pack(">I", 8) + sstr("k") + b"S\0\0\xff\xffx"[:6],
    "string-length-negative": struct.pack(">I", 7) + sstr("k") + b"S\xff\xff\xff\xff", "array-length-negative": struct.pack(">I", 7) + sstr("k") + b"A\xff\xff\xff\xff",
    "table-in-table-too-long": struct.pack(">I", 7) + sstr("k") + b"F\0\0\xff\xff", "key-too-long": struct.pack(">I", 3) + b"\xffab",
    "value-missing": struct.pack(">I", 2) + sstr("k"), "int-cut": struct.pack(">I", 5) + sstr("k") + b"I\0\0",
}
GOOD = {"every-type": table({"t": True, "b": Raw(b"b\xff"), "B": Raw(b"B\xff"), "s": Raw(b"s\xff\xff"), "u": Raw(b"u\xff\xff"), "I": 5, "i": Raw(b"i\0\0\0\5"),
                             "l": 2**40, "f": Raw(b"f\0\0\0\0"), "d": 1.5, "D": Raw(b"D\2\0\0\0\5"), "S": "text", "A": [1, "x", {"y": 2}], "T": Raw(b"T" + bytes(8)),
                             "F": {"z": 1}, "V": None, "x": Raw(b"x" + lstr(b"\0\1"))}),
        "empty-key": table({"": 1}), "same-key-twice": struct.pack(">I", 14) + (sstr("k") + b"I\0\0\0\1") * 2, "key-255": table({"k" * 255: 1}),
        "invalid-utf8-key": table({b"\xff\xfe": 1}), "invalid-utf8-value": table({"k": b"\xff\xfe"}), "60kb-value": table({"k": "x" * 60000}),
        "5000-keys": table({f"k{i}": i for i in range(5000)})}
for n in (10, 100, 1000, 6000):
    GOOD[f"nested-{n}"] = nested(n)
    GOOD[f"nested-arrays-{n}"] = nested_arrays(n)
for k, t in TABLES.items():
    chan(f"table/publish-headers-{k}", PUB + header(1, 1, 0x2000, t) + body(1, b"x"), FR)
    chan(f"table/declare-arguments-{k}", q_declare(1, "", exclusive=1, args=t), FR)
for k, t in GOOD.items():
    chan(f"table/publish-headers-{k}", PUB + header(1, 1, 0x2000, t) + body(1, b"x"), FR if "nested" in k or "utf8" in k else ())
    chan(f"table/declare-arguments-{k}", q_declare(1, "", exclusive=1, args=t), FR | {"chan-close:406"} if "nested" in k or "utf8" in k else ())
