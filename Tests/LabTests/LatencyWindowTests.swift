import Telemetry
import Testing

@testable import Lab

struct LatencyWindowTests {
  private func instant(_ seconds: Double) -> Instant {
    Instant.zero.advanced(bySeconds: seconds)
  }

  @Test func percentilesAreThoseOfTheSamples() throws {
    var window = LatencyWindow()
    for milliseconds in 1...1000 {
      window.record(seconds: Double(milliseconds) / 1000, at: instant(100))
    }
    let snapshotPercentiles = window.snapshot(at: instant(100.5))
    let snapshot = try #require(snapshotPercentiles)
    #expect(abs(snapshot.p50 - 500) <= 1)
    #expect(abs(snapshot.p95 - 950) <= 1)
    #expect(abs(snapshot.p99 - 990) <= 1)
    #expect(snapshot.sampleCount == 1000)
    #expect(snapshot.windowSeconds == 10)
  }

  @Test func samplesAreForgottenAfterTenSeconds() throws {
    var window = LatencyWindow()
    window.record(seconds: 2, at: instant(100))
    for second in 101...109 { window.record(seconds: 0.1, at: instant(Double(second))) }
    let full = window.snapshot(at: instant(109.9))
    #expect(full?.sampleCount == 10)
    let laterPercentiles = window.snapshot(at: instant(110))
    let later = try #require(laterPercentiles)
    #expect(later.sampleCount == 9)
    #expect(later.p99 < 101)
    let none = window.snapshot(at: instant(119))
    #expect(none == nil)
  }

  @Test func anEmptyWindowHasNoPercentiles() {
    var window = LatencyWindow()
    let none = window.snapshot(at: instant(3))
    #expect(none == nil)
  }

  @Test func whatIsOutOfRangeIsRecordedAtTheEdge() throws {
    var window = LatencyWindow()
    window.record(seconds: -1, at: instant(1))
    window.record(seconds: 1e9, at: instant(1))
    let snapshotPercentiles = window.snapshot(at: instant(1))
    let snapshot = try #require(snapshotPercentiles)
    #expect(snapshot.sampleCount == 2)
    #expect(abs(snapshot.p99 - Double(Limits.latencyMicroseconds) / 1_000) < 1_000)
  }
}
