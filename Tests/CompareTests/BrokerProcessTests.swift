import Testing

@testable import Compare

/// What the system says of sockets and processes.
@Suite struct BrokerProcessTests {
  private static let head =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"

  private func line(_ local: String, _ state: String, _ inode: Int) -> String {
    "   0: \(local) 00000000:0000 \(state) 00000000:00000000 00:00000000 00000000     0        0 "
      + "\(inode) 1 0000000000000000 100 0 0 10 0"
  }

  @Test func listenersOfThePortAreFound() {
    let text = [
      Self.head, line("0100007F:1628", "0A", 11), line("0100007F:1629", "0A", 12),
      line("0100007F:1628", "01", 13), line("00000000000000000000000000000000:1628", "0A", 14),
    ]
    .joined(separator: "\n")
    #expect(SocketTable.listeners(port: 5672, in: text) == [11, 14])
    #expect(SocketTable.listeners(port: 1, in: text).isEmpty)
  }

  @Test(arguments: ["", "sl\n0: x", "sl\n   0: 0100007F:1628 0 0A"])
  func aTableThatIsNoneHasNoListeners(text: String) {
    #expect(SocketTable.listeners(port: 5672, in: text).isEmpty)
  }

  private func status(_ identifier: Int, _ name: String, parent: Int) -> ProcessStatus? {
    ProcessStatus(
      "\(identifier) (\(name)) S \(parent) 1 1 0 -1 4194304 100 0 0 0 70 30 900 900 20 0 9 0 1 "
        + "1000000 250 18446744073709551615 1 1 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0\n"
    )
  }

  @Test func aNameWithBracketsDoesNotShiftTheFields() throws {
    let found = try #require(status(42, "a (b) c", parent: 7))
    #expect(found.identifier == 42 && found.parent == 7 && found.name == "a (b) c")
    #expect(found.ticks == 100 && found.residentPages == 250)
  }

  @Test(arguments: ["", "42", "42 (x)", "42 (x) S 1 2 3", "x (y) S 1"])
  func whatIsNoStatusIsNone(text: String) {
    #expect(ProcessStatus(text) == nil)
  }

  @Test func aFamilyIsTheProcessAndAllBelow() throws {
    let all = try [
      #require(status(1, "init", parent: 0)), #require(status(5, "beam", parent: 1)),
      #require(status(6, "child", parent: 5)), #require(status(7, "grandchild", parent: 6)),
      #require(status(8, "stranger", parent: 1)),
    ]
    #expect(ProcessStatus.family(of: 5, in: all).map(\.identifier) == [5, 6, 7])
    #expect(ProcessStatus.family(of: 99, in: all).isEmpty)
  }

  @Test func aProcessThatRunsIsRead() throws {
    let own = try #require(ProcessStatus.read(1))
    #expect(own.identifier == 1)
  }
}
