import Foundation

/// The environment of programs that tests start.
package enum Environment {
  /// Just enough, the same on every machine.
  ///
  /// Swift's backtracer is off: on a terminal it would ask a person what to do and hang the test.
  package static let plain: [String: String] = {
    let own = ProcessInfo.processInfo.environment
    var environment = [
      "PATH": own["PATH"] ?? "/usr/bin:/bin",
      "HOME": own["HOME"] ?? "/",
      "LANG": "C.UTF-8",
      "TERM": "xterm-256color",
      "SWIFT_BACKTRACE": "enable=no",
      // Work for a loop that has ended is a crash, not a line that nobody reads.
      "SWIFTNIO_STRICT": "1",
      "PYTHONUNBUFFERED": "1",
      // What the person at this machine likes is nothing to a test, nor is it changed by one.
      "SLUICE_CONFIG": "/dev/null",
    ]
    // A toolchain that is not installed system-wide is found by this alone.
    environment["LD_LIBRARY_PATH"] = own["LD_LIBRARY_PATH"]
    return environment
  }()
}
