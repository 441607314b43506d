// Completes a filter as it is typed: a combobox whose list the server makes from the grammar and the store. Nothing is
// chosen by itself, so that Enter sends the form and Tab goes on until somebody has moved into the list.
// The server counts characters, the browser UTF-16 units: an emoji is one there and two here.
const REST = 120; // milliseconds without a key before the server is asked

function attach(place) {
  const field = place.querySelector("input");
  const list = place.querySelector("[role=listbox]");
  let found = { start: 0, end: 0, entries: [] };
  let active = -1;
  let asked = 0;
  let timer = 0;

  field.setAttribute("role", "combobox");
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);
  close();

  function close() {
    clearTimeout(timer);
    asked += 1; // an answer that is still under way comes too late
    found = { ...found, entries: [] };
    list.hidden = true;
    list.replaceChildren();
    activate(-1);
    field.setAttribute("aria-expanded", "false");
  }

  async function open() {
    const question = (asked += 1);
    const at = [...field.value.slice(0, field.selectionStart)].length;
    const answer = await ask(place.dataset.completions, field.value, at);
    if (question !== asked || document.activeElement !== field) return;
    if (!answer?.entries.length) return close();
    found = answer;
    list.replaceChildren(...answer.entries.map(draw));
    list.hidden = false;
    list.scrollTop = 0;
    activate(-1);
    field.setAttribute("aria-expanded", "true");
  }

  function draw(entry, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(Object.assign(document.createElement("bdi"), { textContent: entry.text.trim() }));
    if (entry.note) item.append(Object.assign(document.createElement("small"), { textContent: entry.note }));
    item.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the field
    item.addEventListener("click", () => take(index));
    return item;
  }

  function activate(index) {
    list.children[active]?.setAttribute("aria-selected", "false");
    active = index;
    const item = list.children[active];
    item?.setAttribute("aria-selected", "true");
    item?.scrollIntoView({ block: "nearest" });
    if (item) field.setAttribute("aria-activedescendant", item.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function take(index) {
    const signs = [...field.value];
    const before = signs.slice(0, found.start).join("") + found.entries[index].text;
    const after = signs.slice(found.end).join("");
    field.value = before + (before.endsWith(" ") ? after.replace(/^ /, "") : after);
    field.setSelectionRange(before.length, before.length);
    field.focus();
    open();
  }

  function move(step) {
    const size = found.entries.length;
    activate(active < 0 ? (step > 0 ? 0 : size - 1) : (active + step + size) % size);
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(open, REST);
  });
  field.addEventListener("blur", close);
  field.addEventListener("click", close);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
    const isOpen = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (isOpen) move(event.key === "ArrowDown" ? 1 : -1);
      else open();
    } else if ((event.key === "Enter" || event.key === "Tab") && isOpen && active >= 0) take(active);
    else if (event.key === "Escape" && isOpen) close();
    else {
      if (["ArrowLeft", "ArrowRight", "Home", "End", "Enter"].includes(event.key)) close();
      return;
    }
    event.preventDefault();
  });
}

async function ask(address, text, at) {
  try {
    const answer = await fetch(`${address}?${new URLSearchParams({ text, at })}`, { redirect: "error" });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // the field is as good without
  }
}

const attachAll = (part) => part.querySelectorAll("[data-completions]").forEach(attach);
document.addEventListener("proctor:put", (event) => attachAll(event.target));
attachAll(document);
