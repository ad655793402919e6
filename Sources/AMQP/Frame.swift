package import struct NIOCore.ByteBuffer

/// One frame, decoded.
///
///     [ type 8 bits | channel 16 | payload size 32 | payload | frame end 0xCE ]
package enum Frame: Sendable, Hashable {
  case method(channel: UInt16, Method)
  case header(channel: UInt16, ContentHeader)
  /// A part of a body, a slice of the bytes that came in.
  case body(channel: UInt16, ByteBuffer)
  case heartbeat
}

extension ByteBuffer {
  /// Appends a method frame.
  package mutating func writeMethod(_ method: some MethodArguments, channel: UInt16) {
    writeFrame(.method, channel: channel) { buffer in
      Swift.type(of: method).identifier.encode(into: &buffer)
      method.encode(into: &buffer)
    }
  }

  /// Appends a frame of any kind.
  package mutating func writeFrame(_ frame: Frame) {
    switch frame {
    case .method(let channel, let method):
      writeFrame(.method, channel: channel) { method.encode(into: &$0) }
    case .header(let channel, let header):
      writeFrame(.header, channel: channel) { header.encode(into: &$0) }
    case .body(let channel, let body):
      writeFrame(.body, channel: channel) { $0.writeImmutableBuffer(body) }
    case .heartbeat:
      writeHeartbeat()
    }
  }

  /// Appends a content header frame and the body in as many frames as it takes.
  ///
  /// A header frame cannot be split: whoever sets properties sees to it that they fit.
  ///
  /// - Parameters:
  ///   - header: Its `bodyBytes` is the length of `body`.
  ///   - body: The whole body; an empty one has no frames.
  ///   - channel: Above 0.
  ///   - maximumFrameBytes: As tuned, overhead included; at least ``Limits/minimumFrameBytes``.
  package mutating func writeContent(
    header: ContentHeader,
    body: ByteBuffer,
    channel: UInt16,
    maximumFrameBytes: Int
  ) {
    writeFrame(.header(channel: channel, header))
    let payloadLimit =
      Swift.max(maximumFrameBytes, Limits.minimumFrameBytes) - Limits.frameOverheadBytes
    var rest = body
    while let part = rest.readSlice(length: Swift.min(rest.readableBytes, payloadLimit)),
      part.readableBytes > 0
    {
      writeFrame(.body(channel: channel, part))
    }
  }

  /// Appends a heartbeat frame.
  package mutating func writeHeartbeat() {
    writeFrame(.heartbeat, channel: 0) { _ in }
  }

  private mutating func writeFrame(
    _ type: FrameType,
    channel: UInt16,
    _ payload: (inout ByteBuffer) -> Void
  ) {
    writeInteger(type.rawValue)
    writeInteger(channel)
    writeLengthPrefixed(payload)
    writeInteger(Limits.frameEnd)
  }
}
