import ArgumentParser
import ConfigFile

extension RefreshInterval {
  /// The value of `--refresh`.
  ///
  /// - Throws: `ValidationError` that says what mends it.
  static func argument(_ text: String) throws -> RefreshInterval {
    do {
      return try read(text)
    } catch {
      throw ValidationError(error.description)
    }
  }

  var duration: Duration { .milliseconds(milliseconds) }
}
