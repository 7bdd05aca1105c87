#include "sheet.hpp"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#include <memory>

namespace sunherd::report {
namespace {

template <class T>
struct Unref {
    void operator()(T* object) const { g_object_unref(object); }
};

cairo_status_t write_to(void* closure, const unsigned char* data, unsigned length) {
    const auto& write = *static_cast<Sheet::Write*>(closure);
    return !write || write(data, length) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

PangoAlignment pango_align(Align align) {
    return align == Align::right    ? PANGO_ALIGN_RIGHT
           : align == Align::centre ? PANGO_ALIGN_CENTER
                                    : PANGO_ALIGN_LEFT;
}

}  // namespace

Sheet::Sheet(double width, double height, Write write)
    : width_(width),
      height_(height),
      write_(std::move(write)),
      surface_(cairo_pdf_surface_create_for_stream(write_to, &write_, width, height)),
      cairo_(cairo_create(surface_)) {}

Sheet::~Sheet() {
    cairo_destroy(cairo_);
    cairo_surface_destroy(surface_);
}

void Sheet::describe(const std::string& title, const std::string& author) {
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_TITLE, title.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_AUTHOR, author.c_str());
    cairo_pdf_surface_set_metadata(surface_, CAIRO_PDF_METADATA_CREATOR, "Sunherd " SUNHERD_VERSION);
}

void Sheet::begin_page() {
    if (pages_++ > 0) {
        cairo_show_page(cairo_);
    }
}

double Sheet::set(double x, double y, double width, const std::string& text, const Style& style, bool lines) {
    const std::unique_ptr<PangoLayout, Unref<PangoLayout>> layout(pango_cairo_create_layout(cairo_));
    PangoFontDescription* font = pango_font_description_from_string("DejaVu Sans, Sans");
    pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
    pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(layout.get(), font);
    pango_font_description_free(font);
    pango_layout_set_text(layout.get(), text.c_str(), static_cast<int>(text.size()));
    pango_layout_set_width(layout.get(), static_cast<int>(width * PANGO_SCALE));
    pango_layout_set_alignment(layout.get(), pango_align(style.align));
    pango_layout_set_single_paragraph_mode(layout.get(), lines ? FALSE : TRUE);
    pango_layout_set_ellipsize(layout.get(), lines ? PANGO_ELLIPSIZE_NONE : PANGO_ELLIPSIZE_END);
    pango_layout_set_wrap(layout.get(), PANGO_WRAP_WORD_CHAR);
    cairo_set_source_rgb(cairo_, style.grey, style.grey, style.grey);
    cairo_move_to(cairo_, x, y);
    pango_cairo_show_layout(cairo_, layout.get());
    int height = 0;
    pango_layout_get_size(layout.get(), nullptr, &height);
    return static_cast<double>(height) / PANGO_SCALE;
}

double Sheet::text(double x, double y, double width, const std::string& text, const Style& style) {
    return set(x, y, width, text, style, false);
}

double Sheet::paragraph(double x, double y, double width, const std::string& text, const Style& style) {
    return set(x, y, width, text, style, true);
}

void Sheet::rule(double x, double y, double width, double grey) {
    cairo_set_source_rgb(cairo_, grey, grey, grey);
    cairo_set_line_width(cairo_, 0.5);
    cairo_move_to(cairo_, x, y);
    cairo_line_to(cairo_, x + width, y);
    cairo_stroke(cairo_);
}

void Sheet::box(double x, double y, double width, double height, const Colour& colour) {
    cairo_set_source_rgb(cairo_, colour.red, colour.green, colour.blue);
    cairo_rectangle(cairo_, x, y, width, height);
    cairo_fill(cairo_);
}

bool Sheet::finish() {
    cairo_show_page(cairo_);
    cairo_surface_finish(surface_);
    return cairo_surface_status(surface_) == CAIRO_STATUS_SUCCESS;
}

}  // namespace sunherd::report
