// Draws every <… data-chart="figure.json"> with plotly.js, those near the screen first.
// Colours are roles in each trace's `meta`; they are looked up in the stylesheet's tokens, so that charts follow the theme.
const CONFIG = { displayModeBar: false, responsive: true };
const COARSE = matchMedia("(pointer: coarse)");
const RAMP = ["--c1", "--c2", "--c3", "--c4"];
const figures = new Map();
// The id under which the installed plotly.js looks whether its map styles are there already; a test holds it against it.
const MAP_STYLES = "9f215cf04c5486422605d13261cb87401f4e7763b6296af81e98efbc0130da53";
let library;

function loadLibrary(url) {
  if (window.Plotly) return window.Plotly; // the page holds it
  library ??= new Promise((resolve, reject) => {
    catchStyles();
    const script = document.createElement("script");
    script.src = url;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => reject(new Error("plotly.js could not be loaded")));
    document.head.append(script);
  });
  return library;
}

// plotly.js adds its rules one by one to the sheet of the element of this id. A <style> made by script is refused by
// the page's policy (style-src 'self'); a constructed sheet is not, so the rules go there. Maps are not drawn here, so
// their styles are taken for present.
function catchStyles() {
  const holder = document.createElement("meta");
  holder.id = "plotly.js-style-global";
  holder.sheet = new CSSStyleSheet();
  document.adoptedStyleSheets.push(holder.sheet);
  const maps = document.createElement("meta");
  maps.id = MAP_STYLES;
  document.head.append(holder, maps);
}

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function mix(first, second, share) {
  const channel = (hex, at) => Number.parseInt(hex.slice(at, at + 2), 16);
  const mixed = [1, 3, 5].map((at) => Math.round(channel(first, at) * (1 - share) + channel(second, at) * share));
  return `rgb(${mixed.join(",")})`;
}

function colour(role) {
  if (!role.startsWith("ramp:")) return token(`--${role}`);
  const place = Number(role.slice(5)) * (RAMP.length - 1);
  const lower = Math.min(Math.floor(place), RAMP.length - 2);
  return mix(token(RAMP[lower]), token(RAMP[lower + 1]), place - lower);
}

// A colour thin enough to see through, for bands; ml/charts/palette.py makes it as thin.
function thin(solid) {
  const channels = solid.startsWith("#") ? [1, 3, 5].map((at) => Number.parseInt(solid.slice(at, at + 2), 16)) : solid.match(/\d+/g);
  return `rgba(${channels.join(",")},0.18)`;
}

// The colour of words that stand on a bar.
function ink(role) {
  if (role.startsWith("ramp:")) return token(`--on-c${1 + Math.round(Number(role.slice(5)) * (RAMP.length - 1))}`);
  return token(role === "accent" ? "--accent-ink" : "--paper");
}

function paintTrace(trace) {
  const { role, roles, line, scale, veil } = trace.meta ?? {};
  if (trace.type === "bar") trace.insidetextfont = { color: roles ? roles.map(ink) : ink(role) };
  if (scale) trace.colorscale = scale.map((stop, i) => [i / (scale.length - 1), colour(stop)]);
  if (roles) trace.marker.color = roles.map(colour);
  if (veil) trace.fillcolor = thin(colour(veil));
  if (!role) return;
  if (trace.type === "box") Object.assign(trace, { fillcolor: colour(role), line: { ...trace.line, color: colour(line) } });
  else {
    if (trace.line && (trace.mode?.includes("lines") || trace.type === "contour")) trace.line.color = colour(role);
    if (trace.marker) trace.marker.color = colour(role);
  }
  if (trace.error_x) trace.error_x.color = colour(role);
}

function paintLayout(layout) {
  layout.font = { ...layout.font, color: token("--ink"), family: getComputedStyle(document.body).fontFamily };
  layout.hoverlabel = { ...layout.hoverlabel, bgcolor: token("--panel"), bordercolor: token("--line"), font: { color: token("--ink") } };
  layout.modebar = { bgcolor: "rgba(0,0,0,0)", color: token("--faint"), activecolor: token("--accent") };
  if (layout.dragmode && COARSE.matches) layout.dragmode = false; // a finger that scrolls the page is not caught
  const axes = Object.keys(layout).filter((name) => /^[xy]axis\d*$/.test(name));
  for (const axis of axes.map((name) => layout[name])) {
    for (const part of ["gridcolor", "zerolinecolor", "linecolor"]) axis[part] = token("--line");
    axis.title.font.color = token("--soft");
  }
}

function paint(figure) {
  const painted = structuredClone(figure);
  painted.data.forEach(paintTrace);
  paintLayout(painted.layout);
  painted.config = { ...CONFIG, ...painted.config };
  return painted;
}

async function draw(canvas) {
  try {
    const [plotly, figure] = await Promise.all([loadLibrary(canvas.dataset.plotly), fetchFigure(canvas.dataset.chart)]);
    figures.set(canvas, figure);
    const { data, layout, config } = paint(figure);
    await plotly.react(canvas, data, layout, config);
    if (config.displayModeBar) canvas.setAttribute("role", "group"); // an image holds no buttons
    delete canvas.dataset.stale;
    canvas.dataset.drawn = "";
  } catch {
    canvas.textContent = canvas.dataset.failed;
    canvas.classList.add("chart-failed");
    canvas.parentElement.querySelector("details")?.setAttribute("open", "");
  }
}

async function fetchFigure(url) {
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}

function repaint() {
  for (const [canvas, figure] of figures) {
    const { data, layout, config } = paint(figure);
    window.Plotly.react(canvas, data, layout, config);
  }
}

// Charts near the screen are drawn first; then the others, one by one, so that a printed page lacks none.
const waiting = new Set();
const near = new IntersectionObserver(
  async (entries) => {
    await Promise.all(entries.filter((item) => item.isIntersecting).map((item) => drawOnce(item.target)));
    drawRest();
  },
  { rootMargin: "400px" },
);

function drawOnce(canvas) {
  near.unobserve(canvas);
  return waiting.delete(canvas) ? draw(canvas) : undefined;
}

let isDrawingRest = false;
async function drawRest() {
  if (isDrawingRest) return;
  isDrawingRest = true;
  for (const canvas of waiting) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    await drawOnce(canvas);
  }
}

function watch() {
  for (const canvas of document.querySelectorAll("[data-chart]:not([data-watched])")) {
    canvas.dataset.watched = "";
    waiting.add(canvas);
    near.observe(canvas);
  }
}

// After another module has changed the page: new charts are drawn, those that are stale take what is new.
function takeChanges() {
  watch();
  for (const canvas of figures.keys()) {
    if (!canvas.isConnected) figures.delete(canvas);
    else if ("stale" in canvas.dataset) draw(canvas);
  }
}

watch();
document.addEventListener("chartschange", takeChanges);
document.addEventListener("themechange", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
