#pragma once

#include <string>

namespace sunherd::report {

/// The words of a statement.
struct Texts {
    const char* title;
    const char* period;
    const char* created;
    const char* site;
    const char* summary;
    const char* evse;
    const char* vehicle;
    const char* sessions;
    const char* energy;
    const char* own;
    const char* price;
    const char* cost;
    const char* start;
    const char* end;
    const char* total;
    const char* per_day;
    const char* sun;
    const char* battery;
    const char* grid;
    const char* none;
    const char* page;
    const char* of;
    const char* note;
    const char* unpriced;
    const char* running;
};

inline constexpr Texts kEnglish{
    .title = "Statement of charging",
    .period = "Period",
    .created = "Made on",
    .site = "Site",
    .summary = "Summary",
    .evse = "Wall box",
    .vehicle = "Car",
    .sessions = "Sessions",
    .energy = "Energy",
    .own = "Sun, battery",
    .price = "a kWh",
    .cost = "in all",
    .start = "Start",
    .end = "End",
    .total = "Total",
    .per_day = "Energy by source, kWh",
    .sun = "Sun",
    .battery = "Battery",
    .grid = "Grid",
    .none = "There were no charging sessions in this period.",
    .page = "Page",
    .of = "of",
    .note =
        "Energy from the grid costs the price in force when it flowed, with fees and taxes; energy from the "
        "sun and the "
        "battery costs what it would have earned. The cost of a session is rounded to the cent; sums are "
        "sums of "
        "those. A session belongs to the period in which it began. Times are those of",
    .unpriced = "Of this, no price is known for",
    .running = "Sessions that began in this period and are still running, on no statement before they end:",
};

inline constexpr Texts kGerman{
    .title = "Abrechnung der Ladevorgänge",
    .period = "Zeitraum",
    .created = "Erstellt am",
    .site = "Standort",
    .summary = "Übersicht",
    .evse = "Wallbox",
    .vehicle = "Auto",
    .sessions = "Ladungen",
    .energy = "Energie",
    .own = "Sonne, Batterie",
    .price = "je kWh",
    .cost = "gesamt",
    .start = "Beginn",
    .end = "Ende",
    .total = "Summe",
    .per_day = "Energie nach Herkunft, kWh",
    .sun = "Sonne",
    .battery = "Batterie",
    .grid = "Netz",
    .none = "In diesem Zeitraum gab es keine Ladevorgänge.",
    .page = "Seite",
    .of = "von",
    .note =
        "Energie aus dem Netz kostet den Preis, der galt, als sie floss, mit Gebühren und Steuern; Energie "
        "von der Sonne "
        "und aus der Batterie kostet, was sie sonst eingebracht hätte. Die Kosten einer Ladung sind auf den "
        "Cent "
        "gerundet, Summen sind Summen davon. Eine Ladung gehört zum Zeitraum, in dem sie begann. Zeiten sind "
        "die von",
    .unpriced = "Davon ohne bekannten Preis",
    .running =
        "In diesem Zeitraum begonnene Ladungen, die noch laufen und vor ihrem Ende in keiner Abrechnung "
        "stehen:",
};

/// `1,234.50`, or `1.234,50`.
std::string number_text(double value, int digits, bool german);

}  // namespace sunherd::report
