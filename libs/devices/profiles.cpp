#include "profile_functions.hpp"  // written by CMake from the files in profiles/

#include <algorithm>
#include <iterator>

namespace sunherd::devices {

const std::vector<Profile>& all_profiles() {
    static const std::vector<Profile> all_of_them = [] {
        std::vector<Profile> all;
        for (const auto& profiles_of_file : profile_functions()) {
            auto some = profiles_of_file();
            std::move(some.begin(), some.end(), std::back_inserter(all));
        }
        return all;
    }();
    return all_of_them;
}

const std::vector<ProfileInfo>& profiles() {
    static const std::vector<ProfileInfo> infos_of_all = [] {
        std::vector<ProfileInfo> infos;
        for (const auto& profile : all_profiles()) {
            infos.push_back(profile.info);
        }
        return infos;
    }();
    return infos_of_all;
}

std::unique_ptr<Reader> make_reader(std::string_view profile, modbus::ReadConnection& connection,
                                    const ReaderOptions& options) {
    const auto& all = all_profiles();
    const auto found = std::find_if(all.begin(), all.end(),
                                    [&](const Profile& candidate) { return candidate.info.name == profile; });
    return found == all.end() ? nullptr : found->make_reader(connection, options);
}

}  // namespace sunherd::devices
