package import AMQPClient
package import NIOCore

extension AMQPConnection {
  /// Connects to the first node of a broker that lets us in.
  ///
  /// - Parameters:
  ///   - endpoints: The nodes in the order in which they are tried; never empty.
  ///   - name: What the broker's operators read.
  ///   - group: Must outlive the connection.
  /// - Returns: An open connection.
  /// - Throws: What the first node has against it, when all have something.
  package static func open(
    anyOf endpoints: [ClientEndpoint],
    name: String,
    group: any EventLoopGroup
  ) async throws(ClientError) -> AMQPConnection {
    do {
      return try await open(endpoints[0], name: name, group: group)
    } catch {
      for endpoint in endpoints.dropFirst() {
        // What the further ones have against it says less than the first one's reason.
        if let connection = try? await open(endpoint, name: name, group: group) {
          return connection
        }
      }
      throw error
    }
  }
}
