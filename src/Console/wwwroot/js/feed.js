// One stream for the page that is open. A hidden tab has none: it costs the server nothing and catches up when it is seen.
// Read by fetch rather than EventSource, which can show no key and says nothing of why it was refused.

import { call, readError } from "./session.js";

const staleAfter = 6000;
const patience = 20000;
const firstDelay = 500;
const longestDelay = 10000;

let current = null;
let onState = () => {};

/** Where the state of the stream is shown: live, waiting, lost, paused; with the reason. */
export function watchState(listener) {
  onState = listener;
}

/** Opens the stream of a page in place of the one before. `handlers`: by the names of events; `refused(status, message)`. */
export function openFeed(path, handlers) {
  closeFeed();
  current = { path, handlers, controller: null, delay: firstDelay, timer: 0 };
  if (document.visibilityState === "visible") {
    connect(current);
  }
}

export function closeFeed() {
  if (current) {
    stop(current);
    current = null;
  }
}

document.addEventListener("visibilitychange", () => {
  if (!current) {
    return;
  }

  if (document.visibilityState === "hidden") {
    stop(current);
    onState("paused", "Paused while hidden");
  } else {
    current.delay = firstDelay;
    connect(current);
  }
});

function stop(feed) {
  clearTimeout(feed.timer);
  clearTimeout(feed.stale);
  feed.controller?.abort();
  feed.controller = null;
}

async function connect(feed) {
  stop(feed);
  const controller = feed.controller = new AbortController();
  let reason = "The server cannot be reached";
  try {
    expectMessage(feed, controller, patience);
    const answer = await call(feed.path, { signal: controller.signal });
    if (!answer.ok) {
      reason = await readError(answer);
      if (feed === current) {
        feed.handlers.refused?.(answer.status, reason);
      }

      if (answer.status === 401 || answer.status === 403 || answer.status === 400) {
        onState("lost", reason);
        return;
      }
    } else {
      await read(feed, controller, answer.body.pipeThrough(new TextDecoderStream()).getReader());
      reason = "The server ended the stream";
    }
  } catch (error) {
    if (controller.signal.aborted && feed.controller !== controller) {
      return;
    }
  } finally {
    clearTimeout(feed.stale);
  }

  if (feed === current && feed.controller === controller) {
    onState("lost", reason);
    feed.timer = setTimeout(() => connect(feed), feed.delay);
    feed.delay = Math.min(feed.delay * 2, longestDelay);
  }
}

async function read(feed, controller, reader) {
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done || feed !== current || feed.controller !== controller) {
      return;
    }

    text += value;
    for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
      dispatch(feed, text.slice(0, end));
      expectMessage(feed, controller, staleAfter);
    }
  }
}

function dispatch(feed, event) {
  const name = /^event: (.*)$/m.exec(event)?.[1];
  const data = /^data: (.*)$/m.exec(event)?.[1];
  if (name && data) {
    feed.delay = firstDelay;
    onState("live", "");
    feed.handlers[name]?.(JSON.parse(data));
  }
}

// A stream that says nothing is as good as none, and the network may never tell.
function expectMessage(feed, controller, time) {
  clearTimeout(feed.stale);
  feed.stale = setTimeout(() => {
    onState("waiting", "No news for some seconds");
    controller.abort();
  }, time);
}
