// Keeps the cards of unfinished jobs up to date: fetches each from its `data-poll` until the card that comes back has
// none. Where the page has something to show at the end it is then loaded anew. A page that nobody looks at rests, and a server that does not answer is asked less and less often.
const EVERY = 1000;
const SLOWEST = 16000;

function follow(card, pause = EVERY) {
  card.querySelector(".job-reload")?.remove();
  setTimeout(() => refresh(card, pause), pause);
}

async function refresh(card, pause) {
  if (!card.isConnected) return;
  if (document.hidden) return follow(card, pause);
  const fresh = await fetchCard(card.dataset.poll);
  if (!fresh) return follow(card, Math.min(pause * 2, SLOWEST));
  const hadFocus = card.contains(document.activeElement);
  card.replaceWith(fresh);
  if (hadFocus) fresh.querySelector("button")?.focus();
  if (fresh.dataset.poll) follow(fresh);
  else if (fresh.closest("[data-reload-at-end]")) location.reload();
}

async function fetchCard(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" }, redirect: "error" });
    if (!answer.ok) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("article.job");
  } catch {
    return null;
  }
}

for (const card of document.querySelectorAll("[data-poll]")) follow(card);
