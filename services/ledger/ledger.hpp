#pragma once

#include "book.hpp"
#include "history/store.hpp"
#include "service/service.hpp"
#include "service/throttle.hpp"
#include "spool/spool.hpp"

#include <atomic>
#include <memory>
#include <thread>

namespace sunherd::ledger {

/// Keeps the past. A message is in the spool before the broker is told that it arrived; every few seconds
/// what is there goes through the Book, and what comes of it into the database together with how far the
/// spool was read: killed at any moment, nothing is lost and nothing counts twice.
class Ledger : public service::Service {
  public:
    static constexpr std::chrono::seconds kStep{5};

    explicit Ledger(service::Context& context);
    ~Ledger() override;
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    void stopping() override;

  private:
    void open_spool();
    bool open_store();
    void say_opened(const history::Opened& opened);
    bool load_book();
    bool take(const bus::Incoming& message);
    void work();
    /// One batch; true: there is more.
    bool step();
    bool write(const spool::Batch& batch);
    void publish();
    void publish_price(topics::Timestamp now);
    void keep_house();
    void failed(const history::Trouble& trouble);

    service::Context& context_;
    service::Throttle often_;
    std::filesystem::path file_;
    std::unique_ptr<spool::Spool> spool_;
    spool::Position position_;
    spool::Position reached_;  ///< no further can anybody have read
    std::unique_ptr<history::Store> store_;
    std::unique_ptr<Book> book_;  ///< nullptr: to be made of what the database knows
    std::optional<topics::PriceSlot> told_price_;
    bool told_last_ = false;
    topics::Timestamp backed_up_{};
    std::atomic<bool> backing_up_ = false;
    std::thread backup_;
};

}  // namespace sunherd::ledger
