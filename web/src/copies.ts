/**
 * The copies of typed texts that this browser keeps. Each is named by the account,
 * the form, and the page that wrote it, so that nobody else who signs in here is
 * shown it and two tabs never write over each other.
 */
const prefix = "ruche.draft.";
const sentList = "ruche.sent";
const life = 90 * 24 * 3_600_000;

/** What a form held when it was last looked at. */
export interface Copy {
  at: number;
  /** The revision that it began from, and its slot at the server, both as the form sends them. */
  base: string;
  slot: string;
  /** Set when the server keeps the same text: this copy is then one too many. */
  kept: boolean;
  fields: Record<string, string>;
}

/** Names the copy of a form by one page; without a page, what all its copies begin with. */
export function nameOf(owner: string, form: string, page = ""): string {
  return `${prefix}${owner}${form}#${page}`;
}

/** A page of its own, until it is left. */
export function newPage(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Writes a copy. False when storage is full or forbidden: what was there stays. */
export function write(name: string, copy: Copy): boolean {
  try {
    localStorage.setItem(name, JSON.stringify(copy));
    return true;
  } catch {
    return false;
  }
}

export function read(name: string): Copy | null {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name) ?? "null");
    return isCopy(kept) ? kept : null;
  } catch {
    return null;
  }
}

export function drop(name: string): void {
  try {
    localStorage.removeItem(name);
  } catch {
    // Storage is forbidden: there is nothing to drop.
  }
}

/** The copies whose name begins so, the last written first. */
export function copies(beginning: string): { name: string; copy: Copy }[] {
  return names(beginning)
    .map((name) => ({ name, copy: read(name) }))
    .filter((kept): kept is { name: string; copy: Copy } => kept.copy !== null)
    .sort((a, b) => b.copy.at - a.copy.at);
}

/** Drops what nobody took up in ninety days, and what is no copy. */
export function sweep(now: number): void {
  for (const name of names(prefix)) {
    if ((read(name)?.at ?? 0) < now - life) {
      drop(name);
    }
  }
}

/** Remembers, for the next page of this tab, the copies of what is being sent. */
export function send(sent: string[]): void {
  session((storage) => storage.setItem(sentList, JSON.stringify(sent)));
}

/**
 * Looks whether what this tab sent arrived: the page that tells so is the answer
 * to it. A page that asks to send again leaves it open; any other means that it
 * did not, and the copies stay.
 */
export function settle(arrived: boolean, open: boolean): void {
  session((storage) => {
    const sent: unknown = JSON.parse(storage.getItem(sentList) ?? "[]");
    if (arrived && Array.isArray(sent)) {
      sent.filter((name): name is string => typeof name === "string" && name.startsWith(prefix)).forEach(drop);
    }
    if (!open) {
      storage.removeItem(sentList);
    }
  });
}

function session(use: (storage: Storage) => void): void {
  try {
    use(sessionStorage);
  } catch {
    // Storage is forbidden or holds something else: the copies stay.
  }
}

function names(beginning: string): string[] {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(beginning));
  } catch {
    return [];
  }
}

function isCopy(value: unknown): value is Copy {
  return (
    typeof value === "object" &&
    value !== null &&
    "at" in value &&
    typeof value.at === "number" &&
    "base" in value &&
    typeof value.base === "string" &&
    "slot" in value &&
    typeof value.slot === "string" &&
    "kept" in value &&
    typeof value.kept === "boolean" &&
    "fields" in value &&
    typeof value.fields === "object" &&
    value.fields !== null &&
    Object.values(value.fields).every((text) => typeof text === "string")
  );
}
