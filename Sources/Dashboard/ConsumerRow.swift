import Telemetry

/// A row of the consumers table: a consumer, or a service of the lab that should consume.
struct ConsumerRow: Sendable, Hashable {
  enum Subject: Sendable, Hashable {
    /// Its index in the snapshot's consumers.
    case consumer(Int)
    /// The index in the lab's services of one that has a queue and no consumer on it.
    case absentService(Int)
  }

  let subject: Subject
  let identity: RowIdentity
  /// The service of the lab that it belongs to.
  let service: String?

  /// Returns the rows in the order of queues; a service keeps its place while it is away.
  static func rows(consumers: [ConsumerSnapshot], lab: LabSnapshot?) -> [ConsumerRow] {
    let services = lab?.services ?? []
    var serviceOfProcess: [Int: String] = [:]
    for service in services {
      if let processIdentifier = service.state.processIdentifier {
        serviceOfProcess[processIdentifier] = service.name
      }
    }
    var rows: [ConsumerRow] = []
    rows.reserveCapacity(consumers.count)
    var ordinals: [String: Int] = [:]
    var absent = absentServices(services, consumers, serviceOfProcess)
    for (index, consumer) in consumers.enumerated() {
      while let first = absent.first, first.queue <= consumer.queue {
        rows.append(row(ofAbsent: first.index, services))
        absent.removeFirst()
      }
      guard let process = consumer.processIdentifier, let service = serviceOfProcess[process] else {
        rows.append(
          ConsumerRow(
            subject: .consumer(index),
            identity: .consumer(identifier: consumer.identifier),
            service: nil
          )
        )
        continue
      }
      let ordinal = ordinals[service, default: 0]
      ordinals[service] = ordinal + 1
      rows.append(
        ConsumerRow(
          subject: .consumer(index),
          identity: .serviceConsumer(service: service, ordinal: ordinal),
          service: service
        )
      )
    }
    return rows + absent.map { row(ofAbsent: $0.index, services) }
  }

  private static func absentServices(
    _ services: [ServiceSnapshot],
    _ consumers: [ConsumerSnapshot],
    _ serviceOfProcess: [Int: String]
  ) -> [(queue: String, index: Int)] {
    if services.isEmpty { return [] }
    let present = Set(
      consumers.compactMap { $0.processIdentifier.flatMap { serviceOfProcess[$0] } }
    )
    return services.enumerated().compactMap { index, service in
      guard let queue = service.queue, !present.contains(service.name) else { return nil }
      return (queue, index)
    }.sorted { $0.queue < $1.queue }
  }

  private static func row(ofAbsent index: Int, _ services: [ServiceSnapshot]) -> ConsumerRow {
    ConsumerRow(
      subject: .absentService(index),
      identity: .serviceConsumer(service: services[index].name, ordinal: 0),
      service: services[index].name
    )
  }
}
