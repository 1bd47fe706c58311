// The calls of this page, the latest first.

const MOST = 100;

class History extends EventTarget {
  entries = [];

  /** Starts a call, shown in `panel`. */
  begin(method, title, panel) {
    const record = { method, title, panel, at: new Date(), kind: 'running', ms: 0, exchanges: [] };
    this.entries.unshift(record);
    this.entries.length = Math.min(this.entries.length, MOST);
    this.dispatchEvent(new Event('change'));
    return record;
  }

  /** Ends it. */
  end(record, kind, ms) {
    Object.assign(record, { kind, ms });
    this.dispatchEvent(new Event('change'));
  }
}

export const history = new History();
