import Testing
import WebText

@testable import ManagementClient

/// Addresses as people write them.
@Suite struct AddressTests {
  @Test func anAddressNamesHostPortAndUser() throws {
    let address = try ManagementAddress("http://ann:se%2Fcret@rabbit.example:15672")
    #expect(address.host == "rabbit.example")
    #expect(address.port == 15_672)
    #expect(address.user == "ann")
    #expect(address.password?.text == "se/cret")
    #expect(address.endpoint == "http://rabbit.example:15672")
  }

  @Test(arguments: [
    ("http://localhost", "http://localhost:15672"),
    ("https://localhost", "https://localhost:15671"),
    ("HTTP://localhost/", "http://localhost:15672"),
    ("http://[::1]:80", "http://[::1]:80"),
    ("http://[::1]", "http://[::1]:15672"),
    ("http://h:1/rabbit/", "http://h:1/rabbit"),
    ("http://h:1/rabbit/api/", "http://h:1/rabbit"),
    ("http://a:b@c@h:1", "http://h:1"),
  ])
  func whatIsLeftOutIsTheUsual(text: String, endpoint: String) throws {
    #expect(try ManagementAddress(text).endpoint == endpoint)
  }

  @Test func withoutAUserItIsGuestWithoutAPassword() throws {
    let address = try ManagementAddress("http://localhost")
    #expect(address.user == "guest")
    #expect(address.password == nil)
  }

  @Test(arguments: [
    ("localhost:15672", AddressError.noScheme),
    ("ftp://localhost", .unknownScheme),
    ("amqp://localhost", .speaksAMQP),
    ("http://", .noHost),
    ("http://:15672", .noHost),
    ("http://h:0", .badPort),
    ("http://h:99999", .badPort),
    ("http://h:x", .badPort),
    ("http://a:b:c", .badHost),
    ("http://[::1", .badHost),
    ("http://[::1]x", .badHost),
    ("http://h h", .badHost),
    ("http://a:100%@h", .badEscape),
    ("http://h/?a=b", .hasQuery),
    ("http://h#a", .hasQuery),
  ])
  func whatIsNoAddressSaysWhatIsWrong(text: String, error: AddressError) {
    #expect(throws: error) { try ManagementAddress(text) }
  }

  @Test func aPasswordIsPrintedNowhere() throws {
    let address = try ManagementAddress("http://ann:hunter2@host")
    for text in ["\(address)", String(reflecting: address), address.endpoint, address.place] {
      #expect(!text.contains("hunter2"))
    }
    var dumped = ""
    dump(address, to: &dumped)
    #expect(!dumped.contains("hunter2"))
  }

  @Test(arguments: [
    ("unexpected 'http://a:b@h:1/x' here", "unexpected 'http://…@h:1/x' here"),
    ("http://a:b@h and https://c:d@i", "http://…@h and https://…@i"),
    ("http://h/a@b", "http://h/a@b"),
    ("no address", "no address"),
  ])
  func textsWithAddressesAreMasked(text: String, masked: String) {
    #expect(CredentialText.masked(text) == masked)
  }

  @Test func thePasswordOfAnAddressIsFoundAsItIsWritten() {
    #expect(CredentialText.password(in: "http://a:b%20c@h") == "b%20c")
    #expect(CredentialText.password(in: "http://a@h") == nil)
    #expect(CredentialText.password(in: "http://h:15672") == nil)
  }

  @Test func namesBecomeSegmentsOfAPath() {
    #expect(
      ManagementRequest.path("queues", "/", "a b/ü?.") == "/api/queues/%2F/a%20b%2F%C3%BC%3F."
    )
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{FF}\u{0}\u{80}"])
  func base64ComesBackAsItWas(text: String) {
    let bytes = Array(text.utf8)
    #expect(Base64.decode(Base64.encode(bytes)) == bytes)
  }

  @Test func base64IsThatOfEverybody() {
    #expect(Base64.encode(Array("guest:guest".utf8)) == "Z3Vlc3Q6Z3Vlc3Q=")
    #expect(Base64.decode("not base64!") == nil)
  }
}
