import Glibc

extension StoreError {
  /// What is wrong and how it is mended, in one line for a person.
  package var text: String {
    switch self {
    case .system(let call, let file, let code):
      "\(call) \(file): \(String(cString: strerror(code)))"
    case .unknownVersion(let file, let found, let known):
      "\(file) is of version \(found) and this program knows \(known); use a newer sluice"
    case .notAStore(let file):
      "\(file) is not a file of sluice; give another directory"
    case .inUse:
      "used by another sluice; stop it or give another directory"
    case .recordTooLong(let bytes, let limit):
      "a message of \(bytes) bytes is longer than \(limit)"
    case .noRecord(let position):
      "there is no message in segment \(position.segment) at \(position.offset)"
    }
  }
}

extension StoreFault {
  /// What is wrong and what it means, in one line for a person.
  package var text: String {
    switch self {
    case .lost(let file, let from, let to):
      "\(file): bytes \(from) to \(to) cannot be read; what was in them is lost"
    case .unfinished(let file, let from):
      "\(file): what was being written from byte \(from) on was not finished; nobody was told "
        + "that it was safe"
    case .missing(let file):
      "\(file) is missing; the messages in it are lost"
    case .brokenHead(let file):
      "\(file): its head is broken; what follows was read all the same"
    case .settlementsLost(let file, let count):
      "\(file): \(count) acknowledgements cannot be read; their messages come again"
    }
  }
}
