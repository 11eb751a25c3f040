/** Server-sent events that are asked for again whenever they end. */

export type Connection = 'connecting' | 'live' | 'lost';

export interface StreamListener {
  message(data: string): void;
  connection(state: Connection): void;
}

const RETRY_FIRST_MS = 500;
const RETRY_MOST_MS = 10_000;

/** A stream that says nothing for this long is taken for dead. */
const SILENCE_MS = 20_000;

/**
 * Listens to a stream until closed.
 *
 * @param isQuiet whether the stream may be silent for long, so that silence means nothing
 */
export function listen(path: string, listener: StreamListener, isQuiet = false): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let delay = RETRY_FIRST_MS;

  const heard = (): void => {
    clearTimeout(silence);
    if (!isQuiet) {
      silence = setTimeout(again, SILENCE_MS);
    }
  };

  const open = (): void => {
    source = new EventSource(path);
    source.onopen = () => {
      delay = RETRY_FIRST_MS;
      listener.connection('live');
      heard();
    };
    source.onmessage = (event: MessageEvent<string>) => {
      heard();
      listener.message(event.data);
    };
    source.onerror = again;
  };

  function again(): void {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
    listener.connection('lost');
    retry = setTimeout(open, delay);
    delay = Math.min(delay * 2, RETRY_MOST_MS);
  }

  listener.connection('connecting');
  open();
  return () => {
    clearTimeout(silence);
    clearTimeout(retry);
    source?.close();
  };
}
