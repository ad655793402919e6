import Telemetry

/// What a recording promises to keep of a value; written by hand, and not with the code that it
/// tests.
enum Kept {
  static func instant(_ instant: Instant) -> Instant {
    Instant(nanoseconds: instant.nanoseconds / 1_000_000 * 1_000_000)
  }

  /// 1,024 exact microseconds, then ten binary digits.
  static func milliseconds(_ value: Double) -> Double {
    let micros = (value * 1_000).rounded()
    guard micros >= 1_024 else { return micros / 1_000 }
    var step = 1.0
    while micros / step >= 1_024 { step *= 2 }
    return ((micros + step / 2) / step).rounded(.down) * step / 1_000
  }

  static func time(_ time: ServiceTime) -> ServiceTime {
    ServiceTime(
      p50Milliseconds: milliseconds(time.p50Milliseconds),
      p95Milliseconds: milliseconds(time.p95Milliseconds),
      sampleCount: time.sampleCount
    )
  }

  static func latency(_ latency: LatencySnapshot) -> LatencySnapshot {
    var kept = latency
    kept.p50 = milliseconds(latency.p50)
    kept.p95 = milliseconds(latency.p95)
    kept.p99 = milliseconds(latency.p99)
    return kept
  }

  static func snapshot(_ snapshot: BrokerSnapshot) -> BrokerSnapshot {
    var kept = snapshot
    kept.details = nil
    kept.identity.startedAt = instant(snapshot.identity.startedAt)
    for row in kept.queues.indices {
      kept.queues[row].oldestReadyAt = kept.queues[row].oldestReadyAt.map(instant)
      if let since = kept.queues[row].mostReturned?.since {
        kept.queues[row].mostReturned?.since = instant(since)
      }
      kept.queues[row].timeToAcknowledgement = kept.queues[row].timeToAcknowledgement.map(time)
    }
    for row in kept.consumers.indices {
      kept.consumers[row].heldSince = kept.consumers[row].heldSince.map(instant)
      kept.consumers[row].lastAcknowledgedAt = kept.consumers[row].lastAcknowledgedAt.map(instant)
      kept.consumers[row].startedAt = instant(kept.consumers[row].startedAt)
      kept.consumers[row].busyNanoseconds = kept.consumers[row].busyNanoseconds
        .map { $0 / 1_000_000 * 1_000_000 }
      kept.consumers[row].serviceTime = kept.consumers[row].serviceTime.map(time)
    }
    for row in kept.connections.indices {
      kept.connections[row].lastReceivedAt = kept.connections[row].lastReceivedAt.map(instant)
      kept.connections[row].connectedAt = instant(kept.connections[row].connectedAt)
    }
    if let survey = kept.bindingSurvey {
      kept.bindingSurvey?.at = instant(survey.at)
      for row in survey.bindings.indices {
        kept.bindingSurvey?.bindings[row].createdAt = survey.bindings[row].createdAt.map(instant)
      }
    }
    return kept
  }

  static func snapshot(_ snapshot: LabSnapshot) -> LabSnapshot {
    var kept = snapshot
    kept.shape.arrivals = []
    kept.peak.arrivals = []
    kept.replay?.arrivals = []
    for row in kept.ways.indices {
      kept.ways[row].latency = kept.ways[row].latency.map(latency)
      for step in kept.ways[row].waterfall.indices {
        let given = kept.ways[row].waterfall[step]
        kept.ways[row].waterfall[step].startMilliseconds = milliseconds(given.startMilliseconds)
        kept.ways[row].waterfall[step].milliseconds = milliseconds(given.milliseconds)
      }
    }
    for row in kept.queues.indices {
      kept.queues[row].delay = kept.queues[row].delay.map(latency)
      kept.queues[row].drainSeconds = kept.queues[row].drainSeconds.map(milliseconds)
    }
    for row in kept.faults.indices { kept.faults[row].since = instant(kept.faults[row].since) }
    return kept
  }
}
