#include "site/load.hpp"

#include "site/checks.hpp"
#include "site/convert.hpp"
#include "site/document.hpp"
#include "site/secrets.hpp"
#include "site/shape.hpp"

namespace sunherd::site {
namespace {

tl::expected<Site, std::vector<Problem>> parse(const std::string& yaml, const std::filesystem::path& file,
                                               Problems problems) {
    const ValuePtr root = read_document(yaml, problems);
    if (problems.none() && (!root || root->kind == Value::Kind::none)) {
        problems.add(0, "", "is empty; begin with one of deploy/examples");
    }
    if (!root || root->kind == Value::Kind::none) {
        return tl::unexpected(std::move(problems).take());
    }
    apply_environment(*root, problems);
    resolve_secrets(*root, file, problems);
    check_shape(*root, problems);
    if (root->kind == Value::Kind::map && !problems.full()) {
        Site site = convert(*root, problems);
        check_whole(site, *root, problems);
        if (problems.none()) {
            return site;
        }
    }
    return tl::unexpected(std::move(problems).take());
}

}  // namespace

tl::expected<Site, std::vector<Problem>> parse(const std::string& yaml, const std::filesystem::path& file) {
    return parse(yaml, file, Problems(file));
}

tl::expected<Site, std::vector<Problem>> load(const std::filesystem::path& file) {
    Problems problems(file);
    const auto yaml = read_bounded(file, problems);
    if (!yaml) {
        return tl::unexpected(std::move(problems).take());
    }
    return parse(*yaml, file, std::move(problems));
}

}  // namespace sunherd::site
