#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

/// End-to-end figures of the release build on this machine; `./test bench` prints them all.
namespace sunherd::bench {

/// One line: name, number of samples, median, 99th percentile, maximum.
void print_distribution(const std::string& name, std::vector<double> samples_ms);

/// CPU seconds (user and system) a process has used so far.
double cpu_s(pid_t pid);
/// Proportional set size of a process, KiB.
long pss_kib(pid_t pid);
/// Most that was resident of a process so far, KiB.
long peak_rss_kib(pid_t pid);

void reaction();    ///< grid register → register of the EVSE
void decision();    ///< grid message → setpoint message
void fleet();       ///< the same for every one of 1 to 100 EVSEs; plug-in to current
void many_evses();  ///< CPU of evse-collector with 100 EVSEs
void polls();       ///< our reader against a bare libmodbus loop
void idle();        ///< memory and CPU of the whole system
void telemetry();   ///< messages a second into a real InfluxDB, CPU, memory, age
void gateway();     ///< answers a second; a message to a hundred pages
void history();     ///< two years of it, by way of the gateway

}  // namespace sunherd::bench
