#include "engine/reason_text.hpp"

#include <cmath>
#include <cstdio>

namespace sunherd::engine {
namespace {

std::string number(double value, int decimals) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
    return text.data();
}

/// `9`, `9.5`
std::string decimal(double value) {
    const double tenths = std::round(value * 10) / 10;
    return number(tenths, tenths == std::round(tenths) ? 0 : 1);
}

std::string with_comma(std::string text) {
    if (const auto dot = text.find('.'); dot != std::string::npos) {
        text[dot] = ',';
    }
    return text;
}

/// The values of a reason as text, as sentences need them.
struct Words {
    std::string target, target_de, limit, limit_de, over, over_de, have_w, need_w, seconds, phase, fuse,
        fuse_de;
};

Words words_of(const Reason& reason, const std::string& circuit) {
    Words words;
    words.target = decimal(reason.target_a) + " A";
    words.target_de = with_comma(words.target);
    words.limit = decimal(reason.limit_a.value_or(0)) + " A";
    words.limit_de = with_comma(words.limit);
    words.over = decimal(reason.over_by_a.value_or(0)) + " A";
    words.over_de = with_comma(words.over);
    words.have_w = number(reason.power_w.value_or(0), 0) + " W";
    words.need_w = number(reason.needed_w.value_or(0), 0) + " W";
    const auto span = reason.remaining ? reason.remaining : reason.age;
    words.seconds = number(std::ceil(static_cast<double>(span.value_or(Instant{}).count()) / 1000), 0) + " s";
    words.phase = "L" + std::to_string(reason.phase.value_or(0) + 1);
    const bool main = reason.circuit.value_or(0) == 0;
    words.fuse = main ? "the main fuse" : "the fuse of " + circuit;
    words.fuse_de = main ? "der Hauptsicherung" : "der Sicherung von " + circuit;
    return words;
}

ReasonText fuse_text(const Reason& reason, const Words& w) {
    if (reason.remaining) {
        return {w.phase + " of " + w.fuse + " (" + w.limit + ") was full; starts again in " + w.seconds +
                    " at the earliest.",
                w.phase + " " + w.fuse_de + " (" + w.limit_de + ") war voll; frühestens in " + w.seconds +
                    " geht es weiter.",
                "less load on " + w.phase};
    }
    return {w.phase + " of " + w.fuse + " (" + w.limit + ") allows no more than " + w.target + ".",
            w.phase + " " + w.fuse_de + " (" + w.limit_de + ") lässt nicht mehr als " + w.target_de + " zu.",
            "less load on " + w.phase};
}

ReasonText stale_text(const Reason& reason, const std::string& circuit, const Words& w) {
    const bool grid = reason.code == ReasonCode::grid_stale;
    const std::string meter = grid ? "The grid meter" : "The meter of " + circuit;
    const std::string meter_de = grid ? "Der Netzzähler" : "Der Zähler von " + circuit;
    const std::string since = reason.age ? " has said nothing for " + w.seconds : " has said nothing yet";
    const std::string since_de = reason.age ? " schweigt seit " + w.seconds : " hat noch nichts gesagt";
    return {meter + since + "; nothing is raised without it.",
            meter_de + since_de + "; ohne ihn wird nichts erhöht.",
            grid ? "a fresh grid reading" : "a fresh reading of that meter"};
}

ReasonText user_text(const Reason& reason) {
    using enum ReasonCode;
    switch (reason.code) {
        case off:
            return {"It is switched off.", "Sie ist ausgeschaltet.", "another mode"};
        case paused:
            return {"It is paused.", "Sie ist angehalten.", "the end of the pause"};
        case standby:
            return {"The whole site is on standby.", "Die ganze Anlage ruht.", "the end of standby"};
        case target_reached:
            return {"The car has the charge it was to have.", "Das Fahrzeug hat den gewünschten Ladestand.",
                    "a higher target_soc_pct"};
        case max_zero:
            return {"Its largest current is below its minimum.",
                    "Ihr Höchststrom liegt unter ihrem Mindeststrom.", "a larger max_current_a"};
        case night_closed:
            return {"It charges at night only, and no night window is open.",
                    "Sie lädt nur nachts, und jetzt ist kein Nachtfenster.", "the next night window"};
        case no_vehicle:
            return {"No vehicle is connected.", "Es ist kein Fahrzeug angeschlossen.", "a vehicle"};
        case evse_error:
            return {"The EVSE reports an error or is not available.",
                    "Die Ladestation meldet einen Fehler oder ist nicht verfügbar.", "the EVSE's recovery"};
        default:
            return {};
    }
}

ReasonText surplus_text(const Reason& reason, const Words& w) {
    using enum ReasonCode;
    switch (reason.code) {
        case surplus:
            return {"It follows the surplus of " + w.have_w + ".",
                    "Sie folgt dem Überschuss von " + w.have_w + ".", "more or less surplus"};
        case surplus_low:
            if (reason.power_w.value_or(0) <= 0) {
                return {"There is no surplus; it needs " + w.need_w + ".",
                        "Es ist kein Überschuss da; nötig sind " + w.need_w + ".", "more sun"};
            }
            return {"The surplus of " + w.have_w + " is less than the " + w.need_w + " it needs.",
                    "Der Überschuss von " + w.have_w + " reicht nicht für die nötigen " + w.need_w + ".",
                    "more sun"};
        case excess:
            return {"It follows what is exported beyond the threshold: " + w.have_w + ".",
                    "Sie folgt der Einspeisung über der Schwelle: " + w.have_w + ".", "more or less export"};
        case excess_low:
            return {"Not enough is exported beyond the threshold.",
                    "Über die Schwelle hinaus wird nicht genug eingespeist.", "more sun"};
        case surplus_waiting:
            return {"The surplus of " + w.have_w + " is enough; starts in " + w.seconds + " if it stays.",
                    "Der Überschuss von " + w.have_w + " reicht; Start in " + w.seconds + ", wenn er bleibt.",
                    "starts in " + w.seconds + " if the sun stays"};
        case surplus_ending:
            if (reason.power_w.value_or(0) <= 0) {
                return {"There is no surplus; stops in " + w.seconds + " unless the sun returns.",
                        "Es ist kein Überschuss da; Stopp in " + w.seconds +
                            ", wenn die Sonne nicht wiederkommt.",
                        "stops in " + w.seconds + " unless the sun returns"};
            }
            return {"The surplus of " + w.have_w + " is less than the " + w.need_w +
                        " of its minimum; stops in " + w.seconds + " unless the sun returns.",
                    "Der Überschuss von " + w.have_w + " liegt unter den " + w.need_w +
                        " ihres Minimums; Stopp in " + w.seconds + ", wenn die Sonne nicht wiederkommt.",
                    "stops in " + w.seconds + " unless the sun returns"};
        default:
            return {};
    }
}

ReasonText limit_text(const Reason& reason, const std::string& circuit, const Words& w) {
    using enum ReasonCode;
    switch (reason.code) {
        case import_limit:
            return {"No more than " + w.have_w + " may be imported.",
                    "Mehr als " + w.have_w + " dürfen nicht bezogen werden.", "less import"};
        case average_limit:
            return {"No more than " + w.have_w + " may be imported for the rest of this quarter of an hour.",
                    "Mehr als " + w.have_w + " dürfen in dieser Viertelstunde nicht mehr bezogen werden.",
                    "less import, or the next quarter of an hour"};
        case evse_limit:
            return {"All EVSEs together may take no more than " + w.have_w + ".",
                    "Alle Ladestationen zusammen dürfen nicht mehr als " + w.have_w + " nehmen.",
                    "a higher limit for EVSEs"};
        case circuit_power:
            return {"No more than " + w.have_w + " may flow to " + circuit + ".",
                    "Nach " + circuit + " dürfen nicht mehr als " + w.have_w + " fließen.",
                    "less load on " + circuit};
        default:
            return {w.phase + " may carry no more than " + w.limit + " above another phase.",
                    w.phase + " darf nicht mehr als " + w.limit_de + " über einer anderen Phase liegen.",
                    "more load on the other phases"};
    }
}

ReasonText plan_text(const Reason& reason, const Words& w) {
    using enum ReasonCode;
    switch (reason.code) {
        case plan:
            return {"The plan allows " + w.target + " now.", "Der Plan erlaubt jetzt " + w.target_de + ".",
                    "the plan"};
        case plan_missing:
            return {"It waits for a plan: there is none.", "Sie wartet auf einen Plan: es gibt keinen.",
                    "a plan, or another mode"};
        case changing_phases:
            return {"It changes between one phase and three; goes on in " + w.seconds + ".",
                    "Sie wechselt zwischen einer und drei Phasen; weiter in " + w.seconds + ".", "time"};
        case starts_spent:
            return {"It has been started often enough for an hour; starts again in " + w.seconds +
                        " at the earliest.",
                    "Sie wurde in dieser Stunde oft genug gestartet; frühestens in " + w.seconds +
                        " geht es weiter.",
                    "time"};
        default:
            return {"The battery is to be spared: it charges from the sun only, and needs " + w.need_w + ".",
                    "Der Speicher wird geschont: sie lädt nur mit Sonne und braucht " + w.need_w + ".",
                    "more sun, or a fuller battery"};
    }
}

ReasonText state_text(const Reason& reason, const Words& w) {
    using enum ReasonCode;
    switch (reason.code) {
        case all_known:
            return {"All readings are fresh.", "Alle Messwerte sind frisch.", ""};
        case evse_silent:
            return {"An EVSE does not answer; it is counted at what it may draw, and not raised.",
                    "Eine Ladestation antwortet nicht; sie zählt mit dem, was sie ziehen darf, und wird "
                    "nicht erhöht.",
                    "its answer"};
        case disobeys:
            return {"It draws more than it was told; it is counted at that, and not raised.",
                    "Sie zieht mehr, als ihr gesagt wurde; sie zählt mit dem, was sie zieht, und wird nicht "
                    "erhöht.",
                    "that it comes down"};
        case battery_silent:
            return {
                "The battery says nothing, so nobody knows how much of the power is its own; solar is not "
                "raised.",
                "Der Speicher schweigt; ohne ihn ist der Überschuss nicht bekannt, Solarladen wird nicht "
                "erhöht.",
                "a battery reading"};
        case confirming:
            return {"Readings have just come back; nothing is raised for a moment.",
                    "Die Messwerte sind eben erst zurück; einen Moment lang wird nichts erhöht.",
                    "a few more readings"};
        case max_current:
            return {"It may take all it can: " + w.target + ".",
                    "Sie darf alles nehmen, was sie kann: " + w.target_de + ".", ""};
        case making_room:
            return {"It may take more as soon as another EVSE has gone down on " + w.phase + ".",
                    "Sie darf mehr nehmen, sobald eine andere auf " + w.phase + " zurückgegangen ist.",
                    "another EVSE's lower draw"};
        case settled:
            return {"It keeps " + w.target + ": the little more there is is not worth a change.",
                    "Sie bleibt bei " + w.target_de + ": das wenige mehr lohnt keine Änderung.", "more room"};
        default:
            return {};
    }
}

}  // namespace

ReasonText to_text(const Reason& reason, const std::string& circuit) {
    using enum ReasonCode;
    const Words words = words_of(reason, circuit);
    switch (reason.code) {
        case main_fuse:
        case circuit_fuse:
            return fuse_text(reason, words);
        case grid_stale:
        case circuit_stale:
            return stale_text(reason, circuit, words);
        case off:
        case paused:
        case standby:
        case target_reached:
        case max_zero:
        case night_closed:
        case no_vehicle:
        case evse_error:
            return user_text(reason);
        case surplus:
        case surplus_low:
        case surplus_waiting:
        case surplus_ending:
        case excess:
        case excess_low:
            return surplus_text(reason, words);
        case import_limit:
        case average_limit:
        case evse_limit:
        case circuit_power:
        case imbalance:
            return limit_text(reason, circuit, words);
        case plan:
        case plan_missing:
        case starts_spent:
        case changing_phases:
        case battery_low:
            return plan_text(reason, words);
        default:
            return state_text(reason, words);
    }
}

}  // namespace sunherd::engine
