/// What definitions bring in, which no client declares: nobody's permissions are asked, and names
/// may be the broker's own.
extension Broker {
  /// Makes a queue unless there is one of the name, which then stays as it is.
  ///
  /// - Returns: 406 for arguments that no queue can have.
  package func importQueue(_ declaration: QueueDeclaration, in host: VirtualHost) -> Violation? {
    guard host.queues[declaration.name] == nil else { return nil }
    if let refusal = QueueArguments.refusal(of: declaration, in: host)
      ?? declaration.refusal(in: host)
    {
      return refusal
    }
    _ = create(declaration, in: host, owner: nil)
    return nil
  }

  /// Makes an exchange unless there is one of the name, which then stays as it is.
  ///
  /// - Returns: 406 for arguments that no exchange of the type can have.
  package func importExchange(
    _ declaration: ExchangeDeclaration,
    in host: VirtualHost
  ) -> Violation? {
    guard host.exchanges[declaration.name] == nil else { return nil }
    return declareExchange(declaration, in: host)
  }

  /// Makes a binding; one whose exchange or destination is missing is left out, as in RabbitMQ.
  ///
  /// - Returns: 406 for a key or arguments that the exchange's type refuses.
  package func importBinding(_ binding: BindingDescription, in host: VirtualHost) -> Violation? {
    guard let source = host.exchanges[binding.source], !binding.source.bytes.isEmpty else {
      return nil
    }
    switch binding.destinationKind {
    case .exchange:
      guard host.exchanges[binding.destination] != nil else { return nil }
      return bindExchange(
        binding.destination,
        to: binding.source,
        key: binding.routingKey,
        arguments: binding.arguments,
        in: host
      )
    case .queue:
      guard let queue = host.queues[binding.destination] else { return nil }
      if let refusal = source.refusal(ofKey: binding.routingKey, binding.arguments) {
        return refusal
      }
      let made = Binding(
        to: .queue(queue),
        key: binding.routingKey,
        arguments: binding.arguments
      )
      add(made, to: source)
      return nil
    }
  }
}
