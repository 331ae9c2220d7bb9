// Everything here is an addition: the pages work without it. It shows times in the reader's zone, filters lists as you
// type, and fetches the page again when the server says that there is news.
(() => {
  "use strict";
  const zone = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
  const clock = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  function tellTimes(root) {
    for (const t of root.querySelectorAll("time[datetime]")) {
      const at = new Date(t.dateTime);
      if (isNaN(at)) continue;
      t.title = zone.format(at) + " (" + here + ")";
      if (t.hasAttribute("data-local") && here !== "UTC" && !t.querySelector(".local")) {
        const own = document.createElement("span");
        own.className = "local";
        own.textContent = " " + clock.format(at);
        t.append(own);
      }
    }
  }

  for (const z of document.querySelectorAll("[data-zone]")) {
    if (here && here !== "UTC") {
      z.querySelector("span").textContent = here;
      z.hidden = false;
    }
  }

  function filter(input) {
    const list = document.getElementById(input.dataset.filter);
    if (!list) return;
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const item of list.children) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((w) => text.includes(w));
      if (!item.hidden) shown++;
    }
    const told = input.parentElement.querySelector("[role=status]");
    if (told) told.textContent = words.length ? shown + " of " + list.children.length : "";
  }

  function offerFilters(root) {
    for (const input of root.querySelectorAll("input[data-filter]")) {
      input.closest("label").hidden = false;
      input.addEventListener("input", () => filter(input));
      if (input.value) filter(input);
    }
  }

  const main = document.getElementById("main");
  tellTimes(document);
  offerFilters(main);

  // Refresh. Parts that differ are replaced. The reader's place stays: the focus, an open list, a typed word.
  const mark = document.getElementById("live");
  const say = (text) => { if (mark && mark.textContent !== text) mark.textContent = text; };
  const source = document.body.dataset.events;
  if (!source || !window.EventSource) return;

  let fetching = false, again = false;
  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the stream reports when the server is back */ }
    fetching = false;
    if (again) { again = false; refresh(); }
  }

  function exchange(fresh) {
    document.title = fresh.title;
    const parts = (root) => [...root.querySelectorAll("[data-part]")];
    const names = (root) => parts(root).map((p) => p.dataset.part).join(" ");
    const next = fresh.getElementById("main");
    if (!next) return;
    if (names(main) !== names(next)) { put(main, next, true); return; }
    const now = parts(main);
    parts(next).forEach((part, n) => put(now[n], part, false));
  }

  const served = new WeakMap(); // what the server sent for a part, before the script changed it
  function put(old, next, whole) {
    const html = next.innerHTML;
    if (served.get(old) === html) return;
    if (!served.has(old) && bare(old) === html) { served.set(old, html); return; }
    const focused = document.activeElement;
    const within = old.contains(focused) ? { id: focused.id, href: focused.getAttribute("href"), typed: focused.matches("input") } : null;
    if (within && within.typed) { // a field in use stays; what it filters is replaced
      const id = focused.dataset.filter, list = id && next.querySelector("#" + id);
      if (list) { document.getElementById(id).innerHTML = list.innerHTML; filter(focused); }
      return;
    }
    const open = [...old.querySelectorAll("details[open][id]")].map((d) => d.id);
    const typed = [...old.querySelectorAll("input[data-filter]")].map((i) => i.value);
    old.innerHTML = html; // from our own server, under a policy that forbids scripts in it
    old.className = next.className;
    served.set(old, html);
    for (const id of open) { const d = document.getElementById(id); if (d) d.open = true; }
    old.querySelectorAll("input[data-filter]").forEach((i, n) => { i.value = typed[n] || ""; });
    tellTimes(old);
    offerFilters(old);
    if (within) {
      const back = within.id ? document.getElementById(within.id) : within.href && [...old.querySelectorAll("a")].find((a) => a.getAttribute("href") === within.href);
      (back || main).focus({ preventScroll: true });
    }
    if (!whole) { old.classList.add("fresh"); old.addEventListener("animationend", () => old.classList.remove("fresh"), { once: true }); }
  }

  // bare is a part's HTML without what the script added to it.
  function bare(part) {
    const copy = part.cloneNode(true);
    for (const l of copy.querySelectorAll(".local")) l.remove();
    for (const t of copy.querySelectorAll("time[title]")) t.removeAttribute("title");
    return copy.innerHTML;
  }

  // A browser keeps at most six connections to a server, for all of its tabs: a page that nobody looks at gives its
  // own back.
  let stream = null, seen = false;
  function connect() {
    if (stream || document.hidden) return;
    stream = new EventSource(source);
    stream.addEventListener("open", () => { say("Live"); if (seen) refresh(); seen = true; });
    stream.addEventListener("error", () => say("Not live: waiting for the server"));
    stream.addEventListener("news", refresh);
  }
  function disconnect() {
    if (stream) stream.close();
    stream = null;
  }
  document.addEventListener("visibilitychange", () => { if (document.hidden) disconnect(); else connect(); });
  addEventListener("pagehide", disconnect);
  addEventListener("pageshow", connect);
  connect();
  setInterval(() => { if (!document.hidden) refresh(); }, 60000);
})();
