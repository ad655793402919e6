import ArgumentParser

/// Checks of the command line that more than one command makes.
enum Validation {
  static func checkPort(_ port: Int, of option: String = "--amqp-port") throws {
    guard (0...65_535).contains(port) else {
      throw ValidationError("\(option) \(port) is not a port; give a number from 0 to 65535")
    }
  }
}
