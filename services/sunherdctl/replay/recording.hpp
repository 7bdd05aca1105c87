#pragma once

#include "bus/bus.hpp"
#include "topics/names.hpp"
#include "topics/timestamp.hpp"

#include <tl/expected.hpp>

#include <chrono>
#include <istream>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

/// All that a site's topics said, in the order it came. One JSON object a line: first what it is, then the
/// messages.
namespace sunherd::ctl {

struct Recorded {
    std::chrono::milliseconds at{};  ///< since the start
    std::string topic;               ///< below the site's own, e.g. `evse/garage/state`
    std::string payload;
    bool retained = false;  ///< from before the start
};

struct Recording {
    std::string site;
    topics::Timestamp started{};
    std::vector<Recorded> messages;
};

class RecordingWriter {
  public:
    RecordingWriter(std::ostream& out, const topics::Names& names, const std::string& site,
                    topics::Timestamp started);
    void write(std::chrono::milliseconds at, const bus::Incoming& message);
    std::size_t count() const { return count_; }

  private:
    std::ostream& out_;
    const topics::Names& names_;
    std::size_t count_ = 0;
};

/// Error: the line that is none, and why. A last line that was cut off is left out.
tl::expected<Recording, std::string> read_recording(std::istream& in);

}  // namespace sunherd::ctl
