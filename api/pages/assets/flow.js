// Audio flow page: shows the counts of every stage, updated once a second.

const UPDATE_MS = 1000;
const SHOWN_EVENTS = 15;

const $ = (id) => document.getElementById(id);
const number = (value) => value.toLocaleString();

async function request(path, options = {}) {
  const key = $("key").value;
  const headers = key ? { Authorization: `Bearer ${key}` } : {};
  const answer = await fetch(new URL(path, document.baseURI), { ...options, headers });
  const body = await answer.json();
  if (!answer.ok) throw new Error(`${body.error.code}: ${body.error.message}`);
  return body;
}

function row(cells, kind = "") {
  const line = document.createElement("tr");
  line.className = kind;
  line.append(...cells.map((cell) => Object.assign(document.createElement("td"), { textContent: cell })));
  return line;
}

const counts = (events) => Object.entries(events).map(([event, count]) => `${number(count)} ${event}`).join(", ");

function show({ status, pipeline_efficiency: efficiency, stage_stats: stages, losses, recent_events: events }) {
  $("status").textContent = `${efficiency} % delivered`;
  $("status").dataset.state = status === "ok" ? "healthy" : "unhealthy";
  $("stages").replaceChildren(...Object.entries(stages).map(([stage, counted]) => row([stage, counts(counted) || "–"])));
  $("losses").replaceChildren(
    ...losses.map((of) => {
      const lost = of.loss_count ? `${number(of.loss_count)} (${of.loss_percentage} %)` : "0";
      const cells = [of.stage, `${number(of.given)} ${of.unit}`, number(of.in_flight), number(of.abandoned), lost];
      return row(cells, of.loss_count ? "lost" : "");
    }),
  );
  const latest = events.slice(-SHOWN_EVENTS).reverse();
  $("events").replaceChildren(
    ...latest.map(({ timestamp, stage, event, session, data }) => {
      const time = new Date(timestamp * 1000).toLocaleTimeString();
      const more = Object.entries(data).map(([name, value]) => `${name} ${value}`).join(", ");
      return row([time, stage, event, more, session ?? ""], event === "lost" ? "lost" : "");
    }),
  );
}

async function update() {
  try {
    const session = $("session").value.trim();
    show(await request(`audio_debug_stats${session ? `?session=${encodeURIComponent(session)}` : ""}`));
    $("error").textContent = "";
  } catch (error) {
    $("status").textContent = "Unknown";
    $("status").dataset.state = "waiting";
    $("error").textContent = error instanceof TypeError ? "The service cannot be reached." : error.message;
  }
}

async function updateForever() {
  await update();
  setTimeout(updateForever, UPDATE_MS);
}

$("form").addEventListener("submit", (event) => event.preventDefault());
$("reset").addEventListener("click", async () => {
  await request("reset_audio_debug", { method: "POST" }).catch(() => {}); // the update shows the error
  update();
});
updateForever();
