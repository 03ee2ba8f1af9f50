import { useEffect, useState } from "preact/hooks";

/** One panel's part of the address: what a link must say so that another visitor sees the same setting. */
export interface PanelState {
  /** A value as it stands in the address. */
  get(name: string): string | undefined;
  /** Writes values into the address; undefined takes one out. The panel is drawn again. */
  set(changes: Readonly<Record<string, string | number | undefined>>): void;
  /** The whole address, for a link that reproduces this setting; `more` are values that it must say although they are defaults. */
  link(more?: Readonly<Record<string, string | number>>): string;
}

/** What the address names: `#PANEL?name=value&...`. */
export interface Address {
  readonly panel: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Reads the part of an address behind "#". */
export function parseAddress(hash: string): Address {
  const [panel, ...rest] = hash.replace(/^#/, "").split("?");
  return { panel, values: Object.fromEntries(new URLSearchParams(rest.join("?"))) };
}

/** The inverse of {@link parseAddress}. */
export function addressOf({ panel, values }: Address): string {
  const query = new URLSearchParams(values).toString();
  return query ? `#${panel}?${query}` : `#${panel}`;
}

const changed = "address-changed";

/** What every panel's part said when it was last shown, so that going back and forth loses nothing. */
const remembered = new Map<string, Readonly<Record<string, string>>>();

/** The address now, and again whenever it changes. */
export function useAddress(): Address {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const look = () => setHash(location.hash);
    addEventListener("hashchange", look);
    addEventListener(changed, look);
    return () => {
      removeEventListener("hashchange", look);
      removeEventListener(changed, look);
    };
  }, []);
  const address = parseAddress(hash);
  remembered.set(address.panel, address.values);
  return address;
}

/** Where a link to a panel leads: to what it last showed. */
export function addressOfPanel(panel: string): string {
  return addressOf({ panel, values: remembered.get(panel) ?? {} });
}

/** A panel's part of an address. */
export function panelState(panel: string, values: Readonly<Record<string, string>>): PanelState {
  return {
    get: (name) => values[name],
    set(changes) {
      // From what the address says now: two changes in one event must not undo one another.
      const now = parseAddress(location.hash);
      const next: Record<string, string> = { ...(now.panel === panel ? now.values : values) };
      for (const [name, value] of Object.entries(changes)) {
        if (value === undefined) delete next[name];
        else next[name] = `${value}`;
      }
      remembered.set(panel, next);
      history.replaceState(null, "", addressOf({ panel, values: next }));
      dispatchEvent(new Event(changed));
    },
    link(more = {}) {
      const given = Object.entries(more).map(([name, value]) => [name, `${value}`]);
      const all = { ...values, ...Object.fromEntries(given) };
      return new URL(addressOf({ panel, values: all }), location.href).href;
    },
  };
}
