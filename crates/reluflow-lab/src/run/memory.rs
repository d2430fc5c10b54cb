//! Asks how much memory there is.

/// The memory in bytes that a process may use here: the machine's, or a smaller limit set on the container or
/// batch job; infinite where it cannot be known.
pub fn machine_memory() -> f64 {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    let number = |text: &str| text.trim().parse::<f64>().ok();
    let total = read("/proc/meminfo")
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:"))
        .and_then(|rest| number(rest.trim().strip_suffix("kB")?))
        .map(|kib| kib * 1024.0);
    let limit = number(&read("/sys/fs/cgroup/memory.max"));
    total.into_iter().chain(limit).fold(f64::INFINITY, f64::min)
}
