#pragma once

#include <functional>
#include <string>

using cairo_t = struct _cairo;                  // NOLINT: cairo's names
using cairo_surface_t = struct _cairo_surface;  // NOLINT

namespace sunherd::report {

enum class Align { left, right, centre };

/// Of text: size in points.
struct Style {
    double size = 9;
    bool bold = false;
    double grey = 0;  ///< 0 black … 1 white
    Align align = Align::left;
};

struct Colour {
    double red = 0;
    double green = 0;
    double blue = 0;
};

/// Pages of paper, in points (1/72 inch), from the top left. Text is set by Pango: any script, cut with an
/// ellipsis where it does not fit.
class Sheet {
  public:
    /// What comes out, piece by piece; without it nothing is written, pages are only counted.
    using Write = std::function<bool(const unsigned char*, unsigned)>;
    Sheet(double width, double height, Write write);
    ~Sheet();
    Sheet(const Sheet&) = delete;
    Sheet& operator=(const Sheet&) = delete;

    double width() const { return width_; }
    double height() const { return height_; }
    int pages() const { return pages_; }
    void describe(const std::string& title, const std::string& author);

    void begin_page();
    /// One line within `width`, its baseline's box at `y`; gives its height.
    double text(double x, double y, double width, const std::string& text, const Style& style = {});
    /// As many lines as it needs; gives their height.
    double paragraph(double x, double y, double width, const std::string& text, const Style& style = {});
    void rule(double x, double y, double width, double grey = 0.75);
    void box(double x, double y, double width, double height, const Colour& colour);
    /// Writes the rest; false: it could not be written.
    bool finish();

  private:
    double set(double x, double y, double width, const std::string& text, const Style& style, bool lines);
    double width_;
    double height_;
    Write write_;
    cairo_surface_t* surface_ = nullptr;
    cairo_t* cairo_ = nullptr;
    int pages_ = 0;
};

}  // namespace sunherd::report
