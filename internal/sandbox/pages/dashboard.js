// Adds requests to the log as they come. Without it the page shows those there were when it was loaded.
const log = document.getElementById("log");
const live = document.getElementById("live");
const events = new EventSource("/_sandbox/requests?follow=new");
events.onopen = () => { live.textContent = "live"; };
events.onerror = () => { live.textContent = "disconnected"; };
events.onmessage = (event) => {
  const request = JSON.parse(event.data);
  const row = log.insertRow(0);
  const path = request.path + (request.fault ? ` (${request.fault})` : "");
  for (const text of [request.time.slice(11, 23), request.method, path, request.status || "cut", request.install || ""]) {
    row.insertCell().textContent = text;
  }
  row.cells[2].className = "path";
  row.cells[3].className = "s" + String(request.status).padStart(3, "0")[0];
  while (log.rows.length > 200) log.deleteRow(-1);
};
