// Two languages, and how numbers and times are written in them.
import { noon, type Span } from './dates';

const en = {
  live: 'Live', sessions: 'Sessions', energy: 'Energy', prices: 'Prices', system: 'System',
  sun: 'Sun', house: 'House', battery: 'Battery', grid: 'Grid', cars: 'Cars', import: 'from the grid', export: 'to the grid',
  charges: 'charging', discharges: 'discharging', idle: 'idle', perPhase: 'Grid connection, ampere per phase', of: 'of',
  offline: 'No connection. Shown is how it was at {time}; nothing can be changed.',
  mode: 'Mode', off: 'Off', now: 'Now', night: 'Night', eco: 'Eco', solar: 'Solar', excess: 'Excess', plan: 'Plan', price: 'Price',
  draws: 'draws', may: 'may draw', free: 'free', plugged: 'plugged in', charging: 'charging', fault: 'fault', unknown: 'not known',
  ready: 'until', session: 'This session', fromSun: 'from the sun', cost: 'cost', noChargers: 'There are no wall boxes.',
  all: 'All', charger: 'Wall box', car: 'Car', from: 'From', to: 'To', start: 'Start', duration: 'Duration', more: 'More',
  noSessions: 'No sessions in this time.', csv: 'Table (CSV)', pdf: 'Statement (PDF)', total: 'Sum', running: 'running',
  day: 'Day', week: 'Week', month: 'Month', year: 'Year', produced: 'Produced', used: 'Used by the house', intoCars: 'Into cars',
  autarky: 'Self-sufficiency', ownUse: 'Own use', paid: 'Paid', earned: 'Earned', chargingCost: 'Charging',
  priceNow: 'A kilowatt hour costs', bestWindow: 'Cheapest {hours} h', noPrices: 'No prices are known.', average: 'on average',
  services: 'Services', online: 'online', down: 'offline', events: 'Events', noEvents: 'Nothing has happened.',
  settings: 'In force', noOverrides: 'As the site file says; nothing is set otherwise.', back: 'Back to the site file', until: 'until',
  surplus: 'Surplus', fuse: 'Fuse', batteryMode: 'Battery', maxImport: 'Limit from the grid', maxCars: 'Limit for cars',
  login: 'Log in', logout: 'Log out', name: 'Name', password: 'Password', viewOnly: 'You may look, but not change anything.',
  language: 'Language', theme: 'Light or dark', skip: 'To the content', api: 'API', failed: 'Not done: {why}',
  ok: 'All is well', loading: 'Loading …', silent: 'silent', faulty: 'faulty', waiting: 'waiting',
  warningsOnly: 'Only warnings', energyOf: 'Energy', earlier: 'Earlier', later: 'Later', noEnergy: 'Nothing is known of this time.',
  slices: 'What it cost, by price', priceOf: 'a kWh', close: 'Close', show: 'Show what it cost: {what}',
};
const de: typeof en = {
  live: 'Jetzt', sessions: 'Ladungen', energy: 'Energie', prices: 'Preise', system: 'System',
  sun: 'Sonne', house: 'Haus', battery: 'Batterie', grid: 'Netz', cars: 'Autos', import: 'aus dem Netz', export: 'ins Netz',
  charges: 'lädt', discharges: 'entlädt', idle: 'ruht', perPhase: 'Netzanschluss, Ampere je Phase', of: 'von',
  offline: 'Keine Verbindung. Gezeigt wird der Stand von {time}; ändern lässt sich nichts.',
  mode: 'Modus', off: 'Aus', now: 'Sofort', night: 'Nacht', eco: 'Eco', solar: 'Sonne', excess: 'Überschuss', plan: 'Plan', price: 'Preis',
  draws: 'nimmt', may: 'darf', free: 'frei', plugged: 'angesteckt', charging: 'lädt', fault: 'Störung', unknown: 'unbekannt',
  ready: 'bis', session: 'Diese Ladung', fromSun: 'von der Sonne', cost: 'Kosten', noChargers: 'Es gibt keine Wallboxen.',
  all: 'Alle', charger: 'Wallbox', car: 'Auto', from: 'Von', to: 'Bis', start: 'Beginn', duration: 'Dauer', more: 'Mehr',
  noSessions: 'Keine Ladungen in dieser Zeit.', csv: 'Tabelle (CSV)', pdf: 'Abrechnung (PDF)', total: 'Summe', running: 'läuft',
  day: 'Tag', week: 'Woche', month: 'Monat', year: 'Jahr', produced: 'Erzeugt', used: 'Vom Haus verbraucht', intoCars: 'In Autos',
  autarky: 'Autarkie', ownUse: 'Eigenverbrauch', paid: 'Bezahlt', earned: 'Verdient', chargingCost: 'Laden',
  priceNow: 'Eine Kilowattstunde kostet', bestWindow: 'Günstigste {hours} h', noPrices: 'Preise sind nicht bekannt.', average: 'im Mittel',
  services: 'Dienste', online: 'läuft', down: 'fehlt', events: 'Ereignisse', noEvents: 'Nichts ist geschehen.',
  settings: 'In Kraft', noOverrides: 'Wie in der Standortdatei; nichts ist anders gesetzt.', back: 'Zurück zur Standortdatei', until: 'bis',
  surplus: 'Überschuss', fuse: 'Sicherung', batteryMode: 'Batterie', maxImport: 'Grenze aus dem Netz', maxCars: 'Grenze für Autos',
  login: 'Anmelden', logout: 'Abmelden', name: 'Name', password: 'Passwort', viewOnly: 'Ansehen ja, ändern nein.',
  language: 'Sprache', theme: 'Hell oder dunkel', skip: 'Zum Inhalt', api: 'API', failed: 'Nicht ausgeführt: {why}',
  ok: 'Alles in Ordnung', loading: 'Lade …', silent: 'stumm', faulty: 'gestört', waiting: 'wartet',
  warningsOnly: 'Nur Warnungen', energyOf: 'Energie', earlier: 'Früher', later: 'Später', noEnergy: 'Aus dieser Zeit ist nichts bekannt.',
  slices: 'Was es kostete, nach Preis', priceOf: 'je kWh', close: 'Schließen', show: 'Zeige, was es kostete: {what}',
};
export type Word = keyof typeof en;
export type Language = 'en' | 'de';

