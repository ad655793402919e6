import JSONText

/// What a request is answered with.
enum Answer: Sendable {
  case json(JSON)
  /// 201, with the place of what was made where RabbitMQ gives one.
  case created(location: String? = nil)
  /// 204.
  case done
  /// JSON with another status than 200.
  case status(Int, JSON)
  case bytes([UInt8], type: String)
  /// Lines of server-sent events, as long as the client stays.
  case events(EventStream)

  /// 201 for what is new, 204 for what was there.
  static func put(isNew: Bool) -> Answer { isNew ? .created() : .done }
}
