import Testing

@testable import Compare

/// Room for messages on their way.
@Suite(.timeLimit(.minutes(1))) struct WindowTests {
  @Test func noMoreIsTakenThanThereIs() async {
    let window = Window(1_000)
    #expect(await window.take(atMost: 700) == 700)
    window.give(50)
    #expect(await window.take(atMost: 700) == 350)
  }

  @Test func aSmallWindowCanBeTakenWhole() async {
    let window = Window(2)
    #expect(await window.take(atMost: 9) == 2)
    window.give(1)
    window.give(1)
    #expect(await window.take(atMost: 9) == 2)
  }

  @Test func whoWaitsIsWokenByEnoughRoom() async {
    let window = Window(Limits.wakingRoom)
    #expect(await window.take(atMost: Limits.wakingRoom) == Limits.wakingRoom)
    let waiting = Task { await window.take(atMost: 1_000) }
    for _ in 0..<Limits.wakingRoom { window.give(1) }
    #expect(await waiting.value == Limits.wakingRoom)
  }

  @Test func closingEndsEveryWait() async {
    let window = Window(Limits.wakingRoom)
    _ = await window.take(atMost: Limits.wakingRoom)
    let waiting = Task { await window.take(atMost: 1) }
    window.close()
    #expect(await waiting.value == 0)
    window.give(1_000)
    #expect(await window.take(atMost: 1) == 0)
  }
}
