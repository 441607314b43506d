// Makes the run table quick: what its links and forms lead to is fetched and put in place of the table, while the address
// keeps the whole state. While something runs the table looks again, by asking whether its version is still the latest.
const EVERY = 2000;
const SLOWEST = 30000;
const region = () => document.querySelector("[data-history]");

async function fetchPage(address, headers = {}) {
  const answer = await fetch(address, { headers: { Accept: "text/html", ...headers }, redirect: "error" });
  if (answer.status === 304) return null;
  if (!answer.ok && answer.status !== 422) throw new Error(answer.statusText);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function put(page) {
  const [old, fresh] = [region(), page.querySelector("[data-history]")];
  if (!old || !fresh) return false;
  const ticked = new Set([...old.querySelectorAll("[name=run]:checked")].map((box) => box.value));
  const focused = old.contains(document.activeElement) ? document.activeElement.id : "";
  const places = [...old.querySelectorAll(".scroll")].map((part) => [part.scrollLeft, part.scrollTop]);
  old.replaceWith(fresh);
  for (const box of fresh.querySelectorAll("[name=run]")) box.checked = ticked.has(box.value);
  fresh.querySelectorAll(".scroll").forEach((part, i) => places[i] && part.scrollTo(...places[i]));
  pin(fresh);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  document.title = page.title;
  document.querySelector("h1").textContent = page.querySelector("h1").textContent;
  fresh.dispatchEvent(new CustomEvent("proctor:put", { bubbles: true }));
  follow();
  return true;
}

// Each pinned column stays beside the one before; how wide those are is known here alone.
function pin(table) {
  for (const row of table?.querySelectorAll("tr") ?? []) {
    let left = 0;
    for (const cell of row.querySelectorAll(".pinned")) {
      cell.style.left = `${left}px`;
      cell.classList.add("is-placed");
      left += cell.offsetWidth;
    }
  }
}

async function go(address, remember = true) {
  try {
    const page = await fetchPage(address);
    if (remember) history.pushState(null, "", address);
    if (!put(page)) location.assign(address);
    document.querySelector("[data-said]").textContent = document.querySelector("h1").textContent;
  } catch {
    location.assign(address);
  }
}

const isTable = (address) => address.origin === location.origin && address.pathname === "/runs";

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-history] a[href]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  if (!isTable(new URL(link.href)) || link.hasAttribute("download")) return;
  event.preventDefault();
  go(link.href);
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-history] form[method=get]");
  const action = form && new URL(event.submitter?.getAttribute("formaction") ?? form.action, location);
  if (!form || !isTable(action)) return;
  event.preventDefault();
  const fields = [...new FormData(form)].filter(([, value]) => value !== "");
  action.search = new URLSearchParams(fields);
  go(action.href);
});

addEventListener("popstate", () => go(location.href, false));

let timer;
function follow(pause = EVERY) {
  clearTimeout(timer);
  if (region()?.hasAttribute("data-live")) timer = setTimeout(() => lookAgain(pause), pause);
}

function isInUse(table) {
  return table.querySelector("details[open]") !== null || table.contains(document.activeElement?.closest("input:not([type=checkbox]), select, textarea"));
}

async function lookAgain(pause) {
  const table = region();
  if (!table || document.hidden || isInUse(table)) return follow(pause);
  try {
    const page = await fetchPage(location.href, { "If-None-Match": `"${table.dataset.version}"` });
    if (!page || !put(page)) follow();
  } catch {
    follow(Math.min(pause * 2, SLOWEST));
  }
}

// Where nothing runs nobody asks, so whoever comes back from starting a run finds the table as it is by then.
function comeBack() {
  if (document.hidden) return;
  clearTimeout(timer); // a window that is raised tells so twice
  timer = setTimeout(() => lookAgain(EVERY), 100);
}

addEventListener("focus", comeBack);
document.addEventListener("visibilitychange", comeBack);

pin(region());
follow();
