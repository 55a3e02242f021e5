// Audio flow page: shows the counts of every stage, updated once a second.

import { explained, request } from "./service.js";

const UPDATE_MS = 1000;
const SHOWN_EVENTS = 15;

const $ = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString();

const call = async (path, options = {}) => (await request(path, { ...options, key: $("key").value })).json();

/** Return a row of a table. `names` label its cells where the screen is too narrow for columns. */
function row(cells, { kind = "", names = [] } = {}) {
  const line = document.createElement("tr");
  line.className = kind;
  line.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })));
  names.forEach((name, at) => (line.children[at].dataset.name = name));
  return line;
}

const LOSS_NAMES = ["", "Sent", "On the way", "Abandoned", "Lost"];

const plain = (name) => name.replaceAll("_", " ");
const counts = (events) => Object.entries(events).map(([event, count]) => `${number(count)} ${plain(event)}`).join(", ");

function show({ status, pipeline_efficiency: efficiency, stage_stats: stages, losses, recent_events: events }) {
  $("status").textContent = `${efficiency} % delivered`;
  $("status").dataset.state = status === "ok" ? "healthy" : "unhealthy";
  $("stages").replaceChildren(...Object.entries(stages).map(([stage, counted]) => row([stage, counts(counted) || "–"])));
  $("losses").replaceChildren(
    ...losses.map((of) => {
      const lost = of.loss_count ? `${number(of.loss_count)} (${of.loss_percentage} %)` : "0";
      const cells = [of.stage, `${number(of.given)} ${of.unit}`, number(of.in_flight), number(of.abandoned), lost];
      return row(cells, { kind: of.loss_count ? "lost" : "", names: LOSS_NAMES });
    }),
  );
  const latest = events.slice(-SHOWN_EVENTS).reverse();
  $("events").replaceChildren(
    ...latest.map(({ timestamp, stage, event, session, data }) => {
      const time = new Date(timestamp * 1000).toLocaleTimeString();
      const more = Object.entries(data).map(([name, value]) => `${plain(name)} ${value}`).join(", ");
      return row([time, stage, event, more, session ?? ""], { kind: event === "lost" ? "lost" : "" });
    }),
  );
}

async function update() {
  try {
    const session = $("session").value.trim();
    show(await call(`audio_debug_stats${session ? `?session=${encodeURIComponent(session)}` : ""}`));
    $("error").textContent = $("key-message").textContent = "";
  } catch (error) {
    $("status").textContent = "Unknown";
    $("status").dataset.state = "waiting";
    if (error.status === 401 || error.status === 403) return askForKey(error);
    $("error").textContent = explained(error);
  }
}

/** Ask for the key beside its field; take the focus once. */
function askForKey(error) {
  const hidden = $("key-row").hidden;
  const message = $("key").value ? explained(error) : "This service asks for an API key.";
  $("key-row").hidden = false;
  if ($("key-message").textContent !== message) $("key-message").textContent = message;
  $("status").textContent = "API key required";
  if (hidden) $("key").focus();
}

async function updateForever() {
  await update();
  setTimeout(updateForever, UPDATE_MS);
}

$("form").addEventListener("submit", (event) => event.preventDefault());
$("reset").addEventListener("click", async () => {
  await call("reset_audio_debug", { method: "POST" }).catch(() => {}); // the update shows the error
  update();
});
updateForever();
