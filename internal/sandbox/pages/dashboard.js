// Keeps the page as the sandbox is. What the page shows is in its address: when something changed, or when a link or a
// form leads to another view, the same page is asked for again, and what is different is taken over. So a reload shows the
// same, and without this script everything works with one.
const main = document.getElementById("main");
const live = document.getElementById("live");
const problem = document.getElementById("problem");

let running = false, again = false, viewed = location.search;
const refresh = async () => {
  again = true;
  if (running) return;
  running = true;
  try {
    while (again) {
      again = false;
      const address = location.search;
      const answer = await fetch("/" + address);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("main");
      if (address !== location.search) again = true; // meanwhile the person wants something else
      else if (page) show(page, address);
    }
  } catch {
    live.textContent = "disconnected";
  } finally {
    running = false;
  }
};

const show = (page, address) => {
  morph(main, page, address === viewed);
  if (address !== viewed) restore();
  viewed = address;
};

const go = (address, step) => {
  if (step) history.pushState(null, "", address);
  else history.replaceState(null, "", address);
  refresh();
};
addEventListener("popstate", refresh);

// Which sources the person opened and closed lasts as long as the tab. A search opens what it finds.
const toggled = JSON.parse(sessionStorage.getItem("toggled") || "{}");
const searching = () => ["q", "source"].some((name) => new URLSearchParams(location.search).get(name));
const restore = () => {
  if (searching()) return;
  for (const source of main.querySelectorAll("details")) {
    if (source.id in toggled) source.open = toggled[source.id];
  }
};
restore();

main.addEventListener("click", (event) => {
  const source = event.target.closest("summary")?.parentElement;
  if (source && !searching()) {
    toggled[source.id] = !source.open;
    sessionStorage.setItem("toggled", JSON.stringify(toggled));
  }
  const link = event.target.closest("a[href^='/']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link.href, true);
});

const addressOf = (form) => {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value) fields.append(name, value);
  return fields.size ? "/?" + fields : "/";
};
let typing;
main.addEventListener("input", ({ target: { form } }) => {
  if (form?.getAttribute("method") !== "get") return;
  clearTimeout(typing);
  typing = setTimeout(() => go(addressOf(form)), 150);
});

main.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.getAttribute("method") === "get") {
    clearTimeout(typing);
    go(addressOf(form));
    return;
  }
  problem.hidden = true;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  try {
    // What worked leads to the page, which is asked for below.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body, redirect: "manual" });
    if (answer.type === "opaqueredirect" || answer.ok) {
      if (form.getAttribute("id") === "add-fault") form.reset();
    } else {
      problem.textContent = (await answer.json()).error;
      problem.hidden = false;
    }
  } catch {
    problem.textContent = "The sandbox does not answer";
    problem.hidden = false;
  }
  refresh();
});

// A page that nobody sees waits until somebody does.
const look = () => { if (!document.hidden) refresh(); };
document.addEventListener("visibilitychange", look);
const events = new EventSource("/_sandbox/changes");
events.onopen = () => { live.textContent = "live"; };
events.onerror = () => { live.textContent = "disconnected"; };
events.addEventListener("change", look);
events.addEventListener("clock", ({ data }) => {
  for (const clock of main.querySelectorAll(".clock")) clock.textContent = data;
});
