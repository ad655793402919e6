import Glibc
import Testing

@testable import Lab

struct SeenStoreTests {
  private func identity(_ sequence: UInt64, copy: Int = 0) -> MessageIdentity {
    MessageIdentity(run: 7, start: 1, sequence: sequence, copy: copy)
  }

  @Test func whatOneProcessHasWorkedOnAllOthersKnow() throws {
    let directory = try #require(TemporaryDirectory(.lab))
    let path = "\(directory.path)/points.seen"
    let stores = [SeenStore(path: path, run: 7), SeenStore(path: path, run: 7)]
    #expect(!stores[0].contains(identity(1)))
    stores[0].insert(identity(1))
    stores[1].insert(identity(2, copy: 3))
    for store in stores {
      #expect(store.contains(identity(1)))
      #expect(store.contains(identity(2, copy: 3)))
      #expect(!store.contains(identity(2)))
      #expect(!store.contains(identity(3)))
    }
    stores[1].insert(identity(3))
    #expect(stores[0].contains(identity(3)))
    // One that is started later reads all of it.
    #expect(SeenStore(path: path, run: 7).contains(identity(2, copy: 3)))
  }

  @Test func manyAreReadInPieces() throws {
    let directory = try #require(TemporaryDirectory(.lab))
    let path = "\(directory.path)/points.seen"
    let writer = SeenStore(path: path, run: 7)
    let reader = SeenStore(path: path, run: 7)
    for sequence: UInt64 in 1...8_000 { writer.insert(identity(sequence)) }
    #expect((1...8_000).allSatisfy { reader.contains(identity($0)) })
    #expect(!reader.contains(identity(8_001)))
  }

  @Test func anotherRunIsNotRemembered() throws {
    let directory = try #require(TemporaryDirectory(.lab))
    let path = "\(directory.path)/points.seen"
    let other = SeenStore(path: path, run: 8)
    other.insert(identity(1))
    other.insert(MessageIdentity(run: 8, start: 1, sequence: 2))
    let store = SeenStore(path: path, run: 7)
    #expect(!store.contains(identity(1)))
    #expect(!store.contains(identity(2)))
  }

  @Test func aLineThatIsHalfWrittenIsReadWhenItIsWhole() throws {
    let directory = try #require(TemporaryDirectory(.lab))
    let path = "\(directory.path)/points.seen"
    let store = SeenStore(path: path, run: 7)
    let file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
    defer { close(file) }
    func append(_ text: String) {
      let bytes = Array(text.utf8)
      #expect(bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) } == bytes.count)
    }
    append("rubbish\n7-1-")
    #expect(!store.contains(identity(12)))
    append("1")
    #expect(!store.contains(identity(1)))
    append("2\n")
    #expect(store.contains(identity(12)))
    #expect(!store.contains(identity(1)))
  }

  @Test func withoutAFileNothingIsRemembered() {
    let store = SeenStore(path: nil, run: 7)
    store.insert(identity(1))
    #expect(!store.contains(identity(1)))
  }
}

extension TemporaryDirectory {
  /// Whether there is anything at a path.
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }
}
