package import struct NIOCore.ByteBuffer

/// Turns a byte stream, however it is cut, into frames.
///
/// Append what was read, then take frames until there is none. What is kept between two reads is
/// less than one frame, because a frame longer than the limit is refused as soon as its head says
/// so. After an error the stream has no frame boundaries any more: every further call throws the
/// same error.
package struct FrameDecoder: Sendable {
  /// The longest frame accepted, overhead included; raised or lowered after tuning.
  package var maximumFrameBytes: Int
  private var unread = ByteBuffer()
  private var failure: CodecError?

  package init(maximumFrameBytes: Int) {
    self.maximumFrameBytes = maximumFrameBytes
  }

  /// Bytes that were appended and belong to no frame returned so far.
  package var unreadBytes: Int { unread.readableBytes }

  /// Adds bytes to the end of the stream.
  package mutating func append(_ bytes: ByteBuffer) {
    guard unread.readableBytes > 0 else {
      unread = bytes
      return
    }
    unread.discardReadBytes()
    unread.writeImmutableBuffer(bytes)
  }

  /// Takes the next frame.
  ///
  /// - Returns: nil when the rest of the frame has not come yet.
  /// - Throws: What is wrong with the stream; for good.
  package mutating func next() throws(CodecError) -> Frame? {
    if let failure { throw failure }
    do {
      return try decode()
    } catch {
      failure = error
      unread = ByteBuffer()
      throw error
    }
  }

  private mutating func decode() throws(CodecError) -> Frame? {
    let start = unread.readerIndex
    guard let octet = unread.getInteger(at: start, as: UInt8.self) else { return nil }
    guard let type = FrameType(rawValue: octet) else { throw .unknownFrameType(octet) }
    guard unread.readableBytes >= Limits.frameHeadBytes,
      let channel = unread.getInteger(at: start + 1, as: UInt16.self),
      let size = unread.getInteger(at: start + 3, as: UInt32.self)
    else { return nil }

    let payloadBytes = Int(size)
    let frameBytes = payloadBytes + Limits.frameOverheadBytes
    guard frameBytes <= maximumFrameBytes else {
      throw .frameTooLarge(bytes: frameBytes, limit: maximumFrameBytes)
    }
    guard unread.readableBytes >= frameBytes,
      var payload = unread.getSlice(at: start + Limits.frameHeadBytes, length: payloadBytes),
      let end = unread.getInteger(at: start + frameBytes - 1, as: UInt8.self)
    else { return nil }
    guard end == Limits.frameEnd else { throw .missingFrameEnd(found: end) }

    unread.moveReaderIndex(forwardBy: frameBytes)
    switch type {
    case .method:
      return .method(channel: channel, try Method(from: &payload))
    case .header:
      return .header(channel: channel, try ContentHeader(from: &payload))
    case .body:
      return .body(channel: channel, payload)
    case .heartbeat:
      guard channel == 0, payloadBytes == 0 else {
        throw .malformedHeartbeat(channel: channel, payloadBytes: payloadBytes)
      }
      return .heartbeat
    }
  }
}
