import Glibc

extension StoreError {
  /// What is wrong and how it is mended, in one line for a person.
  package var text: String {
    switch self {
    case .system(let call, let file, let code):
      "\(call) \(file): \(String(cString: strerror(code)))"
    case .unknownVersion(let file, let found, let known):
      "\(file) is of version \(found), this sluice knows \(known); use a newer one, or give "
        + "another directory with --data"
    case .notAStore(let file):
      "\(file) is not a file of sluice's; give another directory with --data"
    case .inUse:
      "used by another sluice; stop that, or give another directory with --data"
    case .recordTooLong(let bytes, let limit):
      "a message of \(bytes) bytes is longer than \(limit)"
    case .noRecord(let position):
      "there is no message in segment \(position.segment) at \(position.offset)"
    }
  }
}
