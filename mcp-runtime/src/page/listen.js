// The stream of changes (`subscriptions/listen`): one for the lists and for the watched resources.

export class Listener {
  #watched = new Map();
  #abort = new AbortController();

  /** `handlers` are `onlist` for a changed list, `onlost` for a lost connection, and `onback` for a restored one. */
  constructor(client, has, handlers) {
    Object.assign(this, { client, has, ...handlers });
    this.open();
  }

  watches(uri) {
    return this.#watched.has(uri);
  }

  /** Starts or stops watching a resource; returns whether it is watched. */
  watch(uri, onchange) {
    if (!this.#watched.delete(uri)) this.#watched.set(uri, onchange);
    this.open();
    return this.#watched.has(uri);
  }

  unwatch(uri) {
    this.#watched.delete(uri);
    this.open();
  }

  close() {
    this.#abort.abort();
  }

  /** Replaces the stream by one with the current subscriptions. */
  async open() {
    this.close();
    const abort = (this.#abort = new AbortController());
    const { tools, prompts, resources, subscribe } = this.has;
    const notifications = {
      ...(tools && { toolsListChanged: true }),
      ...(prompts && { promptsListChanged: true }),
      ...(resources && { resourcesListChanged: true }),
      ...(subscribe && this.#watched.size && { resourceSubscriptions: [...this.#watched.keys()] }),
    };
    if (Object.keys(notifications).length === 0) return;
    for (let isAgain = false, pause = 500; !abort.signal.aborted; isAgain = true, pause = Math.min(pause * 2, 5000)) {
      const onmessage = message => {
        pause = 500;
        this.take(message, isAgain);
      };
      const exchange = await this.client.send(
        'subscriptions/listen',
        { notifications },
        { signal: abort.signal, onmessage },
      );
      if (abort.signal.aborted || exchange.answer?.error) return;
      this.onlost();
      await new Promise(resolve => {
        setTimeout(resolve, pause);
      });
    }
  }

  take({ method, params = {} }, isAgain) {
    if (method === 'notifications/subscriptions/acknowledged' && isAgain) this.onback();
    if (method === 'notifications/resources/updated') this.#watched.get(params.uri)?.();
    if (method?.endsWith('/list_changed')) this.onlist();
  }
}
