// Who looks, and how calls show it. The key stays in this tab and is gone with it.

const keyName = "camshaft.key";

let rights = [];
let version = null;

export const can = right => rights.includes(right);
export const serverVersion = () => version;
export const hasKey = () => sessionStorage.getItem(keyName) !== null;

export function setKey(key) {
  if (key) {
    sessionStorage.setItem(keyName, key);
  } else {
    sessionStorage.removeItem(keyName);
  }
}

/** Asks what may be done here. */
export async function loadSession() {
  const answer = await call("api/session");
  ({ rights, version = null } = await answer.json());
}

/** Calls the server, with the key if there is one. Paths are relative to the page. */
export function call(path, options = {}) {
  const headers = new Headers(options.headers);
  const key = sessionStorage.getItem(keyName);
  if (key !== null) {
    headers.set("Authorization", `Bearer ${key}`);
  }

  return fetch(path, { cache: "no-store", ...options, headers });
}

/** The server's own words for why a call failed. */
export async function readError(answer) {
  try {
    const body = await answer.json();
    return body.error ?? `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

/** The path of a model, or of one version of it, in KServe V2. */
export const modelPath = (name, number) => `../v2/models/${encodeURIComponent(name)}${number ? `/versions/${number}` : ""}`;
