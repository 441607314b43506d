// Keeps the page of a run that is going on up to date: asks at `data-live` for the parts that change, in which charts
// keep their place and their zoom, until the run has ended; then the page is loaded anew. A page that nobody looks at
// asks nothing, and a server that has nothing new or does not answer is asked less often.
const SOONEST = 2000;
const LATEST = 5000;
const SLOWEST = 60000;
const NOTHING_NEW = 304;
const ENDED = 205;
const GONE = 404;

async function follow() {
  let pause = SOONEST;
  for (;;) {
    const live = document.querySelector("[data-live]");
    if (!live) return;
    live.querySelector(".live-reload")?.remove();
    await rest(pause);
    const answer = await ask(live.dataset.live, live.dataset.stamp);
    if (answer?.status === ENDED || answer?.status === GONE) return location.reload();
    if (answer?.ok) await show(answer);
    pause = answer?.ok ? SOONEST : Math.min(pause * 1.5, answer?.status === NOTHING_NEW ? LATEST : SLOWEST);
  }
}

async function rest(pause) {
  await new Promise((resolve) => setTimeout(resolve, pause));
  while (document.hidden) {
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
  }
}

async function ask(address, stamp) {
  try {
    return await fetch(address, { headers: { "If-None-Match": `"${stamp}"`, Accept: "text/html" }, redirect: "error", cache: "no-store" });
  } catch {
    return null;
  }
}

async function show(answer) {
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  let before;
  for (const part of fresh.querySelectorAll("[data-part]")) {
    const old = document.getElementById(part.id);
    if (old) replace(old, part);
    else before?.after(part);
    before = part;
  }
  document.dispatchEvent(new Event("chartschange"));
}

// What somebody has opened stays open, what has the focus keeps it, and a chart that is drawn stays on the page.
function replace(old, part) {
  const focus = old.contains(document.activeElement) && describe(document.activeElement);
  for (const chart of part.querySelectorAll("figure.chart")) {
    const drawn = old.querySelector(`#${CSS.escape(chart.id)} [data-chart]`);
    if (drawn) keep(drawn, chart.querySelector("[data-chart]"));
  }
  const open = [...old.querySelectorAll("details[open]")].map(describeOpen);
  for (const details of part.querySelectorAll("details")) details.open ||= open.includes(describeOpen(details));
  old.replaceWith(part);
  if (focus) [...part.querySelectorAll("a, summary, [tabindex]")].find((item) => describe(item) === focus)?.focus({ preventScroll: true });
}

function keep(drawn, fresh) {
  if (drawn.dataset.chart !== fresh.dataset.chart) return;
  drawn.setAttribute("aria-label", fresh.getAttribute("aria-label"));
  drawn.dataset.stale = "";
  fresh.replaceWith(drawn);
}

function describe(element) {
  return element.getAttribute("href") ?? element.getAttribute("aria-label") ?? describeOpen(element);
}

function describeOpen(element) {
  return element.closest("[id]")?.id;
}

follow();
