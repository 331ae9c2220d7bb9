// Everything here is an addition: the pages work without it. It tells times in the reader's zone, filters lists as you
// type, and fetches the page again when the server says that there is news.
(() => {
  "use strict";
  const clock = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

  // Times are told in the reader's zone; what the server wrote is kept as the tooltip.
  function tellTimes(root) {
    if (!here || here === document.body.dataset.zone) return;
    for (const t of root.querySelectorAll("time[data-at]:not([title])")) {
      const at = new Date(t.dateTime);
      if (isNaN(at)) continue;
      t.title = t.textContent;
      t.textContent = clock.format(at);
    }
  }

  for (const z of document.querySelectorAll("[data-zone-name]")) if (here) z.textContent = here;

  const drawn = new WeakMap(); // a list as the server sent it, before somebody searched beyond it
  const ask = {}; // the last question about a list, so that a late answer to an earlier one is dropped
  async function filter(input) {
    const id = input.dataset.filter, list = document.getElementById(id);
    if (!list) return;
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const told = input.form && input.form.querySelector("[role=status]");
    const say = (text) => { if (told && told.textContent !== text) told.textContent = text; };
    if (input.form && input.form.hasAttribute("data-partial")) {
      if (!drawn.has(list)) drawn.set(list, list.innerHTML);
      const question = ask[id] = input.value;
      if (!words.length) { list.innerHTML = drawn.get(list); say(""); return; }
      await new Promise((done) => setTimeout(done, 150));
      if (ask[id] !== question) return;
      try {
        const answer = await fetch(input.form.action + "?q=" + encodeURIComponent(question));
        const found = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
        if (!answer.ok || !found || ask[id] !== question) return;
        list.innerHTML = found.innerHTML;
        say(list.children.length + " found");
      } catch { say("The server does not answer."); }
      return;
    }
    let shown = 0;
    for (const item of list.children) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((w) => text.includes(w));
      if (!item.hidden) shown++;
    }
    say(words.length ? shown + " of " + list.children.length : "");
  }

  function offerFilters(root) {
    for (const input of root.querySelectorAll("input[data-filter]")) {
      input.addEventListener("input", () => filter(input));
      if (input.value && input.value !== input.defaultValue) filter(input);
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

  let fetching = false, again = false, address = location.href;
  async function refresh() {
    if (fetching) { again = true; return; }
    fetching = true;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
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
    if (next.dataset.next) old.dataset.next = next.dataset.next; else delete old.dataset.next;
    const html = next.innerHTML;
    if (served.get(old) === html) return;
    if (!served.has(old) && bare(old) === html) { served.set(old, html); return; }
    const focused = document.activeElement;
    const within = old.contains(focused) ? { id: focused.id, href: focused.getAttribute("href"), typed: focused.matches("input") } : null;
    if (within && within.typed) { // a field in use stays; what it filters is replaced
      const id = focused.dataset.filter, list = id && next.querySelector("#" + id);
      if (list) { const shown = document.getElementById(id); shown.innerHTML = list.innerHTML; drawn.set(shown, list.innerHTML); filter(focused); }
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
    for (const t of copy.querySelectorAll("time[data-at][title]")) { t.textContent = t.title; t.removeAttribute("title"); }
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

  // The parts of the wall take turns.
  setInterval(() => {
    const turn = main.querySelector("[data-next]");
    if (turn && !document.hidden) { address = turn.dataset.next; refresh(); }
  }, 15000);
})();
