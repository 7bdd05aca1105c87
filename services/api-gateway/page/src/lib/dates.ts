// Local dates of the site as `2026-06-21`, and the stretches of time that people look at.
export type Span = 'day' | 'week' | 'month' | 'year';
export const kSpans: Span[] = ['day', 'week', 'month', 'year'];

const kDayMs = 86_400_000;
/** Noon of it in UTC: far from any change of clocks. */
export const noon = (date: string) => new Date(`${date}T12:00:00Z`);
const dateOf = (moment: Date) => moment.toISOString().slice(0, 10);
const plusDays = (date: string, days: number) => dateOf(new Date(noon(date).getTime() + days * kDayMs));

/** First and last day of the one that `today` is in, or of so many before it. Weeks begin on Monday. */
export function rangeOf(span: Span, today: string, back: number): { from: string; to: string } {
  const now = noon(today);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  switch (span) {
    case 'day':
      return { from: plusDays(today, -back), to: plusDays(today, -back) };
    case 'week': {
      const monday = plusDays(today, -((now.getUTCDay() + 6) % 7) - 7 * back);
      return { from: monday, to: plusDays(monday, 6) };
    }
    case 'month':
      return { from: dateOf(new Date(Date.UTC(year, month - back, 1, 12))), to: dateOf(new Date(Date.UTC(year, month - back + 1, 0, 12))) };
    case 'year':
      return { from: `${year - back}-01-01`, to: `${year - back}-12-31` };
  }
}
