// The calls of this page, the last one first.

const MOST = 100;

class History extends EventTarget {
  entries = [];

  /** Begins a call. */
  begin(method, title) {
    const record = { method, title, at: new Date(), kind: 'running', ms: 0, nodes: [], exchanges: [] };
    this.entries.unshift(record);
    this.entries.length = Math.min(this.entries.length, MOST);
    this.dispatchEvent(new Event('change'));
    return record;
  }

  /** Ends it; `nodes` show its result. */
  end(record, kind, ms, nodes) {
    Object.assign(record, { kind, ms, nodes });
    this.dispatchEvent(new Event('change'));
  }
}

export const history = new History();
