import Glibc

/// What this process has used, and in what units the system counts.
package enum HostUsage {
  /// CPU time of this process and its threads, without its children, in seconds.
  package static func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Time in which the calling thread ran, or could have run and waited for a core, in seconds.
  ///
  /// On a crowded machine a thread with work all the time runs only for a part of it.
  package static func threadDemandSeconds() -> Double {
    // Nanoseconds on a core, nanoseconds of waiting for one, how often (proc_pid_schedstat).
    let numbers = HostFiles.text("/proc/thread-self/schedstat", bytesLimit: 256)?
      .split { $0 == " " || $0 == "\n" }.compactMap { Double($0) }
    if let numbers, numbers.count >= 2 { return (numbers[0] + numbers[1]) / 1e9 }
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// How many ticks of /proc's CPU times are a second.
  package static var ticksPerSecond: Double { Double(max(sysconf(Int32(_SC_CLK_TCK)), 1)) }

  /// Bytes of a page, in which /proc counts memory.
  package static var pageBytes: Int { max(sysconf(Int32(_SC_PAGESIZE)), 1) }

  /// Cores that are on.
  package static var coreCount: Int { max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1) }
}
