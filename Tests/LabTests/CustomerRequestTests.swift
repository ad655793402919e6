import JSONText
import Telemetry
import Testing

@testable import Lab

struct CustomerRequestTests {
  private static let identity = MessageIdentity(run: 0xFFFF_FFFF, start: 3, sequence: 1 << 27)
  static let requests: [CustomerRequest] = [
    CustomerRequest(identity: identity, way: .synchronous, account: 0, cents: 1, arrivedAt: 0),
    CustomerRequest(
      identity: identity.copied(1_000),
      way: .alternative,
      account: Int(UInt32.max),
      cents: .max,
      traits: ["risky", "new"],
      arrivedAt: .max,
      copies: 1_000,
      poison: 3
    ),
  ]

  @Test(arguments: requests, [0, 1, 5_000])
  func aRequestSurvivesItsBody(request: CustomerRequest, filling: Int) {
    let body = request.body(filling: filling)
    #expect(CustomerRequest(body: body) == request)
    #expect(body.count >= filling)
  }

  @Test func fillingMakesTheBodyThatMuchLonger() {
    let request = Self.requests[0]
    let short = request.body(filling: 1).count
    #expect(request.body(filling: 1_001).count == short + 1_000)
  }

  @Test(arguments: [
    "", "no JSON", "{}", #"{"note":"published by hand"}"#, "[1]",
    #"{"id":"7-1-1","way":"sideways","account":1,"cents":1,"arrived":1,"copies":1}"#,
    #"{"id":"7-1-0","way":"synchronous","account":1,"cents":1,"arrived":1,"copies":1}"#,
    #"{"id":"7-1-1","way":"synchronous","account":-1,"cents":1,"arrived":1,"copies":1}"#,
    #"{"id":"7-1-1","way":"synchronous","account":4294967296,"cents":1,"arrived":1,"copies":1}"#,
    #"{"id":"7-1-1","way":"synchronous","account":1,"cents":1,"arrived":1,"copies":0}"#,
    #"{"id":"7-1-1","way":"synchronous","account":1,"cents":1,"arrived":1,"copies":1001}"#,
    #"{"id":"7-1-1","way":"synchronous","account":1,"cents":1.5,"arrived":1,"copies":1}"#,
  ])
  func aMessageThatIsNoneOfTheLabsIsToldApart(body: String) {
    #expect(CustomerRequest(body: body.utf8) == nil)
  }

  @Test func itsAgeIsCountedFromTheArrival() {
    var request = Self.requests[0]
    request.arrivedAt = 2_000_000_000
    #expect(request.age(at: Instant(nanoseconds: 2_750_000_000)) == 0.75)
  }
}
