// The newest message of each topic, as it comes by WebSocket; the last ones while there is no connection.
import { apiUrl } from './api';
import type { ControlEvse, ControlSite, EvseState, Override, Phases, ServiceStatus, SessionNow, SiteEvent, Slot } from './types';

interface Message {
  topic: string;
  message: unknown;
}
const kKept = 'sunherd-last';
const kLoggedOut = 'sunherd-logged-out';
const kKeepEveryMs = 10_000;
const kNotAllowed = 1008; // RFC 6455: policy
const kLongestPauseMs = 15_000;
const kMostEvents = 50;

class Live {
  topics = $state<Record<string, unknown>>({});
  events = $state<SiteEvent[]>([]);
  connected = $state(false);
  heardAt = $state(0);
  #pauseMs = 500;
  #keptAt = 0;
  #socket: WebSocket | undefined;
  #started = false;
  #forgotten = false;
  /** Told when a connection was refused or ended before it said anything: whoever sees it may have to log in. */
  onrefused: () => void = () => undefined;

  start() {
    if (this.#started) return this.#connect();
    this.#started = true;
    window.addEventListener('storage', ({ key }) => {
      if (key === kLoggedOut) location.reload();
    });
    try {
      const kept = JSON.parse(localStorage.getItem(kKept) ?? 'null') as { at: number; topics: Record<string, unknown> } | null;
      if (kept) {
        this.topics = kept.topics;
        this.heardAt = kept.at;
      }
    } catch {
      // none, or of an older page
    }
    this.#connect();
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible' && !this.connected) this.#connect();
    });
  }

  #connect() {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return;
    const socket = new WebSocket(apiUrl('ws/live').replace(/^http/, 'ws'));
    this.#socket = socket;
    let heard = false;
    socket.onmessage = (event) => {
      const frame = JSON.parse(event.data as string) as { snapshot?: Message[]; changes?: Message[] };
      if (frame.snapshot) this.topics = Object.fromEntries(frame.snapshot.map(({ topic, message }) => [topic, message]));
      for (const { topic, message } of frame.changes ?? []) {
        if (topic === 'event') this.events = [message as SiteEvent, ...this.events].slice(0, kMostEvents);
        else this.topics[topic] = message;
      }
      heard = this.connected = true;
      this.#pauseMs = 500;
      this.heardAt = Date.now();
      this.#keep();
    };
    socket.onclose = ({ code }) => {
      this.connected = false;
      if (this.#forgotten) return;
      if (!heard || code === kNotAllowed) this.onrefused();
      setTimeout(() => this.#connect(), this.#pauseMs * (0.5 + Math.random()));
      this.#pauseMs = Math.min(this.#pauseMs * 2, kLongestPauseMs);
    };
  }

  /** What this browser keeps of the house goes, for somebody who logs out; other tabs of the page do the same. */
  async forget() {
    this.#forgotten = true;
    this.#socket?.close();
    localStorage.setItem(kLoggedOut, String(Date.now()));
    localStorage.removeItem(kKept);
    if (!('caches' in window)) return;
    for (const name of await caches.keys()) if (name.startsWith('sunherd-data')) await caches.delete(name);
  }

  #keep() {
    if (this.#forgotten || this.heardAt - this.#keptAt < kKeepEveryMs) return;
    this.#keptAt = this.heardAt;
    try {
      localStorage.setItem(kKept, JSON.stringify({ at: this.heardAt, topics: this.topics }));
    } catch {
      // no room, or private: then there is nothing to show later
    }
  }

  #of<T>(topic: string): T | undefined {
    return this.topics[topic] as T | undefined;
  }
  #all<T>(pattern: RegExp): [string, T][] {
    return Object.entries(this.topics).flatMap(([topic, message]) => {
      const id = pattern.exec(topic)?.[1];
      return id === undefined ? [] : [[id, message as T] as [string, T]];
    });
  }

  get site() {
    return this.#of<ControlSite>('control/site');
  }
  get grid() {
    return this.#of<{ power_w?: number; current_a?: Phases }>('building/grid');
  }
  get batteries() {
    return this.#all<{ soc_pct?: number; power_w?: number }>(/^building\/battery\/(.+)$/);
  }
  get services() {
    return this.#all<ServiceStatus>(/^service\/(.+)\/status$/);
  }
  get overrides() {
    return this.#of<{ overrides?: Override[] }>('control/overrides')?.overrides ?? [];
  }
  get price() {
    const tariffs = this.#all<{ price_per_kwh: number; currency: string }>(/^tariff\/(.+)\/now$/);
    return (tariffs.find(([id]) => id === 'site') ?? tariffs[0])?.[1];
  }
  get pricesAhead(): Slot[] {
    const tariffs = this.#all<{ slots?: Slot[] }>(/^tariff\/(.+)\/forecast$/);
    return (tariffs.find(([id]) => id === 'site') ?? tariffs[0])?.[1].slots ?? [];
  }
  evse(id: string) {
    return this.#of<EvseState>(`evse/${id}/state`);
  }
  control(id: string) {
    return this.#of<ControlEvse>(`control/evse/${id}`);
  }
  session(id: string) {
    return this.#of<SessionNow>(`session/${id}/current`);
  }
}

export const live = new Live();
