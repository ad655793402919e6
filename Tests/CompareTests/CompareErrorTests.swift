import AMQPClient
import Testing

@testable import Compare

/// What is said of a broker that cannot be measured.
@Suite struct CompareErrorTests {
  @Test(arguments: [
    (ClientError.Code.connectFailed, "no connection", "is it running"),
    (.handshakeFailed, "403 ACCESS_REFUSED", "are user and password right"),
    (.handshakeFailed, "530 NOT_ALLOWED", "is there such a virtual host"),
    (.handshakeFailed, "the server closed the socket without a word", "it wants TLS"),
    (.handshakeFailed, "a frame of type 72", "is that its AMQP 0-9-1 port"),
    (.timedOut, "no handshake within 10 seconds", "it hangs"),
  ])
  func theMendFollows(code: ClientError.Code, message: String, mend: String) {
    let error = CompareError(ClientError(code: code, message: message))
    #expect(error.reason.hasPrefix("\(message); \(mend)"))
    #expect(!error.isCancelled)
  }

  @Test func anInterruptionIsNotTheBrokersFault() {
    #expect(CompareError(ClientError(code: .cancelled, message: "interrupted")).isCancelled)
  }

  @Test func hostileWordsOfAServerAreCleanedAndCut() {
    let words = "\u{1B}]0;x\u{7}" + String(repeating: "y", count: 1_000)
    let error = CompareError(ClientError(code: .channelClosed(nil), message: words))
    #expect(error.reason.count == Limits.reasonCharacters && error.reason.hasPrefix("?]0;x?y"))
    #expect(error.reason.hasSuffix("..."))
  }
}
