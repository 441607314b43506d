// The menu of a narrow screen, and moving the eye to what a page says went wrong.
const button = document.querySelector("[data-menu]");
const places = button && document.getElementById(button.dataset.menu);

function show(isOpen) {
  button.setAttribute("aria-expanded", String(isOpen));
  places.classList.toggle("is-open", isOpen);
}

button?.addEventListener("click", () => show(button.getAttribute("aria-expanded") !== "true"));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && button?.getAttribute("aria-expanded") === "true") {
    show(false);
    button.focus();
  }
});

// After the browser has gone to the address's #place, which would take the focus away again.
addEventListener("load", () => document.querySelector("[data-focus]")?.focus());