class Words {
  language = $state<Language>(
    (localStorage.getItem('sunherd-language') as Language | null) ?? (navigator.language.startsWith('de') ? 'de' : 'en'),
  );
  zone = $state<string | undefined>(undefined);

  choose(language: Language) {
    this.language = language;
    localStorage.setItem('sunherd-language', language);
    document.documentElement.lang = language;
  }
  t(word: Word, values: Record<string, string | number> = {}) {
    const text = (this.language === 'de' ? de : en)[word];
    return text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
  }
  /** The reader's own way to write the language, where they have one. */
  get locale() {
    return navigator.languages.find((one) => one.startsWith(this.language)) ?? { en: 'en-GB', de: 'de-DE' }[this.language];
  }
  number(value: number, digits = 0) {
    return new Intl.NumberFormat(this.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
  }
  kw(watts: number | undefined) {
    return watts === undefined ? '–' : `${this.number(watts / 1000, Math.abs(watts) < 9950 ? 2 : 1)} kW`;
  }
  kwh(wh: number, digits = wh < 99_950 ? 1 : 0) {
    return `${this.number(wh / 1000, digits)} kWh`;
  }
  money(amount: number | undefined, currency = 'EUR', digits = 2) {
    if (amount === undefined) return '–';
    try {
      return new Intl.NumberFormat(this.locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits }).format(amount);
    } catch {
      return `${this.number(amount, digits)} ${currency}`; // no currency that is known
    }
  }
  time(moment: string | number | Date) {
    return this.#format(moment, { hour: '2-digit', minute: '2-digit' });
  }
  day(moment: string | number | Date) {
    return this.#format(moment, { day: '2-digit', month: '2-digit' });
  }
  dayTime(moment: string | number | Date) {
    return this.#format(moment, { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' });
  }
  /** Of two local dates: `Sat, 21 Jun`, `15 Jun – 21 Jun`, `June 2026` or `2026`. */
  span(span: Span, from: string, to: string) {
    const format = (date: string, options: Intl.DateTimeFormatOptions) =>
      new Intl.DateTimeFormat(this.locale, { ...options, timeZone: 'UTC' }).format(noon(date));
    const day: Intl.DateTimeFormatOptions = { day: 'numeric', month: 'short' };
    switch (span) {
      case 'day':
        return format(from, { ...day, weekday: 'short' });
      case 'week':
        return `${format(from, day)} – ${format(to, day)}`;
      case 'month':
        return format(from, { month: 'long', year: 'numeric' });
      case 'year':
        return from.slice(0, 4);
    }
  }
  /** `2026-06-21` by the site's clocks. */
  date(moment: number | Date) {
    return new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: this.zone }).format(moment);
  }
  duration(seconds: number) {
    const minutes = Math.round(seconds / 60);
    return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')} h`;
  }
  #format(moment: string | number | Date, options: Intl.DateTimeFormatOptions) {
    return new Intl.DateTimeFormat(this.locale, { ...options, hourCycle: 'h23', timeZone: this.zone }).format(new Date(moment));
  }
}

export const words = new Words();
document.documentElement.lang = words.language;
