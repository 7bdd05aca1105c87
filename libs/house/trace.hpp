#pragma once

#include "house/demand.hpp"

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Recorded houses. `docs/simulator.md` describes the columns for people.
namespace sunherd::house {

/// What is wrong with a trace, as a sentence with file and line.
struct TraceError {
    std::string text;
};

struct TraceRow {
    topics::Timestamp time{};
    Demand demand;
};

/// Rows of constant step. Values between two rows lie on the line between them; after the end it begins anew.
class Trace : public DemandSource {
  public:
    /// rows: at least two, in order of time.
    explicit Trace(std::vector<TraceRow> rows);

    Demand at(topics::Timestamp time) const override;
    topics::Timestamp begin() const { return rows_.front().time; }
    /// The last moment it knows.
    topics::Timestamp end() const { return rows_.back().time; }
    const std::vector<TraceRow>& rows() const { return rows_; }

  private:
    std::vector<TraceRow> rows_;
    std::chrono::milliseconds step_;
};

/// CSV with a header line: `time_utc`, `house_w` or `house_l1_w` `house_l2_w` `house_l3_w`, `pv_w`, in any
/// order, others are passed over. Or without a header: seconds, PV in W, house load in W; a comment `# from
/// TIME` says when it began. A house total without phases is split 50/30/20 %. Negative PV (an inverter's own
/// use at night) counts as 0. Refused with its line: a missing, odd or negative value, a step that differs
/// from the first one, no rows.
tl::expected<Trace, TraceError> parse_trace(std::string_view csv, std::string_view file);

/// A car that came, as recorded.
struct Session {
    std::string id;
    std::string evse;  ///< `A`, `B` …
    topics::Timestamp arrive{};
    topics::Timestamp depart{};
    double energy_wh = 0;  ///< what it wants before it leaves
};

/// `session_id,evse,arrive_utc,depart_utc,energy_kwh`, columns in any order.
tl::expected<std::vector<Session>, TraceError> parse_sessions(std::string_view csv, std::string_view file);

}  // namespace sunherd::house
