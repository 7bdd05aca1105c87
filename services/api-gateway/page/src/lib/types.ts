// What of the contract's messages the page uses; proto-topics/ has all of it.
export type Phases = { L1?: number; L2?: number; L3?: number };
export type Mode = 'off' | 'now' | 'night' | 'eco' | 'solar' | 'excess' | 'plan' | 'price';
export const kModes: Mode[] = ['off', 'solar', 'eco', 'now', 'night', 'excess', 'price', 'plan'];

export interface Reason {
  code: string;
  text: string;
  text_de?: string;
  next?: string;
}
export interface ControlEvse {
  mode: Mode;
  priority: number;
  target_current_a: number;
  min_current_a: number;
  max_current_a: number;
  target_energy_wh?: number;
  departure?: string;
  charge_from?: string;
  reason: Reason;
}
export interface EvseState {
  state: string;
  power_w?: number;
  current_a?: Phases;
  session_energy_wh?: number;
}
export interface ControlSite {
  ems_state: 'ok' | 'degraded' | 'fault';
  reason: Reason;
  surplus_w?: number;
  house_w?: number;
  pv_w?: number;
  battery_w?: number;
  evse_w?: number;
  fuse_a: number;
  standby: boolean;
  battery_mode: string;
  max_import_w?: number;
  max_evse_w?: number;
}
export interface Override {
  evse?: string;
  setting: string;
  value: string | number | boolean;
  until?: string;
  source?: string;
}
export interface Slot {
  start: string;
  end: string;
  price_per_kwh: number;
}
export interface SessionNow {
  energy_wh: number;
  sun_wh?: number;
  battery_wh?: number;
  cost?: number;
  currency?: string;
  start_time: string;
  end_time?: string;
}
export interface Session {
  id: string;
  evse: string;
  start: string;
  end?: string;
  duration_s: number;
  energy_wh: number;
  sun_wh: number;
  battery_wh: number;
  grid_wh: number;
  cost?: number;
  currency?: string;
  avg_price_per_kwh?: number;
  vehicle?: string;
  mode?: Mode;
}
export interface Totals {
  sessions: number;
  energy_wh: number;
  sun_wh: number;
  battery_wh: number;
  cost?: number;
}
export interface Slice {
  start: string;
  energy_wh: number;
  sun_wh: number;
  battery_wh: number;
  grid_wh: number;
  price_per_kwh?: number;
  feed_in_per_kwh?: number;
  cost?: number;
}
export interface Charger {
  id: string;
  name?: string;
  max_current_a?: number;
  min_current_a?: number;
  configured: boolean;
}
export interface SiteInfo {
  id: string;
  name: string;
  time_zone: string;
  version: string;
  grid: { phases: number; main_fuse_a: number };
}
export interface Balance {
  imported_wh: number;
  exported_wh: number;
  pv_wh: number;
  charged_wh: number;
  discharged_wh: number;
  evse_wh: number;
  house_wh: number;
  import_cost: number;
  export_income: number;
}
export interface Period {
  name: string;
  start: string;
  sessions: number;
  charging: { energy_wh: number; sun_wh: number; battery_wh: number; grid_wh: number; cost?: number };
  site: Balance;
}
export interface SiteEvent {
  id?: number;
  time: string;
  severity: 'info' | 'warning' | 'alarm';
  text: string;
  service: string;
}
export interface ServiceStatus {
  status: 'online' | 'offline';
  version: string;
  uptime_s?: number;
  devices?: Record<string, { health: string; error?: string }>;
}
export interface Me {
  role: 'none' | 'view' | 'control';
  anonymous: boolean;
  name?: string;
  login: boolean;
}
