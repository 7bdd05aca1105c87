#pragma once

#include "line_text.hpp"
#include "topics/json_shape.hpp"
#include "topics/messages.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// What a message looks like, taken from its `describe`, so that JSON can be walked without building structs.
namespace sunherd::influx {

enum class Type { real, integer, boolean, text, word, time, object, list, map };

struct Shape;

struct Field {
    std::string name;   ///< in JSON
    std::string key{};  ///< in line protocol: lower case, escaped
    Type type = Type::real;
    bool required = true;
    std::int64_t low = 0;  ///< of an integer
    std::int64_t high = 0;
    bool (*is_word)(std::string_view) = nullptr;
    std::shared_ptr<const Shape> inner{};  ///< of an object, of a list's and a map's elements
};

struct Shape {
    std::vector<Field> fields;      ///< at most 64
    std::uint64_t required = 0;     ///< bits of fields
    std::optional<Field> any = {};  ///< of a map: what every member is
    std::size_t find(std::string_view name, std::size_t hint) const;
    static constexpr std::size_t kNone = 64;
};

/// Visitor of `describe` that takes down each field.
class Shaper {
  public:
    template <class M>
    static std::shared_ptr<const Shape> shape_of() {
        M message;
        Shaper shaper;
        M::describe(message, shaper);
        return std::make_shared<const Shape>(std::move(shaper.shape_));
    }

    template <class T>
    void operator()(const char* name, const T& value) {
        Field field = field_of(value);
        field.name = name;
        field.key = escaped(lower(name));
        if (field.required) {
            shape_.required |= std::uint64_t{1} << shape_.fields.size();
        }
        shape_.fields.push_back(std::move(field));
    }

  private:
    template <class T>
    static Field optional(const T& example) {
        auto field = field_of(example);
        field.required = false;
        return field;
    }
    static Field plain(Type type) { return {.name = {}, .type = type}; }

    static Field field_of(const double&) { return plain(Type::real); }
    static Field field_of(const bool&) { return plain(Type::boolean); }
    static Field field_of(const std::string&) { return plain(Type::text); }
    static Field field_of(const topics::Timestamp&) { return plain(Type::time); }
    template <std::integral T>
    static Field field_of(const T&) {
        auto field = plain(Type::integer);
        using Wide = std::int64_t;
        field.low = std::is_signed_v<T> ? static_cast<Wide>(std::numeric_limits<T>::min()) : 0;
        field.high = sizeof(T) < sizeof(Wide) ? static_cast<Wide>(std::numeric_limits<T>::max())
                                              : std::numeric_limits<Wide>::max();
        return field;
    }
    template <topics::Worded T>
    static Field field_of(const T&) {
        auto field = plain(Type::word);
        field.is_word = [](std::string_view text) { return topics::from_word<T>(text).has_value(); };
        return field;
    }
    template <topics::Described T>
    static Field field_of(const T&) {
        auto field = plain(Type::object);
        field.inner = shape_of<T>();
        return field;
    }
    static Field field_of(const topics::PhaseValues& values) {
        Shaper shaper;
        for (std::size_t i = 0; i < topics::kPhaseNames.size(); ++i) {
            shaper(topics::kPhaseNames[i], values.phase[i]);
        }
        auto field = plain(Type::object);
        field.required = false;
        field.inner = std::make_shared<const Shape>(std::move(shaper.shape_));
        return field;
    }
    template <class T>
    static Field field_of(const std::optional<T>&) {
        return optional(T{});
    }
    template <class T>
    static Field field_of(const std::vector<T>&) {
        auto field = plain(Type::list);
        field.required = false;
        field.inner = shape_of<T>();
        return field;
    }
    template <class T>
    static Field field_of(const std::map<std::string, T>&) {
        auto field = plain(Type::map);
        field.required = false;
        field.inner = std::make_shared<const Shape>(Shape{.fields = {}, .required = 0, .any = optional(T{})});
        return field;
    }

    Shape shape_;
};

}  // namespace sunherd::influx
